"""One's own account, as its owner sees it: facts, places where it is signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound
from appointly.queries.sessions import IDLE_LIMITS


@dataclass(frozen=True)
class OwnAccount:
    """What an account says of its owner; empty are a `time_zone` that was not chosen and no address to move to."""

    name: str
    email: str
    time_zone: str
    verified: bool
    has_password: bool
    moving_to: str


@dataclass(frozen=True)
class Place:
    """A browser or program that is signed in."""

    id: UUID
    user_agent: str
    address: str
    last_seen_at: datetime
    created_at: datetime


_ACCOUNT = """
SELECT name, email, coalesce(time_zone, '') AS time_zone, email_verified_at IS NOT NULL AS verified,
       password_hash IS NOT NULL AS has_password,
       coalesce((SELECT take.target FROM one_time_code leave
           JOIN one_time_code take ON take.user_id = leave.user_id AND take.created_at = leave.created_at
           WHERE leave.user_id = u.id AND leave.purpose = 'leave_email' AND take.purpose = 'take_email'
             AND (leave.ended_at IS NULL OR take.ended_at IS NULL)
             AND (leave.used_at IS NOT NULL OR leave.ended_at IS NULL AND leave.expires_at > %(now)s)
             AND (take.used_at IS NOT NULL OR take.ended_at IS NULL AND take.expires_at > %(now)s)
           ORDER BY leave.created_at DESC LIMIT 1), '') AS moving_to
FROM "user" u WHERE id = %(user_id)s
"""
_PLACES = """
SELECT id, user_agent, address, last_seen_at, created_at FROM login_session
WHERE user_id = %(user_id)s AND expires_at > %(now)s AND last_seen_at > %(idle_since)s
ORDER BY last_seen_at DESC, id DESC LIMIT 100
"""


async def own_account(session: AsyncSession, actor: Actor, now: datetime) -> OwnAccount:
    """The actor's own account. Raises `NotSignedIn`."""
    require(actor, "account.read", Whose(user_id=actor.user_id))
    found = await select(session, OwnAccount, _ACCOUNT, user_id=actor.user_id, now=now)
    if not found:
        raise NotFound
    return found[0]


async def places(session: AsyncSession, actor: Actor, now: datetime) -> list[Place]:
    """Where the actor is signed in, the latest first. Raises `NotSignedIn`."""
    require(actor, "session.list", Whose(user_id=actor.user_id))
    idle_since = now - IDLE_LIMITS[actor.kind]
    return await select(session, Place, _PLACES, user_id=actor.user_id, now=now, idle_since=idle_since)
