"""What became of an appointment once its time has come."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.errors import InvalidTransition
from appointly.operations.move_appointments import lock_bookings, move, require_provider
from appointly.queries.bookings import Booking, booking_by_id


async def complete_appointment(session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime) -> Booking:
    """The customer was served. For the provider or an admin, from the start on.

    Raises `NotFound`, `Forbidden`, `InvalidTransition`.
    """
    return await _finish(session, actor, appointment_id, Status.COMPLETED, now)


async def mark_no_show(session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime) -> Booking:
    """The customer did not come. For the provider or an admin, from the start on.

    Raises `NotFound`, `Forbidden`, `InvalidTransition`.
    """
    return await _finish(session, actor, appointment_id, Status.NO_SHOW, now)


async def _finish(session: AsyncSession, actor: Actor, appointment_id: UUID, status: Status, now: datetime) -> Booking:
    [booking] = await lock_bookings(session, actor, [appointment_id])
    require_provider(actor, "booking.finish", booking)
    if booking.start > now:
        raise InvalidTransition("This appointment has not begun yet.", details={"booking_status": booking.status})
    await move(session, actor, [booking], status, now)
    return await booking_by_id(session, actor, appointment_id)
