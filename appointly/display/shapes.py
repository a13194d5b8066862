"""The small things that pages show, made ready to read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from appointly.display.formatting import day, local_time, long_day

PARTS_OF_DAY = ("Morning", "Afternoon", "Evening", "After midnight")


@dataclass(frozen=True)
class Choice:
    """One of several: `value` is what is sent, `note` a second, quieter text, `count` how many there are."""

    value: str
    label: str
    note: str = ""
    count: int = 0
    chosen: bool = False


def coming_days(today: date, number: int) -> list[Choice]:
    """Today and the days after it, as choices: YYYY-MM-DD, shown as "Tomorrow" or "Tue 24 Nov"."""
    days = (today + timedelta(days=offset) for offset in range(number))
    return [Choice(each.isoformat(), day(each, today)) for each in days]


@dataclass(frozen=True)
class Day:
    """One field of a month: `date` is YYYY-MM-DD, empty for a field outside the month. A `full` one has no free time,
    though there are times: it can be waited for.
    """

    date: str = ""
    number: str = ""
    label: str = ""
    free: bool = False
    full: bool = False
    today: bool = False


@dataclass(frozen=True)
class Month:
    """A month on a page: rows of seven days from Monday; `previous` and `next` are YYYY-MM, empty at the ends."""

    title: str
    days: list[Day]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True)
class Time:
    """One free time: `note` says what is special about it, `taken` that somebody has just had it."""

    id: str
    label: str
    note: str = ""
    taken: bool = False


@dataclass(frozen=True)
class TimeGroup:
    """The times of one part of the day."""

    name: str
    times: list[Time]


class FreeTime(Protocol):
    """What the list of free times knows about each."""

    @property
    def id(self) -> object: ...
    @property
    def date(self) -> date: ...
    @property
    def start(self) -> datetime: ...
    @property
    def remaining(self) -> int: ...


def month_of(first: date, free: Collection[date], today: date, last: date, full: Collection[date] = ()) -> Month:
    """The month that `first` lies in, without weeks that are over. Days in `free` and in `full` can be chosen.

    One may leaf from today's month to `last`'s.
    """
    start = first.replace(day=1)
    following = (start + timedelta(days=31)).replace(day=1)
    monday = today - timedelta(days=today.weekday())
    shown = max(start, monday)  # weeks that are over would only push the times down
    days = [Day()] * shown.weekday()
    days += [
        Day(
            date=day.isoformat(),
            number=str(day.day),
            label=long_day(day),
            free=day in free,
            full=day in full,
            today=day == today,
        )
        for day in (shown + timedelta(days=offset) for offset in range((following - shown).days))
    ]
    return Month(
        title=f"{start:%B %Y}",
        days=days,
        previous=f"{start - timedelta(days=1):%Y-%m}" if start > today else "",
        next=f"{following:%Y-%m}" if following <= last else "",
    )


def times_of_day(slots: Iterable[FreeTime], zone: str, capacity: int = 1, own: str = "") -> list[TimeGroup]:
    """Free times grouped into the parts of the day of `zone`; empty parts are left out. `own` is kept for who looks.

    Times of hours that reach beyond midnight come last, as the day goes on.
    """
    groups: dict[str, list[Time]] = {name: [] for name in PARTS_OF_DAY}
    for slot in slots:
        local = slot.start.astimezone(ZoneInfo(zone))
        groups[part_of_day(local, slot.date)].append(
            Time(str(slot.id), local_time(local), note_of(slot, capacity, own))
        )
    return [TimeGroup(name, times) for name, times in groups.items() if times]


def part_of_day(local: datetime, of_day: date) -> str:
    """In which part of its day a time lies: one of `PARTS_OF_DAY`."""
    if local.date() > of_day:
        return "After midnight"
    return "Morning" if local.hour < 12 else "Afternoon" if local.hour < 17 else "Evening"


def note_of(slot: FreeTime, capacity: int, own: str) -> str:
    """What is special about a free time: that it is kept for who looks, or how many places are left."""
    return "yours" if str(slot.id) == own else f"{slot.remaining} of {capacity} left" if capacity > 1 else ""


def with_taken(groups: Iterable[TimeGroup], now_free: Iterable[TimeGroup]) -> list[TimeGroup]:
    """The same times as they are now; those not in `now_free` are marked as taken, not removed under the finger."""
    free = {time.id: time for group in now_free for time in group.times}
    return [
        TimeGroup(group.name, [free.get(time.id) or replace(time, taken=True) for time in group.times])
        for group in groups
    ]
