"""A provider's hours, as the availability page and the API show them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.errors import NotFound
from appointly.queries.paging import Page, cursor_after, read_cursor


@dataclass(frozen=True)
class WeekdayRange:
    """A range of a weekday (1 Monday … 7 Sunday), in minutes after its local midnight."""

    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True)
class DateRange:
    """A range of a date that has hours of its own; without minutes it is closed. `series_id`: set with others."""

    date: date
    opens_minute: int | None
    closes_minute: int | None
    reason: str
    series_id: UUID | None = None


@dataclass(frozen=True)
class Blocked:
    """Blocked time, instants in UTC; what was repeated together shares a `series_id`."""

    id: UUID
    start: datetime
    end: datetime
    reason: str
    series_id: UUID | None = None


BLOCKED: LiteralString = """
SELECT id, start_time AS start, end_time AS "end", reason, series_id FROM blocked_time
WHERE provider_id = %(provider_id)s AND end_time > %(now)s
"""


async def working_hours(session: AsyncSession, provider_id: UUID) -> list[WeekdayRange]:
    """The provider's week, in order."""
    query = """
        SELECT weekday, opens_minute, closes_minute FROM working_hours
        WHERE provider_id = %(provider_id)s ORDER BY weekday, opens_minute
    """
    return await select(session, WeekdayRange, query, provider_id=provider_id)


async def date_overrides(session: AsyncSession, provider_id: UUID, first: date) -> list[DateRange]:
    """The provider's dates with hours of their own from `first` on, in order."""
    query = """
        SELECT local_date AS date, opens_minute, closes_minute, reason, series_id FROM date_override
        WHERE provider_id = %(provider_id)s AND local_date >= %(first)s ORDER BY local_date, opens_minute
    """
    return await select(session, DateRange, query, provider_id=provider_id, first=first)


async def blocked_times(session: AsyncSession, provider_id: UUID, now: datetime) -> list[Blocked]:
    """The provider's blocked times that are not over, by start."""
    return await select(session, Blocked, f"{BLOCKED} ORDER BY start_time, id", provider_id=provider_id, now=now)


async def blocked_times_page(
    session: AsyncSession, provider_id: UUID, now: datetime, limit: int, cursor: str | None
) -> Page[Blocked]:
    """Some of the provider's blocked times that are not over, by start. Raises `ValidationFailed` for a bad cursor."""
    after, after_id = read_cursor(cursor) if cursor else (datetime.min.replace(tzinfo=UTC), UUID(int=0))
    query: LiteralString = (
        f"{BLOCKED} AND (start_time, id) > (%(after)s, %(after_id)s) ORDER BY start_time, id LIMIT %(limit)s"
    )
    found = await select(
        session, Blocked, query, provider_id=provider_id, now=now, after=after, after_id=after_id, limit=limit + 1
    )
    more = len(found) > limit
    return Page(found[:limit], cursor_after(found[limit - 1].start, found[limit - 1].id) if more else None)


async def blocked_time(session: AsyncSession, provider_id: UUID, blocked_id: UUID) -> Blocked:
    """One blocked time of the provider's. Raises `NotFound`."""
    query = """
        SELECT id, start_time AS start, end_time AS "end", reason, series_id FROM blocked_time
        WHERE provider_id = %(provider_id)s AND id = %(id)s
    """
    for found in await select(session, Blocked, query, provider_id=provider_id, id=blocked_id):
        return found
    raise NotFound("We could not find this blocked time.")
