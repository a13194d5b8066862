"""Why a time is not offered, in sentences with the place where it can be changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.formatting import clock_time, day, duration, local_time, long_day, moment, moment_within
from appointly.queries.why_not_offered import Explained, Reason

MOST_STARTS = 8
DAY_MINUTES = 24 * 60
HOURS_HREF, EXCEPTIONS_HREF = "/dashboard/availability#week", "/dashboard/availability#exceptions"
CALENDARS_HREF = "/dashboard/calendars"


@dataclass(frozen=True)
class Because:
    """One reason; `href` leads to where it can be changed and `link` names it, both empty where nobody can."""

    code: str
    sentence: str
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class NearTime:
    """A free time nearby."""

    label: str
    href: str


@dataclass(frozen=True)
class WhyView:
    """The whole answer. `note` is worth knowing though it hides nothing."""

    headline: str = ""
    offered: bool = False
    href: str = ""
    note: str = ""
    reasons: list[Because] = field(default_factory=list)
    nearest: list[NearTime] = field(default_factory=list)


def why_view(explained: Explained, now: datetime, *, own: bool = True) -> WhyView:
    """The answer ready to read, for the business whose `own` it is, or for our team."""
    zone = explained.time_zone
    at = moment_within(explained.start, zone, now) if explained.start else "this time"
    return WhyView(
        headline=f"{explained.title}, {at}: {'it is offered' if explained.offered else 'not offered'}.",
        offered=explained.offered,
        href=routes.book(explained.slug, str(explained.slot_id)) if explained.offered else "",
        note="Only people who have its link find this service." if explained.unlisted else "",
        reasons=[because(reason, explained, now, own=own) for reason in explained.reasons],
        nearest=[
            NearTime(moment(slot.start, zone, now), routes.book(explained.slug, str(slot.id)))
            for slot in explained.nearest
        ],
    )


def because(reason: Reason, explained: Explained, now: datetime, *, own: bool = True) -> Because:
    """One reason in words. Others than the owner learn no name of a private calendar, and can open bookings alone."""
    if not own and reason.code == "calendar":
        reason = replace(reason, name="")
    sentence, href, link = SAYINGS[reason.code](reason, explained, now)
    if not own:
        href, link = (routes.booking(reason.reference), "Open the booking") if reason.reference else ("", "")
    return Because(reason.code, sentence, href, link if href else "")


Saying = tuple[str, str, str]


def _past(reason: Reason, explained: Explained, now: datetime) -> Saying:
    return "This time has already begun.", "", ""


def _suspended(reason: Reason, explained: Explained, now: datetime) -> Saying:
    return "Our team has suspended this business, so nothing of it can be booked.", "/contact", "Write to us"


def _paused(reason: Reason, explained: Explained, now: datetime) -> Saying:
    return f"{explained.title} is paused.", _service(explained), "Open the service"


def _archived(reason: Reason, explained: Explained, now: datetime) -> Saying:
    return f"{explained.title} is archived.", _service(explained), "Open the service"


def _too_soon(reason: Reason, explained: Explained, now: datetime) -> Saying:
    sentence = f"It is too close: {explained.title} is booked at least {duration(reason.number)} ahead."
    return sentence, _service(explained), "Change the notice"


def _beyond_horizon(reason: Reason, explained: Explained, now: datetime) -> Saying:
    last = long_day(reason.day) if reason.day else ""
    days = f"{reason.number} days, counting today" if reason.number > 1 else "today alone"
    sentence = f"It is too far ahead: {explained.title} takes bookings for {days}, up to {last}."
    return sentence, _service(explained), "Change how far ahead"


def _hours(reason: Reason, explained: Explained, now: datetime) -> Saying:
    weekday = f"{reason.day:%A}s" if reason.day else ""
    return f"It is outside the weekly hours: {weekday} are {_ranges(reason.hours)}.", HOURS_HREF, "Change your week"


def _closed(reason: Reason, explained: Explained, now: datetime) -> Saying:
    return f"{reason.day:%A}s are closed.", HOURS_HREF, "Change your week"


def _date_hours(reason: Reason, explained: Explained, now: datetime) -> Saying:
    named = long_day(reason.day) if reason.day else ""
    sentence = f"It is outside the hours of this date: {named} has hours of its own, {_ranges(reason.hours)}."
    return sentence, EXCEPTIONS_HREF, "Change the exception"


def _date_closed(reason: Reason, explained: Explained, now: datetime) -> Saying:
    named = long_day(reason.day) if reason.day else ""
    return f"{named} is a day off.", EXCEPTIONS_HREF, "Change the exception"


def _past_closing(reason: Reason, explained: Explained, now: datetime) -> Saying:
    closes = clock_time(reason.end, explained.time_zone) if reason.end else ""
    sentence = f"It would run past closing: {explained.title} takes {duration(reason.number)}, and closing is {closes}."
    last = f" The last start is {_times(reason.starts, explained)}." if reason.starts else ""
    return sentence + last, HOURS_HREF, "Change your week"


def _off_grid(reason: Reason, explained: Explained, now: datetime) -> Saying:
    near = [each for each in (reason.start, reason.end) if each]
    nearest = _times(sorted(set(near)), explained)
    return (
        f"No start is at this minute. Starts are at {_times(reason.starts, explained)}; the nearest: {nearest}.",
        _service(explained),
        "Change the interval",
    )


def _cap(reason: Reason, explained: Explained, now: datetime) -> Saying:
    chosen = _times(reason.starts, explained)
    sentence = f"{explained.title} is offered {_at_most(reason.number)} a day, and those are the first: {chosen}."
    return sentence, _service(explained), "Change the number a day"


def _spread(reason: Reason, explained: Explained, now: datetime) -> Saying:
    chosen = _times(reason.starts, explained)
    sentence = f"{explained.title} is offered {_at_most(reason.number)} a day, spread evenly: {chosen}."
    return sentence, _service(explained), "Change the number a day"


def _not_made(reason: Reason, explained: Explained, now: datetime) -> Saying:
    return "It belongs to a day that has just come into reach. Its times are made within six hours.", "", ""


def _clock_change(reason: Reason, explained: Explained, now: datetime) -> Saying:
    first = clock_time(reason.start, explained.time_zone) if reason.start else ""
    return f"There is no such time on this date: the clocks go forward, to {first}.", "", ""


def _blocked(reason: Reason, explained: Explained, now: datetime) -> Saying:
    named = f" ({reason.name})" if reason.name else ""
    return f"The time {_span(reason, explained, now)} is blocked{named}.", EXCEPTIONS_HREF, "Change what is blocked"


def _calendar(reason: Reason, explained: Explained, now: datetime) -> Saying:
    named = f"The calendar “{reason.name}”" if reason.name else "A connected calendar"
    return f"{named} is busy {_span(reason, explained, now)}.", CALENDARS_HREF, "Your calendars"


def _booking(reason: Reason, explained: Explained, now: datetime) -> Saying:
    whose = f"{reason.name} has" if reason.name else "Somebody has"
    sentence = f"{whose} booked {reason.title}, {_span(reason, explained, now)}{_buffers(reason, explained)}."
    return sentence, _booking_href(reason), "Open the booking"


def _full(reason: Reason, explained: Explained, now: datetime) -> Saying:
    return f"All {reason.number} places of this time are taken.", _day_href(explained), "Open the day"


def _held(reason: Reason, explained: Explained, now: datetime) -> Saying:
    until = _until(reason, explained, now)
    return f"Somebody is booking {reason.title} {_at(reason, explained)} right now; it is kept until {until}.", "", ""


def _offer(reason: Reason, explained: Explained, now: datetime) -> Saying:
    until = _until(reason, explained, now)
    return f"{reason.title} {_at(reason, explained)} is offered to somebody who waited for it, until {until}.", "", ""


def _reschedule(reason: Reason, explained: Explained, now: datetime) -> Saying:
    whose = f"{reason.name} asks" if reason.name else "Somebody asks"
    sentence = f"{whose} to move {reason.title} to {_at(reason, explained)[3:]}; it is kept until that is answered."
    return sentence, _booking_href(reason), "Answer"


SAYINGS: dict[str, Callable[[Reason, Explained, datetime], Saying]] = {
    "past": _past,
    "suspended": _suspended,
    "paused": _paused,
    "archived": _archived,
    "too_soon": _too_soon,
    "beyond_horizon": _beyond_horizon,
    "hours": _hours,
    "closed": _closed,
    "date_hours": _date_hours,
    "date_closed": _date_closed,
    "past_closing": _past_closing,
    "off_grid": _off_grid,
    "cap": _cap,
    "spread": _spread,
    "not_made": _not_made,
    "clock_change": _clock_change,
    "blocked": _blocked,
    "calendar": _calendar,
    "booking": _booking,
    "full": _full,
    "held": _held,
    "offer": _offer,
    "reschedule": _reschedule,
}


def _service(explained: Explained) -> str:
    return f"/dashboard/services/{explained.service_id}"


def _booking_href(reason: Reason) -> str:
    return f"/dashboard/bookings?booking={reason.reference}" if reason.reference else ""


def _day_href(explained: Explained) -> str:
    if explained.start is None:
        return ""
    return f"/dashboard/calendar?day={explained.start.astimezone(ZoneInfo(explained.time_zone)).date()}"


def _at_most(number: int) -> str:
    return "once" if number == 1 else f"at most {number} times"


def _times(starts: Sequence[datetime], explained: Explained) -> str:
    """ "09:00", "09:00 and 09:45", "09:00, 09:45, 10:30 …"."""
    words = [clock_time(each, explained.time_zone) for each in starts]
    if len(words) > MOST_STARTS:
        return ", ".join(words[:MOST_STARTS]) + " …"
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _ranges(hours: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"{_clock(opens)} to {_clock(closes)}" for opens, closes in hours)


def _clock(minute: int) -> str:
    return "24:00" if minute == DAY_MINUTES else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _at(reason: Reason, explained: Explained) -> str:
    return f"at {clock_time(reason.start, explained.time_zone)}" if reason.start else ""


def _until(reason: Reason, explained: Explained, now: datetime) -> str:
    """The time, with its day where that is another one."""
    if reason.end is None:
        return ""
    near = abs(reason.end - now) < timedelta(hours=12)
    return clock_time(reason.end, explained.time_zone) if near else moment_within(reason.end, explained.time_zone, now)


def _span(reason: Reason, explained: Explained, now: datetime) -> str:
    """ "from 10:00 to 10:30", with days where it passes midnight."""
    if reason.start is None or reason.end is None:
        return ""
    zone = ZoneInfo(explained.time_zone)
    first, last = reason.start.astimezone(zone), reason.end.astimezone(zone)
    if first.date() == last.date():
        return f"from {local_time(first)} to {local_time(last)}"
    today = now.astimezone(zone).date()
    return f"from {day(first.date(), today)}, {local_time(first)} to {day(last.date(), today)}, {local_time(last)}"


def _buffers(reason: Reason, explained: Explained) -> str:
    """Said where the appointment itself does not meet the time, so that it must be the time around it."""
    if reason.start is None or reason.end is None or explained.start is None:
        return ""
    apart = reason.end <= explained.start or reason.start > explained.start
    return ", and the time before and after counts too" if apart else ""
