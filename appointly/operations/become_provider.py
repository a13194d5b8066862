"""Makes a customer's account one that may offer services."""

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import Forbidden


async def become_provider(session: AsyncSession, actor: Actor) -> bool:
    """Let the actor offer services; bookings made as a customer stay theirs. Whether anything changed.

    The caller then renews the secret of the session, because its rights rise. Raises `NotSignedIn`, and `Forbidden`
    for admins, whose accounts are for the office alone.
    """
    require(actor, "provider.make", Whose(user_id=actor.user_id))
    if actor.kind == "admin":
        raise Forbidden("An administrator's account cannot offer services. Please make another one.")
    changed = await execute(
        session,
        "UPDATE \"user\" SET role = 'provider' WHERE id = %(id)s AND role = 'customer' AND disabled_at IS NULL",
        id=actor.user_id,
    )
    return changed == 1
