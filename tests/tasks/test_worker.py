"""A real worker process, killed at each step: every mail arrives exactly once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest
import redis
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import bus, engine, reading, transaction
from appointly.database.outgoing import outgoing
from appointly.database.statement import execute, select
from appointly.domain.actor import GUEST
from appointly.models import WorkingHours
from appointly.operations.book_appointment import book_appointment
from appointly.settings import settings
from tests.invariants import broken_invariants
from tests.making import asking, in_two_days, make_provider, make_service, make_slots
from tests.tasks.conftest import Gate, StartWorker

PATIENCE = 60.0
PUT_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until `check` holds; fail when it does not in time."""
    deadline = time.monotonic() + PATIENCE
    while not await check():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Count:
    number: int


async def count(query: str) -> int:
    async with reading() as session:
        return (await select(session, Count, query))[0].number


async def all_done() -> bool:
    return await count("SELECT count(*) AS number FROM job WHERE done_at IS NULL") == 0


async def book(number: int = 1) -> list[tuple[str, str]]:
    """Book `number` appointments; receiver and subject of the mails that must arrive, each once."""
    async with transaction() as session:
        provider = await make_provider(session)
        slots = await make_slots(session, await make_service(session, provider), number, in_two_days())
        owner = (await session.get_one(type(provider), provider.id)).user_id
        expected = []
        # In one transaction with the slots: a worker that is starting must not find times outside any hours and free.
        for place, slot in enumerate(slots):
            name = f"Customer {place}"
            request = asking(slot, customer_name=name, customer_email=f"customer{place}@example.test")
            await book_appointment(session, GUEST, request, now())
            expected.append((f"customer{place}@example.test", "Confirmed: Haircut at Studio Nine"))
            expected.append((str(owner), f"New booking: {name}, Haircut"))
    return expected


async def assert_each_once(gate: Gate, expected: list[tuple[str, str]]) -> None:
    await until(all_done)
    subjects = sorted(subject for _, subject in await gate.mails())
    assert subjects == sorted(subject for _, subject in expected)
    assert await count("SELECT count(*) AS number FROM message WHERE status <> 'sent'") == 0
    async with reading() as session:
        assert await broken_invariants(session) == []


async def forget_leases() -> None:
    """As if the time of every lease had passed."""
    async with transaction() as session:
        await execute(session, "UPDATE job SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL")
    await bus.publish([], jobs=True)


async def sweep() -> None:
    """What the next worker does first: `test_a_starting_worker_sees_to_what_fell_due`."""
    from tasks import jobs

    await jobs._sweep()


async def waits_for_a_lock() -> bool:
    waiting = "SELECT count(*) AS number FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return await count(f"{waiting} AND datname = current_database()") > 0


async def nothing_is_open() -> bool:
    """No transaction of anybody else's: what a killed worker had begun is undone, and its rows are locked no more."""
    others = """
        SELECT count(*) AS number FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start IS NOT NULL
          AND pid <> pg_backend_pid()
    """
    return await count(others) == 0


async def test_without_any_key_a_demo_mails_to_its_own_mailbox(gate: Gate, work: StartWorker) -> None:
    work(demo=True)
    await assert_each_once(gate, await book())
    assert gate.paths == {"/sandbox/resend/emails"}


async def test_killed_before_it_claims(gate: Gate, to_gate: None, work: StartWorker, database: str) -> None:
    worker = work()
    async with await psycopg.AsyncConnection.connect(database) as blocker:
        expected = await book()
        await until(all_done)
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE job IN SHARE MODE")
            await bus.publish([], jobs=True)
            await until(waits_for_a_lock)
            worker.process.kill()
            worker.process.wait()
    await until(nothing_is_open)
    expected += await book()
    await sweep()
    await assert_each_once(gate, expected)


async def test_killed_before_the_mail_is_taken(gate: Gate, to_gate: None, work: StartWorker) -> None:
    worker = work()
    gate.before.clear()
    expected = await book()
    await gate.arrived.acquire()
    worker.process.kill()
    worker.process.wait()
    assert await gate.mails() == []
    gate.before.set()
    await forget_leases()
    await sweep()
    await assert_each_once(gate, expected)


async def test_killed_after_the_mail_is_taken_and_before_the_answer(
    gate: Gate, to_gate: None, work: StartWorker
) -> None:
    worker = work()
    gate.after.clear()
    expected = await book()
    await gate.taken.acquire()
    await gate.taken.acquire()
    worker.process.kill()
    worker.process.wait()
    assert len(await gate.mails()) == 2
    gate.after.set()
    await forget_leases()
    await sweep()
    await assert_each_once(gate, expected)
    assert gate.requests == 4


async def test_killed_after_the_answer_and_before_it_is_written_down(
    gate: Gate, to_gate: None, work: StartWorker, database: str
) -> None:
    worker = work()
    gate.after.clear()
    expected = await book()
    await gate.taken.acquire()
    await gate.taken.acquire()
    async with await psycopg.AsyncConnection.connect(database) as blocker, blocker.transaction():
        await blocker.execute("SELECT FROM job FOR UPDATE")
        gate.after.set()
        await until(waits_for_a_lock)
        worker.process.kill()
        worker.process.wait()
    await until(nothing_is_open)
    await forget_leases()
    await sweep()
    await assert_each_once(gate, expected)
    assert gate.requests == 4


async def test_two_workers_are_poked_and_share_the_work(gate: Gate, work: StartWorker) -> None:
    work(), work()  # without beat: there is no sweep
    expected = await book(20)
    await assert_each_once(gate, expected)
    assert gate.requests == 40


async def test_a_worker_whose_connections_broke_needs_no_second_poke(gate: Gate, work: StartWorker) -> None:
    work()  # without beat: there is no sweep
    await assert_each_once(gate, first := await book())
    await engine().dispose()
    with psycopg.connect(settings().database_url, autocommit=True) as server:
        assert server.execute(PUT_OUT).rowcount > 0
    second = await book()
    await until(all_done)
    assert len(await gate.mails()) == len(first) + len(second)


async def test_a_starting_worker_sees_to_what_fell_due(gate: Gate, work: StartWorker) -> None:
    async with transaction() as session:
        provider = await make_provider(session)
        session.add(WorkingHours(provider_id=provider.id, weekday=1, opens_minute=540, closes_minute=1020))
        service = await make_service(session, provider, approval="manual")
        earlier = now() - timedelta(hours=2)
        [slot] = await make_slots(session, service, 1, start=earlier + timedelta(hours=1))
        await book_appointment(session, GUEST, asking(slot), earlier)
    work()

    async def seen_to() -> bool:
        slots = await count("SELECT count(*) AS number FROM slot WHERE start_time > now()")
        expired = await count("SELECT count(*) AS number FROM appointment WHERE status = 'expired'")
        return slots > 16 and expired == 1 and await all_done()

    await until(seen_to)
    assert await gate.mails() == [("grace@example.test", "No answer: Haircut at Studio Nine")], "the rest is not so"


async def test_an_emptied_redis_loses_nothing(gate: Gate, work: StartWorker) -> None:
    work(clock=True)
    await assert_each_once(gate, first := await book())
    with redis.Redis.from_url(settings().redis(0)) as client:
        for number in range(3):
            redis.Redis.from_url(settings().redis(number)).flushdb()
        assert client.dbsize() == 0
    async with AsyncSession(engine()) as session:  # no transaction(): no poke
        provider = await make_provider(session)
        [slot] = await make_slots(session, await make_service(session, provider), 1, in_two_days())
        await book_appointment(session, GUEST, asking(slot), now())
        await session.commit()
    await until(all_done)
    assert len(await gate.mails()) == len(first) + 2


async def forget_redis() -> None:
    """Have the Redis client made anew on its next use."""
    await bus.client().aclose()
    bus.client.cache_clear()
    bus.script.cache_clear()


@pytest.mark.parametrize("dead", ["unix:///nowhere/valkey.sock?db=0", "redis://127.0.0.1:9/0"])
async def test_a_redis_that_is_down_fails_no_booking(database: str, monkeypatch: pytest.MonkeyPatch, dead: str) -> None:
    await forget_redis()
    monkeypatch.setattr(settings(), "redis_url", dead)
    started = time.monotonic()
    await book(5)
    assert time.monotonic() - started < 20  # nobody waits for it, though a busy machine takes its time
    assert await count("SELECT count(*) AS number FROM appointment") == 5
    await outgoing.settled()
    await forget_redis()
