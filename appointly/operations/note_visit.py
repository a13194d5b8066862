"""Remember that a session is in use."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.queries.sessions import SignedIn

RESOLUTION = timedelta(minutes=1)


async def note_visit(session: AsyncSession, signed_in: SignedIn, now: datetime) -> None:
    """Move the end of the idle time, writing at most once a minute."""
    if now - signed_in.last_seen_at < RESOLUTION:
        return
    connection = await session.connection()
    await connection.execute(
        text("UPDATE login_session SET last_seen_at = :now WHERE id = :id AND last_seen_at < :before"),
        {"now": now, "id": signed_in.id, "before": now - RESOLUTION},
    )
