"""Search among 100,000 services: `python -m bench search`.

Builds the services with their slots by SQL, asks some hundreds of different questions one after the other, and prints
how long each kind took, beside the plans of the main ones. Limit: 95 of 100 within 50 ms.
"""

# ruff: noqa: E501 - SQL reads better in its own lines

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from appointly.database import reading
from appointly.database.embedded import embedded_servers
from appointly.database.engine import engine
from appointly.database.migrate import migrate
from appointly.database.statement import CONNECTION, select
from appointly.queries import search as searching
from appointly.queries.search_request import SearchRequest
from appointly.settings import settings

SERVICES = int(os.environ.get("BENCH_SERVICES", "100000"))
ROUNDS = 40
LIMIT_MS = 50.0
NOW = datetime(2026, 11, 23, 8, 7, tzinfo=UTC)
THINGS = [
    "haircut",
    "massage",
    "manicure",
    "facial",
    "physiotherapy",
    "check-up",
    "cleaning",
    "lesson",
    "coaching",
    "yoga",
    "training",
    "sauna",
]
KINDS = [
    "classic",
    "gentle",
    "quick",
    "thorough",
    "evening",
    "morning",
    "private",
    "express",
    "deluxe",
    "sports",
    "relaxing",
    "beginners",
]
NAMES = [
    "north",
    "corner",
    "harbour",
    "linden",
    "river",
    "maple",
    "stone",
    "garden",
    "bright",
    "little",
    "golden",
    "quiet",
    "upper",
    "royal",
    "iron",
    "plain",
]
CATEGORIES = ["hair", "beauty", "massage", "medical", "dental", "tutoring", "coaching", "fitness"]
# Five services a provider; each has three times on up to ten days; a third of the first service's times
# are booked, and hide the third service's.
BUILD = """
SET synchronous_commit = off;
INSERT INTO "user" (email, name, role) SELECT 'p' || n || '@bench.test', 'P', 'provider' FROM generate_series(1, %(providers)s) n;
INSERT INTO provider (user_id, slug, business_name, headline, about, category, city, latitude, longitude, address, time_zone, currency, phone, picture)
SELECT id, 'p-' || n, initcap((%(names)s::text[])[1 + n %% 16] || ' ' || (%(names)s::text[])[1 + n / 16 %% 16]) || ' ' || n,
       '', '', (%(categories)s::text[])[1 + n %% 8], 'City ' || (n * n %% 97),
       40 + (n * n %% 97) %% 20 + hashtext('a' || n) %% 1000 / 5000.0, -10 + (n * n %% 97) / 3 + hashtext('o' || n) %% 1000 / 3000.0, '',
       (ARRAY['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Australia/Sydney'])[1 + n %% 4], 'EUR', '', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "user") AS u;
INSERT INTO service (provider_id, slug, letter, title, description, category, tags, price_amount, currency, duration_minutes,
    buffer_before_minutes, buffer_after_minutes, spread, capacity, min_notice_minutes, horizon_days, approval, location,
    deposit_percent, cancellation_policy, picture, unlisted, status)
SELECT id, 's-' || n || '-' || k, chr(64 + k),
       initcap((%(kinds)s::text[])[1 + (n * 7 + k) %% 12] || ' ' || (%(things)s::text[])[1 + (n + k * 5) %% 12]),
       'We listen first and take the time it needs, with ' || (%(kinds)s::text[])[1 + (n * k) %% 12] || ' care.', category,
       ARRAY[(%(things)s::text[])[1 + (n * 3 + k) %% 12]], 500 + (n * 37 + k * 1111) %% 20000, 'EUR', 60,
       0, 0, 'pack', 1, 60, 30, 'instant', 'provider', 0, 'flexible', '', false, 'active'
FROM (SELECT id, category, row_number() OVER (ORDER BY id) AS n FROM provider) AS p, generate_series(1, 5) AS k;
INSERT INTO slot (service_id, provider_id, slot_date, token, start_time, end_time, occupies, capacity, booked_count)
SELECT s.id, s.provider_id, day, place, start_time, start_time + interval '1 hour',
       tstzrange(start_time, start_time + make_interval(hours => CASE k WHEN 0 THEN 2 ELSE 1 END)), 1,
       (k = 0 AND hashtext(s.id::text || day || place) %% 3 = 0)::int
FROM (SELECT service.id, provider_id, time_zone, ascii(letter) - 65 AS k FROM service JOIN provider ON provider.id = provider_id) AS s,
     generate_series(0, 18, 2) AS ahead, generate_series(1, 3) AS place,
     LATERAL (SELECT date '2026-11-23' + ahead + (k %% 2) AS day) AS d,
     LATERAL (SELECT (day + make_interval(hours => 8 + k / 2 + place * 3 - 3)) AT TIME ZONE time_zone AS start_time) AS t
WHERE extract(isodow FROM day) < 7;
ANALYZE;
"""


def build(url: str) -> None:
    """Fill the database; what a query reads is then in memory, as it is on a server that runs."""
    began = time.perf_counter()
    values = {"providers": SERVICES // 5, "names": NAMES, "kinds": KINDS, "things": THINGS, "categories": CATEGORIES}
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor, autocommit=True) as connection:
        for statement in BUILD.split(";\n"):
            if statement.strip():
                connection.execute(statement, values if "%" in statement else None)  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE listing")
        connection.execute("VACUUM ANALYZE slot")
        counts = (
            "SELECT (SELECT count(*) FROM listing), (SELECT count(*) FROM slot), (SELECT count(*) FROM search_word)"
        )
        listings, slots, words = connection.execute(counts).fetchone() or (0, 0, 0)
    print(f"{listings} services, {slots} slots, {words} words, built in {time.perf_counter() - began:.0f} s")


def questions(source: random.Random) -> list[tuple[str, dict[str, Any]]]:
    """The mix: each kind `ROUNDS` times, each time with other words, places, prices and days."""
    asked: list[tuple[str, dict[str, Any]]] = []
    for _ in range(ROUNDS):
        thing, kind, name = source.choice(THINGS), source.choice(KINDS), source.choice(NAMES)
        category, city = source.choice(CATEGORIES), f"City {source.randrange(97) ** 2 % 97}"
        day = (NOW + timedelta(days=source.randrange(12))).date()
        tomorrow = (NOW + timedelta(days=1)).date()
        near = source.randrange(97) ** 2 % 97
        place = f"{40 + near % 20}.1,{-10 + near // 3}.1"
        low = source.randrange(500, 15000)
        typo = thing[:2] + thing[3:]
        asked += [
            ("everything", {"sort": source.choice(["relevance", "price", "next"])}),
            ("one word", {"q": thing, "sort": source.choice(["relevance", "price", "next"])}),
            ("two words", {"q": f"{kind} {thing}"}),
            ("while typing", {"q": thing[: source.randrange(2, 6)]}),
            ("mistyped", {"q": f"{name} {typo}"}),
            ("category and city", {"category": category, "city": city, "sort": source.choice(["price", "next"])}),
            ("price range", {"min_price": low, "max_price": low + 1000, "category": category}),
            ("next free time", {"category": category, "sort": "next", "q": source.choice(["", thing])}),
            ("day", {"date": day, "sort": source.choice(["relevance", "price", "next"])}),
            ("day, word, category", {"date": day, "q": thing, "category": category, "sort": "next"}),
            ("day, city", {"date": day, "city": city}),
            ("near", {"near": place, "sort": "distance", "q": source.choice(["", thing])}),
            ("near, far reach", {"near": place, "within": 100, "sort": "distance"}),
            ("tomorrow after 13:00", {"date": tomorrow, "after": "13:00", "sort": "next"}),
            ("the same near me", {"date": tomorrow, "after": "13:00", "near": place, "sort": "distance"}),
            ("the same, one word", {"date": tomorrow, "after": "13:00", "near": place, "q": thing, "sort": "distance"}),
        ]
    return asked


async def measure() -> bool:
    """Ask every question once, after some others that fill the caches."""
    taken: dict[str, list[float]] = defaultdict(list)
    empty: dict[str, int] = defaultdict(int)
    source = random.Random(7)  # noqa: S311
    async with reading() as session:
        for _name, values in questions(random.Random(8))[:110]:  # noqa: S311
            await searching.search_services(session, SearchRequest(**values), NOW)
        for name, values in questions(source):
            request = SearchRequest(**values)
            began = time.perf_counter()
            page = await searching.search_services(session, request, NOW)
            taken[name].append((time.perf_counter() - began) * 1000)
            empty[name] += not page.items
            if page.next_cursor and source.random() < 0.3:
                following = request.model_copy(update={"cursor": page.next_cursor})
                began = time.perf_counter()
                await searching.search_services(session, following, NOW)
                taken["the page after"].append((time.perf_counter() - began) * 1000)
    everything = [figure for figures in taken.values() for figure in figures]
    print(f"{'milliseconds':24}{'number':>8}{'empty':>8}{'p50':>8}{'p95':>8}{'max':>8}")
    for name, figures in [*taken.items(), ("all", everything)]:
        figures.sort()
        p95 = figures[int(len(figures) * 0.95)]
        print(f"{name:24}{len(figures):8}{empty[name]:8}{median(figures):8.1f}{p95:8.1f}{figures[-1]:8.1f}")
    print(f"limit {LIMIT_MS:.0f} ms at p95: {'kept' if p95 <= LIMIT_MS else 'MISSED'}")
    return p95 <= LIMIT_MS


async def plans() -> None:
    """EXPLAIN ANALYZE of the statements behind the main kinds."""

    async def explain(session: Any, row: type[Any], query: str, /, **values: object) -> list[Any]:
        cursor = await session.info[CONNECTION].execute(
            "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) " + query, values
        )
        print("\n".join(f"    {line}" for (line,) in await cursor.fetchall()))
        return await select(session, row, query, **values)  # type: ignore[arg-type]

    searching.select = explain  # type: ignore[assignment]
    async with reading() as session:
        for values in (
            {"q": "haircut"},
            {"sort": "next"},
            {"date": NOW.date() + timedelta(days=2), "q": "massage", "sort": "next"},
        ):
            print(f"\nPlan of {values}")
            await searching.search_services(session, SearchRequest(**values), NOW)  # type: ignore[arg-type]


async def run() -> bool:
    """Figures first, plans after them."""
    kept = await measure()
    if os.environ.get("BENCH_PLANS", "1") == "1":
        await plans()
    await engine().dispose()
    return kept


def main() -> None:
    """Build, measure, print; ends with 1 where the limit is missed."""
    with tempfile.TemporaryDirectory(prefix="appointly-bench-") as home:
        options = {"shared_buffers": "512MB", "max_wal_size": "8GB"}
        with embedded_servers(Path(home), valkey=False, options=options) as servers:
            os.environ["DATABASE_URL"] = servers.database_url
            settings.cache_clear()
            engine.cache_clear()
            migrate(servers.database_url)
            build(servers.database_url)
            if not asyncio.run(run()):
                sys.exit(1)


if __name__ == "__main__":
    main()
