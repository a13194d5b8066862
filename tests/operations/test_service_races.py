"""Two services added at once, and services changed or deleted while people book them.

Control: without the provider's lock two new services take the same letter.
"""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.embedded import Servers
from appointly.database.engine import sqlalchemy_url
from appointly.domain.actor import GUEST, Actor
from appointly.errors import NotFound, ServiceBooked, SlotTaken
from appointly.models import Appointment, Provider, Service
from appointly.operations import add_service as adding
from appointly.operations.add_service import add_service
from appointly.operations.book_appointment import book_appointment
from appointly.operations.delete_service import delete_service
from appointly.operations.edit_service import edit_service
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from tests.conftest import clone_database
from tests.invariants import broken_invariants
from tests.making import NOW, asking, every_day, make_provider, owner_of
from tests.operations.test_booking_races import Race
from tests.operations.test_services import TOMORROW, changes, form

CROWD = 8


@pytest.fixture
async def race(servers: Servers, worker_number: int) -> AsyncIterator[Race]:
    database = clone_database(servers.database_url, f"services_{worker_number}")
    engine = create_async_engine(sqlalchemy_url(database), pool_size=CROWD + 2)
    yield Race(engine)
    await engine.dispose()


async def shop(race: Race, name: str = "Studio Nine") -> Provider:
    async with race.transaction() as session:
        provider = await make_provider(session, name)
        await set_working_hours(session, owner_of(provider), every_day("09:00", "17:00"), NOW)
    return provider


async def add_together(race: Race, providers: list[Provider]) -> list[Service]:
    """Each of them adds the same service at the same moment."""
    ready = asyncio.Barrier(len(providers))

    async def add(provider: Provider) -> None:
        async with race.transaction() as session:
            await session.connection()
            await ready.wait()
            await add_service(session, owner_of(provider), form(horizon_days=2), NOW)

    for result in await asyncio.gather(*map(add, providers), return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
    async with race.transaction() as session:
        return list((await session.exec(select(Service).order_by(col(Service.letter)))).all())


async def test_services_added_at_once_get_letters_and_addresses_of_their_own(race: Race) -> None:
    services = await add_together(race, [await shop(race)] * CROWD)
    assert "".join(service.letter for service in services) == "ABCDEFGH"
    assert len({service.slug for service in services}) == CROWD


async def test_without_the_lock_they_take_the_same_letter(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unlocked(session: AsyncSession, actor: Actor, right: str) -> object:
        await asyncio.sleep(0)
        return actor.provider_id

    monkeypatch.setattr(adding, "lock_own_provider", unlocked)
    provider = await shop(race)
    with pytest.raises(IntegrityError, match="letter"):
        await add_together(race, [provider] * CROWD)


async def test_businesses_of_one_name_get_different_addresses(race: Race) -> None:
    services = await add_together(race, [await shop(race) for _ in range(CROWD)])
    assert len({service.slug for service in services}) == CROWD
    assert {service.letter for service in services} == {"A"}


async def test_nothing_booked_is_lost_while_a_service_changes(race: Race) -> None:
    provider = await shop(race)
    owner = owner_of(provider)
    async with race.transaction() as session:
        service_id = await add_service(session, owner, form(horizon_days=4, capacity=2), NOW)
    kept: list[str] = []

    async def customer(number: int) -> None:
        dice = random.Random(number)  # noqa: S311
        for _ in range(6):
            try:
                async with race.transaction() as session:
                    free = await free_slots(session, service_id, NOW.date(), 4, NOW)
                    booked = await book_appointment(session, GUEST, asking(dice.choice(free).id), NOW)
            except (SlotTaken, NotFound, IndexError):
                continue
            kept.append(booked.reference)

    crowd = asyncio.gather(*map(customer, range(CROWD)))
    edits = 0
    while not crowd.done():
        edits += 1
        minutes, price = (30, 60, 90)[edits % 3], {"amount": 1000 * edits, "currency": "EUR"}
        edit = changes(duration_minutes=minutes, capacity=1 + edits % 2, price=price)
        async with race.transaction() as session:
            await edit_service(session, owner, service_id, edit, NOW)
    await crowd
    assert edits > 3
    assert kept
    async with race.transaction() as session:
        assert await broken_invariants(session) == []
        booked = await session.exec(select(Appointment.reference).where(col(Appointment.slot_id).is_not(None)))
        assert set(booked.all()) == set(kept)


async def test_a_service_is_deleted_or_booked_but_never_both(race: Race) -> None:
    provider = await shop(race)
    for number in range(6):
        async with race.transaction() as session:
            service_id = await add_service(session, owner_of(provider), form(horizon_days=2), NOW)
            free = await free_slots(session, service_id, TOMORROW, 1, NOW)
            slot = free[number % len(free)].id

        async def book(slot=slot) -> None:  # type: ignore[no-untyped-def]
            async with race.transaction() as session:
                await book_appointment(session, GUEST, asking(slot), NOW)

        async def delete(service_id=service_id) -> None:  # type: ignore[no-untyped-def]
            async with race.transaction() as session:
                await delete_service(session, owner_of(provider), service_id)

        deeds = [book(), delete()] if number % 2 else [delete(), book()]
        results = await asyncio.gather(*deeds, return_exceptions=True)
        [refusal] = [result for result in results if result is not None]
        assert isinstance(refusal, NotFound | ServiceBooked | SlotTaken), refusal
        async with race.transaction() as session:
            assert await broken_invariants(session) == []
            there = await session.get(Service, service_id)
            assert (there is not None) == isinstance(refusal, ServiceBooked | SlotTaken)
