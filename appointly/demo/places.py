"""Cities, opening hours, and where the demo provider is at work right now."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

# City: time zone and currency.
CITIES = {
    "Berlin": ("Europe/Berlin", "EUR"),
    "Lisbon": ("Europe/Lisbon", "EUR"),
    "London": ("Europe/London", "GBP"),
    "New York": ("America/New_York", "USD"),
    "Paris": ("Europe/Paris", "EUR"),
    "San Francisco": ("America/Los_Angeles", "USD"),
    "Singapore": ("Asia/Singapore", "SGD"),
    "Sydney": ("Australia/Sydney", "AUD"),
}

# Name of a week: weekdays (1 Monday … 7 Sunday) and their hours, several ranges a day where there is a lunch break.
WEEKS: dict[str, list[tuple[range, list[tuple[str, str]]]]] = {
    "day": [(range(1, 6), [("09:00", "12:30"), ("13:30", "18:00")])],
    "salon": [(range(2, 6), [("09:00", "13:00"), ("14:00", "19:00")]), (range(6, 7), [("09:00", "15:00")])],
    "late": [(range(2, 7), [("10:00", "14:00"), ("14:45", "20:00")])],
    "clinic": [
        (range(1, 3), [("08:00", "12:00"), ("13:00", "17:00")]),
        (range(3, 4), [("08:00", "12:30")]),
        (range(4, 6), [("08:00", "12:00"), ("13:00", "17:00")]),
    ],
    "early": [(range(1, 6), [("06:30", "11:00"), ("15:00", "20:30")]), (range(6, 7), [("08:00", "13:00")])],
    "afternoon": [(range(1, 6), [("13:00", "17:00"), ("17:30", "20:30")]), (range(6, 7), [("10:00", "16:00")])],
    "week": [(range(1, 8), [("10:00", "13:30"), ("14:30", "19:00")])],
}


@dataclass(frozen=True)
class Place:
    """An address in one of the cities."""

    city: str
    address: str
    at: tuple[float, float]
    phone: str


# The demo provider's day must be under way whenever the demo starts, so the studio stands where it is daytime.
STUDIOS = (
    Place("Berlin", "Oranienstraße 42, 10999 Berlin", (52.5021, 13.4173), "+49 30 5550 142"),
    Place("New York", "143 Orchard Street, New York, NY 10002", (40.7200, -73.9886), "+1 212 555 0143"),
    Place("San Francisco", "560 Hayes Street, San Francisco, CA 94102", (37.7765, -122.4256), "+1 415 555 0156"),
    Place("Sydney", "24 Crown Street, Surry Hills NSW 2010", (-33.8800, 151.2152), "+61 2 5550 0124"),
    Place("Singapore", "31 Haji Lane, Singapore 189226", (1.3007, 103.8590), "+65 6555 0131"),
)
DAYTIME = range(10, 18)
OPEN_TODAY = (8 * 60, 20 * 60)


def minute_of(clock: str) -> int:
    """ "09:30" as minutes after midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def studio(now: datetime) -> Place:
    """The first place where the local time is between 10:00 and 18:00; there always is one."""
    return next(place for place in STUDIOS if now.astimezone(ZoneInfo(CITIES[place.city][0])).hour in DAYTIME)
