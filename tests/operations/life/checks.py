"""What must hold after every step."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import reading, transaction
from appointly.database.statement import select
from appointly.domain.actor import GUEST, Actor
from appointly.domain.cancellation import cancellation
from appointly.domain.lifecycle import Status
from appointly.errors import AppointlyError
from appointly.operations.book_appointment import book_appointment
from appointly.queries.bookings import bookings_by_ids
from appointly.queries.cancellations import preview
from tests.invariants import Broken, broken_invariants
from tests.making import asking
from tests.operations.life.world import Known, World, offered

SOMEBODY_ELSE_S = """
SELECT 'appointment ' || appointment.id || ' became ' || to_status || ' by a customer whose it is not' AS what
FROM appointment_event JOIN appointment ON appointment.id = appointment_id
WHERE actor_kind = 'customer' AND actor_id IS DISTINCT FROM customer_id
UNION ALL
SELECT 'appointment ' || id || ' was moved or ended by a guest, though it has an account' FROM appointment
WHERE customer_id IS NOT NULL AND EXISTS (
    SELECT FROM appointment_event WHERE appointment_id = appointment.id AND actor_kind = 'guest')
UNION ALL
SELECT 'hold ' || hold.id || ' of ' || holder || ' belongs to the draft of another'
FROM hold JOIN booking_draft ON hold_id = hold.id
WHERE holder <> coalesce('user:' || user_id, 'browser:' || encode(browser_hash, 'hex'))
UNION ALL
SELECT 'place in line ' || entry.id || ' has the booking of another'
FROM waitlist_entry AS entry JOIN waitlist_offer ON entry_id = entry.id
JOIN appointment ON appointment.id = appointment_id WHERE entry.customer_id IS DISTINCT FROM appointment.customer_id
"""
LATE = """
SELECT purpose || ' hold ' || id || ' has run out' AS what FROM hold WHERE expires_at <= %(now)s
UNION ALL
SELECT 'request ' || id || ' should be over' FROM appointment WHERE status = 'pending' AND answer_by <= %(now)s
UNION ALL
SELECT 'wish ' || id || ' should be over' FROM reschedule_request WHERE status = 'waiting' AND expires_at <= %(now)s
UNION ALL
SELECT 'offer ' || id || ' should be over' FROM waitlist_offer WHERE status = 'open' AND expires_at <= %(now)s
"""


@dataclass(frozen=True)
class Promise:
    """What an appointment costs and what a customer gets back, as it was when the booking was made."""

    price: int
    currency: str
    policy: str


@dataclass(frozen=True)
class OfService(Promise):
    """What whoever books the service now is promised."""

    id: UUID


SERVICES = "SELECT price_amount AS price, currency, cancellation_policy AS policy, id FROM service"


async def broken() -> list[str]:
    async with reading() as session:
        others = [each.what for each in await select(session, Broken, SOMEBODY_ELSE_S)]
        return others + await broken_invariants(session)


async def late(now: datetime) -> list[str]:
    """What the clock should have ended."""
    async with reading() as session:
        return [each.what for each in await select(session, Broken, LATE, now=now)]


async def unbalanced(world: World, promises: dict[UUID, Promise], now: datetime) -> list[str]:
    """Appointments whose money is not what was promised. New ones are added to `promises`.

    Price and policy are those of the service when it was booked, for ever; what the page shows for a cancellation is
    what the policy says of what was paid, and no policy ever gives back more than the price.
    """
    wrong = []
    async with reading() as session:
        ids = [known.id for known in await select(session, Known, "SELECT id FROM appointment ORDER BY id")]
        services = {each.id: each for each in await select(session, OfService, SERVICES)}
        for booking in await bookings_by_ids(session, world.admin, ids):
            promise = Promise(booking.price_amount, booking.currency, booking.cancellation_policy)
            now_offered = services[booking.service_id]
            first = Promise(now_offered.price, now_offered.currency, now_offered.policy)
            at_booking = promises.setdefault(booking.id, first)
            if promise != at_booking:
                wrong.append(f"{booking.id}: {promise} instead of {at_booking}")
            if booking.status not in (Status.PENDING, Status.CONFIRMED) or booking.start <= now:
                continue
            bound = booking.status == Status.CONFIRMED
            asks = Actor(managed=frozenset([booking.id])) if booking.customer_id is None else None
            shown = preview(asks or Actor(kind="customer", user_id=booking.customer_id), booking, now).outcome
            if shown != cancellation(promise.policy, booking.paid_amount, booking.start, now, bound=bound):
                wrong.append(f"{booking.id}: {shown} is not what {promise.policy} says")
            most = cancellation(promise.policy, promise.price, booking.start, now, bound=bound).refund
            if not 0 <= shown.refund <= most <= promise.price:
                wrong.append(f"{booking.id}: {shown.refund} of at most {most} of {promise.price}")
    return wrong


class Undo(Exception):
    """Leaves a transaction without a trace."""


async def compare(world: World, ids: list[UUID] | None) -> None:
    """Try to book each of these times (or all there are), and undo it; the list of free times must have known."""
    async with reading() as session:
        free = set(await offered(session, world))
        if ids is None:
            ids = [known.id for known in await select(session, Known, "SELECT id FROM slot")]
    for slot in ids:
        outcome = await booked_and_undone(slot, world.now)
        assert (slot in free) == (outcome == "booked"), f"offered: {slot in free}, but {outcome}"


async def booked_and_undone(slot: UUID, now: datetime) -> str:
    """Whether somebody could book this time, or the refusal's code."""
    try:
        async with transaction() as session:
            await book_appointment(session, GUEST, asking(slot), now)
            raise Undo
    except Undo:
        return "booked"
    except AppointlyError as refusal:
        return refusal.code


async def statuses(session: AsyncSession) -> list[str]:
    """Which ends there have been."""
    query = """
        SELECT 'appointment ' || status AS what FROM appointment
        UNION ALL SELECT 'wish ' || status FROM reschedule_request
        UNION ALL SELECT 'place in line ' || status FROM waitlist_entry
        UNION ALL SELECT 'offer ' || status FROM waitlist_offer
        UNION ALL SELECT 'ticket ' || status FROM queue_ticket
        UNION ALL SELECT 'report ' || status FROM flag
    """
    return [each.what for each in await select(session, Broken, query)]
