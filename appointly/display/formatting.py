"""Money, durations, days and times as people read them, in British English."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from babel.numbers import format_currency, get_currency_precision

LOCALE = "en_GB"
TINTS = 6


def money(amount: int, currency: str) -> str:
    """`amount` in minor units: "Free", "€45" or "€45.50"."""
    return sum_of(amount, currency) if amount else "Free"


def sum_of(amount: int, currency: str) -> str:
    """The same for money that came in: "€0", "€45" or "€45.50"."""
    value = decimal(amount, currency)
    if value == value.to_integral_value():
        return str(format_currency(value, currency, "¤#,##0", locale=LOCALE, currency_digits=False))
    return str(format_currency(value, currency, locale=LOCALE))


def decimal(amount: int, currency: str) -> Decimal:
    """`amount` in minor units as a number of whole ones: 4550 EUR → 45.50."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))


def amount_of(text: str, currency: str) -> int:
    """What people write as a price, "45", "45.5" or "45,50", in minor units. Raises `ValueError` with a sentence."""
    precision = get_currency_precision(currency)
    pattern = rf"(\d{{1,9}})(?:[.,](\d{{1,{precision}}}))?" if precision else r"(\d{1,9})()"
    found = re.fullmatch(pattern, text.strip(), re.ASCII)
    if found is None:
        raise ValueError(f"Please write the price as a number, for example {'45.50' if precision else '4500'}.")
    return int(found[1] + (found[2] or "").ljust(precision, "0"))


def duration(minutes: int) -> str:
    """45 → "45 min", 90 → "1 h 30", 120 → "2 h"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def day(value: date, today: date) -> str:
    """ "Today", "Tomorrow", "Fri 27 Nov"; with the year where it is another one and far away."""
    if value == today:
        return "Today"
    if value == today + timedelta(days=1):
        return "Tomorrow"
    if value == today - timedelta(days=1):
        return "Yesterday"
    short = f"{value:%a} {value.day} {value:%b}"
    return short if abs((value - today).days) < 180 else f"{short} {value.year}"


def short_day(value: date, today: date) -> str:
    """For narrow places: "Today", "Tomorrow", "Mon 23", and from a fortnight on "7 Dec"."""
    if (value - today).days in (0, 1):
        return day(value, today)
    return f"{value:%a} {value.day}" if 0 < (value - today).days < 14 else f"{value.day} {value:%b}"


def long_day(value: date) -> str:
    """ "Friday 27 November"."""
    return f"{value:%A} {value.day} {value:%B}"


def clock_time(instant: datetime, zone: str) -> str:
    """The time of day in `zone`: "14:30"; in the hour that the clock shows twice also which one: "02:30 UTC+2"."""
    return local_time(instant.astimezone(ZoneInfo(zone)))


def local_time(local: datetime) -> str:
    """The same of an instant that is in its zone already."""
    offset = local.utcoffset()
    if offset is None or offset == local.replace(fold=1 - local.fold).utcoffset():
        return f"{local:%H:%M}"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"{local:%H:%M} UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def moment(instant: datetime, zone: str, now: datetime) -> str:
    """Day and time in `zone`: "Tomorrow, 14:30"."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), now.astimezone(local.tzinfo).date())}, {local_time(local)}"


def moment_within(instant: datetime, zone: str, now: datetime) -> str:
    """The same within a sentence, as in "until": "tomorrow, 14:30", but "Tue 24 Nov, 10:00"."""
    return within(moment(instant, zone, now))


def time_within(instant: datetime, zone: str, now: datetime) -> str:
    """The time of day alone where that is today in `zone`, else as `moment_within`."""
    same_day = instant.astimezone(ZoneInfo(zone)).date() == now.astimezone(ZoneInfo(zone)).date()
    return clock_time(instant, zone) if same_day else moment_within(instant, zone, now)


def within(told: str) -> str:
    """A `day` or `moment` within a sentence: "tomorrow", but "Fri 27 Nov"."""
    return told[0].lower() + told[1:] if told.startswith(("Today", "Tomorrow", "Yesterday")) else told


def day_and_time(instant: datetime, zone: str) -> str:
    """The same whatever day it is: "Tue 24 Nov, 10:00"."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}, {local_time(local)}"


def zone_name(zone: str) -> str:
    """How people call the time of a zone: "Berlin time"."""
    place = get_timezone_location(zone, locale=LOCALE, return_city=True) if "/" in zone else zone
    return f"{place} time"


def rating(average: float | None) -> str:
    """4.8666 → "4.9"; nothing for what nobody has rated."""
    return f"{average:.1f}" if average else ""


def count(number: int, one: str, many: str = "") -> str:
    """(1, "review") → "1 review", (1204, "review") → "1,204 reviews"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def masked_address(email: str) -> str:
    """An address for its owner's eyes: "olga@example.com" is "o•••@example.com"."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}•••@{domain}"


def initials(name: str) -> str:
    """At most two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def tint(name: str) -> int:
    """The colour, 1 to 6, that an avatar with this name always has."""
    return sum(name.encode()) % TINTS + 1


def distance(kilometres: float) -> str:
    """ "350 m away", "2.3 km away", "18 km away"."""
    if kilometres < 1:
        return f"{max(50, round(kilometres * 20) * 50)} m away"
    return f"{kilometres:.1f} km away" if kilometres < 10 else f"{kilometres:.0f} km away"


def street_and_city(address: str, city: str) -> str:
    """Where it is, in one line; the city is not said twice."""
    said = re.search(rf"(?<!\w){re.escape(city)}(?!\w)", address)  # "Berliner Straße 5" does not say Berlin
    return address if said else ", ".join(part for part in (address, city) if part)
