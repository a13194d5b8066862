"""What is busy in a calendar file; and files made to harm, which harm nobody and take no longer than they may."""

import os
import resource
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appointly import calendar_events
from appointly.calendar_events import busy_spans
from appointly.domain.calendar import Span, Window, merged
from appointly.errors import CalendarUnreadable
from tests.calendars import calendar, event

START = datetime(2027, 3, 20, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(days=30), "Europe/Berlin")  # summer time begins on 28 March
OUTLOOK = """BEGIN:VTIMEZONE\r
TZID:W. Europe Standard Time\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
"""


async def read(*events: str, window: Window = WINDOW) -> list[str]:
    """The busy spans as "22 09:00-10:00": day of the month and times in UTC."""
    found = await busy_spans(calendar(*events), window)
    return [f"{span.start:%d %H:%M}-{span.end:%H:%M}" for span in found]


async def test_times_in_every_way_of_writing_them() -> None:
    assert await read(
        event("utc", ":20270322T090000Z", ":20270322T100000Z"),
        event("zone", ";TZID=America/New_York:20270323T090000", ";TZID=America/New_York:20270323T100000"),
        event("floating", ":20270324T090000", ":20270324T100000"),
        event("duration", ":20270325T090000Z", "", "DURATION:PT1H30M"),
        event("day", ";VALUE=DATE:20270326", ";VALUE=DATE:20270328"),
        event("one day", ";VALUE=DATE:20270328"),
        event("moment", ":20270330T090000Z"),
        event("quoted", ';TZID="Europe/Berlin":20270331T090000', ';TZID="Europe/Berlin":20270331T100000'),
    ) == [
        "22 09:00-10:00",
        "23 13:00-14:00",
        "24 08:00-09:00",
        "25 09:00-10:30",
        "25 23:00-23:00",
        "27 23:00-22:00",  # the day on which the clocks go forward has 23 hours
        "31 07:00-08:00",
    ]


async def test_outlook_s_names_of_zones() -> None:
    zone = ";TZID=W. Europe Standard Time"
    times = (f"{zone}:20270322T090000", f"{zone}:20270322T100000")
    weekly = event("outlook", *times, "RRULE:FREQ=WEEKLY;COUNT=2")
    assert await read(weekly) == await read(OUTLOOK, weekly) == ["22 08:00-09:00", "29 07:00-08:00"]


async def test_recurring_events_with_what_was_taken_out_and_moved() -> None:
    zone = ";TZID=Europe/Berlin"
    assert await read(
        event(
            "weekly",
            f"{zone}:20200106T090000",
            f"{zone}:20200106T100000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO,WE",
            f"EXDATE{zone}:20270324T090000",
        ),
        event(
            "weekly",
            f"{zone}:20270330T150000",
            f"{zone}:20270330T160000",
            f"RECURRENCE-ID{zone}:20270331T090000",
        ),
        event(
            "weekly",
            f"{zone}:20270405T090000",
            f"{zone}:20270405T100000",
            f"RECURRENCE-ID{zone}:20270405T090000",
            "STATUS:CANCELLED",
        ),
        window=Window(START, START + timedelta(days=18), "UTC"),
    ) == ["22 08:00-09:00", "29 07:00-08:00", "30 13:00-14:00"]


async def test_what_is_not_busy_is_left_out() -> None:
    times = (":20270322T090000Z", ":20270322T100000Z")
    assert (
        await read(
            event("cancelled", *times, "STATUS:CANCELLED"),
            event("free", *times, "TRANSP:TRANSPARENT"),
            event("outlook", *times, "X-MICROSOFT-CDO-BUSYSTATUS:FREE"),
            event("01a1fdde-573d-7559-8e61-42cb75f96d93@appointly", *times),
            event("01a1fdde573d75598e6142cb75f96d93@google.com", *times),
            event("backwards", ":20270322T100000Z", ":20270322T090000Z"),
            event("shorter than nothing", ":20270322T100000Z", "", "DURATION:-PT1H"),
            event("before", ":20270319T090000Z", ":20270320T000000Z"),
            event("after", ":20270419T000000Z", ":20270419T010000Z"),
            event("long ago", ":19990319T090000Z", ":19990320T000000Z"),
        )
        == []
    )


async def test_what_the_calendar_s_owner_has_declined_is_free() -> None:
    times = (":20270322T090000Z", ":20270322T100000Z")
    ada, bob = "mailto:Ada@Example.test", "mailto:bob@example.test"
    no, yes, later = "ATTENDEE;PARTSTAT=DECLINED:", "ATTENDEE;PARTSTAT=ACCEPTED:", "ATTENDEE;PARTSTAT=NEEDS-ACTION:"
    window = replace(WINDOW, owners=frozenset(["ada@example.test", "other"]))
    for free in ([no + ada], [yes + bob, no + ada], ["ATTENDEE;EMAIL=ada@example.test;PARTSTAT=DECLINED:urn:uuid:1"]):
        assert await read(event("asked", *times, *free), window=window) == []
        assert len(await read(event("nobody's", *times, *free))) == 1
    for busy in ([no + bob], [no + bob, yes + ada], [later + ada], ["ATTENDEE:" + ada], [no + ada, yes + ada], []):
        assert len(await read(event("asked", *times, *busy), window=window)) == 1
    series = event("weekly", *times, "RRULE:FREQ=WEEKLY;COUNT=2", yes + ada)
    second = event("weekly", ":20270329T090000Z", ":20270329T100000Z", "RECURRENCE-ID:20270329T090000Z", no + ada)
    assert await read(series, second, window=window) == ["22 09:00-10:00"]
    named = b"BEGIN:VCALENDAR\r\nX-WR-CALNAME:ada@example.test\r\n"
    own = calendar(event("asked", *times, no + ada)).replace(b"BEGIN:VCALENDAR\r\n", named, 1)
    assert await busy_spans(own, WINDOW) == []


async def test_what_reaches_beyond_the_window_is_cut() -> None:
    assert await busy_spans(calendar(event("a", ":00010101T000000Z", ":99991231T235959Z")), WINDOW) == [
        Span(WINDOW.start, WINDOW.end)
    ]
    assert await busy_spans(calendar(event("a", ";VALUE=DATE:00010101", ";VALUE=DATE:99991231")), WINDOW) == [
        Span(WINDOW.start, WINDOW.end)
    ]


def test_touching_and_overlapping_spans_are_one() -> None:
    def at(first: int, last: int) -> Span:
        return Span(START + timedelta(hours=first), START + timedelta(hours=last))

    assert merged([at(5, 6), at(1, 3), at(3, 4), at(2, 3), at(0, 1), at(7, 8)]) == [at(0, 4), at(5, 6), at(7, 8)]


async def test_a_broken_event_hides_no_other() -> None:
    good = event("good", ":20270322T090000Z", ":20270322T100000Z")
    for broken in (
        event("a", ":banana", ":20270322T100000Z"),
        event("a", ":20270322T110000Z", ":banana"),
        event("a", ":20270322T110000Z", ":20270322T120000Z", "RRULE:FREQ=BANANA"),
        "BEGIN:VEVENT\r\nUID:none\r\nEND:VEVENT\r\n",
        event("b", ";TZID=Mars/Olympus:20270301T090000", ";TZID=Mars/Olympus:20270301T100000"),
    ):
        assert "22 09:00-10:00" in await read(broken, good)


BERLIN = ";TZID=Europe/Berlin"
WEEKLY = (f"{BERLIN}:20270301T090000", f"{BERLIN}:20270301T100000", "RRULE:FREQ=WEEKLY;BYDAY=MO")
MOVED = (f"{BERLIN}:20270322T150000", f"{BERLIN}:20270322T160000")
EXCEPTION = f"RECURRENCE-ID{BERLIN}:20270322T090000"
LEFT = ["29 07:00-08:00", "05 07:00-08:00", "12 07:00-08:00"]
BOTH = ["22 08:00-09:00", "22 14:00-15:00"]
BAD_EXCEPTIONS = {
    "of no time": (event("s", *MOVED, "RECURRENCE-ID:banana"), BOTH),
    "of another kind of time": (event("s", *MOVED, "RECURRENCE-ID;VALUE=DATE:20270322"), BOTH),
    "to no time": (event("s", ":banana", "", EXCEPTION), BOTH[:1]),
    "with no end": (event("s", MOVED[0], ":banana", EXCEPTION), BOTH[:1]),
    "of two times": (event("s", *MOVED, EXCEPTION, f"RECURRENCE-ID{BERLIN}:20270329T090000"), BOTH[1:]),
    "of no version": (event("s", *MOVED, EXCEPTION, "SEQUENCE:banana"), BOTH[1:]),
    "with a rule": (event("s", *MOVED, EXCEPTION, "RRULE:FREQ=BANANA"), BOTH[1:]),
    "without end": (event("s", MOVED[0], "", "DURATION:P99999999D", EXCEPTION), BOTH[:1]),
    "beside a good one": (event("s", *MOVED, EXCEPTION) + event("s", *MOVED, "RECURRENCE-ID:banana"), BOTH[1:]),
}


@pytest.mark.parametrize("what", BAD_EXCEPTIONS)
async def test_a_broken_exception_makes_no_series_free(what: str) -> None:
    exception, day = BAD_EXCEPTIONS[what]
    assert await read(exception, event("s", *WEEKLY)) == day + LEFT


@pytest.mark.parametrize("line", ["EXDATE:banana", "RDATE:banana", "SEQUENCE:banana", "RRULE:FREQ=BANANA"])
async def test_a_broken_line_makes_no_series_free(line: str) -> None:
    assert await read(event("s", *WEEKLY, line)) == BOTH[:1] + LEFT
    assert await read(event("s", *WEEKLY, line, f"EXDATE{BERLIN}:20270322T090000")) == LEFT


async def test_a_rule_that_nobody_understands_leaves_what_it_is_about() -> None:
    for rule in ("FREQ=BANANA", "FREQ=WEEKLY;BYHOUR=99"):
        assert await read(event("s", *NINE, f"RRULE:{rule}")) == ["22 09:00-10:00"]
    moved = event("s", *MOVED, "RECURRENCE-ID:20270322T090000Z")
    assert await read(event("s", *NINE, "RRULE:FREQ=WEEKLY;BYHOUR=99"), moved) == ["22 09:00-10:00", BOTH[1]]


async def test_from_one_time_on_all_are_moved() -> None:
    later = event("s", *MOVED, f"RECURRENCE-ID;RANGE=THISANDFUTURE{BERLIN}:20270322T090000")
    moved = [f"{day} 13:00-14:00" for day in ("29", "05", "12")]
    assert await read(event("s", *WEEKLY), later) == BOTH[1:] + moved


@pytest.mark.parametrize(
    ("until", "found"),
    [("20270329", 2), ("20270329T235959Z", 2), ("20270329T090000", 2), ("20270328", 1), ("20270301", 0)],
)
async def test_the_last_day_of_a_series_counts_as_a_whole(until: str, found: int) -> None:
    assert len(await read(event("s", WEEKLY[0], WEEKLY[1], f"RRULE:FREQ=WEEKLY;UNTIL={until}"))) == found
    west = ";TZID=America/Los_Angeles"
    late = event("s", f"{west}:20270301T210000", f"{west}:20270301T220000", f"RRULE:FREQ=WEEKLY;UNTIL={until[:8]}")
    assert len(await read(late)) == found


async def test_two_events_with_one_uid_are_two() -> None:
    day_after = (":20270323T090000Z", ":20270323T100000Z")
    days = ["22 09:00-10:00", "23 09:00-10:00"]
    assert await read(event("s", *NINE), event("s", *day_after)) == days
    rule = "RRULE:FREQ=WEEKLY;COUNT=1"
    assert await read(event("s", *NINE, rule), event("s", *day_after, rule)) == days


async def test_a_zone_s_name_may_have_colons_and_be_nobody_s() -> None:
    zone = ';TZID="(UTC+01:00) Amsterdam, Berlin"'
    assert await read(event("a", f"{zone}:20270322T090000", f"{zone}:20270322T100000")) == ["22 08:00-09:00"]


NINE = (":20270322T090000Z", ":20270322T100000Z")
DATES = (f"2027{3 + n % 2:02}{1 + n % 28:02}T{n % 24:02}{n % 60:02}{n % 59:02}Z" for n in range(500_000))
HUGE = {
    "an alarm": event(
        "a", ":20270322T090000Z", ":20270322T100000Z", "BEGIN:VALARM", "X:" + "x" * 5_000_000, "END:VALARM"
    ),
    "alarms": event("a", ":20270322T090000Z", ":20270322T100000Z", *(["BEGIN:VALARM", "END:VALARM"] * 100_000)),
    "no end of alarms": event("a", ":20270322T090000Z", ":20270322T100000Z", *(["BEGIN:VALARM"] * 200_000)),
    "a billion days": event("a", ":20270322T090000Z", ":20270322T100000Z", "RRULE:FREQ=DAILY;COUNT=1000000000"),
    "many years": "".join(
        event(str(n), f":20{n % 20:02}0101T000000Z", f":20{n % 20:02}0101T010000Z") for n in range(50_000)
    )
    + event("a", ":20270322T090000Z", ":20270322T100000Z"),
}


def worked() -> float:
    """The seconds that processes of ours which have ended were at work: those they waited for others do not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("what", HUGE)
async def test_what_is_large_and_harmless_is_read_at_once(what: str) -> None:
    began = worked()
    assert (await read(HUGE[what]))[0] == "22 09:00-10:00"
    assert worked() - began < calendar_events.SECONDS / 2


REFUSED = {
    "seconds": (event("a", ":20270322T090000Z", "", "RRULE:FREQ=SECONDLY"), "every minute or second"),
    "minutes": (event("a", ":20270322T090000Z", "", "RRULE:FR\r\n EQ=MINU\r\n\tTELY"), "every minute or second"),
    "no step": (event("a", ":20270322T090000Z", "", "RRULE:FREQ=DAILY;INTERVAL=0"), "every minute or second"),
    "million of dates": (
        event(
            "a",
            ":20270322T090000Z",
            ":20270322T090001Z",
            "RDATE:"
            + ",".join(f"2027{3 + n % 2:02}{1 + n % 28:02}T{n % 24:02}{n % 60:02}{n % 59:02}Z" for n in range(500_000)),
        ),
        "too many|more events",
    ),
    "every second of every hour": (
        event(
            "a",
            ":20270301T000000Z",
            ":20270301T000001Z",
            "RRULE:FREQ=HOURLY;COUNT=1000000000;BYMINUTE=" + ",".join(map(str, range(60))),
        ),
        "too many",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_read_is_refused_and_takes_no_longer_than_it_may(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, sentence = REFUSED[what]
    if "too many" in sentence:  # which is what is said, too, where it is given up
        monkeypatch.setattr(calendar_events, "SECONDS", 2.0)
    began = time.monotonic()
    with pytest.raises(CalendarUnreadable, match=sentence):
        await read(events)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a calendar"),
        (b"hello", "not a calendar"),
        (os.urandom(1000).replace(b"BEGIN", b""), "not a calendar"),
        (b"BEGIN:VCALENDAR\r\n" + bytes(range(256)) * 1000, "not a calendar"),
        (b"\x1f\x8b\x08" + b"x" * 1000, "not a calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20300101T100000Z\r\nEND:VEVENT\r\n", "not a calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20300101T100000Z\r\nEND:VCALENDAR\r\n", "not a calendar"),
    ],
    ids=["nothing", "words", "noise", "noise in a calendar", "packed", "cut off", "cut out of"],
)
async def test_what_is_no_calendar(content: bytes, sentence: str) -> None:
    with pytest.raises(CalendarUnreadable, match=sentence):
        await busy_spans(content, WINDOW)


async def test_an_empty_calendar_is_one() -> None:
    assert await read() == []
    assert await busy_spans(b"\xef\xbb\xbfBEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", WINDOW) == []


async def test_five_thousand_events() -> None:
    """How quickly, says the bench."""

    def written(number: int) -> str:
        start = START + timedelta(minutes=7 * number)
        return event(str(number), f":{start:%Y%m%dT%H%M%SZ}", f":{start + timedelta(minutes=5):%Y%m%dT%H%M%SZ}")

    assert len(await read(*map(written, range(5000)))) == 5000
