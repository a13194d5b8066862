"""Plans a mail about a place in line: sent once, after the commit."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.operations.jobs import enqueue


async def mail_waitlist(
    session: AsyncSession, kind: str, entry_id: UUID, now: datetime, *, offer_id: UUID | None = None
) -> None:
    """Write down one mail of `emails/waitlist.py`; who it goes to and what it says is read when it is sent."""
    payload: dict[str, object] = {"kind": kind, "entry_id": str(entry_id)}
    if offer_id:
        payload["offer_id"] = str(offer_id)
    await enqueue(session, "waitlist_mail", payload, f"waitlist_mail:{kind}:{offer_id or entry_id}", now)
