"""End sign-ins: one, all others, or all. Cookies, access and refresh tokens of theirs are refused from then on."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require


@dataclass(frozen=True)
class _Business:
    id: UUID


async def end_session(session: AsyncSession, actor: Actor, session_id: UUID) -> bool:
    """End one of the actor's own sign-ins; False where there is none of this id. Raises `NotSignedIn`."""
    require(actor, "session.end", Whose(user_id=actor.user_id))
    query = "DELETE FROM login_session WHERE id = %(id)s AND user_id = %(user_id)s"
    ended = await execute(session, query, id=session_id, user_id=actor.user_id)
    tell_pages(session, actor.user_id, actor.provider_id)
    return bool(ended)


async def end_sessions(session: AsyncSession, actor: Actor, keep: UUID | None = None) -> int:
    """End all the actor's own sign-ins but `keep`; how many that were. Raises `NotSignedIn`."""
    require(actor, "session.end", Whose(user_id=actor.user_id))
    query = "DELETE FROM login_session WHERE user_id = %(user_id)s AND id IS DISTINCT FROM %(keep)s"
    ended = await execute(session, query, user_id=actor.user_id, keep=keep)
    tell_pages(session, actor.user_id, actor.provider_id)
    return ended


async def end_every_session(session: AsyncSession, user_id: UUID, keep: bytes | None = None) -> None:
    """End all sign-ins of an account whose owner was proved by a mailed link, but the one with the hash `keep`."""
    query = "DELETE FROM login_session WHERE user_id = %(user_id)s AND token_hash IS DISTINCT FROM %(keep)s"
    await execute(session, query, user_id=user_id, keep=keep)
    owned = await select(session, _Business, "SELECT id FROM provider WHERE user_id = %(user_id)s", user_id=user_id)
    tell_pages(session, user_id, owned[0].id if owned else None)


def tell_pages(session: AsyncSession, user_id: UUID | None, provider_id: UUID | None) -> None:
    """Let the open pages of a person look again who they are for."""
    announce(session, f"customer:{user_id}")
    if provider_id:
        announce(session, f"provider:{provider_id}")
