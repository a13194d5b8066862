"""How fast slots are made: 10,000 services × 30 days in one statement, beside a bare COPY of the same rows.

The COPY fills a table with the same columns, indexes and constraints, in the same run on the same server. fsync is on,
both commit, after a checkpoint each. Target: at least 0.3 of its rows a second.
Run: python -m bench slots
"""

# ruff: noqa: S608 - the statements are put together from constants of this file

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from appointly.database import transaction
from appointly.database.embedded import embedded_servers
from appointly.database.engine import engine
from appointly.database.migrate import migrate
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from appointly.settings import settings

PROVIDERS, SERVICES_EACH, ROUNDS, TARGET = 2_500, 4, 2, 0.3
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
PEOPLE = """
INSERT INTO "user" (email, name, role) SELECT n || '@bench.test', 'Owner', 'provider' FROM generate_series(1, %s) AS n;
"""
BUSINESSES = """
INSERT INTO provider (user_id, slug, business_name, headline, about, category, city, address, time_zone, currency,
                      phone, picture)
SELECT id, 'p-' || n, 'Provider', '', '', 'hair', 'Berlin', '',
       (ARRAY['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'])[1 + mod(n, 4)],
       'EUR', '', ''
FROM (SELECT id, row_number() OVER () AS n FROM "user") AS owner;
INSERT INTO working_hours (provider_id, weekday, opens_minute, closes_minute)
SELECT id, weekday, opens, closes FROM provider, generate_series(1, 5) AS weekday,
       (VALUES (540, 720), (780, 1080)) AS hours (opens, closes);
INSERT INTO service (provider_id, slug, letter, title, description, category, price_amount, currency, duration_minutes,
                     buffer_before_minutes, buffer_after_minutes, spread, capacity, min_notice_minutes, horizon_days,
                     approval, location, deposit_percent, cancellation_policy, picture, unlisted, status)
SELECT provider.id, slug || '-' || n, chr(64 + n), 'Service', '', 'hair', 100, 'EUR', 60, 0, 0, 'pack', 1, 60, 30,
       'instant', 'provider', 0, 'flexible', '', false, 'active'
FROM provider, generate_series(1, {services}) AS n;
"""
COLUMNS = "id, service_id, provider_id, slot_date, token, start_time, end_time, occupies, capacity, booked_count"
TWIN = """
CREATE TABLE twin (LIKE slot INCLUDING ALL);
ALTER TABLE twin ADD FOREIGN KEY (service_id) REFERENCES service, ADD FOREIGN KEY (provider_id) REFERENCES provider;
ALTER TABLE twin ALTER id DROP DEFAULT
"""


async def regenerate() -> Regenerated:
    """One statement for everybody, committed."""
    async with transaction() as session:
        return await regenerate_slots(session, now=NOW)


async def measure(connection: psycopg.Connection) -> None:
    """Both ways in turn, each on an empty table."""
    ratios = []
    for _ in range(ROUNDS):
        connection.execute("TRUNCATE slot CASCADE")
        connection.execute("CHECKPOINT")
        started = time.perf_counter()
        rows = (await regenerate()).added
        made = report("one statement", rows, started)
        connection.execute("ANALYZE slot")
        started = time.perf_counter()
        assert await regenerate() == Regenerated(0, 0, 0)
        report("again, nothing to do", rows, started)
        with tempfile.TemporaryFile() as dump:
            with connection.cursor().copy(f"COPY (SELECT {COLUMNS} FROM slot) TO STDOUT") as copy:
                for block in copy:
                    dump.write(block)
            dump.seek(0)
            connection.execute("DROP TABLE IF EXISTS twin")
            connection.execute(TWIN)
            connection.execute("CHECKPOINT")
            started = time.perf_counter()
            with connection.cursor().copy(f"COPY twin ({COLUMNS}) FROM STDIN") as copy:
                while part := dump.read(1 << 18):
                    copy.write(part)
            copied = report("bare COPY", rows, started)
        ratios.append(made / copied)
    print(f"{rows:,} rows; {', '.join(f'{ratio:.2f}' for ratio in ratios)} of a bare COPY (target {TARGET})")
    if min(ratios) < TARGET:
        raise SystemExit(1)


def report(what: str, rows: int, started: float) -> float:
    """Print how long it took since `started`; rows a second."""
    seconds = time.perf_counter() - started
    print(f"{what:<22}{seconds:7.1f} s {rows / seconds:12,.0f} rows/s", flush=True)
    return rows / seconds


def main() -> None:
    """Measure on a server of its own."""
    with tempfile.TemporaryDirectory() as home, embedded_servers(Path(home), valkey=False) as servers:
        migrate(servers.database_url)
        settings().database_url = servers.database_url
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            print(
                "fsync", connection.execute("SHOW fsync").fetchone(), connection.execute("SHOW max_wal_size").fetchone()
            )
            connection.execute(PEOPLE, [PROVIDERS])
            connection.execute(BUSINESSES.replace("{services}", str(SERVICES_EACH)))
            connection.execute("ANALYZE")

            async def run() -> None:
                await measure(connection)
                await engine().dispose()

            asyncio.run(run())


if __name__ == "__main__":
    main()
