"""Moving appointments to another time: the requests that wait, and the times that can be had instead."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import may
from appointly.errors import NotFound
from appointly.queries.availability import FreeSlot
from appointly.queries.bookings import AS_PROVIDER, EITHER, Booking, rights


@dataclass(frozen=True)
class Reschedule:
    """A wish for another time. `status` is waiting, accepted, declined, withdrawn or expired; instants in UTC.

    `start` and `end` are the wanted ones, `time_zone` is the provider's.
    """

    id: UUID
    appointment_id: UUID
    provider_id: UUID
    slot_id: UUID | None
    hold_id: UUID | None
    from_time: datetime
    start: datetime
    end: datetime
    status: str
    reason: str
    answer: str
    expires_at: datetime
    time_zone: str


@dataclass(frozen=True)
class AskedMove:
    """A waiting wish with what its provider must see to answer it."""

    id: UUID
    reference: str
    customer: str
    service: str
    from_time: datetime
    start: datetime
    end: datetime
    reason: str
    expires_at: datetime


@dataclass(frozen=True)
class Target:
    """A slot that somebody wants to move to, as it is for this appointment. `within` are the hours to answer in."""

    id: UUID
    provider_id: UUID
    slot_date: date
    start: datetime
    end: datetime
    time_zone: str
    free: bool
    open: bool
    too_soon: bool
    too_far: bool
    within: int


# What keeps an appointment from moving to a row of `slot`. Places of `own` slots are its own (the time it leaves, one
# that is kept for it), so they are not in its way unless others are booked there too.
IN_ITS_WAY: LiteralString = """
EXISTS (
    SELECT FROM slot AS other WHERE other.provider_id = slot.provider_id AND other.booked_count > 0
      AND other.occupies && slot.occupies AND other.id <> slot.id
      AND NOT (other.id = ANY(%(own)s) AND other.booked_count = 1)
) OR EXISTS (
    SELECT FROM unavailable WHERE unavailable.provider_id = slot.provider_id AND span && slot.occupies
)
"""
TOO_SOON: LiteralString = "slot.start_time < %(now)s + make_interval(mins => min_notice_minutes)"
TOO_FAR: LiteralString = "slot.slot_date >= (%(now)s AT TIME ZONE time_zone)::date + horizon_days"
OPEN: LiteralString = "service.status = 'active' AND provider.suspended_at IS NULL"
FROM: LiteralString = """
FROM slot JOIN service ON service.id = slot.service_id JOIN provider ON provider.id = slot.provider_id
"""
TARGET: LiteralString = f"""
SELECT slot.id, slot.provider_id, slot_date, start_time AS start, end_time AS "end", time_zone,
       (NOT slot.booked OR slot.id = ANY(%(own)s)) AND NOT ({IN_ITS_WAY}) AS free, {OPEN} AS open,
       {TOO_SOON} AS too_soon, {TOO_FAR} AS too_far, answer_within_hours AS within
{FROM} WHERE slot.id = %(slot_id)s AND slot.service_id = %(service_id)s AND slot.id <> %(old_id)s
"""
TIMES: LiteralString = f"""
SELECT slot.id, slot_date AS date, start_time AS start, end_time AS "end", letter || slot.token AS token,
       slot.capacity - booked_count AS remaining
{FROM}
WHERE slot.service_id = %(service_id)s AND slot_date BETWEEN %(first)s AND %(last)s AND slot.id <> %(old_id)s
  AND start_time > %(now)s AND (NOT slot.booked OR slot.id = ANY(%(own)s))
  AND (%(freely)s OR {OPEN} AND NOT {TOO_SOON} AND NOT {TOO_FAR})
  AND NOT ({IN_ITS_WAY})
ORDER BY start_time
"""
SELECT: LiteralString = """
SELECT request.id, request.appointment_id, request.provider_id, request.slot_id, hold_id, from_time,
       request.start_time AS start, request.end_time AS "end", request.status, reason, answer, expires_at, time_zone
FROM reschedule_request AS request
JOIN appointment ON appointment.id = request.appointment_id
JOIN provider ON provider.id = request.provider_id
"""
ASKED: LiteralString = f"""
SELECT request.id, reference, customer_name AS customer, title AS service, from_time, request.start_time AS start,
       request.end_time AS "end", reason, expires_at
FROM reschedule_request AS request
JOIN appointment ON appointment.id = request.appointment_id
JOIN service ON service.id = appointment.service_id
WHERE request.status = 'waiting' AND request.expires_at > %(now)s AND request.provider_id = %(provider_id)s
  AND {AS_PROVIDER}
ORDER BY expires_at LIMIT %(limit)s
"""


def moves_at_once(actor: Actor, booking: Booking) -> bool:
    """Whether the actor moves the booking, or only asks its provider to."""
    return booking.reschedule == "instant" or may(actor, "reschedule.answer", booking.whose)


def own_slots(actor: Actor, booking: Booking, waiting: Reschedule | None) -> list[UUID]:
    """The slots whose places a move of this actor gives up, so that they are not in its way.

    Who only asks keeps the old time beside the new one: they must not overlap.
    """
    if not moves_at_once(actor, booking):
        return []
    return [slot for slot in (booking.slot_id, waiting and waiting.hold_id and waiting.slot_id) if slot]


async def reschedule_by_id(session: AsyncSession, actor: Actor, request_id: UUID) -> Reschedule:
    """A request, for both sides of its booking. Raises `NotFound` to everybody else."""
    found = await select(
        session, Reschedule, f"{SELECT} WHERE request.id = %(id)s AND {EITHER}", id=request_id, **rights(actor)
    )
    if not found:
        raise NotFound("We could not find this wish for another time.")
    return found[0]


async def waiting_moves(session: AsyncSession, actor: Actor, booking_ids: Sequence[UUID]) -> dict[UUID, Reschedule]:
    """The requests that wait for an answer, by booking; of bookings that the actor may see."""
    query: LiteralString = (
        f"{SELECT} WHERE request.appointment_id = ANY(%(ids)s) AND request.status = 'waiting' AND {EITHER}"
    )
    found = await select(session, Reschedule, query, ids=list(booking_ids), **rights(actor))
    return {request.appointment_id: request for request in found}


async def asked_moves(
    session: AsyncSession, actor: Actor, provider_id: UUID, now: datetime, limit: int = 20
) -> list[AskedMove]:
    """What customers of this provider want to move and wait for, the most urgent first."""
    return await select(session, AskedMove, ASKED, provider_id=provider_id, now=now, limit=limit, **rights(actor))


async def target(session: AsyncSession, booking: Booking, slot_id: UUID, own: Sequence[UUID], now: datetime) -> Target:
    """The wanted slot as it is for this booking. Raises `NotFound` for the own time and for other services' slots."""
    found = await select(
        session,
        Target,
        TARGET,
        slot_id=slot_id,
        service_id=booking.service_id,
        old_id=booking.slot_id,
        own=list(own),
        now=now,
    )
    if not found:
        raise NotFound("This time is not offered. Please choose another one.")
    return found[0]


async def times_to_move_to(
    session: AsyncSession,
    booking: Booking,
    own: Sequence[UUID],
    first: date,
    last: date,
    now: datetime,
    *,
    freely: bool,
) -> list[FreeSlot]:
    """The times of its service that the booking can move to, local dates `first` to `last`, by start.

    `freely` leaves notice and horizon aside, as its provider may; `own` are slots whose places are the booking's own.
    """
    return await select(
        session,
        FreeSlot,
        TIMES,
        service_id=booking.service_id,
        old_id=booking.slot_id,
        own=list(own),
        first=first,
        last=last,
        now=now,
        freely=freely,
    )
