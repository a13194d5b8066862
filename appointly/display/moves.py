"""Moves of appointments in words: what will happen before the click, what waits after it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from appointly.display.formatting import clock_time, long_day, moment, moment_within
from appointly.queries.bookings import Booking
from appointly.queries.reschedules import AskedMove, Reschedule


@dataclass(frozen=True)
class WaitingView:
    """A wish for another time that waits, as both sides see it."""

    id: str = ""
    old: str = ""
    new: str = ""
    until: str = ""
    reason: str = ""


@dataclass(frozen=True)
class AskedView:
    """The same in the provider's list."""

    id: str
    reference: str
    customer: str
    service: str
    old: str
    new: str
    until: str
    reason: str


FREE_TO_CHANGE = "If the new time does not suit you, move or cancel the appointment free of charge."


def instant_words(instant: datetime, zone: str) -> str:
    """ "Tuesday 24 November, 10:00"."""
    return f"{long_day(instant.astimezone(ZoneInfo(zone)).date())}, {clock_time(instant, zone)}"


def from_to(old: str, new: str) -> str:
    """ "from Tuesday 24 November, 10:00 to Thursday 26 November, 14:30"."""
    return f"from {old} to {new}"


def told_before(mode: str, booking: Booking, start: datetime, until: datetime, now: datetime) -> list[str]:
    """What will happen on the click: `mode` is `provider`, `at_once` or `ask`."""
    zone = booking.time_zone
    if mode == "provider":
        change = from_to(instant_words(booking.start, zone), instant_words(start, zone))
        return [
            f"{booking.customer_name} gets a mail at once:",
            f"“{booking.provider_name} has moved your appointment. It moved {change}. {FREE_TO_CHANGE}”",
        ]
    if mode == "at_once":
        return [f"You move at once. Your old time is free for others, and {booking.provider_name} gets a mail."]
    return [
        f"We ask {booking.provider_name}. Your old time stays yours unless they say yes.",
        f"The new time is kept for you until {moment_within(until, zone, now)}.",
    ]


def waiting_view(request: Reschedule, now: datetime) -> WaitingView:
    """The wish ready to show, in the provider's time."""
    zone = request.time_zone
    return WaitingView(
        id=str(request.id),
        old=moment(request.from_time, zone, now),
        new=moment(request.start, zone, now),
        until=moment_within(request.expires_at, zone, now),
        reason=request.reason,
    )


def asked_view(asked: AskedMove, zone: str, now: datetime) -> AskedView:
    """A line of the provider's list."""
    return AskedView(
        id=str(asked.id),
        reference=asked.reference,
        customer=asked.customer,
        service=asked.service,
        old=moment(asked.from_time, zone, now),
        new=moment(asked.start, zone, now),
        until=moment_within(asked.expires_at, zone, now),
        reason=asked.reason,
    )
