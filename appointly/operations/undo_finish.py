"""Takes back a slip of the hand: an appointment marked as completed or as a no-show is confirmed again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.errors import InvalidTransition
from appointly.operations.finish_appointment import UNDO_WITHIN
from appointly.operations.flags import close_dispute
from appointly.operations.move_appointments import lock_bookings, move, require_provider
from appointly.queries.bookings import Booking, booking_by_id


@dataclass(frozen=True)
class _Last:
    """The last move of an appointment."""

    from_status: str | None
    at: datetime


LAST = """
SELECT from_status, created_at AS at
FROM appointment_event WHERE appointment_id = %(id)s ORDER BY appointment_event.id DESC LIMIT 1
"""


async def undo_finish(session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime) -> Booking:
    """Let a finished appointment be confirmed again, ten minutes at most after it was marked; a dispute is over.

    For the provider or an admin. Raises `NotFound`, `Forbidden`, `AppointmentReviewed`, and `InvalidTransition` where
    it is too late or something else has happened since.
    """
    [booking] = await lock_bookings(session, actor, [appointment_id])
    require_provider(actor, "booking.finish", booking)
    [last] = await select(session, _Last, LAST, id=appointment_id)
    if booking.status not in (Status.COMPLETED, Status.NO_SHOW) or last.from_status != Status.CONFIRMED:
        raise InvalidTransition("There is nothing to undo here.", details={"booking_status": booking.status})
    if last.at + UNDO_WITHIN <= now:
        raise InvalidTransition("That was more than ten minutes ago, so it can no longer be undone.")
    await move(session, actor, [booking], Status.CONFIRMED, now)
    await close_dispute(session, actor, appointment_id, "The provider took it back.", now)
    return await booking_by_id(session, actor, appointment_id)
