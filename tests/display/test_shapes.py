"""Months and times of day as the booker shows them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from appointly.display.shapes import month_of, times_of_day, with_taken

TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Slot:
    id: str
    start: datetime
    remaining: int = 1
    date: date = TODAY


def test_weeks_that_are_over_are_left_out() -> None:
    month = month_of(TODAY, {date(2026, 11, 24)}, TODAY, date(2027, 1, 5))
    assert [day.number for day in month.days][:6] == ["16", "17", "18", "19", "20", "21"]
    assert [day.number for day in month.days if day.free] == ["24"]
    assert [day.number for day in month.days if day.today] == ["21"]
    assert (month.title, month.previous, month.next) == ("November 2026", "", "2026-12")


def test_a_later_month_begins_on_its_weekday_and_the_last_has_no_next() -> None:
    month = month_of(date(2027, 1, 1), set(), TODAY, date(2027, 1, 5))
    assert [day.number for day in month.days][:5] == ["", "", "", "", "1"]
    assert (month.previous, month.next) == ("2026-12", "")


def test_times_are_grouped_by_the_clock_of_the_place() -> None:
    slots = [Slot(str(hour), datetime(2026, 11, 21, hour, 30, tzinfo=UTC), remaining=3) for hour in (8, 11, 17)]
    groups = times_of_day(slots, "Europe/Berlin", capacity=4)
    assert [(group.name, [time.label for time in group.times]) for group in groups] == [
        ("Morning", ["09:30"]),
        ("Afternoon", ["12:30"]),
        ("Evening", ["18:30"]),
    ]
    assert groups[0].times[0].note == "3 of 4 left"


def test_times_after_midnight_come_last_and_a_repeated_hour_says_which_one() -> None:
    night = date(2026, 10, 24)
    starts = [
        datetime(2026, 10, 24, 21, tzinfo=UTC),
        *(datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)),
    ]
    groups = times_of_day([Slot(str(start), start, date=night) for start in starts], "Europe/Berlin")
    assert [(group.name, [time.label for time in group.times]) for group in groups] == [
        ("Evening", ["23:00"]),
        ("After midnight", ["02:30 UTC+2", "02:30 UTC+1"]),
    ]


def test_a_time_that_somebody_took_stays_where_it_is_marked() -> None:
    eight = datetime(2026, 11, 21, 8, tzinfo=UTC)
    shown = times_of_day([Slot("a", eight, remaining=2), Slot("b", eight, remaining=1)], "UTC", capacity=2)
    free = times_of_day([Slot("a", eight, remaining=1)], "UTC", capacity=2)
    [group] = with_taken(shown, free)
    notes = [(time.id, time.note, time.taken) for time in group.times]
    assert notes == [("a", "1 of 2 left", False), ("b", "1 of 2 left", True)]
