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

COUNT = 3


@dataclass(frozen=True)
class Alternative:
    """A free time instead of one of the service `instead_of`; the start is an instant in UTC."""

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
SAME: LiteralString = f"""
SELECT service.id AS instead_of, {WHAT}
FROM service JOIN provider ON provider.id = provider_id, LATERAL (
    SELECT slot.id, start_time FROM slot
    WHERE slot.service_id = service.id AND start_time >= %(after)s AND {IS_FREE} ORDER BY start_time LIMIT %(count)s
) AS soon
WHERE service.id = ANY(%(ids)s) AND status = 'active' AND suspended_at IS NULL ORDER BY start
"""
# Of each of the best similar services the first time, one a provider.
SIMILAR: LiteralString = f"""
WITH candidate AS MATERIALIZED (
    SELECT wanted.id AS instead_of, alike.service_id
    FROM service AS wanted JOIN provider AS own ON own.id = wanted.provider_id, LATERAL (
        SELECT service_id FROM listing
        WHERE listing.category = wanted.category AND listing.city = own.city AND listing.provider_id <> own.id
        ORDER BY quality DESC, service_id LIMIT 30
    ) AS alike
    WHERE wanted.id = ANY(%(ids)s)
), found AS (
    SELECT DISTINCT ON (instead_of, service.provider_id) instead_of, {WHAT}
    FROM candidate JOIN service ON service.id = candidate.service_id
    JOIN provider ON provider.id = service.provider_id, LATERAL (
        SELECT slot.id, start_time FROM slot
        WHERE slot.service_id = service.id AND start_time > %(now)s AND start_time < %(now)s + interval '14 days'
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
    session: AsyncSession, service_ids: Collection[UUID], after: datetime, now: datetime
) -> Mapping[UUID, Sequence[Alternative]]:
    """For each service its three next free times from `after` on; where there are none, the next ones of similar
    services (same category and city) of other providers."""
    values = {"after": after, "count": COUNT, "now": now}
    found = await select(session, Alternative, SAME, ids=list(service_ids), **values)
    if lacking := set(service_ids) - {each.instead_of for each in found}:
        found += await select(session, Alternative, SIMILAR, ids=list(lacking), **values)
    by_service: dict[UUID, list[Alternative]] = defaultdict(list)
    for each in found:
        by_service[each.instead_of].append(each)
    return by_service


def detail_of(found: Mapping[UUID, Sequence[Alternative]], service_id: UUID) -> dict[str, object]:
    """What a planned mail keeps of the alternatives to a service."""
    return {"alternatives": [each.as_json() for each in found.get(service_id, ())]}


async def still_free(
    session: AsyncSession, planned: Sequence[Mapping[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """Of what a planned mail kept, the times that can still be booked."""
    found = await select(session, _Free, STILL_FREE, ids=[each["slot_id"] for each in planned], now=now)
    free = {str(each.id) for each in found}
    return [dict(each) for each in planned if each["slot_id"] in free]
