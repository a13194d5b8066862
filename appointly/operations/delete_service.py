"""Take away what was never booked."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import NotFound, ServiceBooked
from appointly.operations.own_provider import announce_times, lock_own_provider

# After the lock, so that a booking under way has either happened or finds no slot any more.
SLOTS = """
DELETE FROM slot USING service WHERE service_id = %(id)s AND service.id = %(id)s AND service.provider_id = %(provider)s
AND NOT EXISTS (SELECT FROM appointment WHERE appointment.service_id = %(id)s)
"""
SERVICE = """
DELETE FROM service WHERE id = %(id)s AND provider_id = %(provider)s
AND NOT EXISTS (SELECT FROM appointment WHERE service_id = %(id)s)
"""
OWN = "SELECT FROM service WHERE id = %(id)s AND provider_id = %(provider)s"


async def delete_service(session: AsyncSession, actor: Actor, service_id: UUID) -> None:
    """Delete a service of the actor's with its free times. Raises `Forbidden`, `NotFound`, `ServiceBooked`."""
    provider_id = await lock_own_provider(session, actor, "service.delete")
    await execute(session, SLOTS, id=service_id, provider=provider_id)
    if not await execute(session, SERVICE, id=service_id, provider=provider_id):
        raise (
            ServiceBooked
            if await execute(session, OWN, id=service_id, provider=provider_id)
            else NotFound("We could not find this service.")
        )
    announce_times(session, provider_id)
