"""Take away what was never booked, and what nobody waits for."""

from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import NotFound, ServiceBooked
from appointly.operations.own_provider import announce_times, lock_own_provider

# After the lock, so that a booking under way has either happened or finds no slot any more.
UNWANTED: LiteralString = """
NOT EXISTS (SELECT FROM appointment WHERE appointment.service_id = %(id)s)
AND NOT EXISTS (SELECT FROM waitlist_entry WHERE waitlist_entry.service_id = %(id)s AND provider_id = %(provider)s
                AND waitlist_entry.status IN ('waiting', 'offered'))
"""
# Of a service nobody has booked, only those who have begun to book can keep a time.
HOLDS: LiteralString = f"""
DELETE FROM hold USING slot, service WHERE slot_id = slot.id AND service_id = service.id AND service.id = %(id)s
AND service.provider_id = %(provider)s AND {UNWANTED}
"""  # noqa: S608
SLOTS: LiteralString = f"""
DELETE FROM slot USING service WHERE service_id = %(id)s AND service.id = %(id)s AND service.provider_id = %(provider)s
AND {UNWANTED}
"""  # noqa: S608
SERVICE: LiteralString = f"DELETE FROM service WHERE id = %(id)s AND provider_id = %(provider)s AND {UNWANTED}"  # noqa: S608
OWN = "SELECT FROM service WHERE id = %(id)s AND provider_id = %(provider)s"


async def delete_service(session: AsyncSession, actor: Actor, service_id: UUID) -> None:
    """Delete a service of the actor's with its times, also those kept for who has begun to book.

    Raises `Forbidden`, `NotFound`, `ServiceBooked`.
    """
    provider_id = await lock_own_provider(session, actor, "service.delete")
    await execute(session, HOLDS, id=service_id, provider=provider_id)
    await execute(session, SLOTS, id=service_id, provider=provider_id)
    if not await execute(session, SERVICE, id=service_id, provider=provider_id):
        raise (
            ServiceBooked
            if await execute(session, OWN, id=service_id, provider=provider_id)
            else NotFound("We could not find this service.")
        )
    announce_times(session, provider_id)
