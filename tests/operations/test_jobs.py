"""The outbox itself: leases, backing off, dead letters, sweeps side by side."""

import asyncio
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlmodel import delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import transaction
from appointly.domain.actor import GUEST, Actor
from appointly.errors import NotFound, NotSignedIn
from appointly.models import AuditEntry, Job, Message
from appointly.models.base import uuid7
from appointly.operations.book_appointment import book_appointment
from appointly.operations.jobs import (
    CLAIM,
    LEASE,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    ClaimedJob,
    bury,
    claim,
    enqueue,
    fail,
    finish,
    retry_dead_job,
    wait_after,
)
from appointly.operations.plan_mails import Mail, plan_mails
from tests.making import NOW, asking, make_provider, make_service, make_slots, make_user


async def one_job(session: AsyncSession) -> Job:
    [job] = (await session.exec(select(Job).execution_options(populate_existing=True))).all()
    return job


async def claim_one(session: AsyncSession, now: datetime) -> ClaimedJob:
    [job] = await claim(session, now, 10)
    return job


async def test_a_key_is_one_job(session: AsyncSession) -> None:
    for payload in ({"n": 1}, {"n": 2}):
        await enqueue(session, "mail", payload, "key", NOW)
    assert (await one_job(session)).payload == {"n": 1}
    assert session.info["jobs"]


async def test_a_lease_keeps_others_away_and_runs_out(session: AsyncSession) -> None:
    await enqueue(session, "mail", {}, "key", NOW)
    assert await claim(session, NOW - timedelta(seconds=1), 10) == []
    first = await claim_one(session, NOW)
    assert await claim(session, NOW, 10) == []
    second = await claim_one(session, NOW + LEASE)
    assert (first.attempts, second.attempts) == (1, 2)
    await finish(session, first, NOW)
    assert (await one_job(session)).done_at is None
    await fail(session, first, "late", NOW, for_good=True)
    assert (await one_job(session)).dead_at is None
    await finish(session, second, NOW)
    assert (await one_job(session)).done_at == NOW
    assert await claim(session, NOW + timedelta(days=1), 10) == []


async def test_nobody_waits_for_the_hundreds_of_mails_of_another_change(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider), 50)
    booked = [await book_appointment(session, GUEST, asking(slot), NOW) for slot in slots]
    await session.exec(delete(Job))
    await plan_mails(session, [Mail(each.id, "called_off") for each in booked], NOW)
    later = NOW + timedelta(seconds=1)
    await plan_mails(session, [Mail(booked[0].id, "cancelled")], later)
    await enqueue(session, "account_mail", {}, "code", later)
    first, second = [await claim(session, later, 20) for _ in range(2)]
    assert len(first) == 20
    assert "code" in {job.dedupe_key for job in first + second}
    third = await claim(session, later, 20)
    assert (len(second), len(third), await claim(session, later, 20)) == (20, 12, [])


def test_a_claim_sorts_nothing(database: str) -> None:
    values = {"now": NOW, "until": NOW, "limit": 20, "most": MOST_ATTEMPTS}
    with psycopg.connect(database) as connection:
        # Of a table without rows nothing would be read by an index.
        connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = str(connection.execute(f"EXPLAIN {CLAIM}", values).fetchall())
    assert "Index Scan using ix_job_open" in plan
    assert "Sort" not in plan


async def test_failures_back_off_and_end_as_dead(session: AsyncSession) -> None:
    await enqueue(session, "mail", {}, "key", NOW)
    now = NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        job = await claim_one(session, now)
        await fail(session, job, f"no {attempt}\0", now)
        assert await claim(session, now, 10) == []
        now += wait_after(attempt)
    dead = await one_job(session)
    assert (dead.dead_at is not None, dead.last_error) == (True, f"no {MOST_ATTEMPTS}")
    assert await claim(session, now + LONGEST_WAIT, 10) == []


async def test_a_worker_that_never_comes_back(session: AsyncSession) -> None:
    await enqueue(session, "mail", {}, "key", NOW)
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        await bury(session, now)
        await claim_one(session, now)
        now += LEASE
    assert await claim(session, now, 10) == []
    await bury(session, now)
    assert (await one_job(session)).dead_at == now


async def test_the_button_of_the_admin(session: AsyncSession) -> None:
    [slot] = await make_slots(session, await make_service(session, await make_provider(session)), 1)
    await book_appointment(session, GUEST, asking(slot), NOW)
    jobs = await claim(session, NOW, 10)
    for job in jobs:
        await fail(session, job, "no such mailbox", NOW, for_good=True)
    messages = (await session.exec(select(Message))).all()
    assert {message.status for message in messages} == {"failed"}
    admin = Actor(kind="admin", user_id=(await make_user(session, "Root", "admin")).id)
    with pytest.raises(NotSignedIn):
        await retry_dead_job(session, GUEST, jobs[0].id, NOW)
    await retry_dead_job(session, admin, jobs[0].id, NOW)
    with pytest.raises(NotFound):
        await retry_dead_job(session, admin, jobs[0].id, NOW)
    with pytest.raises(NotFound):
        await retry_dead_job(session, admin, uuid7(), NOW)
    [entry] = await session.exec(select(AuditEntry))
    assert (entry.actor_id, entry.action) == (admin.user_id, "job_retried")
    again = await claim_one(session, NOW)
    assert (again.id, again.attempts) == (jobs[0].id, 1)
    await finish(session, again, NOW)
    for message in messages:
        await session.refresh(message)
    assert sorted(message.status for message in messages) == ["failed", "sent"]


async def test_sweeps_side_by_side_share_the_jobs(database: str) -> None:
    async with transaction() as session:
        for number in range(60):
            await enqueue(session, "mail", {}, f"key {number}", NOW)

    async def sweep() -> list[str]:
        got = []
        while True:
            async with transaction() as session:
                jobs = await claim(session, NOW, 7)
            if not jobs:
                return got
            got += [job.dedupe_key for job in jobs]

    shares = await asyncio.gather(*(sweep() for _ in range(6)))
    keys = [key for share in shares for key in share]
    assert len(keys) == len(set(keys)) == 60


async def test_a_sweep_passes_over_what_another_is_claiming(database: str) -> None:
    async with transaction() as session:
        for number in range(10):
            await enqueue(session, "mail", {}, f"key {number}", NOW)
    async with transaction() as one, transaction() as other:
        first, second = await claim(one, NOW, 7), await claim(other, NOW, 7)
    assert (len(first), len(second)) == (7, 3)
    assert not {job.id for job in first} & {job.id for job in second}
