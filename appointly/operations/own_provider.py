"""What every change of a provider's things has in common: the right, the lock, the news."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import Forbidden

LOCK = "SELECT FROM provider WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"


async def lock_providers(session: AsyncSession, ids: Iterable[UUID]) -> None:
    """Until the commit nobody else books, moves or frees a time of theirs. Comes before slots and appointments."""
    await execute(session, LOCK, ids=list(ids))


async def lock_own_provider(session: AsyncSession, actor: Actor, right: str) -> UUID:
    """The actor's business, locked as in a booking. Raises `Forbidden` for accounts without one."""
    if actor.provider_id is None:
        raise Forbidden("Only providers may do this. Tell us about your business first.")
    require(actor, right, Whose(provider_id=actor.provider_id))
    await lock_providers(session, [actor.provider_id])
    return actor.provider_id


def announce_times(session: AsyncSession, provider_id: UUID) -> None:
    """Tell the open pages of the provider, and those that show free times of its services."""
    announce(session, f"provider:{provider_id}", f"times:{provider_id}")
