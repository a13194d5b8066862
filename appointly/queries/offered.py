"""What a provider offers: the free times of all its services, the hours behind them, and what is booked."""

# ruff: noqa: S608 - the statement is put together from constants

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.slot_times import Hours
from appointly.queries.availability import IS_FREE
from appointly.queries.hours import Blocked, DateRange, blocked_times, date_overrides, working_hours


@dataclass(frozen=True)
class FreeTime:
    """A time that can be booked, with the title of its service; the instant is UTC."""

    id: UUID
    service: str
    start: datetime


@dataclass(frozen=True)
class BookedTime:
    """An appointment to come that keeps its time; instants in UTC."""

    id: UUID
    reference: str
    customer: str
    service: str
    status: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class OpenHours:
    """A provider's clock: its zone, its week (1 Monday … 7 Sunday), the dates with hours of their own, blocked time."""

    zone: ZoneInfo
    week: Mapping[int, Sequence[Hours]]
    overrides: Mapping[date, Sequence[Hours]]
    blocked: Sequence[Blocked]


@dataclass(frozen=True)
class _Zone:
    time_zone: str


FREE_TIMES: LiteralString = f"""
SELECT slot.id, title AS service, slot.start_time AS start
FROM slot JOIN service ON service.id = slot.service_id JOIN provider ON provider.id = slot.provider_id
WHERE slot.provider_id = %(provider_id)s AND service.status = 'active' AND suspended_at IS NULL AND {IS_FREE}
ORDER BY slot.start_time, title, slot.id
"""
BOOKED_TIMES = """
SELECT appointment.id, reference, customer_name AS customer, title AS service, appointment.status,
       start_time AS start, end_time AS "end"
FROM appointment JOIN service ON service.id = service_id
WHERE appointment.provider_id = %(provider_id)s AND appointment.status IN ('held', 'pending', 'confirmed')
  AND start_time > %(now)s
ORDER BY start_time, appointment.id
"""
ZONE = "SELECT time_zone FROM provider WHERE id = %(provider_id)s"


async def free_times(session: AsyncSession, provider_id: UUID, now: datetime) -> list[FreeTime]:
    """Every time of the provider's that somebody could book now, by start."""
    return await select(session, FreeTime, FREE_TIMES, provider_id=provider_id, now=now)


async def booked_times(session: AsyncSession, provider_id: UUID, now: datetime) -> list[BookedTime]:
    """The provider's appointments that have not begun, by start."""
    return await select(session, BookedTime, BOOKED_TIMES, provider_id=provider_id, now=now)


async def open_hours(session: AsyncSession, provider_id: UUID, first: date, since: datetime) -> OpenHours:
    """The provider's clock, with the dates from `first` on and the blocked time not over at `since`."""
    [found] = await select(session, _Zone, ZONE, provider_id=provider_id)
    week: dict[int, list[Hours]] = defaultdict(list)
    for entry in await working_hours(session, provider_id):
        week[entry.weekday].append(Hours(entry.opens_minute, entry.closes_minute))
    return OpenHours(
        ZoneInfo(found.time_zone),
        week,
        by_date(await date_overrides(session, provider_id, first)),
        await blocked_times(session, provider_id, since),
    )


def by_date(rows: Sequence[DateRange]) -> dict[date, list[Hours]]:
    """The hours of each date that has its own; none where it is closed."""
    found: dict[date, list[Hours]] = {}
    for row in rows:
        ranges = found.setdefault(row.date, [])
        if row.opens_minute is not None and row.closes_minute is not None:
            ranges.append(Hours(row.opens_minute, row.closes_minute))
    return found
