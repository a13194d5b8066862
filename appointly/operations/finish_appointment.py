"""What became of an appointment once its time has come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.errors import InvalidTransition, ValidationFailed
from appointly.models.base import uuid7
from appointly.operations.move_appointments import lock_bookings, move, require_provider
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.queries.bookings import Booking, booking_by_id

UNDO_WITHIN = timedelta(minutes=10)
MOST_AT_ONCE = 100
End = Literal["completed", "no_show"]
# Taking it back tells the customer and closes what they said about it; marking it as completed would do neither.
MISSED = "This appointment is marked as missed. If that was a mistake, take it back."


async def complete_appointment(session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime) -> Booking:
    """The customer was served. For the provider or an admin, from the start on.

    Raises `NotFound`, `Forbidden`, `InvalidTransition`.
    """
    await finish_appointments(session, actor, [appointment_id], "completed", now)
    return await booking_by_id(session, actor, appointment_id)


async def mark_no_show(session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime) -> Booking:
    """The customer did not come, and is told once it can no longer be undone. For the provider or an admin, from the
    start on.

    Raises `NotFound`, `Forbidden`, `InvalidTransition`.
    """
    await finish_appointments(session, actor, [appointment_id], "no_show", now)
    return await booking_by_id(session, actor, appointment_id)


async def finish_appointments(
    session: AsyncSession, actor: Actor, ids: Sequence[UUID], end: End, now: datetime
) -> None:
    """Say of all of `ids` or none what became of them. Raises as the two above, and `ValidationFailed`."""
    unique = list(dict.fromkeys(ids))
    if not 1 <= len(unique) <= MOST_AT_ONCE:
        raise ValidationFailed(fields={"ids": f"Please choose 1 to {MOST_AT_ONCE} bookings."})
    bookings = await lock_bookings(session, actor, unique)
    for booking in bookings:
        require_provider(actor, "booking.finish", booking)
        if booking.status == Status.NO_SHOW:
            raise InvalidTransition(MISSED, details={"booking_status": booking.status})
        if booking.start > now:
            raise InvalidTransition("This appointment has not begun yet.", details={"booking_status": booking.status})
    status = Status(end)
    await move(session, actor, bookings, status, now)
    if status is Status.NO_SHOW:
        # It can happen again after it was undone, so each time is news of its own.
        mails = [Mail(booking.id, "missed", about=uuid7()) for booking in bookings]
        await plan_mails(session, mails, now, due_at=now + UNDO_WITHIN)
