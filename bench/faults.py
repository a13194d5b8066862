"""Everything is killed, again and again, while people book: what was promised is kept, once, and not much too late.

Guests and a provider use the HTTP API while every few seconds a worker, the clock, the web server, Valkey or PostgreSQL
is killed (SIGKILL), or Valkey emptied, or all connections to the database cut; what was killed is started again, as a
supervisor does. Some of what waits runs out meanwhile. Then all is left alone until it has settled. Limits: nothing of
`tests.invariants` broken, nothing lost that somebody was told, nobody booked twice, each mail once. Nothing ends later
than two starts of everything (clock and worker may be killed one after the other) and 15 s after it has run out; all is
settled a lease, which a killed worker leaves on its jobs, and 30 s after the last of those starts.
Run: python -m bench.faults [seed] [seconds]
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import redis

from appointly import frontend
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.database.embedded import Servers, embedded_servers
from appointly.database.engine import engine
from appointly.database.migrate import migrate
from appointly.models import User
from appointly.operations.jobs import LEASE
from appointly.operations.set_working_hours import set_working_hours
from appointly.supervisor import Child, StartFailed
from bench._crowd import Caller, Guest, Provider
from tests.invariants import broken_invariants
from tests.making import every_day, make_provider, make_service, owner_of
from tests.people import signed_in
from tests.processes import HOME, answers, environment, free_port, start

SECONDS, EVERY, DOWN, GUESTS, PATIENCE = 80.0, 6.0, 1.0, 4, 30.0
MOST_CONNECTIONS = {"max_connections": "150"}
# Some of what waits runs out in a second.
AGE = """
WITH of_one AS (
    UPDATE reschedule_request SET expires_at = now() + interval '1 s'
    WHERE id = (SELECT id FROM reschedule_request WHERE status = 'waiting' ORDER BY random() LIMIT 1)
    RETURNING hold_id, expires_at
), of_another AS (
    UPDATE waitlist_offer SET expires_at = now() + interval '1 s'
    WHERE id = (SELECT id FROM waitlist_offer WHERE status = 'open' ORDER BY random() LIMIT 1)
    RETURNING hold_id, expires_at
), kept AS (
    SELECT id AS hold_id, now() + interval '1 s' AS expires_at FROM hold WHERE purpose = 'draft'
    ORDER BY random() LIMIT 1
), asked AS (
    UPDATE appointment SET answer_by = now() + interval '1 s'
    WHERE id = (SELECT id FROM appointment WHERE status = 'pending' ORDER BY random() LIMIT 1)
)
UPDATE hold SET expires_at = least(hold.expires_at, each.expires_at)
FROM (SELECT * FROM of_one UNION ALL SELECT * FROM of_another UNION ALL SELECT * FROM kept) AS each
WHERE hold.id = each.hold_id
"""
OVERDUE = """
SELECT extract(epoch FROM now() - min(due))::float8 FROM (
    SELECT expires_at AS due FROM hold
    UNION ALL SELECT answer_by FROM appointment WHERE status = 'pending'
    UNION ALL SELECT expires_at FROM reschedule_request WHERE status = 'waiting'
    UNION ALL SELECT expires_at FROM waitlist_offer WHERE status = 'open'
) AS waiting
"""
UNDONE = "SELECT count(*) FROM job WHERE done_at IS NULL AND dead_at IS NULL AND (due_at <= now() OR attempts > 0)"
LOST = {
    "appointment": "SELECT id FROM appointment",
    "cancelled": "SELECT id FROM appointment WHERE status = 'cancelled'",
    "reschedule_request": "SELECT id FROM reschedule_request",
    "waitlist_entry": "SELECT id FROM waitlist_entry",
}
WRONG = {
    "people booked twice": "SELECT customer_email FROM appointment GROUP BY 1 HAVING count(*) > 1",
    "jobs given up": "SELECT id FROM job WHERE dead_at IS NOT NULL",
    "mails sent that never arrived": """
        SELECT id FROM message WHERE status = 'sent'
        AND NOT EXISTS (SELECT FROM sandbox_message WHERE idempotency_key = 'mail:' || message.id)""",
    # Not by the message's status: one may be out of date when its killed worker's successor looks at it.
    "mails nobody planned": """
        SELECT id FROM sandbox_message
        WHERE NOT EXISTS (SELECT FROM job WHERE dedupe_key = idempotency_key AND done_at IS NOT NULL)""",
}


class Server:
    """PostgreSQL or Valkey, which comes back at the same address."""

    def __init__(self, home: Path, **which: Any) -> None:
        self.home, self.which, self.stack = home, which, ExitStack()
        self.start()

    def start(self) -> None:
        """Once what an earlier one left behind has ended."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.servers = self.stack.enter_context(embedded_servers(self.home, **self.which))
                return
            except StartFailed:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def kill(self) -> None:
        """Kill it, and start it again a moment later."""
        [child] = self.servers.owned
        child.process.kill()
        child.process.wait()
        self.stack.close()
        time.sleep(DOWN)
        self.start()


class House:
    """All processes of the product, and the faults that befall them, by what they take away."""

    def __init__(self, folder: Path, stack: ExitStack, dice: random.Random) -> None:
        self.folder, self.dice, self.port = folder, dice, free_port()
        self.database = Server(folder / "database", valkey=False, options=MOST_CONNECTIONS)
        stack.callback(self.database.stack.close)
        self.broker = Server(folder / "broker", postgres=False)
        stack.callback(self.broker.stack.close)
        servers = Servers(self.database.servers.database_url, self.broker.servers.redis_url)
        self.url = servers.database_url
        self.env = environment(servers, f"http://127.0.0.1:{self.port}") | {"APPOINTLY_RATE_LIMIT_FACTOR": "1000000"}
        self.roles = {
            "web": ["web", "--port", str(self.port), "--workers", "2"],
            "worker 1": ["worker"],
            "worker 2": ["worker"],
            "clock": ["beat"],
        }
        self.children: dict[str, Child] = {}
        self.ended: Counter[str] = Counter()
        stack.callback(self.stop)
        self.faults: dict[str, Callable[[], object]] = {
            "a worker": lambda: self.kill(dice.choice(["worker 1", "worker 2"])),
            "both workers": lambda: self.kill("worker 1", "worker 2"),
            "the clock": lambda: self.kill("clock"),
            "the web server": lambda: self.kill("web"),
            "one of its processes": self.kill_a_web_worker,
            "Valkey": self.broker.kill,
            "all that is in Valkey": self.empty,
            "all connections": self.cut,
            "PostgreSQL": self.database.kill,
        }

    def start(self, *names: str) -> None:
        """Start these roles; nobody waits for them."""
        for name in names:
            home = HOME if name == "web" else self.folder
            env = self.env | {"APPOINTLY_HOME": str(home)}
            self.children[name] = start(name, *self.roles[name], env=env, log=self.folder / f"{name}.log")

    def start_all(self) -> float:
        """Start all roles at once; seconds until all were ready."""
        began = time.monotonic()
        self.start(*self.roles)
        self.children["web"].wait_until(lambda: answers(self.port))
        for name, words in (("clock", "beat: Starting"), ("worker 1", " ready."), ("worker 2", " ready.")):
            self.children[name].wait_until(partial(self.children[name].has_said, words))
        return time.monotonic() - began

    def kill(self, *names: str) -> None:
        """Kill these, and start them again."""
        for name in names:
            self.children[name].process.kill()
            self.children[name].process.wait()
            self.children[name].stop()
        self.start(*names)

    def stop(self) -> None:
        """All but the servers."""
        for child in self.children.values():
            child.stop()

    def watch(self) -> None:
        """Start again what has ended by itself, and count it."""
        for name, child in self.children.items():
            if child.process.poll() is not None:
                self.ended[name] += 1
                print(f"   {name} ended by itself. {child.explain()}", flush=True)
                self.kill(name)

    def kill_a_web_worker(self) -> None:
        """One of the processes that the web server has forked; it forks another."""
        parent = self.children["web"].process.pid
        forked = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        if forked:
            os.kill(int(self.dice.choice(forked)), signal.SIGKILL)

    def cut(self) -> None:
        """End every connection to the database."""
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(query)

    def empty(self) -> None:
        """Forget all that is in Valkey."""
        with redis.Redis.from_url(self.broker.servers.redis_url) as client:
            client.flushall()


class Watch(threading.Thread):
    """Lets things run out while `ageing`, and notes by how many seconds what has run out is still there, at worst."""

    def __init__(self, url: str) -> None:
        super().__init__(name="watch")
        self.url, self.over, self.ageing = url, threading.Event(), True
        self.worst, self.overdue, self.undone = 0.0, 0.0, 1

    def run(self) -> None:
        while not self.over.wait(0.5):
            try:
                with psycopg.connect(self.url, autocommit=True, connect_timeout=2) as connection:
                    self.look(connection)
            except psycopg.Error:
                pass  # it is being killed

    def look(self, connection: psycopg.Connection) -> None:
        """Once."""
        [(late,)] = connection.execute(OVERDUE).fetchall()
        [(self.undone,)] = connection.execute(UNDONE).fetchall()
        self.overdue = max(0.0, late or 0.0)
        self.worst = max(self.worst, self.overdue)
        if self.ageing:
            connection.execute(AGE)


async def make() -> tuple[str, list[str]]:
    """A provider with a service that answers each request, one for groups and one that is soon full; its token."""
    async with transaction() as session:
        provider = await make_provider(session, time_zone="UTC")
        values: dict[str, Any] = {"price_amount": 0, "horizon_days": 4}
        services = [
            await make_service(session, provider, "A", approval="manual", **values),
            await make_service(session, provider, "B", capacity=3, reschedule="instant", **values),
            await make_service(session, provider, "C", max_appointments_per_day=2, spread="even", **values),
        ]
        await set_working_hours(session, owner_of(provider), every_day("00:00", "24:00"), now())
        owner = await session.get_one(User, provider.user_id)
        made = owner.id, owner.email, [str(service.id) for service in services]
    token = (await signed_in(*made[:2])).bearer
    await engine().dispose()
    engine.cache_clear()
    return token, made[2]


async def broken() -> list[str]:
    """What should always be so, and is not."""
    async with reading() as session:
        return await broken_invariants(session)


def strike(house: House, watch: Watch, seconds: float) -> None:
    """Fault after fault, each of them before one comes again."""
    until = time.monotonic() + seconds
    names: list[str] = []
    while time.monotonic() < until:
        names = names or house.dice.sample(list(house.faults), len(house.faults))
        name = names.pop()
        house.faults[name]()
        time.sleep(EVERY * (0.5 + house.dice.random()))
        left = until - time.monotonic()
        print(f"{left:6.1f} s left, {watch.overdue:4.1f} s late after the end of {name}", flush=True)
        house.watch()


def settle(house: House, watch: Watch, limit: float) -> float:
    """Seconds until nothing is due any more; at least `limit` when that is not so by then."""
    watch.ageing, began = False, time.monotonic()
    while (watch.undone or watch.overdue > 0 or time.monotonic() - began < 2) and time.monotonic() - began < limit:
        time.sleep(0.5)
        house.watch()
    return time.monotonic() - began


def judge(house: House, callers: list[Caller]) -> list[str]:
    """Print what was done and what became of it; what should not have, in words."""
    done = sum((caller.done for caller in callers), Counter[str]())
    print("; ".join(f"{what}: {count}" for what, count in sorted(done.items())))
    missed = asyncio.run(broken())
    with psycopg.connect(house.url, autocommit=True) as connection:
        for table, query in LOST.items():
            told = set().union(*(caller.told[table] for caller in callers))
            there = {str(row[0]) for row in connection.execute(query).fetchall()}
            print(f"{table}: {len(told)} acknowledged, {len(told - there)} lost")
            missed += [f"{table} lost: {sorted(told - there)}"] * bool(told - there)
        for what, query in WRONG.items():
            found = connection.execute(query).fetchall()
            missed += [f"{what}: {found}"] * bool(found)
        [(mails,)] = connection.execute("SELECT count(*) FROM sandbox_message").fetchall()
        [(again,)] = connection.execute("SELECT count(*) FROM job WHERE attempts > 1").fetchall()
    print(f"{mails} mails; {again} jobs tried again; ended by themselves: {dict(house.ended) or 'none'}")
    return missed


def crowd(house: House, seed: int, over: threading.Event) -> list[Caller]:
    """Guests and their provider, who do what they do until `over`."""
    token, services = asyncio.run(make())
    base = f"http://127.0.0.1:{house.port}"
    provider = Provider("provider", base, random.Random(f"{seed} provider"), over)  # noqa: S311
    provider.http.headers["authorization"] = f"Bearer {token}"
    names = [f"guest{number}" for number in range(GUESTS)]
    return [provider, *(Guest(name, base, random.Random(f"{seed} {name}"), over, services) for name in names)]  # noqa: S311


def main() -> None:
    """Start, strike, wait, judge; ends with 1 where a limit is broken."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**6)  # noqa: S311
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    print(f"seed {seed}, {seconds:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="appointly-faults-") as folder, ExitStack() as stack:
        house = House(Path(folder), stack, random.Random(seed))  # noqa: S311
        os.environ.update(house.env)
        migrate(house.url)
        frontend.build(HOME)
        started = house.start_all()
        watch, over = Watch(house.url), threading.Event()
        stack.callback(watch.over.set)
        stack.callback(over.set)
        people = crowd(house, seed, over)
        for thread in (watch, *people):
            thread.start()
        strike(house, watch, seconds)
        over.set()
        for thread in people:
            thread.join()
        late_limit, settled_limit = 2 * started + 15, 2 * started + LEASE.total_seconds() + 30
        settled = settle(house, watch, settled_limit)
        missed = judge(house, people)
    print(f"started in {started:.1f} s; ended {watch.worst:.1f} s late at worst (limit {late_limit:.0f})")
    print(f"settled after {settled:.1f} s (limit {settled_limit:.0f})")
    missed += ["too late"] * (watch.worst > late_limit) + ["not settled"] * (settled >= settled_limit)
    for what in missed:
        print(f"MISSED: {what}")
    if missed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
