"""Many at once, each on a connection of its own: a freed place is one person's, whoever is quicker.

Controls: freeing first and offering in a later transaction lets somebody else take the place in between; without the
lock two answers to one offer both find it open.
"""

# ruff: noqa: F811 - fixtures are imported

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST
from appointly.errors import AppointlyError, InvalidTransition, OfferEnded, SlotTaken
from appointly.models import Appointment, Slot, WaitlistEntry, WaitlistOffer
from appointly.operations import answer_offer, move_appointments
from appointly.operations.answer_offer import Taking, leave_waitlist, pass_offer, take_offer
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.hold_slot import expire_holds, hold_slot
from appointly.operations.offer_freed import offer_missed
from tests.making import NOW, asking
from tests.operations.test_booking_races import Race, race, race_database  # noqa: F401
from tests.operations.waiting import Line, holding, make_line

Work = Callable[[AsyncSession], Awaitable[object]]


async def at_once(race: Race, works: list[Work]) -> list[object]:
    """Everybody at the same moment; what each got or was refused with."""
    ready = asyncio.Barrier(len(works))

    async def one(work: Work) -> object:
        async with AsyncSession(race.engine) as session:
            await session.connection()
            await ready.wait()
            try:
                done = await work(session)
            except AppointlyError as refusal:
                return refusal
            await session.commit()
            return done

    return await asyncio.gather(*map(one, works))


async def full_line(race: Race, waiting: int, count: int = 1, **values: object) -> tuple[Line, list[WaitlistEntry]]:
    async with race.transaction() as session:
        line = await make_line(session, count, **values)
        names = [f"Person{number}" for number in range(waiting)]
        entries = [await line.wait(name, at=NOW + timedelta(seconds=n)) for n, name in enumerate(names)]
    return line, entries


async def statuses(race: Race, line: Line) -> Counter[str]:
    async with race.transaction() as session:
        query = select(WaitlistEntry.status).where(WaitlistEntry.service_id == line.service.id)
        return Counter((await session.exec(query)).all())


async def cancel_while_others_book(race: Race, line: Line) -> list[object]:
    """One cancels, and twenty try to book by hand: until they have, or a try that began after it was refused."""
    done = asyncio.Event()

    async def cancels() -> None:
        try:
            async with race.transaction() as session:
                await cancel_appointments(session, line.owner, [line.booked[0].id], "", NOW)
        finally:
            done.set()

    async def books() -> object:
        while True:
            last = done.is_set()
            async with AsyncSession(race.engine) as session:
                try:
                    booked = await book_appointment(session, GUEST, asking(line.slots[0]), NOW)
                except SlotTaken as refusal:
                    if last:
                        return refusal
                else:
                    await session.commit()
                    return booked

    return (await asyncio.gather(cancels(), *(books() for _ in range(20))))[1:]


async def test_a_freed_place_goes_to_the_first_in_line_however_many_try_to_book_it(race: Race) -> None:
    line, entries = await full_line(race, 5)
    results = await cancel_while_others_book(race, line)
    assert not [result for result in results if isinstance(result, Booked)]
    assert await statuses(race, line) == {"offered": 1, "waiting": 4}
    async with race.transaction() as session:
        assert (await session.get_one(WaitlistEntry, entries[0].id)).status == "offered"
    assert await race.broken() == []


async def test_control_offered_in_a_later_step_somebody_else_has_it(
    race: Race,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def later(*_: object) -> int:
        return 0

    monkeypatch.setattr(move_appointments, "offer_freed", later)
    line, _ = await full_line(race, 5)
    results = await cancel_while_others_book(race, line)
    assert len([result for result in results if isinstance(result, Booked)]) == 1
    async with race.transaction() as session:
        assert await offer_missed(session, NOW) == 0
    assert await statuses(race, line) == {"waiting": 5}


async def test_two_cancel_at_once_and_two_who_wait_get_one_each(race: Race) -> None:
    for _ in range(5):
        line, entries = await full_line(race, 2, 2)
        works: list[Work] = [
            lambda session, owner=line.owner, booked=booked: cancel_appointments(session, owner, [booked.id], "", NOW)
            for booked in line.booked
        ]
        await at_once(race, works)
        assert await statuses(race, line) == {"offered": 2}
        async with race.transaction() as session:
            query = select(WaitlistOffer.start_time).where(WaitlistOffer.entry_id.in_([e.id for e in entries]))
            assert len(set((await session.exec(query)).all())) == 2
    assert await race.broken() == []
    assert await race.deadlocks() == 0


async def offered(race: Race, waiting: int = 2) -> tuple[Line, list[WaitlistEntry]]:
    line, entries = await full_line(race, waiting)
    async with race.transaction() as session:
        await cancel_appointments(session, line.owner, [line.booked[0].id], "", NOW)
    return line, entries


async def test_taking_twice_is_once(race: Race) -> None:
    line, entries = await offered(race)
    take: Work = lambda session: take_offer(session, holding(entries[0]), entries[0].id, Taking(), NOW)  # noqa: E731
    results = await at_once(race, [take] * 10)
    assert Counter(type(result).__name__ for result in results) == {"Booked": 1, "InvalidTransition": 9}
    assert await statuses(race, line) == {"taken": 1, "waiting": 1}
    assert await race.broken() == []


async def test_taking_against_the_end_of_the_offer(race: Race) -> None:
    late = NOW + timedelta(hours=2)
    for _ in range(5):
        line, entries = await offered(race)
        take: Work = lambda session, entry=entries[0]: take_offer(  # noqa: E731
            session, holding(entry), entry.id, Taking(), late - timedelta(seconds=1)
        )
        results = await at_once(race, [take, lambda session: expire_holds(session, late)])
        taken = isinstance(results[0], Booked)
        assert taken or isinstance(results[0], OfferEnded)
        assert await statuses(race, line) == ({"taken": 1, "waiting": 1} if taken else {"waiting": 1, "offered": 1})
    assert await race.broken() == []
    assert await race.deadlocks() == 0


async def test_leaving_against_the_offer_and_passing_against_taking(race: Race) -> None:
    for _ in range(5):
        line, entries = await full_line(race, 2)
        first = entries[0]
        await at_once(
            race,
            [
                lambda session, line=line: cancel_appointments(session, line.owner, [line.booked[0].id], "", NOW),
                lambda session, first=first: leave_waitlist(session, holding(first), first.id, NOW),
            ],
        )
        assert await statuses(race, line) == {"left": 1, "offered": 1}
    line, entries = await offered(race)
    first = entries[0]
    results = await at_once(
        race,
        [
            lambda session: take_offer(session, holding(first), first.id, Taking(), NOW),
            lambda session: pass_offer(session, holding(first), first.id, NOW),
        ],
    )
    assert [isinstance(result, OfferEnded | InvalidTransition) for result in results].count(True) == 1
    assert await race.broken() == []


async def test_control_without_the_lock_an_offer_is_answered_twice(
    race: Race,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Taking and passing have both looked before either has written: only the lock makes the second look again."""
    monkeypatch.setattr("appointly.operations.own_provider.LOCK", "SELECT FROM provider WHERE id = ANY(%(ids)s)")
    _, entries = await offered(race)
    first = entries[0]
    waiting = asyncio.Barrier(2)
    look = answer_offer.place_by_id

    async def both_look(session: AsyncSession, *rest: object) -> object:
        place = await look(session, *rest)  # type: ignore[arg-type]
        await waiting.wait()
        return place

    monkeypatch.setattr(answer_offer, "place_by_id", both_look)
    passes: Work = lambda session: answer_offer.lock_place(session, holding(first), "waitlist.answer", first.id)  # noqa: E731
    places = await at_once(race, [passes, passes])
    assert [getattr(place, "status", "") for place in places] == ["offered", "offered"]


async def test_never_above_capacity_with_bookings_holds_and_offers_mixed(race: Race) -> None:
    line, entries = await full_line(race, 10, capacity=8)
    slot = line.slots[0]
    async with race.transaction() as session:
        await cancel_appointments(session, line.owner, [booked.id for booked in line.booked[:6]], "", NOW)
    book: Work = lambda session: book_appointment(session, GUEST, asking(slot), NOW)  # noqa: E731
    until = NOW + timedelta(minutes=10)
    hold: Work = lambda session: hold_slot(session, slot.id, "draft", "race", until, NOW)  # noqa: E731
    takes: list[Work] = [
        lambda session, entry=entry: take_offer(session, holding(entry), entry.id, Taking(), NOW) for entry in entries
    ]
    leaves: list[Work] = [
        lambda session, booked=booked: cancel_appointments(session, line.owner, [booked.id], "", NOW)
        for booked in line.booked[6:]
    ]
    await at_once(race, [*[book] * 10, *[hold] * 8, *takes, *leaves])
    async with race.transaction() as session:
        found = await session.get_one(Slot, slot.id)
        live = select(Appointment).where(Appointment.slot_id == slot.id, Appointment.status == "confirmed")
        assert found.booked_count <= 8
        assert len((await session.exec(live)).all()) <= 8
    taken = await statuses(race, line)
    assert taken["taken"] >= 6
    assert [each for each in await race.broken() if "belongs to nobody" not in each] == []
    assert await race.deadlocks() == 0
