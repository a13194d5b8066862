"""A provider's hours, as the availability page and the API show them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class WeekdayRange:
    """A range of a weekday (1 Monday … 7 Sunday), in minutes after its local midnight."""

    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True)
class DateRange:
    """A range of a date that has hours of its own; without minutes the date is closed."""

    date: date
    opens_minute: int | None
    closes_minute: int | None
    reason: str


@dataclass(frozen=True)
class Blocked:
    """Blocked time, instants in UTC."""

    id: UUID
    start: datetime
    end: datetime
    reason: str


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
        SELECT local_date AS date, opens_minute, closes_minute, reason FROM date_override
        WHERE provider_id = %(provider_id)s AND local_date >= %(first)s ORDER BY local_date, opens_minute
    """
    return await select(session, DateRange, query, provider_id=provider_id, first=first)


async def blocked_times(session: AsyncSession, provider_id: UUID, now: datetime) -> list[Blocked]:
    """The provider's blocked times that are not over, by start."""
    query = """
        SELECT id, start_time AS start, end_time AS "end", reason FROM blocked_time
        WHERE provider_id = %(provider_id)s AND end_time > %(now)s ORDER BY start_time, id
    """
    return await select(session, Blocked, query, provider_id=provider_id, now=now)
