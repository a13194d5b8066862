"""Links that are mailed: made, mailed again, and used once.

All that happens to somebody's links happens under one lock, the account's row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.errors import LinkEnded
from appointly.models.base import uuid7
from appointly.operations.account_mail import mail_account

PAUSE = timedelta(minutes=2)


@dataclass(frozen=True)
class Link:
    """A link's row: whose it is, where it was mailed to, and for which new address if it is about one."""

    id: UUID
    user_id: UUID
    purpose: str
    email: str
    target: str
    browser_hash: bytes | None
    created_at: datetime


@dataclass(frozen=True)
class _Living:
    id: UUID
    email: str
    created_at: datetime
    expires_at: datetime


_LOCK = 'SELECT FROM "user" WHERE id = %(user_id)s AND disabled_at IS NULL FOR NO KEY UPDATE'
_LIVING = """
SELECT id, email, created_at, expires_at FROM one_time_code
WHERE user_id = %(user_id)s AND purpose = %(purpose)s AND ended_at IS NULL
"""
_RENEW = "UPDATE one_time_code SET expires_at = %(expires_at)s WHERE id = %(id)s"
_REPLACE = """
UPDATE one_time_code SET ended_at = %(now)s
WHERE user_id = %(user_id)s AND purpose = %(purpose)s AND ended_at IS NULL
"""
# The way back to an address is a link that takes it without one that leaves another.
_END = """
UPDATE one_time_code link SET ended_at = %(now)s
WHERE user_id = %(user_id)s AND ended_at IS NULL AND (
    purpose IN ('sign_in', 'reset_password', 'leave_email') OR purpose = 'take_email' AND EXISTS (
        SELECT FROM one_time_code other WHERE other.user_id = link.user_id AND other.purpose = 'leave_email'
        AND other.created_at = link.created_at
    )
)
"""
_ADD = """
INSERT INTO one_time_code (id, user_id, purpose, email, target, browser_hash, attempts, expires_at, created_at)
VALUES (%(id)s, %(user_id)s, %(purpose)s, %(email)s, %(target)s, %(browser_hash)s, 0, %(expires_at)s, %(now)s)
"""
_USE = """
UPDATE one_time_code SET used_at = %(now)s, ended_at = %(now)s
WHERE id = %(id)s AND purpose = ANY(%(purposes)s) AND ended_at IS NULL AND expires_at > %(now)s
RETURNING id, user_id, purpose, email, target, browser_hash, created_at
"""
_OWNER = "SELECT user_id AS id FROM one_time_code WHERE id = %(id)s"


@dataclass(frozen=True)
class _Owner:
    id: UUID


async def lock_account(session: AsyncSession, user_id: UUID) -> bool:
    """Take the lock; False where the account is gone or disabled."""
    return bool(await execute(session, _LOCK, user_id=user_id))


async def mail_link(
    session: AsyncSession, user_id: UUID, purpose: str, email: str, life: timedelta, now: datetime
) -> int:
    """Mail a link that is good for `life`; 0, or the seconds until it may be mailed again.

    Who asks again gets the same link, so that one already in the mailbox stays good. Each pause is as long as the time
    since the first mail, so that nobody's mailbox is filled (six in the first hour), but at most half the link's life,
    so that one in the mailbox is always good for a while.
    """
    if not await lock_account(session, user_id):
        return 0
    living = await select(session, _Living, _LIVING, user_id=user_id, purpose=purpose)
    if living and living[0].expires_at > now and living[0].email == email:
        link = living[0]
        mailed_at = link.expires_at - life
        again_at = mailed_at + min(max(PAUSE, mailed_at - link.created_at), life / 2)
        if now < again_at:
            return int((again_at - now).total_seconds()) + 1
        link_id = link.id
        await execute(session, _RENEW, id=link_id, expires_at=now + life)
    else:
        link_id = await add_link(session, user_id, purpose, email, now, now + life)
    key = f"{link_id}:{now.isoformat()}"
    await mail_account(session, purpose, email, key, now, until=now + life, code_id=str(link_id))
    return 0


async def add_link(
    session: AsyncSession,
    user_id: UUID,
    purpose: str,
    email: str,
    now: datetime,
    expires_at: datetime,
    *,
    target: str = "",
    browser_hash: bytes | None = None,
) -> UUID:
    """The row of a new link, in place of a living one of the same purpose."""
    await execute(session, _REPLACE, user_id=user_id, purpose=purpose, now=now)
    link_id = uuid7()
    await execute(
        session,
        _ADD,
        id=link_id,
        user_id=user_id,
        purpose=purpose,
        email=email,
        target=target,
        browser_hash=browser_hash,
        expires_at=expires_at,
        now=now,
    )
    return link_id


async def use_link(session: AsyncSession, link_id: UUID, now: datetime, *purposes: str) -> Link:
    """Use up a link whose key was checked; the account stays locked. Raises `LinkEnded` the second time, and late."""
    owner = await select(session, _Owner, _OWNER, id=link_id)
    if not owner or not await lock_account(session, owner[0].id):
        raise LinkEnded
    used = await select(session, Link, _USE, id=link_id, now=now, purposes=list(purposes))
    if not used:
        raise LinkEnded
    return used[0]


async def end_links(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """Codes and links on their way are worth nothing from now on, since the password or the address has changed.

    Two are left: to confirm the address, and the way back to an address that was left.
    """
    await execute(session, _END, user_id=user_id, now=now)
