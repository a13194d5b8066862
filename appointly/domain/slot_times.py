"""Working hours and a service's rules become the times at which it can be booked.

The rules in Python, one service at a time; `appointly/operations/regenerate_slots.py` says the same in SQL for all of
them at once, and tests hold the two against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ROUND_THE_CLOCK_DAYS = 7


@dataclass(frozen=True)
class Hours:
    """A range of a date, in minutes after its local midnight; it may pass the next one by up to a day."""

    opens_minute: int
    closes_minute: int


@dataclass(frozen=True)
class SlotRules:
    """What a service says about its times. Lengths in minutes; a `daily_cap` of None is no cap."""

    duration: int
    buffer_before: int = 0
    buffer_after: int = 0
    interval: int | None = None
    daily_cap: int | None = None
    spread: str = "pack"
    horizon_days: int = 30
    capacity: int = 1


@dataclass(frozen=True)
class SlotTime:
    """One start: its date in the queue, and the span it takes of the provider's time. Instants in UTC."""

    date: date
    start: datetime
    end: datetime
    occupied_from: datetime
    occupied_until: datetime


@dataclass(frozen=True)
class Opening:
    """Hours of a date as instants."""

    date: date
    opens: datetime
    closes: datetime


def first_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the zone's clock shows the naive `local` or, where it skips it, a later time."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # Skipped. The reading with the offset of before lies after the change: go back to the change itself.
    while (instant - MINUTE).astimezone(zone).replace(tzinfo=None) > local:
        instant -= MINUTE
    return instant


def hours_on(
    day: date, week: Mapping[int, Sequence[Hours]], overrides: Mapping[date, Sequence[Hours]]
) -> Sequence[Hours]:
    """The hours of a local date: its override (none of them closes it), or those of its weekday (1 Monday … 7)."""
    return overrides[day] if day in overrides else week.get(day.isoweekday(), ())


def openings(
    first: date,
    last: date,
    zone: ZoneInfo,
    week: Mapping[int, Sequence[Hours]],
    overrides: Mapping[date, Sequence[Hours]],
) -> list[Opening]:
    """The hours of all dates from `first` to `last` as instants, in order; those the clock skips are left out."""
    found = []
    for day in (first + DAY * number for number in range((last - first).days + 1)):
        midnight = datetime.combine(day, datetime.min.time())
        for hours in hours_on(day, week, overrides):
            opens = first_moment(midnight + MINUTE * hours.opens_minute, zone)
            closes = first_moment(midnight + MINUTE * hours.closes_minute, zone)
            if opens < closes:
                found.append(Opening(day, opens, closes))
    return sorted(found, key=lambda opening: (opening.opens, opening.closes))


def runs(found: Sequence[Opening]) -> Iterator[list[Opening]]:
    """Openings that touch or overlap, together."""
    run: list[Opening] = []
    for opening in found:
        if run and opening.opens > max(earlier.closes for earlier in run):
            yield run
            run = []
        run.append(opening)
    if run:
        yield run


def grid(run: Sequence[Opening], duration: timedelta, step: timedelta) -> Iterator[tuple[date, datetime]]:
    """The starts of a run, each with the date whose hours opened last before it.

    The grid starts where the run opens; in a run that has lasted a week (round the clock), where the date's hours do.
    """
    ends = max(opening.closes for opening in run)
    begins: dict[date, datetime] = {}
    for opening in run:
        begins.setdefault(opening.date, opening.opens)
    parts = [*begins.items(), (date.max, ends)]
    for (day, part_begins), (_, part_ends) in pairwise(parts):
        start = run[0].opens if (day - run[0].date).days < ROUND_THE_CLOCK_DAYS else part_begins
        while start < part_ends and start + duration <= ends:
            if start >= part_begins:
                yield day, start
            start += step


def chosen(starts: Sequence[datetime], daily_cap: int | None, spread: str) -> list[datetime]:
    """A date's starts under the cap: the first ones, or as evenly spread as whole places allow."""
    if daily_cap is None or len(starts) <= daily_cap:
        return list(starts)
    if spread == "even":
        return [starts[number * len(starts) // daily_cap] for number in range(daily_cap)]
    return list(starts[:daily_cap])


def slot_times(
    rules: SlotRules,
    zone: ZoneInfo,
    week: Mapping[int, Sequence[Hours]],
    overrides: Mapping[date, Sequence[Hours]],
    now: datetime,
) -> list[SlotTime]:
    """Every start from now on, by start: of `horizon_days` local dates, counting today's."""
    today = now.astimezone(zone).date()
    found = openings(
        today - DAY * (ROUND_THE_CLOCK_DAYS + 1), today + DAY * (rules.horizon_days + 1), zone, week, overrides
    )
    duration, before, after = MINUTE * rules.duration, MINUTE * rules.buffer_before, MINUTE * rules.buffer_after
    step = MINUTE * rules.interval if rules.interval else before + duration + after
    by_date: dict[date, list[datetime]] = {}
    for run in runs(found):
        for day, start in grid(run, duration, step):
            by_date.setdefault(day, []).append(start)
    return [
        SlotTime(day, start, start + duration, start - before, start + duration + after)
        for day, starts in sorted(by_date.items())
        if today - DAY <= day < today + DAY * rules.horizon_days
        for start in chosen(starts, rules.daily_cap, rules.spread)
        if start > now
    ]
