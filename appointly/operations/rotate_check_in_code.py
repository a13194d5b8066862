"""A new code for the door."""

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.operations.own_provider import lock_own_provider

NEXT = "UPDATE provider SET check_in_version = check_in_version + 1 WHERE id = %(id)s"


async def rotate_check_in_code(session: AsyncSession, actor: Actor) -> None:
    """From now on only a new print is good at the actor's own door. Raises `Forbidden`."""
    provider_id = await lock_own_provider(session, actor, "check_in_code.rotate")
    await execute(session, NEXT, id=provider_id)
    announce(session, f"provider:{provider_id}")
