"""Times with several places, as their provider sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.errors import NotFound
from appointly.queries.bookings import AS_PROVIDER, Booking, rights
from appointly.queries.bookings import SELECT as BOOKING

PARTICIPANTS = f"""
{BOOKING} WHERE slot_id = %(slot_id)s AND {AS_PROVIDER}
AND appointment.status NOT IN ('declined', 'cancelled', 'expired') ORDER BY customer_name, appointment.id
"""
SIZES = """
SELECT slot.id, slot.capacity, (SELECT count(*) FROM hold WHERE slot_id = slot.id) AS kept,
       (SELECT count(*) FROM appointment WHERE slot_id = slot.id
        AND status NOT IN ('declined', 'cancelled', 'expired')) AS booked
FROM slot WHERE slot.id = ANY(%(ids)s) AND slot.capacity > 1
"""


@dataclass(frozen=True)
class Size:
    """How many places a time has, how many are booked, and how many are kept for people who have not booked yet."""

    id: UUID
    capacity: int
    kept: int
    booked: int


async def sizes_of(session: AsyncSession, slot_ids: Iterable[UUID | None]) -> dict[UUID, Size]:
    """The times among these that have several places."""
    ids = [each for each in slot_ids if each]
    return {size.id: size for size in await select(session, Size, SIZES, ids=ids)} if ids else {}


async def participants(session: AsyncSession, actor: Actor, slot_id: UUID) -> tuple[Size, list[Booking]]:
    """A class of the actor's with those who are booked, by name. Raises `NotFound`, also for one nobody has booked."""
    sizes = await sizes_of(session, [slot_id])
    found = await select(session, Booking, PARTICIPANTS, slot_id=slot_id, **rights(actor))
    if not found or slot_id not in sizes:
        raise NotFound("Nobody is booked for this time any more.")
    return sizes[slot_id], found
