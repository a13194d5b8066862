"""Gives dates of a provider hours of their own, or closes them: single ones, time off, and what repeats."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import ValidationFailed
from appointly.models import DateOverride, Provider
from appointly.models.base import uuid7
from appointly.operations.hours import ClockRange, require_apart
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from appointly.queries.hours import DateRange, date_overrides
from appointly.validation import Line

FURTHEST = timedelta(days=2 * 366)
LONGEST = timedelta(days=366)
LocalDate = date  # for models with a field of that name
DAY, WEEK = timedelta(days=1), timedelta(days=7)


class DateHours(BaseModel):
    """The hours of the local dates from `date` to `last` instead of their weekdays'; no ranges close them.

    `repeat` brings the same dates again: every week up to `until`, or every year as far ahead as dates may lie.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    last: LocalDate | None = None
    ranges: Annotated[list[ClockRange], Field(max_length=24)] = Field(default_factory=list)
    reason: Annotated[Line, Field(max_length=200)] = ""
    repeat: Literal["no", "week", "year"] = "no"
    until: LocalDate | None = None

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        days = (self.last or self.date) - self.date
        if days < timedelta(0):
            raise ValueError("The last day must not lie before the first one.")
        if days >= LONGEST:
            raise ValueError("Please choose at most a year at a time.")
        if self.repeat == "week" and days >= WEEK:
            raise ValueError("What repeats every week can last seven days at most.")
        if self.repeat == "week" and (self.until is None or self.until < self.date):
            raise ValueError("Please say until when it repeats.")
        return self


def dates_of(wanted: DateHours, furthest: date) -> Iterator[date]:
    """The dates that are meant, the repeated ones up to `furthest`; 29 February is only in leap years."""
    once = [wanted.date + DAY * number for number in range(((wanted.last or wanted.date) - wanted.date).days + 1)]
    yield from once
    if wanted.repeat == "week" and wanted.until is not None:
        for week in range(1, (min(wanted.until, furthest) - wanted.date) // WEEK + 1):
            yield from (day + week * WEEK for day in once if day + week * WEEK <= furthest)
    elif wanted.repeat == "year":
        for year in range(1, furthest.year - wanted.date.year + 1):
            again = [day.replace(year=day.year + year) for day in once if (day.month, day.day) != (2, 29)]
            yield from (day for day in again if day <= furthest)


async def set_date_override(session: AsyncSession, actor: Actor, wanted: DateHours, now: datetime) -> Regenerated:
    """Replace the hours of dates that are not over and bring the free times in line. Booked times stay.

    Several dates of one request share a series. Raises `Forbidden` and `ValidationFailed`.
    """
    require_apart(wanted.ranges, f"{wanted.date:%A}", "ranges")
    provider_id = await lock_own_provider(session, actor, "hours.edit")
    provider = await session.get_one(Provider, provider_id)
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    if not (today <= wanted.date and (wanted.last or wanted.date) <= today + FURTHEST):
        raise ValidationFailed(fields={"date": "Please choose a date from today on, at most two years ahead."})
    days = sorted(set(dates_of(wanted, today + FURTHEST)))
    await _clear(session, provider_id, days)
    spans: list[tuple[int, int] | tuple[None, None]] = [
        (entry.hours.opens_minute, entry.hours.closes_minute) for entry in wanted.ranges
    ]
    series_id = uuid7() if len(days) > 1 else None
    session.add_all(
        DateOverride(
            provider_id=provider_id,
            local_date=day,
            opens_minute=opens,
            closes_minute=closes,
            reason=wanted.reason,
            series_id=series_id,
        )
        for day in days
        for opens, closes in spans or [(None, None)]
    )
    return await _take_effect(session, provider_id, now)


async def clear_date_override(
    session: AsyncSession, actor: Actor, day: date, now: datetime, last: date | None = None
) -> Regenerated:
    """Let the dates from `day` to `last` have their weekday's hours again; those without their own are fine.

    Raises `Forbidden`, and `ValidationFailed` for more than a year.
    """
    number = ((last or day) - day).days + 1
    if not 1 <= number <= LONGEST.days:
        raise ValidationFailed(fields={"last": "Please choose at most a year, from the first day to the last one."})
    provider_id = await lock_own_provider(session, actor, "hours.edit")
    await _clear(session, provider_id, [day + DAY * ahead for ahead in range(number)])
    return await _take_effect(session, provider_id, now)


async def clear_date_series(session: AsyncSession, actor: Actor, series_id: UUID, now: datetime) -> Regenerated:
    """Let all dates of a series that are not over have their weekday's hours again. Raises `Forbidden`."""
    provider_id = await lock_own_provider(session, actor, "hours.edit")
    query = """
        DELETE FROM date_override USING provider
        WHERE provider.id = %(id)s AND provider_id = provider.id AND series_id = %(series_id)s
          AND local_date >= (%(now)s AT TIME ZONE time_zone)::date
    """
    await execute(session, query, id=provider_id, series_id=series_id, now=now)
    return await _take_effect(session, provider_id, now)


async def put_back_dates(
    session: AsyncSession, actor: Actor, removed: Sequence[DateRange], now: datetime
) -> Regenerated:
    """Give dates the hours again that the actor has just removed; those that have new ones keep these.

    Raises `Forbidden`.
    """
    provider_id = await lock_own_provider(session, actor, "hours.edit")
    first = min((each.date for each in removed), default=date.max)
    there = {each.date for each in await date_overrides(session, provider_id, first)}
    session.add_all(
        DateOverride(
            provider_id=provider_id,
            local_date=each.date,
            opens_minute=each.opens_minute,
            closes_minute=each.closes_minute,
            reason=each.reason,
            series_id=each.series_id,
        )
        for each in removed
        if each.date not in there
    )
    return await _take_effect(session, provider_id, now)


async def _clear(session: AsyncSession, provider_id: UUID, days: Sequence[date]) -> None:
    query = "DELETE FROM date_override WHERE provider_id = %(id)s AND local_date = ANY(%(days)s)"
    await execute(session, query, id=provider_id, days=list(days))


async def _take_effect(session: AsyncSession, provider_id: UUID, now: datetime) -> Regenerated:
    result = await regenerate_slots(session, now=now, provider_id=provider_id)
    await offer_freed(session, [provider_id], now)
    announce_times(session, provider_id)
    return result
