"""Notes that a business has all it needs to be booked."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.operations.own_provider import lock_own_provider

_FINISH = """
UPDATE provider SET onboarded_at = %(now)s
WHERE id = %(id)s AND onboarded_at IS NULL AND city <> '' AND places <> '{}'
  AND EXISTS (SELECT FROM working_hours WHERE provider_id = provider.id)
  AND EXISTS (SELECT FROM service WHERE provider_id = provider.id AND status = 'active')
"""


async def finish_onboarding(session: AsyncSession, actor: Actor, now: datetime) -> bool:
    """Note when the actor's business first had a place, hours and a service. Whether that is now.

    Raises `Forbidden`.
    """
    provider_id = await lock_own_provider(session, actor, "provider.edit")
    return await execute(session, _FINISH, id=provider_id, now=now) == 1
