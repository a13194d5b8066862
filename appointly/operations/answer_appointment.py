"""The provider's answer to a request."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.errors import InvalidTransition
from appointly.operations.move_appointments import lock_bookings, move, require_provider, tidy_reason
from appointly.operations.plan_mails import Mail
from appointly.queries.alternatives import detail_of, instead_of
from appointly.queries.bookings import Booking, booking_by_id


async def confirm_appointment(session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime) -> Booking:
    """Say yes to a request, as its provider or an admin; the customer gets a mail with the invitation.

    Raises `NotFound`, `Forbidden`, and `InvalidTransition` where it no longer waits, or it is too late for an answer.
    """
    [booking] = await lock_bookings(session, actor, [appointment_id])
    require_provider(actor, "booking.answer", booking)
    if booking.start <= now:
        raise InvalidTransition("The time of this request has passed, so it can no longer be confirmed.")
    if booking.status == Status.PENDING and booking.answer_by is not None and booking.answer_by <= now:
        raise InvalidTransition("This request was not answered in time, so it can no longer be confirmed.")
    mail = Mail(booking.id, "accepted")
    await move(session, actor, [booking], Status.CONFIRMED, now, mails=[mail])
    return await booking_by_id(session, actor, appointment_id)


async def decline_appointment(
    session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime, reason: str = ""
) -> Booking:
    """Say no to a request: the time is free again, the customer gets a mail with the reason and other times near it.

    Raises `NotFound`, `Forbidden`, `InvalidTransition` and `ValidationFailed` for a reason that cannot be mailed.
    """
    reason = tidy_reason(reason)
    [booking] = await lock_bookings(session, actor, [appointment_id])
    require_provider(actor, "booking.answer", booking)
    instead = await instead_of(session, [booking], now)
    mail = Mail(booking.id, "declined", detail=detail_of(instead, booking.id))
    await move(session, actor, [booking], Status.DECLINED, now, reason=reason, mails=[mail])
    return await booking_by_id(session, actor, appointment_id)
