"""A day drawn to scale."""

from dataclasses import fields
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from appointly.display.timeline import frame_of, minute_of, pixels, timeline_of
from appointly.queries.bookings import Booking
from appointly.queries.dashboard import Hours
from appointly.queries.hours import Blocked
from tests.hostile import NOBODY

ZONE = "Europe/Berlin"
DAY = date(2026, 11, 24)


def at(clock: str) -> datetime:
    """A time of the day in Berlin."""
    return datetime.fromisoformat(f"2026-11-24T{clock}").replace(tzinfo=ZoneInfo(ZONE))


def booked(start: str, end: str, status: str = "confirmed") -> Booking:
    """An appointment of the day."""
    known: dict[str, object] = {
        "status": status,
        "time_zone": ZONE,
        "customer_name": "Ada Lovelace",
        "answers": {},
        "slot_date": DAY,
        "start": at(start),
        "end": at(end),
        "created_at": at("08:00"),
        "price_amount": 4500,
        "currency": "EUR",
        "cancellation_policy": "flexible",
        "answer_by": None,
        "checked_in_at": None,
    }
    return Booking(**{each.name: known.get(each.name, "x") for each in fields(Booking)})  # type: ignore[arg-type]


def test_the_frame_holds_the_hours_and_what_lies_outside_them() -> None:
    assert frame_of([(9 * 60 + 30, 17 * 60), (18 * 60, 18 * 60 + 20)]) == (9 * 60, 19 * 60)
    assert frame_of([]) == (9 * 60, 17 * 60)


def test_appointments_lie_where_the_clock_says() -> None:
    drawn = timeline_of([booked("10:30", "11:00")], [Hours(540, 1020)], [], DAY, ZONE, at("09:15"))
    [entry] = drawn.booked
    assert entry.top == pixels(90)
    assert entry.times == "10:30 – 11:00"
    assert drawn.now == pixels(15)
    assert [mark.label for mark in drawn.marks] == [f"{hour:02d}:00" for hour in range(9, 18)]
    assert drawn.areas == []


def test_several_at_one_time_stand_side_by_side() -> None:
    bookings = [booked("10:00", "11:00") for _ in range(3)] + [booked("12:00", "13:00")]
    drawn = timeline_of(bookings, [], [], DAY, ZONE, at("09:00"))
    assert [entry.left for entry in drawn.booked] == ["0.00%", "33.33%", "66.67%", "0.00%"]
    assert [entry.width for entry in drawn.booked] == ["33.33%"] * 3 + ["100.00%"]


def test_short_bookings_in_a_row_do_not_cover_one_another() -> None:
    quarters = ["10:00", "10:15", "10:30", "10:45", "11:00"]
    pairs = [*pairwise(quarters), ("12:00", "12:20"), ("12:20", "12:40"), ("13:00", "13:05"), ("13:05", "13:15")]
    bookings = [booked(*pair) for pair in pairs]
    drawn = timeline_of(bookings, [], [], DAY, ZONE, at("09:00"), minute=1.6)
    places = [(entry.left, entry.width) for entry in drawn.booked]
    half = [("0.00%", "50.00%"), ("50.00%", "50.00%")]
    assert places == [("0.00%", "100.00%")] * 6 + half, "a quarter of an hour has room enough, ten minutes have not"
    assert all(entry.height.endswith("24px)") for entry in drawn.booked), "a mouse hits each of them"


def test_a_day_with_brief_appointments_is_drawn_so_that_a_thumb_hits_them() -> None:
    quarter, hour = booked("10:00", "10:15"), booked("11:00", "12:00")
    drawn = timeline_of([quarter, booked("10:15", "10:30"), hour], [], [], DAY, ZONE, at("09:00"))
    assert 15 * float(drawn.minute.removesuffix("px")) - 3 >= 44
    assert not any(entry.low for entry in drawn.booked), "two lines of words"
    assert {entry.width for entry in drawn.booked} == {"100.00%"}
    assert timeline_of([hour], [], [], DAY, ZONE, at("09:00")).minute == "1.6px"


def test_closed_and_blocked_time_is_marked() -> None:
    blocked = [Blocked(NOBODY, at("15:00"), at("16:00"), "Dentist"), Blocked(NOBODY, at("05:00"), at("06:00"), "")]
    drawn = timeline_of(
        [booked("08:00", "08:30")], [Hours(540, 720), Hours(780, 1020)], blocked, DAY, ZONE, at("23:30")
    )
    assert [area.label for area in drawn.areas] == ["", "", "Dentist"]
    assert drawn.areas[0].height == pixels(60)
    assert drawn.now == ""


def test_minutes_are_those_on_the_clock_when_it_jumps() -> None:
    jump = date(2026, 3, 29)
    assert minute_of(datetime.fromisoformat("2026-03-29T09:00+02:00"), jump, ZONE) == 540
    assert minute_of(datetime.fromisoformat("2026-03-30T01:00+02:00"), jump, ZONE) == 25 * 60
