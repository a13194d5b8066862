"""A mail service that hangs keeps one sweep of a worker waiting, not one after the other."""

import asyncio

from tests.tasks.conftest import Gate
from tests.tasks.test_worker import assert_each_once, book


async def test_the_next_sweep_does_not_wait_for_the_same_mail_service(gate: Gate, to_gate: None) -> None:
    from tasks import jobs

    gate.after.clear()
    expected = await book(jobs.BATCH)  # two mails each: more than one batch
    first = asyncio.create_task(jobs._sweep())
    for _ in range(jobs.BATCH):
        await gate.taken.acquire()
    await asyncio.wait_for(jobs._sweep(), 5)  # less than the mail service is waited for
    assert not first.done()
    gate.after.set()
    await first
    await assert_each_once(gate, expected)
