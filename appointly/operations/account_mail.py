"""Plans a mail about an account: sent once, after the commit."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.operations.jobs import enqueue


async def mail_account(
    session: AsyncSession, kind: str, to: str, key: str, now: datetime, *, until: datetime | None = None, **facts: str
) -> None:
    """Write down one mail of `emails/accounts.py`; a second one with the same `key` is the first one.

    After `until` it is not worth sending any more. `facts` go into the outbox, so no secret may be among them: codes
    and links are given as `code_id` and derived when the mail is written.
    """
    payload: dict[str, object] = {"kind": kind, "to": to, **facts}
    if until is not None:
        payload["until"] = until.isoformat()
    await enqueue(session, "account_mail", payload, f"account_mail:{kind}:{key}", now)
