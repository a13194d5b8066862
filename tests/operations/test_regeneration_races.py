"""Hours change again and again while customers book and cancel: nothing booked is lost, nothing deadlocks.

Control: without the provider's lock a regeneration trips over a booking that is under way.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.embedded import Servers
from appointly.database.statement import execute, select
from appointly.domain.actor import GUEST
from appointly.errors import NotFound, SlotTaken
from appointly.models import Provider, Service
from appointly.operations import regenerate_slots as regenerating
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.hours import WeekdayHours
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from tests.blocked import blocked
from tests.conftest import clone_database
from tests.invariants import broken_invariants
from tests.making import NOW, asking, make_provider, make_service, owner_of
from tests.operations.test_booking_races import Race, sqlalchemy_url

CLIENTS, BOOKINGS_EACH = 8, 5
WEEKS = [
    [WeekdayHours(weekday=day, opens=opens, closes=closes) for day in range(1, 8)]
    for opens, closes in (("09:00", "17:00"), ("09:15", "16:15"), ("12:00", "20:00"))
]


@pytest.fixture
async def race(servers: Servers, worker_number: int) -> AsyncIterator[Race]:
    engine = create_async_engine(
        sqlalchemy_url(clone_database(servers.database_url, f"regeneration_{worker_number}")), pool_size=CLIENTS + 2
    )
    yield Race(engine)
    await engine.dispose()


@dataclass(frozen=True)
class Text:
    text: str


async def shop(race: Race) -> tuple[Provider, list[Service]]:
    async with race.transaction() as session:
        provider = await make_provider(session)
        services = [
            await make_service(session, provider, "A", horizon_days=4),
            await make_service(session, provider, "B", horizon_days=4, duration_minutes=45, capacity=2),
        ]
        await set_working_hours(session, owner_of(provider), WEEKS[0], NOW)
    return provider, services


async def customer(race: Race, number: int, provider: Provider, services: list[Service]) -> list[Booked]:
    """Book what is shown as free, and cancel every other time; what stays booked."""
    dice = random.Random(number)  # noqa: S311
    kept: list[Booked] = []
    while len(kept) < BOOKINGS_EACH:
        try:
            async with race.transaction() as session:
                free = await free_slots(session, dice.choice(services).id, NOW.date(), 4, NOW)
                if not free:
                    break
                kept.append(await book_appointment(session, GUEST, asking(dice.choice(free).id), NOW))
        except (SlotTaken, NotFound):
            continue
        if dice.random() < 0.5:
            async with race.transaction() as session:
                await cancel_appointments(session, owner_of(provider), [kept.pop().id], "", NOW)
    return kept


async def test_nothing_booked_is_lost_while_hours_change(race: Race) -> None:
    provider, services = await shop(race)
    before = await race.deadlocks()
    crowd = asyncio.gather(*(customer(race, number, provider, services) for number in range(CLIENTS)))
    changes = 0
    while not crowd.done():
        changes += 1
        async with race.transaction() as session:
            await set_working_hours(session, owner_of(provider), WEEKS[changes % len(WEEKS)], NOW)
    kept = [booked for each in await crowd for booked in each]
    assert changes > 5
    async with race.transaction() as session:
        assert await broken_invariants(session) == []
        assert await still_booked(session) == {booked.reference for booked in kept}
        assert (await regenerate_slots(session, now=NOW)).added == 0
    assert await race.deadlocks() == before


async def still_booked(session: AsyncSession) -> set[str]:
    query = """
        SELECT reference AS text
        FROM appointment JOIN slot ON slot.id = slot_id AND slot.start_time = appointment.start_time
        WHERE status = 'confirmed' AND booked_count > 0
    """
    return {row.text for row in await select(session, Text, query)}


async def half_booked(race: Race) -> None:
    """Let the days begin an hour earlier while a booking of tomorrow's first slot waits for its commit."""
    provider, [service, _] = await shop(race)
    async with AsyncSession(race.engine) as session:
        [first, *_] = await free_slots(session, service.id, NOW.date() + timedelta(days=1), 1, NOW)
        await book_appointment(session, GUEST, asking(first.id), NOW)

        async def change() -> None:
            async with race.transaction() as other:
                await execute(other, "UPDATE working_hours SET opens_minute = 480")
                await regenerate_slots(other, now=NOW, provider_id=provider.id)

        changing = asyncio.create_task(change())
        await blocked(race.engine, changing)
        await session.commit()
        await changing


async def test_a_regeneration_waits_for_a_booking_under_way(race: Race) -> None:
    await half_booked(race)
    async with race.transaction() as session:
        assert await broken_invariants(session) == []
        assert (await regenerate_slots(session, now=NOW)).added == 0


async def test_without_the_lock_it_trips(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regenerating, "LOCK", "SELECT FROM service WHERE {scope}")
    with pytest.raises(UniqueViolation):
        await half_booked(race)
