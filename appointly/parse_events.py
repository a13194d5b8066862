"""A program of its own: reads strangers' calendar files from stdin, writes the busy spans of each to stdout as JSON.

`appointly.calendar_events` runs it limited in memory and time, because what it reads may be made to harm. The first
line is JSON: `start` and `end` of the window in seconds since 1970, the zone of floating and whole-day times, the mail
addresses of those whose calendar it is, and the sizes of the files, which follow one another. For what it refuses it
ends with a word on stderr and code 1.
"""

import json
import os
import re
import resource
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event, vBroken

MOST_SPANS = 50_000
# Our invitations and feeds; and what we write into Google's calendars, should their owner hand those out as files too:
# the event's id there is the appointment's, a UUID of version 7.
OWN_UID = re.compile(r"@appointly$|^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}@google\.com$")
LIMITS = {
    resource.RLIMIT_AS: 1024**3,  # bytes
    resource.RLIMIT_CPU: 15,  # seconds
    resource.RLIMIT_FSIZE: 0,  # it writes no file
    resource.RLIMIT_CORE: 0,
}
DAY = timedelta(days=1)
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
FOLD = re.compile(rb"\r?\n[ \t]")
TOO_OFTEN = re.compile(
    rb"^(?:RRULE|EXRULE)\b.*(?:FREQ\s*=\s*(?:SECONDLY|MINUTELY)|INTERVAL\s*=\s*-?0*(?:;|\r?$))",
    re.IGNORECASE | re.MULTILINE,
)
MARK = re.compile(rb"^(BEGIN|END):(VEVENT|VALARM|VCALENDAR)\s*$", re.IGNORECASE)
RECURS = re.compile(rb"^(RRULE|RDATE|RECURRENCE-ID)\b", re.IGNORECASE | re.MULTILINE)
STARTS, ENDS = (
    re.compile(rb"^" + name + rb"\b[^\n]*:(\d{8})", re.IGNORECASE | re.MULTILINE) for name in (b"DTSTART", b"DTEND")
)
REPEATS = ("RRULE", "RDATE", "EXDATE")
SEVERAL = (*REPEATS, "ATTENDEE")  # what an event may have more than once
TIMES = ("DTSTART", "DTEND", "DURATION")
BROKEN = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)


class Refused(Exception):
    """With the word for it."""


def worth_reading(text: bytes, first: bytes, last: bytes) -> bytes:
    """The calendar without alarms, and without the events that cannot meet the days from `first` to `last`.

    To read an event costs a thousand times what it costs to see that it is long over. Raises `Refused`, also for a file
    that was cut off: what is missing from it must not become free.
    """
    kept: list[bytes] = []
    event: list[bytes] | None = None
    in_alarm = found = False
    open_calendars = 0
    for line in text.splitlines():
        mark = MARK.match(line)
        begins, what = (mark[1].upper() == b"BEGIN", mark[2].upper()) if mark else (False, b"")
        if what == b"VALARM":
            in_alarm = begins
        elif what == b"VEVENT":
            if event and not begins and can_meet(whole := b"\r\n".join([*event, line]), first, last):
                kept.append(whole)
            event, in_alarm = ([line] if begins else None), False
        elif not in_alarm:
            if what == b"VCALENDAR":
                found = True
                open_calendars += 1 if begins else -1
            (kept if event is None else event).append(line)
    if not found:
        raise Refused("no_calendar")
    if event is not None or open_calendars:
        raise Refused("damaged")
    return b"\r\n".join([*kept, b""])


def can_meet(event: bytes, first: bytes, last: bytes) -> bool:
    """Whether an event has anything to do with these days; of one that recurs nobody knows."""
    starts, ends = STARTS.search(event), ENDS.search(event)
    if starts is None or RECURS.search(event):
        return starts is not None
    return starts[1] <= last and (ends is None or ends[1] >= first)


def calendars(content: bytes, start: datetime, end: datetime) -> list[Calendar]:
    """The calendars in it, with what may be of use between the two. Raises `Refused`."""
    text = FOLD.sub(b"", content.removeprefix(b"\xef\xbb\xbf"))
    if TOO_OFTEN.search(text):
        raise Refused("too_often")
    first, last = (f"{each:%Y%m%d}".encode() for each in (start - 2 * DAY, end + 2 * DAY))
    try:
        read = Calendar.from_ical(worth_reading(text, first, last), multiple=True)
    except BROKEN:
        raise Refused("damaged") from None
    return [each for each in read if isinstance(each, Calendar)]


def is_busy(event: Event, owners: set[str]) -> bool:
    """Whether its time is taken, by something that is not ours and that the calendar's owners have not declined."""
    return (
        str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() != "FREE"
        and not OWN_UID.search(str(event.get("UID", "")).strip())
        and not declined(event, owners)
    )


def declined(event: Event, owners: set[str]) -> bool:
    """Whether it is an invitation that all of those who own the calendar, as far as they are asked, will not follow."""
    answers = [
        str(asked.params.get("PARTSTAT", "")).upper()
        for asked in listed(event.get("ATTENDEE", []))
        if {address_in(str(asked)), address_in(str(asked.params.get("EMAIL", "")))} & owners
    ]
    return bool(answers) and set(answers) == {"DECLINED"}


def address_in(text: str) -> str:
    """A mail address as it is compared."""
    return text.strip().lower().removeprefix("mailto:")


def instant(value: date, zone: ZoneInfo) -> datetime:
    """The moment in UTC; what names no zone is meant in the provider's. Beyond the calendar's ends is at its ends."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - it gets its zone below
    try:
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return FIRST if value.year < 2000 else LAST


def occurrences(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Event]:
    """Every event as often as it happens about this time."""
    masters: dict[str, list[Event]] = defaultdict(list)
    exceptions: dict[str, list[Event]] = defaultdict(list)
    for event in calendar.walk("VEVENT"):
        uid = str(event.get("UID", ""))
        damaged = {name for name, value in event.items() if any(isinstance(each, vBroken) for each in listed(value))}
        mend(event)  # type: ignore[arg-type]
        if "RECURRENCE-ID" not in event:
            masters[uid].append(event)  # type: ignore[arg-type]
        elif not damaged.intersection(TIMES):  # else the series goes on as if it had not been moved
            exceptions[uid].append(event)  # type: ignore[arg-type]
    for uid in masters | exceptions:
        # Two events of one UID are two: neither may make the other's time free.
        for master in [[each] for each in masters[uid]] or [[]]:
            if exceptions[uid] or any(name in master[0] for name in REPEATS):
                yield from expanded(master, exceptions[uid], start, end)
            else:
                yield master[0]


def listed(value: Any) -> list[Any]:
    """One property, or several of the same name, as a list."""
    return value if isinstance(value, list) else [value]


def mend(event: Event) -> None:
    """Take out of it what cannot be understood, and what it says twice but may say once."""
    for name, value in list(event.items()):
        kept = [each for each in listed(value) if not isinstance(each, vBroken)]
        if not kept:
            del event[name]
        else:
            event[name] = kept if name in SEVERAL and len(kept) > 1 else kept[0]
    starts_at = event.get("DTSTART")
    for rule in listed(event.get("RRULE", [])):
        last = rule.get("UNTIL", [None])[0]
        if type(last) is date and starts_at is not None and isinstance(starts_at.dt, datetime):
            whole_day = datetime.combine(last, time.max, starts_at.dt.tzinfo)
            rule["UNTIL"] = [whole_day.astimezone(UTC) if whole_day.tzinfo else whole_day]


def expanded(master: list[Event], exceptions: list[Event], start: datetime, end: datetime) -> list[Event]:
    """A series about this time. Exceptions that break it are left out; of a rule that does, what it is about stays."""
    try:
        return repeated([*master, *exceptions], start, end)
    except BROKEN:
        if not works(master, start, end):
            return [*master, *exceptions]
    kept = master
    for exception in exceptions:
        if works([*kept, exception], start, end):
            kept = [*kept, exception]
    return repeated(kept, start, end)


def works(events: list[Event], start: datetime, end: datetime) -> bool:
    """Whether these can be understood together."""
    try:
        repeated(events, start, end)
    except BROKEN:
        return False
    return True


def repeated(events: list[Event], start: datetime, end: datetime) -> list[Event]:
    """One series, as often as it happens about this time. Raises whatever of BROKEN is wrong with it."""
    alone = Calendar()
    alone.subcomponents = [*events]
    # Floating times are compared as they stand, so a day more on both sides is asked for and cut off later.
    return recurring_ical_events.of(alone, components=["VEVENT"]).between(start - DAY, end + DAY)


def spans_of(
    calendar: Calendar, start: datetime, end: datetime, zone: ZoneInfo, owners: set[str]
) -> Iterator[tuple[int, int]]:
    """Begin and end of what is busy within the window, in seconds since 1970."""
    owners = owners | ({address_in(str(calendar.get("X-WR-CALNAME", "")))} - {""})
    for event in occurrences(calendar, start, end):
        try:
            starts_at = event.decoded("DTSTART")
            length = event.decoded("DURATION") if "DURATION" in event else timedelta(0)
            whole_day = DAY if not isinstance(starts_at, datetime) and not length else length
            ends_at = event.decoded("DTEND") if "DTEND" in event else starts_at + whole_day
            begins, ends = instant(starts_at, zone), instant(ends_at, zone)
        except BROKEN:
            continue
        if is_busy(event, owners) and ends > begins and ends > start and begins < end:
            yield int(max(begins, start).timestamp()), int(min(ends, end).timestamp())


def main() -> None:
    """Read, write, or refuse."""
    os.nice(10)  # pages come first
    for what, most in LIMITS.items():
        resource.setrlimit(what, (most, most))
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(head)
    start, end = (datetime.fromtimestamp(asked[name], UTC) for name in ("start", "end"))
    answer: list[list[tuple[int, int]]] = []
    room = MOST_SPANS
    try:
        for size in asked["sizes"]:
            found: set[tuple[int, int]] = set()
            for calendar in calendars(content[:size], start, end):
                for span in spans_of(calendar, start, end, ZoneInfo(asked["time_zone"]), set(asked["owners"])):
                    found.add(span)
                    if len(found) > room:
                        raise Refused("too_many")
            answer.append(sorted(found))
            room, content = room - len(found), content[size:]
    except Refused as refused:
        sys.exit(str(refused))
    except MemoryError:
        sys.exit("too_many")
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
