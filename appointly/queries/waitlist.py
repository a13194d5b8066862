"""Places in line as pages and the API show them; each query holds the right of the one who asks."""

# ruff: noqa: S608 - the statements are put together from constants

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose
from appointly.errors import NotFound
from appointly.queries.availability import BUSY, FREE
from appointly.queries.bookings import FIRST_INSTANT
from appointly.queries.paging import Page, cursor_after, read_cursor


@dataclass(frozen=True)
class Place:
    """Somebody's place in line, with the latest offer if there was one. Instants in UTC, `dates` local at the provider.

    `ahead` is how many wait longer for one of the same dates. `hold_id` is set while the offer is open.
    """

    id: UUID
    status: str
    dates: list[date]
    customer_id: UUID | None
    customer_name: str
    customer_email: str
    customer_phone: str
    service_id: UUID
    service_slug: str
    service_title: str
    duration_minutes: int
    price_amount: int
    currency: str
    approval: str
    questions: list[dict[str, Any]]
    provider_id: UUID
    provider_slug: str
    provider_name: str
    time_zone: str
    created_at: datetime
    ahead: int
    offer_id: UUID | None
    offer_status: str | None
    slot_id: UUID | None
    hold_id: UUID | None
    start: datetime | None
    expires_at: datetime | None
    reference: str | None

    @property
    def whose(self) -> Whose:
        """Its people, for `domain.rights`."""
        return Whose(self.customer_id, self.provider_id, self.id)


@dataclass(frozen=True)
class FullDay:
    """A local date on which a service is offered and everything is taken."""

    date: date


SELECT: LiteralString = """
SELECT entry.id, entry.status, dates, entry.customer_id, customer_name, customer_email, customer_phone,
       entry.service_id, service.slug AS service_slug, service.title AS service_title, duration_minutes, price_amount,
       service.currency, approval, questions,
       entry.provider_id, provider.slug AS provider_slug, business_name AS provider_name, time_zone, entry.created_at,
       (SELECT count(*) FROM waitlist_entry AS earlier
        WHERE earlier.provider_id = entry.provider_id AND earlier.service_id = entry.service_id
          AND earlier.status IN ('waiting', 'offered') AND earlier.dates && entry.dates
          AND (earlier.created_at, earlier.id) < (entry.created_at, entry.id)) AS ahead,
       offer.id AS offer_id, offer.status AS offer_status, slot_id, hold_id, start_time AS start, expires_at, reference
FROM waitlist_entry AS entry
JOIN service ON service.id = entry.service_id
JOIN provider ON provider.id = entry.provider_id
LEFT JOIN LATERAL (
    SELECT waitlist_offer.*, (SELECT reference FROM appointment WHERE appointment.id = appointment_id)
    FROM waitlist_offer WHERE entry_id = entry.id ORDER BY created_at DESC, id DESC LIMIT 1
) AS offer ON true
"""
AS_CUSTOMER = "(entry.customer_id = %(user_id)s OR entry.id = ANY(%(managed)s))"
IN_LINE = "entry.status IN ('waiting', 'offered')"
FULL_DAYS: LiteralString = f"""
WITH {BUSY}, {FREE}
SELECT DISTINCT slot.slot_date AS date
FROM offer JOIN slot ON slot.service_id = offer.id
WHERE open AND slot.slot_date >= first_date AND slot.slot_date < end_date AND start_time > after
  -- A time that goes with whoever has it is nothing to wait for.
  AND NOT (withdrawn AND capacity = 1)
  AND slot.slot_date NOT IN (SELECT slot_date FROM free)
ORDER BY 1
"""


async def full_days(session: AsyncSession, service_id: UUID, first: date, days: int, now: datetime) -> list[date]:
    """The local dates among `days` from `first` on that one can wait for: there are times, and none of them is free.

    Dates beyond the horizon, and those on which the provider is closed, are none of them.
    """
    found = await select(session, FullDay, FULL_DAYS, service_id=service_id, first=first, days=days, now=now)
    return [full.date for full in found]


async def place_by_id(session: AsyncSession, actor: Actor, entry_id: UUID) -> Place:
    """The place, for whoever waits there: by account, or by the mailed link. Raises `NotFound` to everybody else."""
    query = f"{SELECT} WHERE entry.id = %(id)s AND {AS_CUSTOMER}"
    found = await select(
        session, Place, query, id=entry_id, user_id=actor.user_id, managed=list(actor.managed & {entry_id})
    )
    if not found:
        raise NotFound("We could not find this place in line. Please open it from the link in the mail.")
    return found[0]


async def places_of_customer(
    session: AsyncSession, actor: Actor, *, limit: int = 20, cursor: str | None = None
) -> Page[Place]:
    """Where the actor is in line, by account and by the mailed links, the longest wait first."""
    return await _page(session, f"{AS_CUSTOMER} AND {IN_LINE}", limit, cursor, actor)


async def places_at_provider(
    session: AsyncSession, actor: Actor, *, limit: int = 100, cursor: str | None = None
) -> Page[Place]:
    """Who is in line at the actor's business, the longest wait first."""
    return await _page(session, f"entry.provider_id = %(own_provider_id)s AND {IN_LINE}", limit, cursor, actor)


async def _page(session: AsyncSession, which: str, limit: int, cursor: str | None, actor: Actor) -> Page[Place]:
    after, after_id = read_cursor(cursor) if cursor else (FIRST_INSTANT, UUID(int=0))
    query = f"""
        {SELECT} WHERE {which} AND (entry.created_at, entry.id) > (%(after)s, %(after_id)s)
        ORDER BY entry.created_at, entry.id LIMIT %(limit)s
    """
    found = await select(
        session,
        Place,
        query,
        after=after,
        after_id=after_id,
        limit=limit + 1,
        user_id=actor.user_id,
        managed=list(actor.managed),
        own_provider_id=actor.provider_id,
    )
    items = found[:limit]
    return Page(items, cursor_after(items[-1].created_at, items[-1].id) if len(found) > limit else None)
