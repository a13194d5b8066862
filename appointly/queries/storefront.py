"""What visitors read before they book: a service, a provider, and the next free times of several services."""

# ruff: noqa: S608 - the statements are put together from constants of this file

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.queries.availability import IS_FREE
from appointly.queries.pictures import SHOWN
from appointly.queries.reviews import PROVIDER_RATING, RATING

SLUG = re.compile("[a-z0-9-]{1,200}")
LOOKED_AT = 100


@dataclass(frozen=True)
class Offer:
    """A service as it stands in lists. `rating` is the average of `reviews` reviews, None without any."""

    id: UUID
    slug: str
    title: str
    category: str
    picture: str
    price_amount: int
    currency: str
    duration_minutes: int
    provider_slug: str
    provider: str
    city: str
    time_zone: str
    rating: float | None
    reviews: int


@dataclass(frozen=True)
class ServicePage(Offer):
    """All that is public about a service.

    `open` is false while it cannot be booked; an `unlisted` one is for people who have its link.
    """

    description: str
    tags: list[str]
    capacity: int
    approval: str
    reschedule: str
    location: str
    cancellation_policy: str
    min_notice_minutes: int
    horizon_days: int
    questions: list[dict[str, Any]]
    open: bool
    unlisted: bool
    provider_id: UUID
    provider_picture: str
    headline: str
    about: str
    address: str
    languages: list[str]
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class ProviderPage:
    """All that is public about a provider."""

    id: UUID
    slug: str
    name: str
    headline: str
    about: str
    category: str
    city: str
    address: str
    phone: str
    languages: list[str]
    time_zone: str
    picture: str
    places: list[str]
    travel_radius_km: int | None
    links: list[str]
    latitude: float | None
    longitude: float | None
    rating: float | None
    reviews: int


@dataclass(frozen=True)
class Hours:
    """One range of a weekday, 1 Monday to 7 Sunday, in minutes after local midnight."""

    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True)
class NextTime:
    """A free time of a service."""

    service_id: UUID
    slot_id: UUID
    start: datetime


@dataclass(frozen=True)
class _City:
    city: str


OFFER: LiteralString = f"""
service.id, service.slug, service.title, service.category, {SHOWN} AS picture, price_amount, service.currency,
duration_minutes, provider.slug AS provider_slug, business_name AS provider, city, time_zone,
said.rating, said.reviews
"""
LISTED: LiteralString = "status = 'active' AND NOT unlisted AND suspended_at IS NULL"
SERVICE: LiteralString = f"""
SELECT {OFFER}, description, tags, capacity, approval, reschedule, location, cancellation_policy, min_notice_minutes,
       horizon_days, questions, status = 'active' AND suspended_at IS NULL AS open, unlisted,
       provider.id AS provider_id,
       provider.picture AS provider_picture, headline, about, address, languages, latitude, longitude
FROM service JOIN provider ON provider.id = provider_id, {RATING}
WHERE service.slug = %(slug)s AND status <> 'archived' AND suspended_at IS NULL
"""
PROVIDER: LiteralString = f"""
SELECT id, slug, business_name AS name, headline, about, category, city, address, phone, languages, time_zone, picture,
       places, travel_radius_km, links, latitude, longitude, said.rating, said.reviews
FROM provider, {PROVIDER_RATING}
WHERE slug = %(slug)s AND suspended_at IS NULL
"""
OFFERS_OF_PROVIDER: LiteralString = f"""
SELECT {OFFER} FROM service JOIN provider ON provider.id = provider_id, {RATING}
WHERE provider_id = %(provider_id)s AND {LISTED} ORDER BY service.letter
"""
HOURS: LiteralString = """
SELECT weekday, opens_minute, closes_minute FROM working_hours
WHERE provider_id = %(provider_id)s AND weekday <> ALL (
    SELECT extract(isodow FROM local_date) FROM date_override
    WHERE provider_id = %(provider_id)s AND local_date = %(today)s)
UNION ALL SELECT extract(isodow FROM local_date)::int, opens_minute, closes_minute FROM date_override
WHERE provider_id = %(provider_id)s AND local_date = %(today)s AND opens_minute IS NOT NULL
ORDER BY weekday, opens_minute
"""
NEXT_TIMES: LiteralString = f"""
SELECT service.id AS service_id, soon.id AS slot_id, start_time AS start
FROM service JOIN provider ON provider.id = provider_id, LATERAL (
    SELECT slot.id, start_time FROM slot WHERE slot.service_id = service.id AND start_time > %(now)s AND {IS_FREE}
    ORDER BY start_time LIMIT %(count)s
) AS soon
WHERE service.id = ANY(%(ids)s) AND status = 'active' AND suspended_at IS NULL ORDER BY start_time
"""
# Of many thousands only those are looked at that stand nearest to now, before it and after it.
FREE_SOON: LiteralString = f"""
WITH near AS MATERIALIZED (
    (SELECT service_id FROM listing WHERE next_free_at >= %(now)s AND next_free_at < %(now)s + interval '12 hours'
     ORDER BY next_free_at, service_id LIMIT %(looked_at)s)
    UNION ALL
    (SELECT service_id FROM listing WHERE next_free_at < %(now)s
     ORDER BY next_free_at DESC, service_id DESC LIMIT %(looked_at)s)
), soon AS (
    SELECT DISTINCT ON (service.provider_id) service.id, first.start_time
    FROM near JOIN service ON service.id = service_id JOIN provider ON provider.id = service.provider_id, LATERAL (
        SELECT start_time FROM slot
        WHERE slot.service_id = service.id AND start_time > %(now)s AND start_time < %(now)s + interval '12 hours'
          AND slot_date = (%(now)s AT TIME ZONE time_zone)::date AND {IS_FREE}
        ORDER BY start_time LIMIT 1
    ) AS first
    WHERE {LISTED}
    ORDER BY service.provider_id, start_time
), of_category AS (
    SELECT soon.id, start_time, row_number() OVER (PARTITION BY category ORDER BY start_time) AS place
    FROM soon JOIN service USING (id)
)
SELECT {OFFER} FROM of_category JOIN service USING (id) JOIN provider ON provider.id = provider_id, {RATING}
ORDER BY place, start_time LIMIT %(count)s
"""
ADDRESSES: LiteralString = f"""
SELECT '/services/' || service.slug AS path FROM service JOIN provider ON provider.id = provider_id WHERE {LISTED}
UNION ALL SELECT '/providers/' || slug FROM provider WHERE suspended_at IS NULL LIMIT 45000
"""
CITIES = "SELECT DISTINCT city FROM listing ORDER BY city LIMIT 200"


async def service_page(session: AsyncSession, slug: str) -> ServicePage | None:
    """The service with this slug, paused ones too; None for one that is gone or never was."""
    found = await select(session, ServicePage, SERVICE, slug=slug) if SLUG.fullmatch(slug) else []
    return found[0] if found else None


@dataclass(frozen=True)
class _Slug:
    slug: str


async def slug_of_service(session: AsyncSession, service_id: UUID) -> str | None:
    """The slug of a service that is known by its id."""
    found = await select(session, _Slug, "SELECT slug FROM service WHERE id = %(id)s", id=service_id)
    return found[0].slug if found else None


async def provider_page(session: AsyncSession, slug: str) -> ProviderPage | None:
    """The provider with this slug; None for one that is suspended or never was."""
    found = await select(session, ProviderPage, PROVIDER, slug=slug) if SLUG.fullmatch(slug) else []
    return found[0] if found else None


async def offers_of_provider(session: AsyncSession, provider_id: UUID) -> list[Offer]:
    """The services of a provider that everybody may see."""
    return await select(session, Offer, OFFERS_OF_PROVIDER, provider_id=provider_id)


async def hours_of_provider(session: AsyncSession, provider_id: UUID, today: date) -> list[Hours]:
    """The usual week of a provider, with the hours `today` really has; `today` is the date there."""
    return await select(session, Hours, HOURS, provider_id=provider_id, today=today)


async def free_today(session: AsyncSession, count: int, now: datetime) -> list[Offer]:
    """Services with a time still free today at the provider, of as many categories as there are; one a provider."""
    return await select(session, Offer, FREE_SOON, count=count, now=now, looked_at=LOOKED_AT)


async def next_times(
    session: AsyncSession, service_ids: Collection[UUID], count: int, now: datetime
) -> dict[UUID, Sequence[NextTime]]:
    """The next `count` free times of each service."""
    found: dict[UUID, list[NextTime]] = defaultdict(list)
    for time in await select(session, NextTime, NEXT_TIMES, ids=list(service_ids), count=count, now=now):
        found[time.service_id].append(time)
    return dict(found)


async def cities(session: AsyncSession) -> list[str]:
    """Where something is offered."""
    return [row.city for row in await select(session, _City, CITIES)]
