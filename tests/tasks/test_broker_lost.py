"""The broker dies in the middle of a task: the worker outlives it."""

from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import engine
from appointly.database.embedded import embedded_servers
from appointly.domain.actor import GUEST
from appointly.operations.book_appointment import book_appointment
from appointly.supervisor import Child
from tests.making import asking, in_two_days, make_provider, make_service, make_slots
from tests.tasks.conftest import Gate, StartWorker
from tests.tasks.test_worker import all_done, until


async def book_without_a_poke() -> None:
    async with AsyncSession(engine()) as session:  # no transaction(): no poke
        provider = await make_provider(session)
        [slot] = await make_slots(session, await make_service(session, provider), 1, in_two_days())
        await book_appointment(session, GUEST, asking(slot), now())
        await session.commit()


async def said(worker: Child, words: str) -> bool:
    return worker.has_said(words)


async def test_a_worker_with_tasks_under_way_outlives_its_broker(
    database: str, gate: Gate, work: StartWorker, tmp_path: Path
) -> None:
    """Tasks whose end nobody can be told are nothing to die of: kombu would, were they told when they are done."""
    await book_without_a_poke()
    gate.before.clear()
    with embedded_servers(tmp_path / "broker", postgres=False) as broker:
        worker = work(clock=True, REDIS_URL=broker.redis_url)
        await gate.arrived.acquire()  # the sweep at the start waits for the mail service
        broker.owned[0].process.kill()
        broker.owned[0].process.wait()
        await until(lambda: said(worker, "Cannot connect to redis"))
    with embedded_servers(tmp_path / "broker", postgres=False):
        gate.before.set()
        await until(all_done)
        await book_without_a_poke()
        await until(all_done)
        assert worker.process.poll() is None
    assert {mail[0] for mail in await gate.mails()} >= {"grace@example.test"}
    assert len(await gate.mails()) == 4
