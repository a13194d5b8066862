"""How a business will look to others while its owner still types."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from appointly.display import markdown
from appointly.display.formatting import amount_of, duration, initials, money, street_and_city, tint
from appointly.display.services import CATEGORY_NAMES, LOCATIONS, ways
from appointly.operations.hours import clock_of
from appointly.queries.hours import WeekdayRange

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Preview:
    """The public profile in small; what is empty is not told yet.

    `picture` is the scene of the category, `about` is HTML.
    """

    name: str = ""
    initials: str = ""
    tint: int = 1
    headline: str = ""
    category: str = ""
    picture: str = ""
    place: str = ""
    ways: list[str] = field(default_factory=list)
    hours: list[str] = field(default_factory=list)
    service: str = ""
    service_note: str = ""
    about: str = ""
    languages: str = ""


def preview_of(
    typed: Mapping[str, str], currency: str, *, languages: Sequence[str] = (), hours: Sequence[str] = ()
) -> Preview:
    """The profile these fields make, however unfinished they are."""
    name, category = typed["business_name"].strip(), typed["category"]
    return Preview(
        name=name,
        initials=initials(name),
        tint=tint(name),
        headline=typed["headline"].strip(),
        category=CATEGORY_NAMES.get(category, ""),
        picture=f"/pictures/{category}-1.svg" if category in CATEGORY_NAMES else "",
        place=street_and_city(typed["address"].strip(), typed["city"].strip()),
        ways=ways([place for place in LOCATIONS if typed[f"at_{place}"]], typed["travel_radius_km"].strip()),
        hours=list(hours),
        service=typed.get("title", "").strip(),
        about=markdown.rendered(typed.get("about", "")),
        languages=", ".join(languages),
        service_note=" · ".join(part for part in (_length(typed), _price(typed, currency)) if part),
    )


def hours_in_words(week: Iterable[WeekdayRange]) -> list[str]:
    """ "Mon–Fri 09:00–17:00": neighbouring days with the same hours are one line. `week` in order."""
    runs: list[tuple[int, int, str]] = []
    for day, ranges in groupby(week, key=lambda each: each.weekday):
        hours = ", ".join(f"{clock_of(each.opens_minute)}–{clock_of(each.closes_minute)}" for each in ranges)
        if runs and runs[-1][1:] == (day - 1, hours):
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    return [f"{_days(first, last)} {hours}" for first, last, hours in runs]


def _days(first: int, last: int) -> str:
    names = WEEKDAYS[first - 1], WEEKDAYS[last - 1]
    return names[0] if first == last else f"{names[0]}–{names[1]}"


def _length(typed: Mapping[str, str]) -> str:
    minutes = typed.get("duration", "").strip()
    return duration(int(minutes)) if minutes.isascii() and minutes.isdecimal() and len(minutes) < 5 else ""


def _price(typed: Mapping[str, str], currency: str) -> str:
    try:
        return money(amount_of(typed.get("price", ""), currency), currency)
    except ValueError:
        return ""
