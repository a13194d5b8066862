"""Many customers at once, each on a connection of its own: one wins, the rest get other times, nothing deadlocks.

Controls: without lock and constraint the same crowd double-books; with the constraint alone it does not.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.embedded import Servers
from appointly.database.engine import sqlalchemy_url
from appointly.database.statement import execute, select
from appointly.domain.actor import GUEST
from appointly.errors import SlotTaken
from appointly.models import Provider, Slot
from appointly.operations import book_appointment as booking
from appointly.operations.book_appointment import Booked
from appointly.operations.cancel_appointments import cancel_appointments
from tests.conftest import clone_database
from tests.invariants import broken_invariants
from tests.making import NOW, asking, make_provider, make_service, make_slots, owner_of

CROWD = 50


@dataclass(frozen=True)
class Number:
    number: int


@pytest.fixture(scope="module")
def race_database(servers: Servers, worker_number: int) -> str:
    return clone_database(servers.database_url, f"races_{worker_number}")


@pytest.fixture
async def race(race_database: str) -> AsyncIterator["Race"]:
    engine = create_async_engine(sqlalchemy_url(race_database), pool_size=CROWD)
    yield Race(engine)
    await engine.dispose()


class Race:
    """A crowd of connections to one scratch database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session
            await session.commit()

    async def two_services(self) -> tuple[Provider, list[Slot]]:
        """Half hours of one service and whole hours of another, crossing each other."""
        async with self.transaction() as session:
            provider = await make_provider(session)
            short = await make_slots(session, await make_service(session, provider), 8)
            long = await make_slots(session, await make_service(session, provider, "B", duration_minutes=60), 4)
        return provider, [short[3], long[1]]

    async def rush(self, slots: list[Slot]) -> list[object]:
        """The whole crowd at once, one after the other at the slots; what each got."""
        ready = asyncio.Barrier(CROWD)

        async def customer(number: int) -> object:
            async with AsyncSession(self.engine) as session:
                await session.connection()
                await ready.wait()
                booked = await booking.book_appointment(session, GUEST, asking(slots[number % len(slots)]), NOW)
                await session.commit()
                return booked

        return await asyncio.gather(*map(customer, range(CROWD)), return_exceptions=True)

    async def deadlocks(self) -> int:
        # A backend reports when it ends.
        await self.engine.dispose()
        query = "SELECT deadlocks::int AS number FROM pg_stat_database WHERE datname = current_database()"
        async with self.transaction() as session:
            [found] = await select(session, Number, query)
        return found.number

    async def broken(self) -> list[str]:
        async with self.transaction() as session:
            return await broken_invariants(session)


def assert_one_winner(results: list[object]) -> None:
    assert [type(result).__name__ for result in results if not isinstance(result, SlotTaken)] == ["Booked"]
    for result in results:
        if isinstance(result, SlotTaken):
            alternatives = result.details["alternatives"]
            assert isinstance(alternatives, list)
            assert len(alternatives) == 3


async def test_one_slot(race: Race) -> None:
    for _ in range(3):
        _, [slot, _] = await race.two_services()
        assert_one_winner(await race.rush([slot]))
    assert await race.broken() == []
    assert await race.deadlocks() == 0


async def test_overlapping_slots_of_two_services(race: Race) -> None:
    for _ in range(3):
        _, slots = await race.two_services()
        assert_one_winner(await race.rush(slots))
    assert await race.broken() == []
    assert await race.deadlocks() == 0


async def test_a_group_takes_as_many_as_it_holds(race: Race) -> None:
    async with race.transaction() as session:
        provider = await make_provider(session)
        slots = await make_slots(session, await make_service(session, provider, capacity=7), 4)
    results = await race.rush([slots[0]])
    assert sum(isinstance(result, Booked) for result in results) == 7
    assert sum(isinstance(result, SlotTaken) for result in results) == CROWD - 7
    assert await race.broken() == []


async def test_booking_and_cancelling_all_at_once(race: Race) -> None:
    provider, slots = await race.two_services()
    owner = owner_of(provider)

    async def again_and_again(number: int) -> None:
        for _ in range(10):
            try:
                async with race.transaction() as session:
                    booked = await booking.book_appointment(session, GUEST, asking(slots[number % 2]), NOW)
            except SlotTaken:
                continue
            async with race.transaction() as session:
                await cancel_appointments(session, owner, [booked.id], "", NOW)

    await asyncio.gather(*map(again_and_again, range(12)))
    assert await race.broken() == []
    assert await race.deadlocks() == 0


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bookings look at the provider, but lock nothing."""
    monkeypatch.setattr("appointly.operations.own_provider.LOCK", "SELECT FROM provider WHERE id = ANY(%(ids)s)")


@pytest.fixture
async def unguarded(servers: Servers, worker_number: int, no_lock: None) -> AsyncIterator[Race]:
    """Neither lock nor constraint, on a database of its own."""
    url = clone_database(servers.database_url, f"unguarded_{worker_number}")
    race = Race(create_async_engine(sqlalchemy_url(url), pool_size=CROWD))
    async with race.transaction() as session:
        await execute(session, "ALTER TABLE slot DROP CONSTRAINT ex_slot_never_double_booked")
    yield race
    await race.engine.dispose()


async def test_control_with_both_guards_off_it_double_books(unguarded: Race) -> None:
    for _ in range(20):
        _, slots = await unguarded.two_services()
        await unguarded.rush(slots)
        if any("overlap" in what for what in await unguarded.broken()):
            return
    pytest.fail("the crowd never got in each other's way: these tests prove nothing")


async def test_the_constraint_alone_is_proof_enough(race: Race, no_lock: None) -> None:
    for _ in range(3):
        _, slots = await race.two_services()
        results = await race.rush(slots)
        assert sum(isinstance(result, Booked) for result in results) <= 1
        # Without the lock PostgreSQL may have to end a deadlock. That is why there is a lock.
        others = [result for result in results if not isinstance(result, Booked | SlotTaken | DeadlockDetected)]
        assert others == []
    assert await race.broken() == []
