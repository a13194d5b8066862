"""Other times for people whose appointment cannot take place."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.queries.availability import IS_FREE
from appointly.queries.bookings import Booking

COUNT = 3


@dataclass(frozen=True)
class Wish:
    """What somebody wanted and cannot have: a service, about when, and if it was one time, its slot.

    `id` is by what the answer is found; nothing before `after` is of use at the same provider.
    """

    id: UUID
    service_id: UUID
    near: datetime
    after: datetime
    slot_id: UUID | None = None


@dataclass(frozen=True)
class Alternative:
    """A free time instead of the wish `instead_of`; the start is an instant in UTC."""

    instead_of: UUID
    slot_id: UUID
    slug: str
    service: str
    provider: str
    time_zone: str
    start: datetime

    def as_json(self) -> dict[str, str]:
        """For the detail of a planned mail."""
        return {name: str(value) for name, value in asdict(self).items()} | {"start": self.start.isoformat()}


WHAT: LiteralString = """
soon.id AS slot_id, service.slug, service.title AS service, business_name AS provider, provider.time_zone,
soon.start_time AS start
"""
WISHES: LiteralString = """
unnest(%(ids)s::uuid[], %(services)s::uuid[], %(nears)s::timestamptz[], %(afters)s::timestamptz[], %(slots)s::uuid[])
    AS wish (id, service_id, near, after, slot_id)
"""
FREE_HERE: LiteralString = f"""
SELECT slot.id, start_time FROM slot
WHERE slot.service_id = service.id AND slot.id IS DISTINCT FROM wish.slot_id AND start_time >= wish.after AND {IS_FREE}
"""
SAME: LiteralString = f"""
SELECT wish.id AS instead_of, {WHAT}
FROM {WISHES} JOIN service ON service.id = wish.service_id JOIN provider ON provider.id = provider_id, LATERAL (
    SELECT * FROM (
        ({FREE_HERE} AND start_time >= wish.near ORDER BY start_time LIMIT %(count)s)
        UNION ALL
        ({FREE_HERE} AND start_time < wish.near ORDER BY start_time DESC LIMIT %(count)s)
    ) AS around
    ORDER BY greatest(start_time - wish.near, wish.near - start_time), start_time LIMIT %(count)s
) AS soon
WHERE status = 'active' AND suspended_at IS NULL ORDER BY start
"""
# Of each of the best similar services the first time from then on, one a provider.
SIMILAR: LiteralString = f"""
WITH candidate AS MATERIALIZED (
    SELECT wish.id AS instead_of, wish.near, alike.service_id
    FROM {WISHES} JOIN service AS wanted ON wanted.id = wish.service_id
    JOIN provider AS own ON own.id = wanted.provider_id, LATERAL (
        SELECT service_id FROM listing
        WHERE listing.category = wanted.category AND listing.city = own.city AND listing.provider_id <> own.id
        ORDER BY quality DESC, service_id LIMIT 30
    ) AS alike
), found AS (
    SELECT DISTINCT ON (instead_of, service.provider_id) instead_of, {WHAT}
    FROM candidate JOIN service ON service.id = candidate.service_id
    JOIN provider ON provider.id = service.provider_id, LATERAL (
        SELECT slot.id, start_time FROM slot
        WHERE slot.service_id = service.id AND start_time >= near AND start_time < near + interval '14 days'
          AND {IS_FREE} ORDER BY start_time LIMIT 1
    ) AS soon
    ORDER BY instead_of, service.provider_id, soon.start_time
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY instead_of ORDER BY start) AS place FROM found
)
SELECT instead_of, slot_id, slug, service, provider, time_zone, start FROM ranked
WHERE place <= %(count)s ORDER BY start
"""


STILL_FREE: LiteralString = f"""
SELECT slot.id FROM slot JOIN service ON service.id = slot.service_id JOIN provider ON provider.id = slot.provider_id
WHERE slot.id = ANY(%(ids)s::uuid[]) AND status = 'active' AND suspended_at IS NULL AND {IS_FREE}
"""


@dataclass(frozen=True)
class _Free:
    id: UUID


async def alternatives(
    session: AsyncSession, wishes: Collection[Wish], now: datetime
) -> Mapping[UUID, Sequence[Alternative]]:
    """For each wish the three free times of its service that are nearest to it; where there are none, the first ones of
    similar services (same category and city) of other providers. By start."""
    found = await _ask(session, SAME, wishes, now)
    answered = {each.instead_of for each in found}
    if lacking := [wish for wish in wishes if wish.id not in answered]:
        found += await _ask(session, SIMILAR, lacking, now)
    by_wish: dict[UUID, list[Alternative]] = defaultdict(list)
    for each in found:
        by_wish[each.instead_of].append(each)
    return by_wish


async def _ask(
    session: AsyncSession, query: LiteralString, wishes: Collection[Wish], now: datetime
) -> list[Alternative]:
    return await select(
        session,
        Alternative,
        query,
        ids=[wish.id for wish in wishes],
        services=[wish.service_id for wish in wishes],
        nears=[wish.near for wish in wishes],
        afters=[wish.after for wish in wishes],
        slots=[wish.slot_id for wish in wishes],
        count=COUNT,
        now=now,
    )


async def instead_of(
    session: AsyncSession, bookings: Collection[Booking], now: datetime
) -> Mapping[UUID, Sequence[Alternative]]:
    """Other times near those of bookings that cannot be, by the booking's id."""
    if not bookings:
        return {}
    wishes = [Wish(each.id, each.service_id, each.start, now, each.slot_id) for each in bookings]
    return await alternatives(session, wishes, now)


def detail_of(found: Mapping[UUID, Sequence[Alternative]], wish_id: UUID) -> dict[str, object]:
    """What a planned mail keeps of the alternatives to a wish."""
    return {"alternatives": [each.as_json() for each in found.get(wish_id, ())]}


async def still_free(
    session: AsyncSession, planned: Sequence[Mapping[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """Of what a planned mail kept, the times that can still be booked."""
    found = await select(session, _Free, STILL_FREE, ids=[each["slot_id"] for each in planned], now=now)
    free = {str(each.id) for each in found}
    return [dict(each) for each in planned if each["slot_id"] in free]
