"""Move an account to another address: confirmed at both, in any order, with a way back.

Two links belong to one wish: `leave_email` to the old address, `take_email` to the new one, written at one instant. The
second of them that is opened makes the change. Then the old address gets a `take_email` of its own, which needs no
second link: the way back, for three days, in which no other change is possible.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import EmailJustChanged, EmailUnchanged, LinkEnded, TooManyRequests
from appointly.operations.account_mail import mail_account
from appointly.operations.end_sessions import end_every_session
from appointly.operations.mailed_links import PAUSE, Link, add_link, end_links, lock_account, mail_link, use_link
from appointly.operations.reset_password import LIFE as RESET_LIFE

LIFE = timedelta(hours=24)
WAY_BACK = timedelta(days=3)
DAY, WISHES_A_DAY = timedelta(days=1), 5
Confirmed = Literal["half", "changed", "returned"]


@dataclass(frozen=True)
class _Now:
    """What speaks against a change: the address in use, a way back that is open, a wish of a moment ago."""

    email: str
    name: str
    way_back: bool
    last_wish: datetime | None
    wishes: int
    taken: bool


@dataclass(frozen=True)
class _Other:
    """The other link of the same wish."""

    confirmed: bool


_NOW = """
SELECT email, name,
    EXISTS (SELECT FROM one_time_code way WHERE way.user_id = u.id AND purpose = 'take_email' AND target = way.email
        AND ended_at IS NULL AND expires_at > %(now)s AND NOT EXISTS (
            SELECT FROM one_time_code leave WHERE leave.user_id = u.id AND leave.purpose = 'leave_email'
            AND leave.created_at = way.created_at)) AS way_back,
    wish.*,
    EXISTS (SELECT FROM "user" other WHERE other.email = %(target)s) AS taken
FROM "user" u, LATERAL (
    SELECT max(created_at) AS last_wish, count(*) AS wishes FROM one_time_code
    WHERE user_id = u.id AND purpose = 'leave_email' AND created_at > %(now)s - interval '1 day'
) AS wish
WHERE id = %(user_id)s
"""
_OTHER = """
SELECT used_at IS NOT NULL AS confirmed FROM one_time_code
WHERE user_id = %(user_id)s AND created_at = %(created_at)s AND id <> %(id)s
  AND purpose IN ('leave_email', 'take_email')
"""
_MOVE = """
UPDATE "user" u SET email = %(target)s, email_verified_at = %(now)s FROM "user" before
WHERE u.id = %(user_id)s AND before.id = u.id RETURNING before.email, before.name
"""


@dataclass(frozen=True)
class _Before:
    email: str
    name: str


async def ask_to_change_email(
    session: AsyncSession, actor: Actor, target: str, browser_hash: bytes, now: datetime
) -> None:
    """Mail a link to both addresses. `browser_hash` is of the sign-in that asks, the one that goes on afterwards.

    An address that somebody else has is treated alike, but gets another mail, without a link. Raises `NotSignedIn`,
    `EmailUnchanged`, `EmailJustChanged` and, within two minutes or for the sixth time in a day, `TooManyRequests`.
    """
    require(actor, "account.edit", Whose(user_id=actor.user_id))
    assert actor.user_id is not None  # noqa: S101 - guests do not have this right
    await lock_account(session, actor.user_id)
    [own] = await select(session, _Now, _NOW, user_id=actor.user_id, target=target, now=now)
    if target == own.email:
        raise EmailUnchanged(fields={"email": EmailUnchanged.message})
    if own.way_back:
        raise EmailJustChanged
    pause = PAUSE if own.wishes < WISHES_A_DAY else DAY
    if own.last_wish is not None and now < own.last_wish + pause:
        raise TooManyRequests(details={"retry_after": int((own.last_wish + pause - now).total_seconds()) + 1})
    until = now + LIFE
    leave = await add_link(
        session, actor.user_id, "leave_email", own.email, now, until, target=target, browser_hash=browser_hash
    )
    take = await add_link(
        session, actor.user_id, "take_email", target, now, until, target=target, browser_hash=browser_hash
    )
    await mail_account(
        session,
        "leave_email",
        own.email,
        str(leave),
        now,
        until=until,
        code_id=str(leave),
        name=own.name,
        target=target,
    )
    if own.taken:
        await mail_account(session, "email_in_use", target, str(take), now, until=until)
    else:
        await mail_account(session, "take_email", target, str(take), now, until=until, code_id=str(take))


async def confirm_email_change(session: AsyncSession, link_id: UUID, now: datetime) -> Confirmed:
    """One of the links was opened: the first of two, the second, or the way back. Signs nobody in.

    Raises `LinkEnded`, also where the address was given to somebody else meanwhile.
    """
    link = await use_link(session, link_id, now, "leave_email", "take_email")
    announce(session, f"customer:{link.user_id}")
    others = await select(session, _Other, _OTHER, user_id=link.user_id, created_at=link.created_at, id=link.id)
    if others and not all(other.confirmed for other in others):
        return "half"
    try:
        [before] = await select(session, _Before, _MOVE, user_id=link.user_id, target=link.target, now=now)
    except UniqueViolation:
        raise LinkEnded("There is another account with this address by now, so nothing was changed.") from None
    await end_links(session, link.user_id, now)
    await end_every_session(session, link.user_id, keep=link.browser_hash)
    if not others:
        await _leave_nothing_to_strangers(session, link, now)
        return "returned"
    await _offer_way_back(session, link, before, now)
    return "changed"


async def _offer_way_back(session: AsyncSession, link: Link, before: _Before, now: datetime) -> None:
    until = now + WAY_BACK
    way_back = await add_link(session, link.user_id, "take_email", before.email, now, until, target=before.email)
    await mail_account(
        session,
        "email_changed",
        before.email,
        str(way_back),
        now,
        until=until,
        code_id=str(way_back),
        name=before.name,
        target=link.target,
    )


async def _leave_nothing_to_strangers(session: AsyncSession, link: Link, now: datetime) -> None:
    """Whoever had the account meanwhile may know its password and have made other ways in: none is left.

    The owner sets a new password with a link that is mailed at once.
    """
    await execute(session, 'UPDATE "user" SET password_hash = NULL WHERE id = %(user_id)s', user_id=link.user_id)
    await execute(session, "DELETE FROM api_token WHERE user_id = %(user_id)s", user_id=link.user_id)
    await execute(session, "DELETE FROM identity WHERE user_id = %(user_id)s", user_id=link.user_id)
    await mail_link(session, link.user_id, "reset_password", link.target, RESET_LIFE, now)
