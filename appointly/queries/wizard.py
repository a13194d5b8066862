"""What the booking wizard shows: the service, and the time that was chosen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.errors import NotFound
from appointly.queries.availability import IN_THE_WAY
from appointly.queries.pictures import SHOWN

OFFER: LiteralString = f"""
SELECT service.id, service.slug, title, service.category, {SHOWN} AS picture, price_amount, service.currency,
       duration_minutes, capacity, horizon_days, approval, location, cancellation_policy, questions,
       status = 'active' AND suspended_at IS NULL AS open,
       provider.id AS provider_id, provider.slug AS provider_slug, business_name AS provider, address, city, time_zone
FROM service JOIN provider ON provider.id = service.provider_id
WHERE service.slug = %(slug)s AND status <> 'archived'
"""  # noqa: S608

CHOSEN: LiteralString = f"""
SELECT slot.id, slot_date AS date, start_time AS start, end_time AS "end", letter || token AS token,
       slot.booked_count - (SELECT count(*) FROM hold WHERE slot_id = slot.id AND expires_at <= %(now)s) < slot.capacity
       AND NOT ({IN_THE_WAY})
       AND start_time > %(now)s + make_interval(mins => min_notice_minutes) AS free
FROM slot JOIN service ON service.id = slot.service_id
WHERE slot.id = %(slot_id)s AND service_id = %(service_id)s
"""  # noqa: S608


@dataclass(frozen=True)
class Offer:
    """A service as it is booked. `open` is false where nothing can be booked at the moment."""

    id: UUID
    slug: str
    title: str
    category: str
    picture: str
    price_amount: int
    currency: str
    duration_minutes: int
    capacity: int
    horizon_days: int
    approval: str
    location: str
    cancellation_policy: str
    questions: list[dict[str, Any]]
    open: bool
    provider_id: UUID
    provider_slug: str
    provider: str
    address: str
    city: str
    time_zone: str


@dataclass(frozen=True)
class ChosenSlot:
    """The time somebody is about to book, and whether it is still free. `date` is the one it is listed under: of hours
    that reach beyond midnight the one before."""

    id: UUID
    date: date
    start: datetime
    end: datetime
    token: str
    free: bool


async def offer(session: AsyncSession, slug: str) -> Offer:
    """The service with this address. Raises `NotFound`."""
    found = await select(session, Offer, OFFER, slug=slug)
    if not found:
        raise NotFound("We could not find this service.")
    return found[0]


async def chosen_slot(session: AsyncSession, service_id: UUID, slot_id: UUID, now: datetime) -> ChosenSlot | None:
    """A slot of this service, free or not; None where there is no such slot (any more)."""
    found = await select(session, ChosenSlot, CHOSEN, service_id=service_id, slot_id=slot_id, now=now)
    return found[0] if found else None
