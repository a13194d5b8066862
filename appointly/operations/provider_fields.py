"""What a business tells about itself, checked: what making one and changing one have in common."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Literal, LiteralString
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from pydantic import AfterValidator, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.display.services import CATEGORY_NAMES
from appointly.errors import ValidationFailed
from appointly.validation import Line, Paragraphs, TimeZone, one_line

MOST_LINKS, MOST_LANGUAGES, LONGEST_ABOUT = 6, 12, 4000
HALF_A_YEAR = timedelta(days=182)
UNKNOWN_ZONE = "Please choose a time zone from the list, such as Europe/Berlin."
SHOWN_AT: LiteralString = """
SELECT %(now)s AT TIME ZONE %(zone)s AS now, %(later)s AT TIME ZONE %(zone)s AS later
"""


@cache
def languages() -> tuple[str, ...]:
    """The languages that can be spoken at a business, by their English names."""
    names = Locale("en").languages
    return tuple(sorted(name for code, name in names.items() if len(code) == 2))


@cache
def currencies() -> tuple[str, ...]:
    """The ISO 4217 codes of money that is in use."""
    places = set(get_global("zone_territories").values())
    return tuple(sorted({currency for place in places for currency in get_territory_currencies(place)}))


def currency_of(zone: str) -> str:
    """The money people use where this time zone is; euros where nobody knows."""
    canonical = get_global("zone_aliases").get(zone, zone)
    place = get_global("zone_territories").get(canonical)
    found = get_territory_currencies(place) if place else []
    return found[0] if found else "EUR"


def known_category(slug: str) -> str:
    """The slug of a category. Raises `ValueError` with a sentence."""
    if slug not in CATEGORY_NAMES:
        raise ValueError("Please choose one of the categories.")
    return slug


def known_language(name: str) -> str:
    """The English name of a language. Raises `ValueError` with a sentence."""
    if name not in languages():
        raise ValueError("Please choose languages from the list.")
    return name


def known_currency(code: str) -> str:
    """An ISO 4217 code. Raises `ValueError` with a sentence."""
    if code not in currencies():
        raise ValueError("Please choose a currency from the list.")
    return code


def secure_link(address: str) -> str:
    """An https address of a site, without a name or password in it. Raises `ValueError` with a sentence."""
    sentence = "Please give a whole address that begins with https://"
    address = one_line(address)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValueError(sentence) from None
    host = parts.hostname or ""
    plain = parts.scheme == "https" and "@" not in parts.netloc and port in (None, 443)
    if not plain or "." not in host.strip(".") or any(letter.isspace() or letter in '<>"\\' for letter in address):
        raise ValueError(sentence)
    return address


def different(values: list[str]) -> list[str]:
    """The values without repetitions, in their order."""
    return list(dict.fromkeys(values))


BusinessName = Annotated[Line, Field(min_length=1, max_length=120)]
Headline = Annotated[Line, Field(max_length=160)]
About = Annotated[Paragraphs, Field(max_length=LONGEST_ABOUT)]
CategorySlug = Annotated[str, Field(max_length=40), AfterValidator(known_category)]
Zone = Annotated[TimeZone, Field(max_length=60)]
Currency = Annotated[str, Field(max_length=3), AfterValidator(known_currency)]
City = Annotated[Line, Field(min_length=1, max_length=80)]
Address = Annotated[Line, Field(max_length=200)]
Places = Annotated[list[Literal["provider", "customer", "online"]], Field(max_length=3), AfterValidator(different)]
Language = Annotated[str, Field(max_length=60), AfterValidator(known_language)]
Languages = Annotated[list[Language], Field(max_length=MOST_LANGUAGES), AfterValidator(different)]
Link = Annotated[str, Field(max_length=300), AfterValidator(secure_link)]
Links = Annotated[list[Link], Field(max_length=MOST_LINKS), AfterValidator(different)]


@dataclass(frozen=True)
class _Shown:
    now: datetime
    later: datetime


async def require_same_clock(session: AsyncSession, zone: str, now: datetime) -> None:
    """Raise `ValidationFailed` where the database does not read this zone's clocks as we do, in winter or in summer."""
    later = now + HALF_A_YEAR
    try:
        [shown] = await select(session, _Shown, SHOWN_AT, now=now, later=later, zone=zone)
    except psycopg.errors.InvalidParameterValue:
        raise ValidationFailed(fields={"timezone": UNKNOWN_ZONE}) from None
    read = [instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for instant in (now, later)]
    if [shown.now, shown.later] != read:
        raise ValidationFailed(fields={"timezone": UNKNOWN_ZONE})
