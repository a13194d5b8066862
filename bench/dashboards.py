"""How soon a booking is on an open dashboard: 200 dashboards of 50 providers on real sockets, while bookings come in.

The bookings are made by this process, the dashboards served by another: from the start of the commit until the tab has
the new figures. Target: p95 under 250 ms. The tabs' client and the web server share the machine.
Run: python -m bench.dashboards [dashboards] [providers] [bookings a second] [seconds]
"""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from appointly import clock
from appointly.database import transaction
from appointly.database.embedded import Servers, embedded_servers
from appointly.database.engine import engine
from appointly.database.migrate import migrate
from appointly.database.statement import execute
from appointly.domain.actor import GUEST
from appointly.models import User
from appointly.operations.book_appointment import BookingRequest, book_appointment
from appointly.operations.sign_in import sign_in
from appointly.visitor import SESSION_COOKIE
from bench.live_bus import SLOTS, free_slots
from tests.making import account_of, make_provider, make_service
from tests.processes import environment, start_web
from tests.rxclient import Delta, RxClient

FIGURE = "week_note_rx_state_"
TARGET_MS = 250.0


async def make_providers(count: int) -> dict[UUID, str]:
    """Providers with free slots, signed in: the session's cookie by the provider's id."""
    cookies = {}
    async with transaction() as session:
        for number in range(count):
            provider = await make_provider(session, f"Shop {number}", "UTC")
            await make_service(session, provider, duration_minutes=10, horizon_days=366)
            owner = await session.get_one(User, provider.user_id)
            new = await sign_in(session, account_of(owner), clock.now())
            cookies[provider.id] = f"{SESSION_COOKIE}={new.token}"
        await execute(session, SLOTS.replace("19999", "999"))
    return cookies


async def book(slot_id: UUID) -> float:
    """Book as another process would; the moment just before the commit."""
    request = BookingRequest(slot_id=slot_id, customer_name="Ann Bench", customer_email="ann@bench.test")
    async with transaction() as session:
        await book_appointment(session, GUEST, request, clock.now())
        return time.monotonic()


def processor_seconds(group: int) -> float:
    """What the processes of a group have used of the processor."""
    used = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parts = stat.read_text().rpartition(") ")[2].split()
            used += int(parts[11]) + int(parts[12]) if int(parts[2]) == group else 0
    return used / os.sysconf("SC_CLK_TCK")


async def measure(base: str, web: int, dashboards: int, providers: int, rate: float, seconds: float) -> None:
    """Open the dashboards, book for some seconds, print how late the tabs were."""
    cookies = await make_providers(providers)
    slots = await free_slots()
    changes: dict[UUID, list[list[float]]] = {provider: [] for provider in cookies}
    tabs = []
    for number in range(dashboards):
        provider = list(cookies)[number % providers]
        seen: list[float] = []
        changes[provider].append(seen)

        def note(at: float, delta: Delta, seen: list[float] = seen) -> None:
            if any(FIGURE in values for values in delta.values()):
                seen.append(at)

        tabs.append(await RxClient(base, "/dashboard", cookies[provider], on_delta=note).connect())
    for tab in tabs:
        await tab.until(lambda tab=tab: bool(tab.shown("dashboard", "loaded")))
    late: list[float] = []
    missed = 0
    used = processor_seconds(web)
    started, made = time.monotonic(), 0
    waiting = []
    while time.monotonic() < started + seconds:
        provider = list(cookies)[made % providers]
        at = await book(slots[provider].pop())
        waiting.append((provider, at))
        made += 1
        await asyncio.sleep(max(0.0, started + made / rate - time.monotonic()))
    await asyncio.sleep(2)
    cost = 1000 * (processor_seconds(web) - used) / sum(len(seen) for group in changes.values() for seen in group)
    for provider, at in waiting:
        for seen in changes[provider]:
            after = [moment for moment in seen if moment >= at]
            missed += not after
            late += [1000 * (after[0] - at)] if after else []
    late.sort()
    p50, p95, p99 = (late[int(len(late) * share)] for share in (0.5, 0.95, 0.99))
    print(f"{dashboards} dashboards, {providers} topics, {made / seconds:.1f} bookings/s for {seconds:.0f} s")
    print(f"commit to visible, ms: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f}; readings {len(late)}, missed {missed}")
    print(f"processor time of the web server: {cost:.1f} ms a reading")
    await asyncio.gather(*(tab.close() for tab in tabs))
    await engine().dispose()
    if p95 > TARGET_MS or missed:
        raise SystemExit(f"missed: p95 {p95:.0f} ms of {TARGET_MS:.0f}, {missed} not shown")


def main() -> None:
    numbers = [float(word) for word in sys.argv[1:]] + [200, 50, 20, 15][len(sys.argv) - 1 :]
    with tempfile.TemporaryDirectory() as home, embedded_servers(Path(home)) as servers:
        migrate(servers.database_url)
        os.environ.update(environment(Servers(servers.database_url, servers.redis_url)))
        web, site = start_web(servers, Path(home) / "web.log")
        try:
            asyncio.run(measure(site.url, web.process.pid, int(numbers[0]), int(numbers[1]), numbers[2], numbers[3]))
        finally:
            web.stop()


if __name__ == "__main__":
    main()
