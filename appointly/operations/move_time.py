"""Gives an appointment another time: the old one is let go in the same statement that takes the new one."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce, jobs_written
from appointly.database.statement import execute, rollback
from appointly.domain.actor import Actor
from appointly.operations.hand_on_turn import hand_on_turn
from appointly.operations.hold_slot import PLACES_LEFT
from appointly.operations.offer_freed import offer_freed
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.operations.write_back import WRITE_BACK
from appointly.queries.bookings import Booking

# The new time may overlap the old one, which therefore has to be let go first: `taken` asks for `let_go`.
MOVE_TIME: LiteralString = f"""
WITH released AS (
    DELETE FROM hold WHERE id = %(hold_id)s RETURNING slot_id
), let_go AS (
    UPDATE slot SET booked_count = booked_count - 1, capacity = {PLACES_LEFT.format(booked="booked_count - 1")}
    WHERE id = %(old_id)s OR id IN (SELECT slot_id FROM released WHERE slot_id <> %(slot_id)s)
    RETURNING id
), taken AS (
    UPDATE slot
    SET booked_count = booked_count + 1 - (SELECT count(*) FROM released WHERE released.slot_id = %(slot_id)s)
    WHERE id = %(slot_id)s AND EXISTS (SELECT FROM let_go)
      AND (booked_count < capacity OR EXISTS (SELECT FROM released WHERE released.slot_id = %(slot_id)s))
    RETURNING *
), moved AS (
    UPDATE appointment
    SET slot_id = taken.id, slot_date = taken.slot_date, start_time = taken.start_time, end_time = taken.end_time,
        token = service.letter || taken.token, checked_in_at = NULL, sequence = sequence + 1, updated_at = %(now)s,
        answer_by = CASE WHEN appointment.status = 'pending'
            THEN least(%(now)s + make_interval(hours => answer_within_hours), taken.start_time) ELSE answer_by END
    FROM taken JOIN service ON service.id = taken.service_id
    WHERE appointment.id = %(id)s AND appointment.slot_id = %(old_id)s
    RETURNING appointment.id, appointment.provider_id, appointment.sequence, appointment.status, appointment.start_time
), written_back AS (
    {WRITE_BACK.format(rows="moved", when="changed.status = 'confirmed'")}
)
INSERT INTO appointment_event (
    appointment_id, from_status, to_status, moved_from, moved_to, actor_kind, actor_id, reason, created_at
)
SELECT id, status, status, %(old_start)s, start_time, %(actor_kind)s, %(actor_id)s, %(reason)s, %(now)s FROM moved
"""  # noqa: S608


async def move_time(
    session: AsyncSession,
    actor: Actor,
    booking: Booking,
    slot_id: UUID,
    now: datetime,
    *,
    hold_id: UUID | None = None,
    reason: str = "",
) -> bool:
    """Move a locked booking to the slot; whether that was possible.

    `hold_id` is what was kept for it, here or elsewhere, and ends with the move. Reference, price, policy, answers and
    invitation stay. Time that is free now is offered to those who wait for it. Where the move was not possible, nothing
    may be written in this transaction any more: the caller refuses.
    """
    try:
        moved = await execute(
            session,
            MOVE_TIME,
            id=booking.id,
            old_id=booking.slot_id,
            old_start=booking.start,
            slot_id=slot_id,
            hold_id=hold_id,
            actor_kind=actor.kind,
            actor_id=actor.user_id,
            reason=reason,
            now=now,
        )
    except ExclusionViolation:
        # Only somebody who did not take the lock can cause this; PostgreSQL has given the transaction up already.
        await rollback(session)
        return False
    if not moved:
        return False
    jobs_written(session)
    announce_booking(session, booking)
    announce(session, f"times:{booking.provider_id}")
    await hand_on_turn(session, [booking])
    await offer_freed(session, [booking.provider_id], now)
    return True


def moved_mails(
    actor: Actor,
    booking: Booking,
    request_id: UUID,
    start: datetime,
    *,
    by_provider: bool = False,
    accepted: bool = False,
) -> list[Mail]:
    """What both sides are told about a booking that has moved to `start`; the provider who moved it knows."""
    kind = "move_accepted" if accepted else "moved_by_provider" if by_provider else "moved"
    detail: dict[str, object] = {"from": booking.start.isoformat(), "to": start.isoformat()}
    mails = [Mail(booking.id, kind, about=request_id, detail=detail)]
    if booking.provider_id != actor.provider_id:
        mails.append(Mail(booking.id, "booking_moved", to_provider=True, about=request_id, detail=detail))
    return mails


async def tell_both(session: AsyncSession, booking: Booking, mails: Sequence[Mail], now: datetime) -> None:
    """Plan the mails of something that happened to the booking, and let the pages that show it re-read."""
    await plan_mails(session, mails, now)
    announce_booking(session, booking)


def announce_booking(session: AsyncSession, booking: Booking) -> None:
    """Let the pages that show the booking re-read."""
    announce(session, f"provider:{booking.provider_id}", f"booking:{booking.id}")
    if booking.customer_id:
        announce(session, f"customer:{booking.customer_id}")
