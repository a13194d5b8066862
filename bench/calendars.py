"""A calendar of 5,000 events read by the worker, while somebody asks for free times over HTTP.

One web server, one worker, and the stranger's server on the same machine; every other reading finds half of the events
moved. Prints how long a reading takes from the wish to the note, what a request for a month's free times takes
meanwhile and without, and the largest memory of worker and parser. Targets: each reading under 5 seconds, the p99 of
requests during it at most 50 ms above that without.
Run: python -m bench calendars
"""

import asyncio
import os
import tempfile
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import psycopg

from appointly.clock import now
from appointly.database import engine, transaction
from appointly.database.embedded import embedded_servers
from appointly.database.migrate import migrate
from appointly.database.outgoing import outgoing
from appointly.domain.actor import Actor
from appointly.operations.external_calendars import CalendarToAdd, add_calendar, read_calendar_now
from appointly.settings import settings
from bench.http import DATA, TOMORROW
from tests.calendars import calendar, event, reply, stranger
from tests.processes import environment, start_web, start_worker

EVENTS, READINGS, CLIENTS, QUIET_SECONDS, SECONDS, SLOWER_MS = 5_000, 6, 4, 5.0, 5.0, 50.0
SYNCED = "SELECT last_synced_at, failures FROM external_calendar WHERE id = %s"


def feed(turn: int) -> bytes:
    """Half of the events move with the turn; together they fill the month."""
    first = datetime.now(UTC).replace(microsecond=0)
    starts = [first + timedelta(minutes=8 * n + (turn if n % 2 else 0)) for n in range(EVENTS)]
    return calendar(
        *(
            event(str(n), f":{start:%Y%m%dT%H%M%SZ}", f":{start + timedelta(minutes=5):%Y%m%dT%H%M%SZ}")
            for n, start in enumerate(starts)
        )
    )


async def ask(client: httpx.AsyncClient, path: str, took: list[float], stop: asyncio.Event) -> None:
    """Ask again and again, at a person's distance, and note how long each answer took, in milliseconds."""
    while not stop.is_set():
        began = time.perf_counter()
        (await client.get(path)).raise_for_status()
        took.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(0.02)


def look(peaks: dict[str, int]) -> None:
    """The largest memory of parser and worker so far, in MB, as the kernel counts it."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, StopIteration):
            words = (place / "cmdline").read_bytes()
            what = "parser" if b"parse_events" in words else "worker" if b"\0worker" in words else ""
            if what:
                line = next(line for line in (place / "status").read_text().splitlines() if "VmHWM" in line)
                peaks[what] = max(peaks.get(what, 0), int(line.split()[1]) // 1024)


async def memory(peaks: dict[str, int], stop: asyncio.Event) -> None:
    """Look again and again."""
    while not stop.is_set():
        look(peaks)
        await asyncio.sleep(0.05)


def p99(took: list[float]) -> float:
    """In milliseconds."""
    return sorted(took)[int(0.99 * (len(took) - 1))]


async def measure(url: str, provider: Actor, service: UUID, address: str, connection: psycopg.Connection) -> bool:
    """Print the figures; whether the targets were met."""
    path = f"/api/v1/services/{service}/availability?date={TOMORROW}&days=31"
    peaks: dict[str, int] = {}
    quiet: list[float] = []
    busy: list[float] = []
    seconds: list[float] = []
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        for took, readings in ((quiet, 0), (busy, READINGS)):
            stop = asyncio.Event()
            asking = [asyncio.create_task(ask(client, path, took, stop)) for _ in range(CLIENTS)]
            asking.append(asyncio.create_task(memory(peaks, stop)))
            if not readings:
                await asyncio.sleep(QUIET_SECONDS)
            calendar_id = None
            for _ in range(readings):
                began = now()
                async with transaction() as session:
                    if calendar_id is None:
                        wanted = CalendarToAdd(kind="ics", name="Family", address=address)
                        calendar_id = await add_calendar(session, provider, wanted, began)
                    else:
                        await read_calendar_now(session, provider, calendar_id, began)
                await outgoing.settled()
                while True:
                    [(synced, failures)] = connection.execute(SYNCED, [calendar_id]).fetchall()
                    assert not failures, "the reading failed"
                    if synced and synced > began:
                        break
                    await asyncio.sleep(0.02)
                seconds.append((synced - began).total_seconds())
            stop.set()
            await asyncio.gather(*asking)
    [(rows,)] = connection.execute("SELECT count(*) FROM external_busy").fetchall()
    print(f"{EVENTS} events, {rows} busy times kept; readings: {', '.join(f'{each:.2f}' for each in seconds)} s")
    print(f"free times of a month, p99: {p99(quiet):.1f} ms without, {p99(busy):.1f} ms during ({len(busy)} requests)")
    print(f"memory: {', '.join(f'{what} {most} MB' for what, most in sorted(peaks.items()))}")
    await engine().dispose()
    return max(seconds) < SECONDS and p99(busy) < p99(quiet) + SLOWER_MS


def main() -> None:
    """Measure, print, and fail where a target is missed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="appointly-bench-")))
        servers = stack.enter_context(embedded_servers(folder / "home"))
        migrate(servers.database_url)
        connection = stack.enter_context(psycopg.connect(servers.database_url, autocommit=True))
        for statement in DATA.format(p=10, tomorrow=TOMORROW).split(";\n"):
            connection.execute(statement)  # type: ignore[call-overload]
        query = "SELECT user_id, provider_id, s.id FROM service s JOIN provider ON provider.id = provider_id LIMIT 1"
        [(user_id, provider_id, service)] = connection.execute(query).fetchall()
        os.environ.update(environment(servers))
        settings.cache_clear()
        web, site = start_web(servers, folder / "web.log")
        stack.callback(web.stop)
        worker = start_worker(site, folder / "worker.log", APPOINTLY_CALENDAR_NETWORKS="127.0.0.1/32")
        stack.callback(worker.stop)
        turn = iter(range(1_000))
        server = stack.enter_context(stranger(lambda handler, _: reply(handler, feed(next(turn)))))
        provider = Actor("provider", user_id, provider_id=provider_id)
        if not asyncio.run(measure(site.url, provider, service, f"{server.address}/basic.ics", connection)):
            raise SystemExit("missed: a reading took too long, or slowed the page")


if __name__ == "__main__":
    main()
