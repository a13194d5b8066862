"""The customer is there."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.check_in import on_its_day
from appointly.domain.lifecycle import Status
from appointly.domain.rights import may, require
from appointly.errors import InvalidTransition, NotToday, WrongDoor
from appointly.operations.move_appointments import lock_bookings
from appointly.queries.bookings import Booking, booking_by_id

CHECK_IN = """
UPDATE appointment SET checked_in_at = %(now)s WHERE id = %(id)s AND checked_in_at IS NULL
"""


async def check_in(
    session: AsyncSession, actor: Actor, appointment_id: UUID, door: UUID | None, now: datetime
) -> Booking:
    """Note that the customer has come; the first time counts, and once more changes nothing.

    On the day of the appointment, until it is over. `door` is the provider whose code at the door was scanned,
    which customers need and the provider does not. Raises `NotFound`, `WrongDoor`, `NotToday`, `InvalidTransition`.
    """
    [booking] = await lock_bookings(session, actor, [appointment_id])
    require(actor, "booking.check_in", booking.whose)
    if door != booking.provider_id and not may(actor, "booking.finish", booking.whose):
        raise WrongDoor
    if booking.status != Status.CONFIRMED:
        raise InvalidTransition(
            "Only a confirmed appointment can be checked in.", details={"booking_status": booking.status}
        )
    if not on_its_day(booking, now):
        raise NotToday
    if booking.end <= now:
        raise InvalidTransition("The time of this appointment is over.", details={"booking_status": booking.status})
    if await execute(session, CHECK_IN, id=booking.id, now=now):
        announce(session, f"provider:{booking.provider_id}", f"queue:{booking.provider_id}", f"booking:{booking.id}")
        if booking.customer_id:
            announce(session, f"customer:{booking.customer_id}")
    return await booking_by_id(session, actor, appointment_id)
