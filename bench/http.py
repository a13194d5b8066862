"""Availability and bookings over HTTP, beside bare FastAPI + psycopg on the same server and beside pgbench, in one run.

PostgreSQL with fsync and synchronous_commit on, two web workers, load generator on the same machine. "CPU" is what web
and database processes spent on a request together: the figure that noise does not move. Then 32 clients want one time,
1,000 rounds. Targets: at least half of the bare endpoint, and every round with exactly one winner.
Run: python -m bench http
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg

from appointly.database.embedded import Servers, embedded_servers, postgres_program
from appointly.database.migrate import migrate
from appointly.operations.book_appointment import BOOK
from appointly.queries.availability import AVAILABILITY
from appointly.supervisor import Child
from bench import _bare
from tests.processes import answers, environment, free_port, start_web

PROVIDERS, SECONDS, TURNS, CLIENTS, ROUNDS, RIVALS, TARGET = 150, 2.0, 2, (1, 16), 1_000, 32, 0.5
WORKERS = 2
TOMORROW = date.today() + timedelta(days=1)  # noqa: DTZ011 - any day will do
TICKS = os.sysconf("SC_CLK_TCK")
DATA = """
INSERT INTO "user" (email, name, role) SELECT n || '@bench.test', 'Owner', 'provider' FROM generate_series(1, {p}) n;
INSERT INTO provider (user_id, slug, business_name, headline, about, category, city, address, time_zone, currency,
                      phone, picture)
SELECT id, 'p-' || row_number() OVER (), 'Provider', '', '', 'hair', 'Berlin', '', 'Europe/Berlin', 'EUR', '', ''
FROM "user";
INSERT INTO service (provider_id, slug, letter, title, description, category, price_amount, currency, duration_minutes,
                     buffer_before_minutes, buffer_after_minutes, spread, capacity, min_notice_minutes, horizon_days,
                     approval, location, deposit_percent, cancellation_policy, picture, unlisted, status)
SELECT id, slug, 'A', 'Service', '', 'hair', 4500, 'EUR', 30, 0, 0, 'pack', 1, 60, 31, 'instant', 'provider', 0,
       'flexible', '', false, 'active' FROM provider;
INSERT INTO slot (service_id, provider_id, slot_date, token, start_time, end_time, occupies, capacity, booked_count)
SELECT service.id, provider_id, day, n, start, start + interval '30 min',
       tstzrange(start, start + interval '30 min'), 1,
       CASE WHEN service.slug = 'p-1' AND n IN (3, 7, 8) THEN 1 ELSE 0 END
FROM service, generate_series(DATE '{tomorrow}', DATE '{tomorrow}' + 29, interval '1 day') AS day,
     generate_series(1, 16) AS n,
     LATERAL (SELECT (day + interval '9 h' + (n - 1) * interval '30 min') AT TIME ZONE 'Europe/Berlin' AS start) AS t;
CREATE TABLE bench_slot AS
SELECT row_number() OVER (ORDER BY slot_date, token, slot.id)::int AS n, slot.id FROM slot
JOIN service ON service.id = service_id WHERE slug <> 'p-1';
CREATE UNIQUE INDEX ON bench_slot (n);
VACUUM ANALYZE;
"""


@dataclass
class Measured:
    """The sum of some turns."""

    requests: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    p50: float = 0.0
    p95: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    def __str__(self) -> str:
        cpu = f"{self.cpu / self.requests * 1000:6.2f} ms CPU" if self.cpu else ""
        waits = f"p50 {self.p50:6.1f}  p95 {self.p95:6.1f} ms" if self.p50 else ""
        return f"{self.rate:9,.0f}/s  {cpu:13}  {waits}"


class Work:
    """One kind of request: how it is asked for over HTTP and how of PostgreSQL alone."""

    def __init__(self, name: str, requests: Iterator[list[str]], each: int, script: str) -> None:
        self.name, self.requests, self.each, self.script = name, requests, each, script

    def some(self) -> list[list[str]]:
        """The requests of one turn; bookings are never asked for twice."""
        return [next(self.requests) for _ in range(self.each)]


def cpu_seconds(*roots: int) -> float:
    """What these processes and all they have started spent so far."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(path.parent.name)
        parents[pid], spent[pid] = int(fields[1]), sum(map(int, fields[11:15])) / TICKS
    total, wanted = 0.0, set(roots)
    while wanted:
        total += sum(spent.get(pid, 0) for pid in wanted)
        wanted = {pid for pid, parent in parents.items() if parent in wanted}
    return total


def load(port: int, clients: int, how: str, requests: list[list[str]]) -> dict[str, object]:
    """Run the generator in a process of its own."""
    command = [sys.executable, "-m", "bench._load", str(port), str(clients), how]
    done = subprocess.run(command, input=json.dumps(requests), capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def turn(total: Measured, port: int, clients: int, work: Work, roots: list[int]) -> None:
    """One turn against a server, added to `total`."""
    before = cpu_seconds(*roots)
    found = load(port, clients, str(SECONDS), work.some())
    total.cpu += cpu_seconds(*roots) - before
    expected = "201" if work.name == "booking" else "200"
    if set(found["statuses"]) != {expected}:  # type: ignore[call-overload]
        raise SystemExit(f"{work.name}: {found['statuses']}")
    total.requests += int(str(found["requests"]))
    total.seconds += float(str(found["seconds"]))
    total.p50, total.p95 = float(str(found["p50"])), float(str(found["p95"]))


def pgbench(servers: Servers, clients: int, work: Work, folder: Path) -> Measured:
    """The bare SQL of the same work."""
    script = folder / f"{work.name}.sql"
    first = 0
    if "FIRST_SLOT" in work.script:
        first, *_ = [next(SLOT_NUMBERS) for _ in range(10_000)]
    script.write_text(work.script.replace("FIRST_SLOT", str(first)))
    command = [str(postgres_program("pgbench")), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
    command += ["-T", str(int(SECONDS)), "-f", str(script), "-D", "i=0", servers.database_url]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    [rate] = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("tps")]
    return Measured(requests=round(float(rate) * SECONDS), seconds=SECONDS)


def bench_script(query: str, values: dict[str, str]) -> str:
    """Our SQL as pgbench reads it."""
    for name, value in values.items():
        query = query.replace(f"%({name})s", value)
    for part in ("MI", "SS"):  # pgbench would take these for variables of its own
        query = query.replace(f":{part}", f"' || chr(58) || '{part}")
    return " ".join(query.split()) + ";\n"


def numbers() -> Iterator[int]:
    """Places in bench_slot, each given out once."""
    yield from range(1, 10_000_000)


SLOT_NUMBERS = numbers()


def bookings(slots: list[str]) -> Iterator[list[str]]:
    """Distinct bookings."""
    while True:
        number = next(SLOT_NUMBERS)
        body = {"slot_id": slots[number], "customer_name": "Grace Hopper", "customer_email": "grace@bench.test"}
        yield ["POST", "/api/v1/bookings", json.dumps(body)]


def availability(service: str, days: int) -> Iterator[list[str]]:
    """The same question again and again."""
    while True:
        yield ["GET", f"/api/v1/services/{service}/availability?date={TOMORROW}&days={days}", ""]


def works(service: str, slots: list[str]) -> list[Work]:
    """Day, month and booking."""
    slot = "(SELECT id FROM bench_slot WHERE n = FIRST_SLOT + :client_id * 600 + :i)"
    lock = _bare.LOCK.replace("%s", slot)
    values = {
        "slot_id": slot,
        "hold_id": "NULL::uuid",
        "answer_by": "NULL::timestamptz",
        "customer_id": "NULL::uuid",
        "actor_id": "NULL::uuid",
        "answers": "'{}'::jsonb",
        "reference": "upper(left(md5(random()::text), 10))",
        "now": "now()",
    }
    texts = {
        "name": "Grace Hopper",
        "email": "grace@bench.test",
        "phone": "",
        "notes": "",
        "status": "confirmed",
        "time_zone": "Europe/Berlin",
        "actor_kind": "guest",
        "to_customer": "confirmed",
        "to_provider": "new_booking",
        "provider_email": "owner@bench.test",
    }
    book = bench_script(BOOK, values | {name: f"'{text}'" for name, text in texts.items()})
    asked = {"service_id": f"'{service}'::uuid", "first": f"'{TOMORROW}'::date", "now": "now()"}
    return [
        Work("day", availability(service, 1), 20_000, bench_script(AVAILABILITY, asked | {"days": "1"})),
        Work("month", availability(service, 30), 20_000, bench_script(AVAILABILITY, asked | {"days": "30"})),
        Work("booking", bookings(slots), 4_000, f"\\set i :i + 1\nBEGIN;\n{lock};\n{book}COMMIT;\n"),
    ]


def start_bare(servers: Servers, folder: Path) -> tuple[Child, int]:
    """The bare endpoint on the same server with as many workers."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--no-ws", "bench._bare:app"]
    child = Child("The bare server", command, log=folder / "bare.log", env=environment(servers))
    child.wait_until(lambda: answers(port, "/healthz"))
    return child, port


def compare(servers: Servers, folder: Path, ours: int, bare: int, work: Work, clients: int, roots: list[int]) -> float:
    """Take turns, print a line each; our share of the bare endpoint."""
    mine, theirs = Measured(), Measured()
    for _ in range(TURNS):
        turn(theirs, bare, clients, work, roots)
        turn(mine, ours, clients, work, roots)
    sql = pgbench(servers, clients, work, folder)
    share = mine.rate / theirs.rate
    cpu = mine.cpu / mine.requests / (theirs.cpu / theirs.requests)
    print(f"{work.name:8}{clients:3} clients  appointly {mine}")
    print(f"{'':8}{'':11}  bare      {theirs}   we reach {share:.2f} of it, with {cpu:.2f} × the CPU")
    print(f"{'':8}{'':11}  pgbench   {sql}   we reach {mine.rate / sql.rate:.2f} of it", flush=True)
    return share


def one_winner_each(servers: Servers, port: int, slots: list[str]) -> bool:
    """Many clients, one time, many rounds; over HTTP, and by what the database holds afterwards."""
    wanted = slots[-ROUNDS:]
    requests = []
    for slot in wanted:
        body = {"slot_id": slot, "customer_name": "Rival", "customer_email": "rival@bench.test"}
        requests.append(["POST", "/api/v1/bookings", json.dumps(body)])
    rounds = load(port, RIVALS, "race", requests)["rounds"]
    with psycopg.connect(servers.database_url) as connection:
        query = "SELECT count(DISTINCT slot_id), count(*) FROM appointment WHERE slot_id = ANY(%s)"
        booked = connection.execute(query, [wanted]).fetchone()
    exact = rounds == {json.dumps([[201, 1], [409, RIVALS - 1]]): ROUNDS} and booked == (ROUNDS, ROUNDS)
    print(f"race    {RIVALS} clients on one time, {ROUNDS} rounds: {'exactly one winner each' if exact else rounds}")
    return exact


def main() -> None:
    """Measure, print, and fail where a target is missed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="appointly-bench-")))
        servers = stack.enter_context(embedded_servers(folder / "home", options={"max_connections": "200"}))
        migrate(servers.database_url)
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            for statement in DATA.format(p=PROVIDERS, tomorrow=TOMORROW).split(";\n"):
                connection.execute(statement)  # type: ignore[call-overload]
            slots = [str(row[0]) for row in connection.execute("SELECT id FROM bench_slot ORDER BY n")]
            [(service,)] = connection.execute("SELECT id FROM service WHERE slug = 'p-1'").fetchall()
        web, site = start_web(servers, folder / "web.log", workers=WORKERS)
        stack.callback(web.stop)
        bare, bare_port = start_bare(servers, folder)
        stack.callback(bare.stop)
        port = int(site.url.rpartition(":")[2])
        postmaster = int((folder / "home/postgres/postmaster.pid").read_text().split()[0])
        roots = [web.process.pid, bare.process.pid, postmaster]
        shares = [
            compare(servers, folder, port, bare_port, work, clients, roots)
            for work in works(str(service), slots)
            for clients in CLIENTS
        ]
        exact = one_winner_each(servers, port, slots)
        if not exact or min(shares) < TARGET:
            raise SystemExit(f"missed: lowest share {min(shares):.2f}, target {TARGET}")


if __name__ == "__main__":
    main()
