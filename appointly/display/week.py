"""A week of hours while it is being edited, and what is wrong with it, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from appointly.errors import ValidationFailed
from appointly.operations.hours import DAY_MINUTES, WeekdayHours, clock_of, minute_of, require_apart
from appointly.operations.set_working_hours import WEEKDAYS
from appointly.queries.hours import WeekdayRange
from appointly.validation import parse

MOST_RANGES_A_DAY = 8
USUAL = ("09:00", "17:00")
MIDNIGHT = "00:00"


@dataclass(frozen=True)
class EditedRange:
    """Hours as typed, HH:MM or empty; to close at 00:00 is to close at the end of the day. `id` is the week's own."""

    id: int = 0
    opens: str = ""
    closes: str = ""
    words: str = ""


@dataclass(frozen=True)
class EditedDay:
    """One weekday, 1 Monday … 7 Sunday; what is typed stays while the day is switched off."""

    weekday: int = 1
    name: str = ""
    short: str = ""
    open: bool = False
    ranges: list[EditedRange] = field(default_factory=list)
    problem: str = ""
    full: bool = False
    note: str = ""


def week_of(stored: Iterable[WeekdayRange]) -> list[EditedDay]:
    """The stored week, ready to edit."""
    numbers = count(1)
    days: dict[int, list[EditedRange]] = {weekday: [] for weekday in range(1, 8)}
    for each in stored:
        edited = EditedRange(next(numbers), clock_of(each.opens_minute), closing(each.closes_minute))
        days[each.weekday].append(edited)
    return with_neighbours([EditedDay(weekday, open=bool(ranges), ranges=ranges) for weekday, ranges in days.items()])


def with_neighbours(week: Sequence[EditedDay]) -> list[EditedDay]:
    """The whole week, told: also where the hours of the day before run into those of a day."""
    days = [told(day) for day in week]
    return [replace(day, note=overlap(before, day)) for before, day in zip([*days[-1:], *days[:-1]], days, strict=True)]


def overlap(before: EditedDay, day: EditedDay) -> str:
    """What there is to say where the hours of one day last longer than the next day has been open."""
    if not before.open or not day.open or before.problem or day.problem:
        return ""
    ends = max((each.hours.closes_minute for each in hours_of(before)), default=0) - DAY_MINUTES
    if ends <= min((each.hours.opens_minute for each in hours_of(day)), default=DAY_MINUTES):
        return ""
    return f"{before.name}'s hours run until {clock_of(ends)}. They overlap these, so the two count as one stretch."


def closing(minute: int) -> str:
    """Minutes after midnight as a time input holds them: the end of the day is 00:00."""
    return clock_of(minute % DAY_MINUTES)


def told(day: EditedDay) -> EditedDay:
    """The day with its name, and with what there is to say about its hours."""
    name = WEEKDAYS[day.weekday - 1]
    ranges = [replace(each, words=words_of(each, day.weekday)) for each in day.ranges]
    day = replace(day, name=name, short=name[:3], ranges=ranges, full=len(ranges) >= MOST_RANGES_A_DAY, problem="")
    try:
        hours_of(day)
    except ValidationFailed as refusal:
        sentence = next(iter(refusal.fields.values()), refusal.message)
        return replace(day, problem=sentence.removeprefix(f"{name}: "))
    return day


def words_of(edited: EditedRange, weekday: int) -> str:
    """What the two times do not say by themselves: "until 02:00 on Saturday"."""
    opens, closes = edited.opens, edited.closes
    if not opens or not closes:
        return ""
    if opens == closes:
        return "The whole day" if opens == MIDNIGHT else ""
    if closes == MIDNIGHT:
        return "until midnight"
    return f"until {closes} on {WEEKDAYS[weekday % 7]}" if minute_of(closes) < minute_of(opens) else ""


def hours_of(day: EditedDay) -> list[WeekdayHours]:
    """The hours of a day as they can be saved; none where it is closed. Raises `ValidationFailed`."""
    if not day.open:
        return []
    if not all(each.opens and each.closes for each in day.ranges):
        raise ValidationFailed(fields={"ranges": "Please fill in when it opens and when it closes."})
    whole_day = ("24:00" if each.opens == each.closes == MIDNIGHT else each.closes for each in day.ranges)
    ranges = [
        parse(WeekdayHours, {"weekday": day.weekday, "opens": each.opens, "closes": closes})
        for each, closes in zip(day.ranges, whole_day, strict=True)
    ]
    require_apart(ranges, day.name, "ranges")
    return ranges


def another_range(ranges: Sequence[EditedRange], number: int) -> EditedRange:
    """A further range, an hour after the last one where the day has room; else to be filled in."""
    last = ranges[-1] if ranges else None
    if last is None:
        return EditedRange(number, *USUAL)
    begins = minute_of(last.closes) + 60 if last.closes > last.opens else DAY_MINUTES
    if begins > DAY_MINUTES - 120:
        return EditedRange(number)
    return EditedRange(number, clock_of(begins), closing(min(begins + 240, DAY_MINUTES)))
