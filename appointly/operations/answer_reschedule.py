"""What becomes of a wish for another time: accepted, declined, withdrawn, or out of time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import SYSTEM, Actor
from appointly.domain.rights import may
from appointly.errors import Forbidden, InvalidTransition
from appointly.operations.book_appointment import taken
from appointly.operations.move_appointments import lock_bookings, require_provider, tidy_reason
from appointly.operations.move_time import move_time, moved_mails, tell_both
from appointly.operations.plan_mails import Mail
from appointly.operations.reschedule import require_movable
from appointly.operations.reschedule_requests import close_requests
from appointly.queries.bookings import Booking
from appointly.queries.reschedules import Reschedule, reschedule_by_id, target

OVERDUE = """
SELECT appointment_id AS id FROM reschedule_request WHERE status = 'waiting' AND expires_at <= %(now)s
ORDER BY expires_at LIMIT %(limit)s
"""
STILL_OVERDUE = """
SELECT appointment_id AS id FROM reschedule_request
WHERE appointment_id = ANY(%(ids)s) AND status = 'waiting' AND expires_at <= %(now)s
"""
OVER = {
    "accepted": "This wish was accepted already: the appointment has its new time.",
    "declined": "This wish was declined already.",
    "withdrawn": "This wish was withdrawn, so there is nothing to answer any more.",
    "expired": "This wish was not answered in time, so the appointment stays where it is.",
}


@dataclass(frozen=True)
class Overdue:
    """An appointment whose request has run out."""

    id: UUID


async def accept_reschedule(
    session: AsyncSession, actor: Actor, request_id: UUID, now: datetime, answer: str = ""
) -> Reschedule:
    """Give the appointment the time that was asked for, as its provider; only then is the old time free.

    Twice is once. Raises `NotFound`, `Forbidden`, `InvalidTransition` where it no longer waits, and `SlotTaken` where
    the time was not held any more and somebody has it.
    """
    answer = tidy_reason(answer)
    request, booking = await _locked(session, actor, request_id)
    require_provider(actor, "reschedule.answer", booking)
    if request.status == "accepted":
        return request
    _require_waiting(request, now)
    require_movable(booking, now)
    if request.slot_id is None:
        raise InvalidTransition("This time is no longer offered, so the wish can only be declined.")
    if request.hold_id is None:
        own = [booking.slot_id] if booking.slot_id else []
        if not (await target(session, booking, request.slot_id, own, now)).free:
            raise await taken(session, request.slot_id, request.time_zone, now)
    if not await move_time(session, actor, booking, request.slot_id, now, hold_id=request.hold_id, reason=answer):
        raise await taken(session, request.slot_id, request.time_zone, now)
    await close_requests(session, [booking.id], "accepted", now, answer)
    await tell_both(session, booking, moved_mails(actor, booking, request.id, request.start, accepted=True), now)
    return await reschedule_by_id(session, actor, request_id)


async def decline_reschedule(
    session: AsyncSession, actor: Actor, request_id: UUID, now: datetime, answer: str = ""
) -> Reschedule:
    """Leave the appointment where it is, as its provider; the time that was kept is free again.

    Twice is once. Raises `NotFound`, `Forbidden`, `InvalidTransition`, `ValidationFailed`.
    """
    answer = tidy_reason(answer)
    request, booking = await _locked(session, actor, request_id)
    require_provider(actor, "reschedule.answer", booking)
    if request.status == "declined":
        return request
    _require_waiting(request, now)
    await close_requests(session, [booking.id], "declined", now, answer)
    await tell_both(session, booking, [_mail(request, "move_declined", answer)], now)
    return await reschedule_by_id(session, actor, request_id)


async def withdraw_reschedule(session: AsyncSession, actor: Actor, request_id: UUID, now: datetime) -> None:
    """Take the wish back, as the customer; the appointment stays where it is, the kept time is free again.

    Twice is once. Raises `NotFound`, `Forbidden` for the provider, who declines instead, and `InvalidTransition`.
    """
    request, booking = await _locked(session, actor, request_id)
    if not may(actor, "reschedule.withdraw", booking.whose):
        raise Forbidden("Only the customer can withdraw this wish. You can decline it.")
    if request.status == "withdrawn":
        return
    if request.status != "waiting":
        raise InvalidTransition(OVER[request.status])
    await close_requests(session, [booking.id], "withdrawn", now)
    await tell_both(session, booking, [_mail(request, "move_withdrawn", to_provider=True)], now)


async def expire_reschedules(session: AsyncSession, now: datetime, limit: int = 100) -> int:
    """End up to `limit` requests that nobody answered in time; the customers get a mail. Returns how many."""
    overdue = await select(session, Overdue, OVERDUE, now=now, limit=limit)
    if not overdue:
        return 0
    ids = [each.id for each in overdue]
    bookings = {booking.id: booking for booking in await lock_bookings(session, SYSTEM, ids)}
    # Somebody may have answered while we waited for the lock, and the customer may have asked anew.
    still = [each.id for each in await select(session, Overdue, STILL_OVERDUE, ids=ids, now=now)]
    for closed in await close_requests(session, still, "expired", now):
        detail: dict[str, object] = {"from": closed.from_time.isoformat(), "to": closed.start.isoformat()}
        mail = Mail(closed.appointment_id, "move_expired", about=closed.id, detail=detail)
        await tell_both(session, bookings[closed.appointment_id], [mail], now)
    return len(overdue)


async def _locked(session: AsyncSession, actor: Actor, request_id: UUID) -> tuple[Reschedule, Booking]:
    """The request and its booking as they are, and nobody else can change them until the commit."""
    seen = await reschedule_by_id(session, actor, request_id)
    [booking] = await lock_bookings(session, actor, [seen.appointment_id])
    return await reschedule_by_id(session, actor, request_id), booking


def _require_waiting(request: Reschedule, now: datetime) -> None:
    if request.status != "waiting":
        raise InvalidTransition(OVER[request.status])
    if request.expires_at <= now:
        raise InvalidTransition(OVER["expired"])


def _mail(request: Reschedule, kind: str, reason: str = "", *, to_provider: bool = False) -> Mail:
    detail: dict[str, object] = {
        "from": request.from_time.isoformat(),
        "to": request.start.isoformat(),
        "reason": reason,
    }
    return Mail(request.appointment_id, kind, to_provider=to_provider, about=request.id, detail=detail)
