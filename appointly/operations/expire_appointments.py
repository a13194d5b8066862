"""Gives back the time of holds that ran out and of requests nobody answered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import SYSTEM
from appointly.domain.lifecycle import Status
from appointly.operations.move_appointments import lock_bookings, move
from appointly.operations.plan_mails import Mail
from appointly.queries.alternatives import detail_of, instead_of


@dataclass(frozen=True)
class Overdue:
    """An appointment whose time to be paid or answered is over."""

    id: UUID


OVERDUE = """
SELECT id FROM appointment WHERE hold_expires_at <= %(now)s
UNION ALL
SELECT id FROM appointment WHERE status = 'pending' AND answer_by <= %(now)s
LIMIT %(limit)s
"""


async def expire_appointments(session: AsyncSession, now: datetime, limit: int = 100) -> int:
    """Expire up to `limit` of them; the customer of an unanswered request gets a mail. Returns how many."""
    overdue = await select(session, Overdue, OVERDUE, now=now, limit=limit)
    if not overdue:
        return 0
    bookings = [
        booking
        for booking in await lock_bookings(session, SYSTEM, [row.id for row in overdue])
        # Somebody may have answered or paid while we waited for the lock.
        if (booking.hold_expires_at is not None and booking.hold_expires_at <= now)
        or (booking.status == Status.PENDING and booking.answer_by is not None and booking.answer_by <= now)
    ]
    requests = [booking for booking in bookings if booking.status == Status.PENDING]
    instead = await instead_of(session, requests, now)
    mails = [Mail(each.id, "expired", detail=detail_of(instead, each.id)) for each in requests]
    await move(session, SYSTEM, bookings, Status.EXPIRED, now, mails=mails)
    return len(bookings)
