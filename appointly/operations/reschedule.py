"""Moves an appointment to another time, or asks its provider to."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.domain.rights import may, require
from appointly.errors import (
    InvalidTransition,
    RescheduleWaiting,
    ServiceUnavailable,
    SlotInPast,
    TooFarAhead,
    TooSoon,
)
from appointly.models import RescheduleRequest
from appointly.operations.book_appointment import taken
from appointly.operations.hold_slot import hold_slot
from appointly.operations.move_appointments import lock_bookings, tidy_reason
from appointly.operations.move_time import move_time, moved_mails, tell_both
from appointly.operations.plan_mails import Mail
from appointly.operations.reschedule_requests import close_requests
from appointly.queries.bookings import Booking, booking_by_id
from appointly.queries.reschedules import (
    Reschedule,
    Target,
    moves_at_once,
    own_slots,
    reschedule_by_id,
    target,
    waiting_moves,
)


async def reschedule(
    session: AsyncSession, actor: Actor, booking_id: UUID, slot_id: UUID, now: datetime, reason: str = ""
) -> Reschedule:
    """Move the booking to another slot of its service, as its provider or where customers move by themselves: then the
    answer is `accepted`. Else the provider is asked, the wanted time is held meanwhile and the answer is `waiting`.

    The other side is told by mail, the customer always. Raises `NotFound`, `InvalidTransition` for what has ended or
    begun, `RescheduleWaiting`, `SlotTaken`, `SlotInPast`, `ValidationFailed`, and for customers `ServiceUnavailable`,
    `TooSoon` and `TooFarAhead`.
    """
    reason = tidy_reason(reason)
    # Looked before locking, so that a refusal is cheap; after the lock the same is asked again.
    booking = await booking_by_id(session, actor, booking_id)
    await _look(session, actor, booking, slot_id, now)
    [booking] = await lock_bookings(session, actor, [booking_id])
    wanted, waiting = await _look(session, actor, booking, slot_id, now)
    if moves_at_once(actor, booking):
        request_id = await _move_at_once(session, actor, booking, wanted, waiting, reason, now)
    else:
        request_id = await _ask(session, booking, wanted, reason, now)
    return await reschedule_by_id(session, actor, request_id)


async def _look(
    session: AsyncSession, actor: Actor, booking: Booking, slot_id: UUID, now: datetime
) -> tuple[Target, Reschedule | None]:
    """The wanted slot, if the booking may move there as far as can be seen, and the wish that waits already.

    Raises the refusal.
    """
    require(actor, "booking.move", booking.whose)
    require_movable(booking, now)
    freely = may(actor, "reschedule.answer", booking.whose)
    waiting = (await waiting_moves(session, actor, [booking.id])).get(booking.id)
    if waiting and not freely:
        raise RescheduleWaiting
    wanted = await target(session, booking, slot_id, own_slots(actor, booking, waiting), now)
    if wanted.start <= now:
        raise SlotInPast
    if not freely:
        if not wanted.open:
            raise ServiceUnavailable
        if wanted.too_soon:
            raise TooSoon
        if wanted.too_far:
            raise TooFarAhead
    if not wanted.free:
        raise await taken(session, slot_id, wanted.time_zone, now)
    return wanted, waiting


def require_movable(booking: Booking, now: datetime) -> None:
    """Raise `InvalidTransition` unless the booking still lies ahead."""
    if booking.status not in ("pending", "confirmed"):
        raise InvalidTransition(details={"booking_status": booking.status})
    if booking.start <= now:
        raise InvalidTransition("This appointment has already begun, so it can no longer be moved.")


def kept_until(booking: Booking, wanted: Target, now: datetime) -> datetime:
    """How long a wanted time is kept for its provider's answer: until either time comes, at the latest."""
    return min(now + timedelta(hours=wanted.within), booking.start, wanted.start)


async def _move_at_once(
    session: AsyncSession,
    actor: Actor,
    booking: Booking,
    wanted: Target,
    waiting: Reschedule | None,
    reason: str,
    now: datetime,
) -> UUID:
    by_provider = may(actor, "reschedule.answer", booking.whose)
    kept = waiting.hold_id if waiting else None
    if not await move_time(session, actor, booking, wanted.id, now, hold_id=kept, reason=reason):
        raise await taken(session, wanted.id, wanted.time_zone, now)
    if waiting:  # this move is its answer
        answered = "accepted" if waiting.slot_id == wanted.id else "declined"
        await close_requests(session, [booking.id], answered, now, answer=reason)
    request_id = await _record(session, booking, wanted, "accepted", now, reason=reason, expires_at=now)
    mails = moved_mails(actor, booking, request_id, wanted.start, by_provider=by_provider)
    await tell_both(session, booking, mails, now)
    return request_id


async def _ask(session: AsyncSession, booking: Booking, wanted: Target, reason: str, now: datetime) -> UUID:
    expires_at = kept_until(booking, wanted, now)
    held = await hold_slot(session, wanted.id, "reschedule", f"booking:{booking.id}", expires_at, now)
    if held is None:
        raise await taken(session, wanted.id, wanted.time_zone, now)
    request_id = await _record(
        session, booking, wanted, "waiting", now, reason=reason, expires_at=expires_at, hold_id=held.id
    )
    detail: dict[str, object] = {
        "from": booking.start.isoformat(),
        "to": wanted.start.isoformat(),
        "until": expires_at.isoformat(),
        "reason": reason,
    }
    mails = [
        Mail(booking.id, "move_asked", about=request_id, detail=detail),
        Mail(booking.id, "move_request", to_provider=True, about=request_id, detail=detail),
    ]
    await tell_both(session, booking, mails, now)
    return request_id


async def _record(
    session: AsyncSession,
    booking: Booking,
    wanted: Target,
    status: str,
    now: datetime,
    *,
    reason: str,
    expires_at: datetime,
    hold_id: UUID | None = None,
) -> UUID:
    request = RescheduleRequest(
        appointment_id=booking.id,
        provider_id=booking.provider_id,
        slot_id=wanted.id,
        hold_id=hold_id,
        from_time=booking.start,
        start_time=wanted.start,
        end_time=wanted.end,
        status=status,
        reason=reason,
        expires_at=expires_at,
        decided_at=None if status == "waiting" else now,
        created_at=now,
    )
    session.add(request)
    await session.flush()
    return request.id
