"""Many choose, book and let run out at the same moment: a place has one holder, a person three holds, a count is right.

Controls: with each guard off the same crowd breaks the promise.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.embedded import Servers
from appointly.database.engine import sqlalchemy_url
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.holds import MOST_HELD, PAID
from appointly.errors import SlotTaken, TooManyHolds
from appointly.models import Hold, Slot
from appointly.operations import book_appointment as booking
from appointly.operations import choose_time as choosing
from appointly.operations import hold_slot as holding
from appointly.operations.book_appointment import Booked
from appointly.operations.booking_draft import book_chosen, take_over_drafts
from appointly.operations.choose_time import choose_time
from appointly.operations.hold_slot import expire_holds
from appointly.queries.drafts import OwnHold
from tests.conftest import clone_database
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user
from tests.operations.test_booking_races import Race

CROWD = 20
OVER = NOW + PAID
STRANGERS = itertools.count(1000)


def browser(number: int) -> Actor:
    return Actor(browser=sha256(str(number).encode()).digest())


@pytest.fixture
async def race(servers: Servers, worker_number: int) -> AsyncIterator[Race]:
    url = clone_database(servers.database_url, f"holds_{worker_number}")
    engine = create_async_engine(sqlalchemy_url(url), pool_size=CROWD)
    yield Race(engine)
    await engine.dispose()


async def choose(race: Race, who: Actor, slot: Slot) -> object:
    async with race.transaction() as session:
        return await choose_time(session, who, slot.id, NOW)


async def crowd(race: Race, slots: list[Slot]) -> list[object]:
    """Everybody at once, one after the other at the slots; what each got. None of them keeps a time already."""
    tries = [choose(race, browser(next(STRANGERS)), slots[number % len(slots)]) for number in range(CROWD)]
    return await asyncio.gather(*tries, return_exceptions=True)


async def test_one_holds_what_many_choose(race: Race) -> None:
    for _ in range(3):
        for overlapping in (1, 2):
            _, slots = await race.two_services()
            got = await crowd(race, slots[:overlapping])
            assert sum(isinstance(each, OwnHold) for each in got) == 1
            assert all(isinstance(each, OwnHold | SlotTaken) for each in got), got
    assert await race.broken() == []
    assert await race.deadlocks() == 0


async def test_control_without_lock_and_constraint_two_hold_the_same_time(
    race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "LOCK_OF_SLOT", holding.LOCK_OF_SLOT.removesuffix(" FOR NO KEY UPDATE"))
    async with race.transaction() as session:
        await execute(session, "ALTER TABLE slot DROP CONSTRAINT ex_slot_never_double_booked")
    for _ in range(20):
        _, slots = await race.two_services()
        await crowd(race, slots)
        if any("overlap" in what for what in await race.broken()):
            return
    pytest.fail("nobody ever got in another's way: these tests prove nothing")


async def twenty_services(race: Race) -> list[Slot]:
    async with race.transaction() as session:
        return [
            (await make_slots(session, await make_service(session, await make_provider(session)), 1))[0]
            for _ in range(CROWD)
        ]


async def twenty_at_once(race: Race) -> list[object]:
    """One person in twenty tabs, somebody new each time."""
    slots, who = await twenty_services(race), browser(next(STRANGERS))
    return await asyncio.gather(*(choose(race, who, slot) for slot in slots), return_exceptions=True)


async def test_three_of_twenty_at_once(race: Race) -> None:
    got = await twenty_at_once(race)
    assert sum(isinstance(each, OwnHold) for each in got) == MOST_HELD
    assert sum(isinstance(each, TooManyHolds) for each in got) == CROWD - MOST_HELD
    assert await race.broken() == []


async def test_control_without_the_holder_s_lock_more_than_three(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "LOCK_HOLDER", "SELECT %(holder)s")
    for _ in range(5):
        if sum(isinstance(each, OwnHold) for each in await twenty_at_once(race)) > MOST_HELD:
            return
    pytest.fail("the limit held without its guard: the test above proves nothing")


async def last_moment(race: Race) -> list[object]:
    """The holder books, the sweep runs and somebody else chooses, all in the moment the hold runs out.

    Somebody else is new each time: who won in three rounds before keeps three times already.
    """
    stranger = browser(next(STRANGERS))
    async with race.transaction() as session:
        [slot] = await make_slots(session, await make_service(session, await make_provider(session)), 1)
    await choose(race, browser(1), slot)

    async def book() -> object:
        async with race.transaction() as session:
            return await book_chosen(session, browser(1), asking(slot), OVER)

    async def sweep() -> object:
        async with race.transaction() as session:
            return await expire_holds(session, OVER)

    async def another() -> object:
        async with race.transaction() as session:
            return await choose_time(session, stranger, slot.id, OVER)

    return await asyncio.gather(book(), sweep(), another(), return_exceptions=True)


async def test_booked_or_expired_never_both(race: Race) -> None:
    for _ in range(30):
        booked, swept, other = await last_moment(race)
        assert isinstance(booked, Booked | SlotTaken), booked
        assert swept in (0, 1)
        # Who is not the winner is told so; there is one, for the time was never lost.
        assert isinstance(other, OwnHold if isinstance(booked, SlotTaken) else SlotTaken), other
    assert await race.broken() == []
    assert await race.deadlocks() == 0


async def test_what_the_sweep_lets_go_of_while_somebody_waits_for_the_lock_is_free(
    race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with race.transaction() as session:
        [slot] = await make_slots(session, await make_service(session, await make_provider(session)), 1)
    await choose(race, browser(1), slot)
    lock = holding.lock_providers

    async def swept_before(session: AsyncSession, ids: Iterable[UUID]) -> None:
        monkeypatch.undo()
        async with race.transaction() as other:
            assert await expire_holds(other, OVER) == 1
        await lock(session, ids)

    monkeypatch.setattr(holding, "lock_providers", swept_before)
    async with race.transaction() as session:
        assert await booking.book_appointment(session, browser(2), asking(slot), OVER)
    assert await race.broken() == []


async def test_control_a_booking_that_believes_its_hold_miscounts(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    deleting = "DELETE FROM hold WHERE id = %(hold_id)s AND slot_id = %(slot_id)s RETURNING id"
    believing = "SELECT %(hold_id)s::uuid AS id WHERE %(hold_id)s::uuid IS NOT NULL"
    believed = booking.BOOK.replace(deleting, f"{believing}\n), gone AS (\n    {deleting}")
    assert believed != booking.BOOK
    monkeypatch.setattr(booking, "BOOK", believed)
    for _ in range(30):
        await last_moment(race)
        if await race.broken():
            return
    pytest.fail("the count was right all the same: the test above proves nothing")


async def test_signing_in_while_choosing_in_another_tab(race: Race) -> None:
    for _ in range(5):
        slots = await twenty_services(race)
        async with race.transaction() as session:
            ada = customer(await make_user(session))
        for slot in slots[:3]:
            await choose(race, browser(1), slot)

        async def sign_in(ada: Actor = ada) -> None:
            async with race.transaction() as session:
                await take_over_drafts(session, ada, browser(1).browser, NOW)

        tries = [choose(race, ada, slot) for slot in slots[3:8]]
        got = await asyncio.gather(sign_in(), *tries, return_exceptions=True)
        assert all(each is None or isinstance(each, OwnHold | TooManyHolds) for each in got), got
        async with race.transaction() as session:
            kept = (await session.exec(select(Hold).where(Hold.holder == f"user:{ada.user_id}"))).all()
        assert len(kept) <= MOST_HELD
        async with race.transaction() as session:
            await expire_holds(session, OVER + timedelta(minutes=1))
    assert await race.broken() == []
    assert await race.deadlocks() == 0
