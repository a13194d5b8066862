"""A new password for somebody who has forgotten theirs."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.operations.account_mail import mail_account
from appointly.operations.end_sessions import end_every_session
from appointly.operations.jobs import enqueue
from appointly.operations.mailed_links import end_links, mail_link, use_link
from appointly.queries.accounts import Account, account_by_email

LIFE = timedelta(minutes=30)
ASKED_AT_MOST_EVERY = timedelta(minutes=1)

# Whoever made the account with somebody else's address keeps no way into it once the owner of the address has come.
_FORGET_STRANGERS = """
WITH unproved AS (
    SELECT id FROM "user" WHERE id = %(user_id)s AND email_verified_at IS NULL
), tokens AS (
    DELETE FROM api_token USING unproved WHERE user_id = unproved.id
)
DELETE FROM identity USING unproved WHERE user_id = unproved.id
"""
_SET = """
UPDATE "user" SET password_hash = %(hash)s, email_verified_at = coalesce(email_verified_at, %(now)s)
WHERE id = %(user_id)s RETURNING id, email, name, role, password_hash
"""


async def ask_for_reset(session: AsyncSession, email: str, now: datetime) -> None:
    """Write down that somebody wants a link, for any address, known or not: the worker looks whose it is.

    So nobody can tell from the answer, or from the time it takes, whether there is an account. Asked for the same
    address twice within a minute, it is done once.
    """
    minute = int(now.timestamp() // ASKED_AT_MOST_EVERY.total_seconds())
    key = sha256(email.encode()).hexdigest()[:32]
    await enqueue(session, "reset_asked", {"email": email}, f"reset_asked:{key}:{minute}", now)


async def mail_reset_link(session: AsyncSession, email: str, now: datetime) -> None:
    """Mail the link, if there is an account and it was not mailed just now."""
    account = await account_by_email(session, email)
    if account is not None:
        await mail_link(session, account.id, "reset_password", email, LIFE, now)


async def reset_password(session: AsyncSession, link_id: UUID, hashed: str, now: datetime) -> Account:
    """Set the new password, whose hash this is; every sign-in ends, and every other link and code.

    The link has proved the mailbox, so the address counts as confirmed. Raises `LinkEnded`.
    """
    link = await use_link(session, link_id, now, "reset_password")
    await end_links(session, link.user_id, now)
    await execute(session, _FORGET_STRANGERS, user_id=link.user_id)
    [account] = await select(session, Account, _SET, user_id=link.user_id, hash=hashed, now=now)
    await end_every_session(session, link.user_id)
    await mail_account(session, "password_changed", account.email, str(link.id), now, name=account.name)
    return account
