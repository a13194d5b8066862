"""Finds services: by words, place, price and day, with counts for what could narrow further."""

# ruff: noqa: S608 - the statements are put together from constants of this file

import base64
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.distance import box_around
from appointly.errors import ValidationFailed
from appointly.queries.availability import IS_FREE
from appointly.queries.pictures import SHOWN
from appointly.queries.search_request import SearchRequest, place_in
from appointly.queries.storefront import Offer

# With a day chosen, this many services are looked at for the counts; a page never looks at more either.
LOOKED_AT = 300
TIMES = 3
LAST_OF_ALL = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class FreeTime:
    """A time that can be booked; UTC."""

    id: UUID
    start: datetime


@dataclass(frozen=True)
class Found(Offer):
    """A service with its next three free times, at the chosen time if there is one.

    `distance_km` is from the place that was asked for.
    """

    approval: str
    location: str
    next_slots: list[FreeTime]
    distance_km: float | None


@dataclass(frozen=True)
class SearchPage:
    """`total` and the counts in `facets` are lower bounds where `capped` is true. `corrected` is what was searched for
    instead of a word that nobody uses."""

    items: list[Found]
    facets: dict[str, dict[str, int]]
    total: int
    capped: bool
    corrected: str | None
    next_cursor: str | None


@dataclass(frozen=True)
class _Meant:
    term: str
    known: bool
    nearest: str | None


@dataclass(frozen=True)
class _Place:
    category: str
    city: str
    count: int
    looked_at: int


@dataclass(frozen=True)
class _Day:
    day: date


@dataclass(frozen=True)
class _Row:
    """A service on the page; without an item the last one that was looked at, where looking stopped early."""

    key: str
    service_id: UUID
    place: int
    item: dict[str, Any] | None


# A mistyped word becomes the most similar known one.
MEANT: LiteralString = """
SELECT term, EXISTS (SELECT FROM search_word WHERE word LIKE term || '%%') AS known, (
    SELECT word FROM (SELECT word FROM search_word ORDER BY word <-> term LIMIT 1) AS nearest
    WHERE similarity(word, term) >= 0.25
) AS nearest
FROM unnest(%(terms)s::text[]) AS term
"""
WORDS: LiteralString = "words @@ %(words)s::tsquery"
LOWEST: LiteralString = "listing.price_amount >= %(min_price)s"
HIGHEST: LiteralString = "listing.price_amount <= %(max_price)s"
DAY: LiteralString = "days & day_bit(%(day)s) <> 0"
CATEGORY: LiteralString = "listing.category = %(category)s"
CITY: LiteralString = "listing.city = %(city)s"
# As `domain.distance` has it. The box lets an index answer first.
DISTANCE: LiteralString = """
2 * 6371.0088 * asin(least(1, sqrt(
    sin(radians(listing.latitude - %(latitude)s) / 2) ^ 2 + cos(radians(%(latitude)s)) * cos(radians(listing.latitude))
    * sin(radians(listing.longitude - %(longitude)s) / 2) ^ 2)))
"""
NEAR: LiteralString = f"""
listing.latitude BETWEEN %(south)s AND %(north)s AND listing.longitude BETWEEN %(west)s AND %(east)s
AND {DISTANCE} <= %(within)s
"""
# By the clock of the day whose hours they are in: what begins after midnight is late, not early.
AFTER: LiteralString = "slot.start_time AT TIME ZONE time_zone >= slot_date + %(not_before)s::time"
BEFORE: LiteralString = "slot.start_time AT TIME ZONE time_zone < slot_date + %(not_after)s::time"
FREE_THEN: LiteralString = f"""
EXISTS (
    SELECT FROM service JOIN provider ON provider.id = provider_id JOIN slot ON slot.service_id = service.id
    WHERE service.id = looked.service_id AND {{then}} AND {IS_FREE}
)
"""
# One term for each word: an array would be taken apart for every row.
IN_TITLE: LiteralString = "(position(%(title_{place})s IN title_key) > 0)::int"
# The expression to sort by, its direction, and its type in a cursor.
Order = tuple[LiteralString, LiteralString, LiteralString]
ORDERS: dict[str, Order] = {
    "price": ("listing.price_amount", "ASC", "int"),
    "next": ("next_free_at", "ASC", "timestamptz"),
    "relevance": ("quality", "DESC", "float8"),
    "distance": (DISTANCE, "ASC", "float8"),
}
ITEM: LiteralString = f"""
jsonb_build_object(
    'id', service.id, 'slug', service.slug, 'title', title, 'category', service.category, 'picture', {SHOWN},
    'price_amount', service.price_amount, 'currency', service.currency, 'duration_minutes', duration_minutes,
    'approval', approval, 'location', location, 'provider_slug', provider.slug, 'provider', business_name,
    'city', provider.city, 'time_zone', time_zone, 'rating', rating_sum::float8 / nullif(rating_count, 0),
    'reviews', rating_count, 'distance_km', chosen.distance_km, 'next_slots', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'start', start_time) ORDER BY start_time), '[]')
        FROM (
            SELECT slot.id, start_time FROM slot
            WHERE slot.service_id = service.id AND start_time > %(now)s AND {{then}} AND {IS_FREE}
            ORDER BY start_time LIMIT %(times)s
        ) AS soon
    )
)
"""


async def search_services(session: AsyncSession, request: SearchRequest, now: datetime) -> SearchPage:
    """One page of the services that match, each with its next free times, and the counts of all pages.

    Order: by relevance (words in the title, then reviews), price, distance, or next free time as last noted; ties by
    id, so that pages neither repeat nor skip a service whose place does not change. With a day (and a time of day),
    only services that have a free time then, local at the provider. Raises `ValidationFailed` for a cursor of another
    search or none of ours.
    """
    after = _read_cursor(request)
    terms, corrected = await _terms(session, request)
    values, wanted = _values(request, terms, now), _wanted(request, terms)
    facets, total, capped = await _counts(session, request, wanted, values)
    wanted += _filters(request)
    items: list[Found] = []
    following = None
    if total or capped:
        items, following = await _page(session, request, _order(request, terms), wanted, values, after)
    return SearchPage(items, facets, total, capped, corrected, following)


async def first_day_with_any(
    session: AsyncSession, request: SearchRequest, days: Sequence[date], now: datetime
) -> date | None:
    """The first of `days` on which the search would find something, were it for that day.

    Of each day as many services are looked at as for the counts.
    """
    terms, _ = await _terms(session, request)
    wanted = _wanted(request, terms) + _filters(request)
    found = await select(
        session,
        _Day,
        f"""
        SELECT chosen.day FROM (
            SELECT * FROM unnest(%(days)s::date[]) WITH ORDINALITY AS each (day, place) ORDER BY place OFFSET 0
        ) AS chosen
        WHERE EXISTS (
            SELECT FROM (SELECT service_id FROM listing WHERE {" AND ".join(wanted)} LIMIT %(looked_at)s) AS looked
            WHERE {FREE_THEN.format(then=_then(request))}
        ) ORDER BY place LIMIT 1
        """.replace("%(day)s", "chosen.day"),
        **_values(request, terms, now),
        days=list(days),
    )
    return found[0].day if found else None


def _values(request: SearchRequest, terms: list[str], now: datetime) -> dict[str, object]:
    """What the conditions and the items ask for."""
    return {
        "words": " & ".join(f"'{_stem(term)}':*" for term in terms),
        **{f"title_{place}": f" {_stem(term)}" for place, term in enumerate(terms)},
        "min_price": request.min_price,
        "max_price": request.max_price,
        "day": request.date,
        "not_before": request.after,
        "not_after": request.before,
        **_around(request),
        "category": request.category,
        "city": request.city,
        "now": now,
        "times": TIMES,
        "looked_at": LOOKED_AT,
    }


def _wanted(request: SearchRequest, terms: list[str]) -> list[LiteralString]:
    """The conditions for a listing, but for what the counts are by."""
    wanted: list[LiteralString] = ["true"]
    wanted += [WORDS] * bool(terms) + [LOWEST] * (request.min_price is not None)
    wanted += [NEAR] * bool(request.near)
    return wanted + [HIGHEST] * (request.max_price is not None) + [DAY] * (request.date is not None)


def _filters(request: SearchRequest) -> list[LiteralString]:
    """The conditions by which the counts are."""
    return [CATEGORY] * bool(request.category) + [CITY] * bool(request.city)


def _around(request: SearchRequest) -> dict[str, object]:
    """The place that is asked for, as the conditions want it."""
    place = place_in(request.near)
    if place is None:
        return {}
    latitude, longitude = place
    around = box_around(latitude, longitude, request.within)
    return {"latitude": latitude, "longitude": longitude, "within": float(request.within), **asdict(around)}


def _then(request: SearchRequest) -> LiteralString:
    """The condition for a slot to be at the chosen time."""
    if request.date is None:
        return "true"
    then: LiteralString = "slot_date = %(day)s"
    if request.after:
        then += f" AND {AFTER}"
    if request.before:
        then += f" AND {BEFORE}"
    return then


def _order(request: SearchRequest, terms: list[str]) -> Order:
    """As asked for; by relevance, words in the title come first, then quality."""
    if not terms or request.sort != "relevance":
        return ORDERS[request.sort]
    in_title: LiteralString = " + ".join(IN_TITLE.format(place=place) for place in range(len(terms)))
    return f"(({in_title}) * 10 + quality)", "DESC", "float8"


def _stem(term: str) -> str:
    """A plural is found by its singular: every word stands for all words that begin with it."""
    return term[:-1] if len(term) > 3 and term.endswith("s") else term


async def _terms(session: AsyncSession, request: SearchRequest) -> tuple[list[str], str | None]:
    """The words to search for, mistyped ones mended, and the mended search as text if there was one."""
    terms = request.terms()
    if not terms:
        return [], None
    meant = await select(session, _Meant, MEANT, terms=[_stem(term) for term in terms])
    mended = [term if word.known or not word.nearest else word.nearest for term, word in zip(terms, meant, strict=True)]
    return mended, " ".join(mended) if mended != terms else None


async def _counts(
    session: AsyncSession, request: SearchRequest, wanted: list[LiteralString], values: dict[str, object]
) -> tuple[dict[str, dict[str, int]], int, bool]:
    """How many match, by category and by city, each without its own filter; and whether there may be more."""
    free: LiteralString = FREE_THEN.format(then=_then(request)) if request.date else "true"
    limit: LiteralString = "LIMIT %(looked_at)s" if request.date else ""
    places = await select(
        session,
        _Place,
        f"""
        WITH looked AS (SELECT service_id, category, city FROM listing WHERE {" AND ".join(wanted)} {limit})
        SELECT category, city, count(*) FILTER (WHERE {free}) AS count, count(*) AS looked_at
        FROM looked GROUP BY category, city
        """,
        **values,
    )
    categories: Counter[str] = Counter()
    cities: Counter[str] = Counter()
    total = 0
    for place in places:
        if request.city in ("", place.city):
            categories[place.category] += place.count
        if request.category in ("", place.category):
            cities[place.city] += place.count
        if request.city in ("", place.city) and request.category in ("", place.category):
            total += place.count
    facets = {"category": dict(categories.most_common()), "city": dict(cities.most_common())}
    return facets, total, request.date is not None and sum(place.looked_at for place in places) == LOOKED_AT


async def _page(
    session: AsyncSession,
    request: SearchRequest,
    order: Order,
    wanted: list[LiteralString],
    values: dict[str, object],
    after: tuple[str, UUID] | None,
) -> tuple[list[Found], str | None]:
    """The items after the cursor, and the cursor of what follows."""
    key, direction, kind = order
    if after:
        sign: LiteralString = ">" if direction == "ASC" else "<"
        bound: LiteralString = f"%(after)s::{kind}"
        wanted = [*wanted, f"({key} {sign} {bound} OR {key} = {bound} AND listing.service_id > %(after_id)s)"]
        values = {**values, "after": after[0], "after_id": after[1]}
    then = _then(request)
    free: LiteralString = FREE_THEN.format(then=then) if request.date else "true"
    distance: LiteralString = DISTANCE if request.near else "NULL::float8"
    backwards: LiteralString = "DESC" if direction == "ASC" else "ASC"
    many: LiteralString = "%(looked_at)s" if request.date else "%(limit)s"
    rows = await select(
        session,
        _Row,
        f"""
        WITH looked AS MATERIALIZED (
            SELECT {key} AS key, service_id, rating_sum, rating_count, {distance} AS distance_km FROM listing
            WHERE {" AND ".join(wanted)} ORDER BY 1 {direction}, 2 LIMIT {many}
        ), chosen AS MATERIALIZED (
            SELECT * FROM looked WHERE {free} ORDER BY key {direction}, service_id LIMIT %(limit)s
        )
        SELECT chosen.key::text AS key, chosen.service_id,
               row_number() OVER (ORDER BY chosen.key {direction}, chosen.service_id) AS place,
               {ITEM.format(then=then)} AS item
        FROM chosen JOIN service ON service.id = service_id JOIN provider ON provider.id = service.provider_id
        UNION ALL (
            SELECT key::text, service_id, 0, NULL FROM looked WHERE (SELECT count(*) FROM looked) = %(looked_at)s
            ORDER BY key {backwards}, service_id DESC LIMIT 1
        )
        """,
        **values,
        limit=request.limit + 1,
    )
    found = sorted((row for row in rows if row.item), key=lambda row: row.place)
    last = found[request.limit - 1] if len(found) > request.limit else next((row for row in rows if not row.item), None)
    items = [_found(row.item) for row in found[: request.limit] if row.item]
    if request.sort == "next":
        items.sort(key=lambda item: item.next_slots[0].start if item.next_slots else LAST_OF_ALL)
    return items, _cursor(request, last) if last else None


def _found(item: dict[str, Any]) -> Found:
    times = [FreeTime(UUID(time["id"]), datetime.fromisoformat(time["start"])) for time in item["next_slots"]]
    return Found(**{**item, "id": UUID(item["id"]), "next_slots": times})


def _cursor(request: SearchRequest, row: _Row) -> str:
    text = json.dumps([request.mark(), row.key, str(row.service_id)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(request: SearchRequest) -> tuple[str, UUID] | None:
    """Where the last page ended. Raises `ValidationFailed` unless this very search has made the cursor."""
    if not request.cursor:
        return None
    try:
        padded = request.cursor + "=" * (-len(request.cursor) % 4)
        mark, key, service_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if mark != request.mark():
            raise ValueError
        if request.sort == "next":
            if key.lstrip("-") != "infinity":
                datetime.fromisoformat(key)
        elif not -(2**31) < float(key) < 2**31 or (request.sort == "price" and not key.isdecimal()):
            raise ValueError
        return key, UUID(service_id)
    except (ValueError, TypeError, AttributeError):
        raise ValidationFailed(
            fields={"cursor": "This cursor does not belong to this search. Start from the first page."}
        ) from None
