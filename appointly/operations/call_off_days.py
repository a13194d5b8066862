"""A provider cannot work: everything of those days is called off at once, and everybody gets a way on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.errors import ChangedMeanwhile
from appointly.operations.block_time import TimeToBlock, add_blocked_time
from appointly.operations.hold_slot import drop_holds
from appointly.operations.move_appointments import move
from appointly.operations.move_time import tell_both
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import lock_own_provider
from appointly.operations.plan_mails import Mail
from appointly.operations.reschedule_requests import close_requests
from appointly.queries.absences import Absence, Affected, affected
from appointly.queries.alternatives import detail_of
from appointly.queries.bookings import bookings_by_ids
from appointly.queries.cancellations import preview

BLOCKED_AS = "Ill"


@dataclass(frozen=True)
class _Id:
    id: UUID


@dataclass(frozen=True)
class _Kept:
    """A time that is kept for somebody; for a booking that is to move there, its id."""

    id: UUID
    appointment_id: UUID | None


BLOCKED_ALREADY = """
SELECT id FROM blocked_time WHERE provider_id = %(provider_id)s AND start_time <= %(start)s AND end_time >= %(end)s
"""

KEPT = """
SELECT hold.id, appointment_id FROM hold JOIN slot ON slot.id = slot_id
LEFT JOIN reschedule_request ON hold_id = hold.id AND status = 'waiting'
WHERE hold.provider_id = %(provider_id)s AND occupies && tstzrange(%(start)s, %(end)s)
"""


async def call_off_days(session: AsyncSession, actor: Actor, absence: Absence, now: datetime) -> Affected:
    """Cancel all of the actor's appointments of these days that have not begun, block the days, tell each customer.

    All or nothing. A second time finds nobody left and blocks nothing twice. Of days that are blocked nothing is kept
    for anybody either. One mail a booking, with other times to choose from; the provider, who did it, gets none. Raises
    `Forbidden`, `ValidationFailed`, and `ChangedMeanwhile` where a booking has come that was not among those expected.
    """
    provider_id = await lock_own_provider(session, actor, "booking.cancel")
    found = await affected(session, actor, absence, now)
    new = {booking.id for booking in found.bookings} - set(absence.expected or ())
    if absence.expected is not None and new:
        raise ChangedMeanwhile(
            "Somebody has booked meanwhile. Nothing was cancelled yet. Please look at the list again.",
            details={"new": [str(each) for each in new]},
        )
    values = {"provider_id": provider_id, "start": found.start, "end": found.end}
    if absence.block and found.start < found.end and not await select(session, _Id, BLOCKED_ALREADY, **values):
        span = TimeToBlock(start=found.start, end=found.end, reason=BLOCKED_AS)
        await add_blocked_time(session, actor, span, now)
    for booking in found.bookings:
        preview(actor, booking, now)
    mails = [Mail(each.id, "called_off", detail=detail_of(found.instead, each.service_id)) for each in found.bookings]
    await move(session, actor, found.bookings, Status.CANCELLED, now, reason=absence.reason, mails=mails)
    if absence.block:
        await _keep_nothing(session, actor, provider_id, found, absence.reason, now)
    return found


async def _keep_nothing(
    session: AsyncSession, actor: Actor, provider_id: UUID, found: Affected, reason: str, now: datetime
) -> None:
    """Let go of the times of these days that somebody is about to book, was offered or wishes to move to."""
    kept = await select(session, _Kept, KEPT, provider_id=provider_id, start=found.start, end=found.end)
    await drop_holds(session, [each.id for each in kept if each.appointment_id is None])
    wished = [each.appointment_id for each in kept if each.appointment_id is not None]
    bookings = {booking.id: booking for booking in await bookings_by_ids(session, actor, wished)}
    for closed in await close_requests(session, wished, "declined", now, reason):
        detail: dict[str, object] = {
            "from": closed.from_time.isoformat(),
            "to": closed.start.isoformat(),
            "reason": reason,
        }
        mail = Mail(closed.appointment_id, "move_declined", about=closed.id, detail=detail)
        await tell_both(session, bookings[closed.appointment_id], [mail], now)
    await offer_freed(session, [provider_id], now)  # whose offer was let go of waits in line again
