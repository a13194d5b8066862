"""Which bus carries the live topics: NOTIFY inside the booking's transaction, or a publish on Valkey after its commit.

16 clients book distinct slots at 16 providers, fsync and synchronous_commit on; one listener in its own process notes
when it hears of each. Every way pokes the worker for its mails, as the product does; "silent" announces nothing. The
ways take turns, so that noise of the machine falls on all of them.
Run: python -m bench.live_bus [seconds a turn] [turns]
"""

import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import redis.asyncio as redis
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import clock
from appointly.database import bus
from appointly.database.embedded import embedded_servers
from appointly.database.engine import TOPICS, engine
from appointly.database.migrate import migrate
from appointly.database.outgoing import outgoing
from appointly.database.statement import execute, select
from appointly.domain.actor import GUEST
from appointly.operations.book_appointment import BookingRequest, book_appointment
from appointly.settings import settings
from tests.making import make_provider, make_service

CLIENTS = 16
WAYS = ("silent", "notify", "valkey")
SLOTS = """
INSERT INTO slot (service_id, provider_id, slot_date, token, start_time, end_time, occupies, capacity, booked_count)
SELECT id, provider_id, start::date, 1 + mod(n, 144), start, start + interval '10 min',
  tstzrange(start, start + interval '10 min'), 1, 0
FROM service, generate_series(0, 19999) n,
LATERAL (SELECT current_date + interval '2 days' + n * interval '10 min' AS start) AS begins"""


@dataclass(frozen=True)
class Place:
    """A slot to book."""

    provider_id: UUID
    id: UUID


async def free_slots() -> dict[UUID, list[UUID]]:
    """The ids of all slots by provider, the latest first."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    async with AsyncSession(engine()) as session:
        for place in await select(session, Place, "SELECT provider_id, id FROM slot ORDER BY start_time DESC"):
            found[place.provider_id].append(place.id)
    return found


@asynccontextmanager
async def transaction(way: str, marks: dict[str, float]) -> AsyncIterator[AsyncSession]:
    """The product's `transaction()`, with the announcement made by `way` and the moment of the commit noted."""
    async with AsyncSession(engine(), expire_on_commit=False) as session:
        yield session
        mark = f"!{uuid4()}"
        topics = [mark, *sorted(session.info.get(TOPICS, set()))]
        if way == "notify":
            await execute(session, "SELECT pg_notify('live', %(said)s)", said=json.dumps(topics))
        marks[mark] = time.monotonic()
        await session.commit()
    outgoing.add(topics if way == "valkey" else [], jobs=True)


async def book(way: str, slots: list[UUID], until: float, marks: dict[str, float], took: list[float]) -> None:
    """One client: books slot after slot until time is up."""
    while time.monotonic() < until:
        started = time.monotonic()
        request = BookingRequest(slot_id=slots.pop(), customer_name="Ann Bench", customer_email="ann@bench.test")
        async with transaction(way, marks) as session:
            await book_appointment(session, GUEST, request, clock.now())
        took.append(time.monotonic() - started)


def listener(way: str, pipe: Any) -> None:
    """A web worker's ear: the moment each announcement arrives, until told to stop."""
    heard: dict[str, float] = {}

    async def hear() -> None:
        if way == "notify":
            async with await psycopg.AsyncConnection.connect(settings().database_url, autocommit=True) as connection:
                await connection.execute("LISTEN live")
                pipe.send("ready")
                async for notice in connection.notifies():
                    heard[json.loads(notice.payload)[0]] = time.monotonic()
        async with redis.Redis.from_url(settings().redis(2)).pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(bus.channel())
            pipe.send("ready")
            async for message in subscription.listen():
                now = time.monotonic()
                heard.update((topic, now) for topic in json.loads(message["data"]) if topic.startswith("!"))

    async def until_told() -> None:
        ear = asyncio.create_task(hear())
        await asyncio.to_thread(pipe.recv)
        ear.cancel()

    asyncio.run(until_told())
    pipe.send(heard)


async def turn(way: str, seconds: float, slots: list[list[UUID]]) -> dict[str, float]:
    """Book for some seconds; bookings a second, and milliseconds from the commit's start until the listener knew."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    ear = multiprocessing.get_context("spawn").Process(target=listener, args=(way, there))
    ear.start()
    await asyncio.to_thread(here.recv)
    marks: dict[str, float] = {}
    took: list[float] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(book(way, slots[n], until, marks, took) for n in range(CLIENTS)))
    await asyncio.sleep(0.3)
    here.send("stop")
    heard = await asyncio.to_thread(here.recv)
    ear.join()
    late = sorted(1000 * (heard[mark] - at) for mark, at in marks.items() if mark in heard)
    took.sort()
    return {
        "bookings/s": len(took) / seconds,
        "booking p50": 1000 * took[len(took) // 2],
        "booking p95": 1000 * took[int(len(took) * 0.95)],
        "heard p50": late[len(late) // 2] if late else 0,
        "heard p95": late[int(len(late) * 0.95)] if late else 0,
        "lost": 0 if way == "silent" else len(marks) - len(late),
    }


async def measure(seconds: float, turns: int) -> None:
    """All ways in turn, then the median of each figure."""
    async with transaction("silent", {}) as session:
        for number in range(CLIENTS):
            provider = await make_provider(session, f"Shop {number}", "UTC")
            await make_service(session, provider, duration_minutes=10, horizon_days=366)
        await execute(session, SLOTS)
        await execute(session, "ANALYZE")
    slots = list((await free_slots()).values())
    await turn("silent", 1, slots)
    figures: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for number in range(turns):
        for way in WAYS[number % 3 :] + WAYS[: number % 3]:
            figures[way].append(await turn(way, seconds, slots))
    await engine().dispose()
    for way, rounds in figures.items():
        print(f"{way:7}", {name: round(statistics.median(r[name] for r in rounds), 2) for name in rounds[0]})


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as home, embedded_servers(Path(home)) as servers:
        os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url, "SECRET_KEY": "b" * 48}
        migrate(servers.database_url)
        asyncio.run(measure(seconds, turns))


if __name__ == "__main__":
    main()
