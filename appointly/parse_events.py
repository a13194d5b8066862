"""A program of its own: reads a stranger's calendar from stdin and writes its busy spans to stdout, as JSON.

`appointly.calendar_events` runs it limited in memory and time, because what it reads may be made to harm. The first
line is JSON: `start` and `end` of the window in seconds since 1970, and the zone of floating and whole-day times. For
what it refuses it ends with a word on stderr and code 1.
"""

import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

MOST_SPANS = 50_000
OWN_UID = "@appointly"
LIMITS = {
    resource.RLIMIT_AS: 1024**3,  # bytes
    resource.RLIMIT_CPU: 15,  # seconds
    resource.RLIMIT_FSIZE: 0,  # it writes no file
    resource.RLIMIT_CORE: 0,
}
TOO_OFTEN = re.compile(rb"FREQ\s*=\s*(SECONDLY|MINUTELY)", re.IGNORECASE)
FOLD = re.compile(rb"\r?\n[ \t]")
ALARM = re.compile(rb"^BEGIN:VALARM\b.*?^END:VALARM[ \t]*\r?$\n?", re.DOTALL | re.IGNORECASE | re.MULTILINE)


class Refused(Exception):
    """With the word for it."""


def calendars(content: bytes) -> list[Calendar]:
    """The calendars in it, without alarms. Raises `Refused`."""
    text = FOLD.sub(b"", content.removeprefix(b"\xef\xbb\xbf"))
    if not re.search(rb"^BEGIN:VCALENDAR\b", text, re.IGNORECASE | re.MULTILINE):
        raise Refused("no_calendar")
    if TOO_OFTEN.search(text):
        raise Refused("too_often")
    try:
        return [each for each in Calendar.from_ical(ALARM.sub(b"", text), multiple=True) if isinstance(each, Calendar)]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Refused("damaged") from None


def is_busy(event: Event) -> bool:
    """Whether its time is taken, by something that is not ours."""
    return (
        str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() != "FREE"
        and not str(event.get("UID", "")).endswith(OWN_UID)
    )


def instant(value: date, zone: ZoneInfo) -> datetime:
    """The moment in UTC; what names no zone is meant in the provider's."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - it gets its zone below
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def spans_of(calendar: Calendar, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Begin and end of what is busy within the window, in seconds since 1970."""
    # Floating times are compared as they stand, so a day more on both sides is asked for and cut off here.
    day = timedelta(days=1)
    occurrences = recurring_ical_events.of(calendar, skip_bad_series=True, components=["VEVENT"])
    for event in occurrences.between(start - day, end + day):
        if not is_busy(event):
            continue
        begins, ends = instant(event.start, zone), instant(event.end, zone)
        if ends > begins and ends > start and begins < end:
            yield int(max(begins, start).timestamp()), int(min(ends, end).timestamp())


def main() -> None:
    """Read, write, or refuse."""
    os.nice(10)  # pages come first
    for what, most in LIMITS.items():
        resource.setrlimit(what, (most, most))
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(head)
    start, end = (datetime.fromtimestamp(asked[name], UTC) for name in ("start", "end"))
    found: set[tuple[int, int]] = set()
    try:
        for calendar in calendars(content):
            for span in spans_of(calendar, start, end, ZoneInfo(asked["time_zone"])):
                found.add(span)
                if len(found) > MOST_SPANS:
                    raise Refused("too_many")
    except Refused as refused:
        sys.exit(str(refused))
    except MemoryError:
        sys.exit("too_many")
    json.dump(sorted(found), sys.stdout)


if __name__ == "__main__":
    main()
