"""What was reported to the admins, and what a booking's own page knows of it."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound
from appointly.queries.bookings import EITHER, LAST_INSTANT, rights
from appointly.queries.paging import Page, cursor_after, read_cursor

MOST_UUID = UUID(int=2**128 - 1)
SELECT = """
SELECT flag.id, flag.kind, flag.status, flag.reason, flag.decision, flag.decided_at, flag.created_at,
       decider.name AS decided_by, reference, appointment.status AS booking_status, customer_name, customer_email,
       service.title AS service, business_name AS provider, provider.time_zone, start_time AS start,
       checked_in_at, review.stars, review.words
FROM flag JOIN appointment ON appointment.id = flag.appointment_id
JOIN service ON service.id = appointment.service_id JOIN provider ON provider.id = appointment.provider_id
LEFT JOIN review ON review.id = flag.review_id
LEFT JOIN "user" AS decider ON decider.id = flag.decided_by
"""
OF_BOOKING = f"""
SELECT (SELECT created_at FROM appointment_event WHERE appointment_id = appointment.id AND to_status = 'no_show'
        ORDER BY id DESC LIMIT 1) AS marked_at,
       last.status AS dispute, last.reason, last.decision
FROM appointment LEFT JOIN LATERAL (
    SELECT status, reason, decision FROM flag WHERE appointment_id = appointment.id AND kind = 'no_show'
    ORDER BY created_at DESC LIMIT 1
) AS last ON true
WHERE appointment.id = %(id)s AND {EITHER}
"""


@dataclass(frozen=True)
class Flag:
    """One report. `stars` and `words` are those of a reported review; instants in UTC."""

    id: UUID
    kind: str
    status: str
    reason: str
    decision: str
    decided_at: datetime | None
    created_at: datetime
    decided_by: str | None
    reference: str
    booking_status: str
    customer_name: str
    customer_email: str
    service: str
    provider: str
    time_zone: str
    start: datetime
    checked_in_at: datetime | None
    stars: int | None
    words: str | None


@dataclass(frozen=True)
class Missed:
    """When an appointment was marked as missed, and its last dispute: open, upheld, dismissed or None."""

    marked_at: datetime | None
    dispute: str | None
    reason: str | None
    decision: str | None


async def flags(
    session: AsyncSession, actor: Actor, *, is_open: bool, limit: int = 25, cursor: str | None = None
) -> Page[Flag]:
    """What waits for a decision, or what was decided; the newest first. Raises `Forbidden`."""
    require(actor, "flag.read", Whose())
    after, after_id = read_cursor(cursor) if cursor else (LAST_INSTANT, MOST_UUID)
    query = f"""
        {SELECT} WHERE (flag.status = 'open') = %(is_open)s AND (flag.created_at, flag.id) < (%(after)s, %(after_id)s)
        ORDER BY flag.created_at DESC, flag.id DESC LIMIT %(limit)s
    """
    found = await select(session, Flag, query, is_open=is_open, after=after, after_id=after_id, limit=limit + 1)
    items = found[:limit]
    return Page(items, cursor_after(items[-1].created_at, items[-1].id) if len(found) > limit else None)


async def flag_by_id(session: AsyncSession, actor: Actor, flag_id: UUID) -> Flag:
    """One of them. Raises `Forbidden` and `NotFound`."""
    require(actor, "flag.read", Whose())
    found = await select(session, Flag, f"{SELECT} WHERE flag.id = %(id)s", id=flag_id)
    if not found:
        raise NotFound("We could not find this report.")
    return found[0]


async def missed(session: AsyncSession, actor: Actor, booking_id: UUID) -> Missed:
    """What a booking's page says about a no-show. Raises `NotFound` to those who may not see the booking."""
    found = await select(session, Missed, OF_BOOKING, id=booking_id, **rights(actor))
    if not found:
        raise NotFound
    return found[0]
