"""What every change of an appointment's status has in common: the locks, the move, the mails, the news."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce, jobs_written
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.lifecycle import KEEPS_TIME, Status, require_move
from appointly.domain.reviews import ASK_AFTER
from appointly.domain.rights import may
from appointly.errors import AppointmentReviewed, Forbidden, ValidationFailed
from appointly.operations.hand_on_turn import hand_on_turn
from appointly.operations.hold_slot import PLACES_LEFT
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import lock_providers
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.operations.reschedule_requests import close_requests
from appointly.operations.write_back import WRITE_BACK
from appointly.queries.bookings import Booking, bookings_by_ids
from appointly.validation import several_lines

REASON_LENGTH = 1000

REVIEWED = "SELECT FROM review WHERE appointment_id = ANY(%(ids)s)"

# The provider's lock is held, so the statement may touch slot and appointment in any order.
MOVE: LiteralString = f"""
WITH moved AS (
    UPDATE appointment
    SET status = %(status)s, sequence = sequence + 1, hold_expires_at = NULL, updated_at = %(now)s
    FROM unnest(%(ids)s::uuid[], %(before)s::text[]) AS known (id, before)
    WHERE appointment.id = known.id AND appointment.status = known.before
    RETURNING appointment.id, appointment.provider_id, sequence, slot_id, before
), freed AS (
    UPDATE slot SET booked_count = booked_count - ended.number,
        capacity = {PLACES_LEFT.format(booked="booked_count - ended.number")}
    FROM (SELECT slot_id, count(*) AS number FROM moved GROUP BY slot_id) AS ended
    WHERE slot.id = ended.slot_id AND %(frees)s
), recorded AS (
    INSERT INTO appointment_event (appointment_id, from_status, to_status, actor_kind, actor_id, reason, created_at)
    SELECT id, before, %(status)s, %(actor_kind)s, %(actor_id)s, %(reason)s, %(now)s FROM moved
), written_back AS (
    {WRITE_BACK.format(rows="moved", when="'confirmed' IN (changed.before, %(status)s)")}
)
SELECT id FROM moved
"""  # noqa: S608


def tidy_reason(reason: str) -> str:
    """The reason as it is kept and mailed. Raises `ValidationFailed`."""
    try:
        tidied = several_lines(reason)
    except ValueError as error:
        raise ValidationFailed(fields={"reason": str(error)}) from None
    if len(tidied) > REASON_LENGTH:
        raise ValidationFailed(fields={"reason": f"Please use at most {REASON_LENGTH} characters."})
    return tidied


def require_provider(actor: Actor, right: str, booking: Booking) -> None:
    """Raise `Forbidden` to those who may see the booking and do not have the right: its customer."""
    if not may(actor, right, booking.whose):
        raise Forbidden("Only the provider can do this.")


async def lock_bookings(session: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> list[Booking]:
    """The bookings as they are, in the order of `ids`, and nobody else can move them until the commit.

    Raises `NotFound` when one of them does not exist or is not the actor's business.
    """
    seen = await bookings_by_ids(session, actor, ids)
    await lock_providers(session, [booking.provider_id for booking in seen])
    return await bookings_by_ids(session, actor, ids)


async def move(
    session: AsyncSession,
    actor: Actor,
    bookings: Sequence[Booking],
    status: Status,
    now: datetime,
    *,
    reason: str = "",
    mails: Sequence[Mail] = (),
) -> None:
    """Move locked bookings to `status`, free their time where it is an end, plan the mails, tell open pages.

    Freed time is offered to those who wait for it. All or none: raises `InvalidTransition` when one of them may not
    move there.
    """
    for booking in bookings:
        require_move(Status(booking.status), status)
    if status == Status.CONFIRMED:
        await _require_unreviewed(session, bookings)
    frees = status not in KEEPS_TIME
    await execute(
        session,
        MOVE,
        ids=[booking.id for booking in bookings],
        before=[booking.status for booking in bookings],
        status=status.value,
        frees=frees,
        reason=reason,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        now=now,
    )
    if status not in (Status.PENDING, Status.CONFIRMED):
        await close_requests(session, [booking.id for booking in bookings], "withdrawn", now)
    jobs_written(session)
    await plan_mails(session, mails, now)
    if status == Status.COMPLETED:
        await plan_mails(session, [Mail(booking.id, "how_was_it") for booking in bookings], now, now + ASK_AFTER)
    for booking in bookings:
        announce(session, f"provider:{booking.provider_id}", f"booking:{booking.id}")
        if booking.customer_id:
            announce(session, f"customer:{booking.customer_id}")
        if frees:
            announce(session, f"times:{booking.provider_id}")
    if frees:
        await hand_on_turn(session, bookings)
        await offer_freed(session, [booking.provider_id for booking in bookings], now)


async def _require_unreviewed(session: AsyncSession, bookings: Sequence[Booking]) -> None:
    """Raise `AppointmentReviewed` where a completed appointment would be open again under what was said about it."""
    completed = [booking.id for booking in bookings if booking.status == Status.COMPLETED]
    if completed and await execute(session, REVIEWED, ids=completed):
        raise AppointmentReviewed
