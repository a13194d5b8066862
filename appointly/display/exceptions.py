"""Dates with hours of their own and blocked times, as one list in order of time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from appointly.display.formatting import clock_time, count, day
from appointly.display.week import closing
from appointly.operations.hours import clock_of
from appointly.queries.hours import Blocked, DateRange

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ExceptionView:
    """One entry: dates in a row that are alike, or one blocked time. `key` names it on the page.

    `kind` is off, hours or block; `series` says how many entries were made together, empty for a single one.
    """

    key: str
    kind: str
    first: str
    last: str
    month: str
    days: str
    what: str
    reason: str
    series_id: str = ""
    series: str = ""


def exceptions_of(
    dates: Sequence[DateRange], blocked: Sequence[Blocked], zone: str, today: date
) -> list[ExceptionView]:
    """All entries by their first day; the first one of each month carries its name."""
    found = sorted([*_dates(dates, today), *_blocks(blocked, zone, today)], key=lambda each: (each.first, each.key))
    numbers = Counter(each.series_id for each in found)
    entries, month = [], ""
    for each in found:
        name = f"{date.fromisoformat(each.first):%B %Y}"
        several = each.series_id and numbers[each.series_id] > 1
        series = f"one of {count(numbers[each.series_id], 'entry', 'entries')} that repeat" if several else ""
        entries.append(replace(each, month=name if name != month else "", series=series))
        month = name
    return entries


def _dates(rows: Sequence[DateRange], today: date) -> Iterator[ExceptionView]:
    by_day = [(each, list(ranges)) for each, ranges in groupby(rows, key=lambda row: row.date)]
    runs: list[list[tuple[date, list[DateRange]]]] = []
    for each, ranges in by_day:
        before = runs[-1][-1] if runs else None
        if before and before[0] + DAY == each and ranges[0].series_id and _alike(before[1], ranges):
            runs[-1].append((each, ranges))
        else:
            runs.append([(each, ranges)])
    for run in runs:
        (first, ranges), (last, _) = run[0], run[-1]
        closed = ranges[0].opens_minute is None
        yield ExceptionView(
            key=f"dates-{first}",
            kind="off" if closed else "hours",
            first=first.isoformat(),
            last=last.isoformat(),
            month="",
            days=span(first, last, today),
            what="Closed" if closed else ", ".join(_clock(each) for each in ranges),
            reason=ranges[0].reason,
            series_id=str(ranges[0].series_id or ""),
        )


def _alike(one: Sequence[DateRange], other: Sequence[DateRange]) -> bool:
    return [replace(each, date=date.min) for each in one] == [replace(each, date=date.min) for each in other]


def _clock(each: DateRange) -> str:
    return f"{clock_of(each.opens_minute or 0)} – {closing(each.closes_minute or 0)}"


def _blocks(blocked: Sequence[Blocked], zone: str, today: date) -> Iterator[ExceptionView]:
    for each in blocked:
        first, last = (instant.astimezone(ZoneInfo(zone)) for instant in (each.start, each.end))
        ends = clock_time(each.end, zone)
        if last.date() > first.date() + DAY or (last.date() > first.date() and ends > clock_time(each.start, zone)):
            ends = f"{day(last.date(), today)}, {ends}"
        yield ExceptionView(
            key=f"block-{each.id}",
            kind="block",
            first=first.date().isoformat(),
            last=last.date().isoformat(),
            month="",
            days=day(first.date(), today),
            what=f"Blocked, {clock_time(each.start, zone)} – {ends}",
            reason=each.reason,
            series_id=str(each.series_id or ""),
        )


def span(first: date, last: date, today: date) -> str:
    """ "Thu 24 Dec", "Thu 24 – Sat 26 Dec", "Thu 31 Dec – Sat 2 Jan"."""
    if first == last:
        return day(first, today)
    begins = f"{first:%a} {first.day}" if (first.year, first.month) == (last.year, last.month) else day(first, today)
    return f"{begins} – {last:%a} {last.day} {last:%b}"
