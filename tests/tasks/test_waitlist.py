"""What is free for somebody in line is offered though no change has said so, and mailed while it is true."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from sqlmodel import select

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.models import WaitlistEntry, WaitlistOffer
from appointly.operations.answer_offer import pass_offer
from tests.invariants import broken_invariants
from tests.making import make_provider, make_service, make_slots
from tests.operations.waiting import Line, holding
from tests.tasks.conftest import Gate, StartWorker
from tests.tasks.test_worker import all_done, until


def tasks() -> Any:
    """Imported when the broker is known."""
    return import_module("tasks.waitlist")


async def two_wait() -> list[WaitlistEntry]:
    """Two times that nobody has booked, and two people in line for their day; one more whose day is over."""
    async with transaction() as session:
        provider = await make_provider(session)
        service = await make_service(session, provider)
        start = now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)
        line = Line(session, provider, service, await make_slots(session, service, 2, start))
        day = line.slots[0].slot_date
        await line.wait("Cem", now().date() - timedelta(days=2))
        return [await line.wait(name, day, at=now()) for name in ("Ann", "Ben")]


async def test_offered_mailed_and_not_mailed_once_it_is_over(database: str, gate: Gate, work: StartWorker) -> None:
    ann, ben = await two_wait()
    assert [await tasks()._end() for _ in range(2)] == [1, 0]
    assert [await tasks()._offer() for _ in range(2)] == [1, 0]
    async with transaction() as session:
        query = select(WaitlistEntry.customer_name, WaitlistEntry.status).order_by(WaitlistEntry.customer_name)
        assert list(await session.exec(query)) == [("Ann", "offered"), ("Ben", "offered"), ("Cem", "over")]
        await pass_offer(session, holding(ann), ann.id, now())
    work()
    await until(all_done)
    # Ann has passed on hers before there was a worker; Ben, who has his, is not offered it as well.
    [(to, subject)] = await gate.mails()
    assert to == ben.customer_email
    assert subject.startswith("A time is free: ")
    async with transaction() as session:
        assert sorted(offer.status for offer in await session.exec(select(WaitlistOffer))) == ["open", "passed"]
    async with reading() as session:
        assert await broken_invariants(session) == []
