"""A hold ends by itself, and also where it ran out while there was no worker."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.operations.choose_time import choose_time
from tests.invariants import broken_invariants
from tests.making import make_provider, make_service, make_slots
from tests.tasks.conftest import StartWorker
from tests.tasks.test_worker import until

GUEST = Actor(browser=sha256(b"a browser").digest())


@dataclass(frozen=True)
class Count:
    number: int


async def held() -> int:
    async with reading() as session:
        return (await select(session, Count, "SELECT count(*) AS number FROM hold"))[0].number


async def test_it_is_swept_by_the_next_worker(database: str, work: StartWorker) -> None:
    async with transaction() as session:
        [slot] = await make_slots(
            session, await make_service(session, await make_provider(session)), 1, start=now() + timedelta(days=2)
        )
        await choose_time(session, GUEST, slot.id, now())
        await execute(session, "UPDATE hold SET expires_at = %(at)s", at=now())
    assert await held() == 1
    work(clock=True)

    async def released() -> bool:
        return await held() == 0

    await until(released)
    async with reading() as session:
        assert await broken_invariants(session) == []
