"""Calendars elsewhere and what collides with them, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.formatting import clock_time, count, day, within
from appointly.queries.external_calendars import Collision, OwnCalendar

KINDS = {"ics": "Calendar address", "caldav": "CalDAV", "google": "Google"}
READING = timedelta(minutes=2)  # so long a reading may be waited for before the page says that it is late


@dataclass(frozen=True)
class CalendarView:
    """A calendar in words; `tone` is reading, good or failing. `elsewhere`: it is removed on a page of its own."""

    id: str
    name: str
    place: str
    tone: str
    status: str
    rhythm: str
    elsewhere: bool


@dataclass(frozen=True)
class CollisionView:
    """An appointment at a time at which the provider is busy elsewhere; `who` comes, of a class how many."""

    href: str
    who: str
    service: str
    when: str
    calendar: str


def calendar_view(calendar: OwnCalendar, zone: str, at: datetime) -> CalendarView:
    """A row of the page."""
    tone, status = _status(calendar, zone, at)
    written = calendar.writes_back and not calendar.last_error
    place = [KINDS[calendar.kind], calendar.shown, *(["your bookings are written here"] if written else [])]
    return CalendarView(
        id=str(calendar.id),
        name=calendar.name,
        place=" · ".join(place),
        tone=tone,
        status=status,
        rhythm="" if tone == "reading" else _rhythm(calendar, at),
        elsewhere=calendar.kind == "google",
    )


def _status(calendar: OwnCalendar, zone: str, at: datetime) -> tuple[str, str]:
    if calendar.leaving:
        return "reading", calendar.last_error
    if calendar.reading and at - calendar.due_at < READING:
        return "reading", "Reading…"
    if calendar.last_error:
        return "failing", calendar.last_error
    if calendar.last_synced_at is None:
        return "reading", "Waiting to be read"
    if not calendar.busy_until:
        return "good", "Nothing is busy in the time you can be booked"
    until = within(day(calendar.busy_until.astimezone(ZoneInfo(zone)).date(), at.astimezone(ZoneInfo(zone)).date()))
    return "good", f"{count(calendar.busy, 'busy time')} until {until}"


def _rhythm(calendar: OwnCalendar, at: datetime) -> str:
    ahead = max(calendar.due_at - at, timedelta(0))
    coming = f"again {_in(ahead)}"
    read = _ago(calendar.last_synced_at, at)
    if not calendar.last_error:
        return f"Read {read}, {coming}"
    failed = "It failed" if calendar.failures == 1 else f"It failed {calendar.failures} times"
    last = f"what we read {read} still counts" if calendar.last_synced_at else "nothing of it is read yet"
    return f"{failed}; {last}. We try {coming}."


def _ago(instant: datetime | None, at: datetime) -> str:
    if instant is None:
        return "never"
    passed = at - instant
    if passed < timedelta(minutes=1):
        return "a moment ago"
    if passed < timedelta(hours=1):
        return f"{count(passed // timedelta(minutes=1), 'minute')} ago"
    if passed < timedelta(days=1):
        return f"{count(passed // timedelta(hours=1), 'hour')} ago"
    return f"{count(passed.days, 'day')} ago"


def _in(ahead: timedelta) -> str:
    minutes = -(-ahead // timedelta(minutes=1))
    if minutes < 1:
        return "in a moment"
    return f"in {count(minutes, 'minute')}" if minutes < 90 else f"in {count(round(minutes / 60), 'hour')}"


def collision_view(collision: Collision, zone: str, at: datetime) -> CollisionView:
    """A row of the card."""
    local = collision.start.astimezone(ZoneInfo(zone))
    date = day(local.date(), at.astimezone(ZoneInfo(zone)).date())
    a_class = collision.places > 1
    return CollisionView(
        href=routes.class_list(collision.slot_id) if a_class else f"/dashboard?booking={collision.reference}",
        who=f"{collision.booked} of {collision.places} places" if a_class else collision.customer_name,
        service=collision.service,
        when=f"{date}, {clock_time(collision.start, zone)} to {clock_time(collision.end, zone)}",
        calendar=collision.calendar,
    )
