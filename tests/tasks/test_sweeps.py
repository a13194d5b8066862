"""A mail service that hangs keeps one sweep of a worker waiting, not one after the other."""

import asyncio
from collections.abc import Iterator

import pytest

from appointly.gateways import mail
from appointly.settings import settings
from tests.tasks.conftest import Gate
from tests.tasks.test_worker import assert_each_once, book


@pytest.fixture
def to_gate(resend: str, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RESEND_API_KEY", "re_test")
    monkeypatch.setenv("RESEND_API_URL", resend)
    for made_once in (settings, mail.client):
        made_once.cache_clear()
    yield
    for made_once in (settings, mail.client):
        made_once.cache_clear()


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
    await mail.client().aclose()
    await assert_each_once(gate, expected)
