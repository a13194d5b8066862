"""Moves that meet: swaps, two answers, an answer against a cancellation, against a booking and against the clock.

Controls: without the providers' lock, accepting and cancelling at the same moment fails or leaves a wrong count; and a
wish that is accepted in its last second runs out as well. With it either comes first, and everything counts.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.embedded import Servers
from appointly.database.engine import sqlalchemy_url
from appointly.domain.actor import GUEST, SYSTEM, Actor
from appointly.errors import AppointlyError
from appointly.models import Message, Slot
from appointly.operations import answer_reschedule, move_appointments
from appointly.operations.answer_reschedule import (
    accept_reschedule,
    decline_reschedule,
    expire_reschedules,
    withdraw_reschedule,
)
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.hold_slot import expire_holds
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from appointly.operations.reschedule import reschedule
from appointly.queries.bookings import Booking, booking_by_id
from appointly.queries.reschedules import Reschedule, reschedule_by_id
from tests.blocked import blocked
from tests.conftest import clone_database
from tests.invariants import broken_invariants
from tests.making import NOW, asking, make_provider, make_service, make_slots, owner_of

Verb = Callable[[AsyncSession], Awaitable[object]]
Ended = tuple[str, bool, set[str]]  # the wish's status, whether the appointment has moved, what its customer was told
ROUNDS = 3
ACCEPTED: Ended = ("accepted", True, {"move_accepted"})
RUN_OUT: Ended = ("expired", False, {"move_expired"})


@pytest.fixture(scope="module")
def race_database(servers: Servers, worker_number: int) -> str:
    return clone_database(servers.database_url, f"move_races_{worker_number}")


@pytest.fixture
async def race(race_database: str) -> AsyncIterator["Race"]:
    engine = create_async_engine(sqlalchemy_url(race_database), pool_size=20)
    yield Race(engine)
    await engine.dispose()


@pytest.fixture
async def unguarded(servers: Servers, worker_number: int, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["Race"]:
    """Without the providers' lock, on a database of its own: what a control breaks no other test finds."""
    monkeypatch.setattr("appointly.operations.own_provider.LOCK", "SELECT FROM provider WHERE id = ANY(%(ids)s)")
    url = clone_database(servers.database_url, f"unguarded_moves_{worker_number}")
    engine = create_async_engine(sqlalchemy_url(url), pool_size=20)
    yield Race(engine)
    await engine.dispose()


class Race:
    """A provider's slots, two appointments, and verbs that begin at the same moment on connections of their own."""

    slots: list[Slot]
    owner: Actor

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    def session(self) -> AsyncSession:
        return AsyncSession(self.engine, expire_on_commit=False)

    async def begin(self, *, reschedule: str = "manual", count: int = 6) -> None:
        async with self.session() as session:
            provider = await make_provider(session)
            service = await make_service(session, provider, reschedule=reschedule)
            self.slots = await make_slots(session, service, count)
            self.owner = owner_of(provider)
            await session.commit()

    async def do(self, verb: Verb) -> object:
        async with self.session() as session:
            result = await verb(session)
            await session.commit()
            return result

    async def book(self, place: int) -> Booked:
        booked = await self.do(lambda session: book_appointment(session, GUEST, asking(self.slots[place]), NOW))
        assert isinstance(booked, Booked)
        return booked

    async def asked(self, booked: Booked, place: int) -> Reschedule:
        guest = Actor(managed=frozenset({booked.id}))
        wish = await self.do(lambda session: reschedule(session, guest, booked.id, self.slots[place].id, NOW))
        assert isinstance(wish, Reschedule)
        return wish

    async def together(self, *verbs: Verb) -> list[object]:
        ready = asyncio.Barrier(len(verbs))

        async def one(verb: Verb) -> object:
            async with self.session() as session:
                await session.connection()
                await ready.wait()
                result = await verb(session)
                await session.commit()
                return result

        results = await asyncio.gather(*map(one, verbs), return_exceptions=True)
        wrong = [each for each in results if isinstance(each, Exception) and not isinstance(each, AppointlyError)]
        assert wrong == []
        return results

    async def now(self, booked: Booked) -> Booking:
        async with self.session() as session:
            return await booking_by_id(session, SYSTEM, booked.id)

    async def broken(self) -> list[str]:
        async with self.session() as session:
            return await broken_invariants(session)


def guest_of(booked: Booked) -> Actor:
    return Actor(managed=frozenset({booked.id}))


async def test_a_swap_leaves_nobody_without_a_time(race: Race) -> None:
    """Each wants the other's time, the provider moves one and the customer the other: never both, never none."""
    for _ in range(ROUNDS):
        await race.begin(reschedule="instant", count=3)
        one, two = await race.book(0), await race.book(1)
        await race.together(
            lambda session: reschedule(session, guest_of(one), one.id, race.slots[1].id, NOW),  # noqa: B023
            lambda session: reschedule(session, guest_of(two), two.id, race.slots[0].id, NOW),  # noqa: B023
            lambda session: reschedule(session, guest_of(one), one.id, race.slots[2].id, NOW),  # noqa: B023
            lambda session: reschedule(session, guest_of(two), two.id, race.slots[2].id, NOW),  # noqa: B023
        )
        places = {(await race.now(booked)).slot_id for booked in (one, two)}
        assert len(places) == 2
        assert await race.broken() == []


async def test_accepted_twice_and_declined_at_once(race: Race) -> None:
    for _ in range(ROUNDS):
        await race.begin()
        booked = await race.book(0)
        wish = await race.asked(booked, 2)
        results = await race.together(
            lambda session: accept_reschedule(session, race.owner, wish.id, NOW),  # noqa: B023
            lambda session: accept_reschedule(session, race.owner, wish.id, NOW),  # noqa: B023
            lambda session: decline_reschedule(session, race.owner, wish.id, NOW),  # noqa: B023
            lambda session: withdraw_reschedule(session, guest_of(booked), wish.id, NOW),  # noqa: B023
        )
        booking = await race.now(booked)
        accepted = [each for each in results if isinstance(each, Reschedule) and each.status == "accepted"]
        assert (booking.sequence, booking.slot_id) == ((1, race.slots[2].id) if accepted else (0, race.slots[0].id))
        assert await race.broken() == []


async def accept_against_cancel(race: Race) -> list[str]:
    """What is broken afterwards."""
    await race.begin()
    booked = await race.book(0)
    wish = await race.asked(booked, 2)
    await race.together(
        lambda session: accept_reschedule(session, race.owner, wish.id, NOW),
        lambda session: cancel_appointments(session, guest_of(booked), [booked.id], "", NOW),
    )
    assert (await race.now(booked)).status == "cancelled"
    return await race.broken()


async def test_accepted_while_the_customer_cancels(race: Race) -> None:
    for _ in range(ROUNDS):
        assert await accept_against_cancel(race) == []


async def test_without_the_lock_the_two_meet(unguarded: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both look before either writes."""
    looked = asyncio.Barrier(2)
    look = move_appointments.bookings_by_ids

    async def look_together(session: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> list[Booking]:
        found = await look(session, actor, ids)
        with suppress(TimeoutError, asyncio.BrokenBarrierError):
            await asyncio.wait_for(looked.wait(), 1)
        return found

    monkeypatch.setattr(move_appointments, "bookings_by_ids", look_together)
    met = 0
    for _ in range(3 * ROUNDS):
        try:
            met += await accept_against_cancel(unguarded) != []
        except AssertionError:  # one of them failed, though neither was refused
            met += 1
        if met:
            break
    assert met


async def test_asked_for_while_others_book_the_time(race: Race) -> None:
    for _ in range(ROUNDS):
        await race.begin()
        booked = await race.book(0)
        results = await race.together(
            lambda session: reschedule(session, guest_of(booked), booked.id, race.slots[2].id, NOW),  # noqa: B023
            *[lambda session: book_appointment(session, GUEST, asking(race.slots[2]), NOW)] * 3,
        )
        assert len([each for each in results if not isinstance(each, Exception)]) == 1
        assert await race.broken() == []


async def accept_against_the_clock(race: Race, booked: Booked, wish: Reschedule, *others: Verb) -> Ended:
    """What became of a wish that is accepted in its last second."""
    late = wish.expires_at
    await race.together(
        lambda session: accept_reschedule(session, race.owner, wish.id, late - timedelta(seconds=1)),
        *others,
    )
    async with race.session() as session:
        ended = await reschedule_by_id(session, SYSTEM, wish.id)
        about = select(Message.kind).where(Message.about == wish.id, Message.recipient == "grace@example.test")
        told = {*(await session.exec(about)).all()} - {"move_asked"}
    booking = await race.now(booked)
    assert booking.status == "confirmed"
    return ended.status, booking.slot_id == race.slots[2].id, told


async def test_accepted_against_the_clock_and_the_regeneration(race: Race) -> None:
    for _ in range(ROUNDS):
        await race.begin()
        booked = await race.book(0)
        wish = await race.asked(booked, 2)
        late = wish.expires_at
        ended = await accept_against_the_clock(
            race,
            booked,
            wish,
            lambda session: expire_reschedules(session, late),  # noqa: B023
            lambda session: expire_holds(session, late),  # noqa: B023
            lambda session: regenerate_slots(session, now=NOW, provider_id=race.owner.provider_id),
        )
        assert ended in (ACCEPTED, RUN_OUT)
        assert await race.broken() == []


async def accepted_while_it_runs_out(race: Race, monkeypatch: pytest.MonkeyPatch) -> Ended:
    """The sweep comes when the provider's yes has looked and not yet moved anything."""
    await race.begin()
    booked = await race.book(0)
    wish = await race.asked(booked, 2)
    sweeps: list[asyncio.Task[object]] = []
    move = answer_reschedule.move_time

    async def swept_before(session: AsyncSession, *rest: Any, **values: Any) -> bool:
        sweep = asyncio.create_task(race.do(lambda other: expire_reschedules(other, wish.expires_at)))
        sweeps.append(sweep)
        await blocked(race.engine, sweep)
        return await move(session, *rest, **values)

    monkeypatch.setattr(answer_reschedule, "move_time", swept_before)
    ended = await accept_against_the_clock(race, booked, wish)
    await asyncio.gather(*sweeps)
    return ended


async def test_what_is_accepted_does_not_run_out_as_well(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await accepted_while_it_runs_out(race, monkeypatch) == ACCEPTED
    assert await race.broken() == []


async def test_without_the_lock_it_is_accepted_and_runs_out(unguarded: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: moved, and yet the wish has run out, and the customer has been told both."""
    ended = await accepted_while_it_runs_out(unguarded, monkeypatch)
    assert ended == ("expired", True, {"move_accepted", "move_expired"})


async def test_a_held_time_survives_regeneration_and_the_old_one_goes_with_the_move(race: Race) -> None:
    await race.begin()
    booked = await race.book(0)
    wish = await race.asked(booked, 2)
    await race.do(lambda session: regenerate_slots(session, now=NOW, provider_id=race.owner.provider_id))
    await race.do(lambda session: accept_reschedule(session, race.owner, wish.id, NOW))
    again = await race.do(lambda session: regenerate_slots(session, now=NOW, provider_id=race.owner.provider_id))
    assert again == Regenerated(0, 0, 0), "nothing is left of what nobody wants any more"
    assert (await race.now(booked)).slot_id == race.slots[2].id
    assert await race.broken() == []
