"""The provider runs the line: calling, skipping, finishing, undoing, walk-ins, a late day."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import GUEST, Actor
from appointly.domain.queue import Turn
from appointly.models import Appointment, Message, Provider, QueueTicket, Slot
from appointly.operations.add_walk_in import WalkIn, add_walk_in
from appointly.operations.announce_delay import Delay, announce_delay
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.check_in import check_in
from appointly.operations.finish_appointment import complete_appointment
from appointly.operations.reschedule import reschedule
from appointly.operations.run_queue import call, call_next, finish, put_back, remove, skip
from appointly.queries.dashboard import business
from appointly.queries.queue import Line, line_of
from tests.invariants import broken_invariants
from tests.making import (
    NOW,
    TOMORROW_NINE,
    asking,
    customer,
    make_provider,
    make_service,
    make_slots,
    make_user,
    owner_of,
)

NINE = TOMORROW_NINE
HALF = timedelta(minutes=30)


class Desk:
    """A provider with half hours from nine, and its line at a moment."""

    def __init__(self, session: AsyncSession, provider: Provider, slots: list[Slot]) -> None:
        self.session, self.provider, self.slots = session, provider, slots
        self.owner = owner_of(provider)

    async def book(self, place: int, actor: Actor = GUEST) -> Booked:
        return await book_appointment(self.session, actor, asking(self.slots[place]), NOW)

    async def line(self, at: datetime = NINE, actor: Actor = GUEST) -> Line:
        return await line_of(self.session, await business(self.session, self.provider.id), actor, at)

    async def tokens(self, at: datetime = NINE) -> dict[Turn, list[str]]:
        line = await self.line(at)
        return {turn: [place.entry.token for place in line.of(turn)] for turn in Turn if line.of(turn)}

    async def status(self, booked: Booked) -> str:
        found = await self.session.get_one(Appointment, booked.id, populate_existing=True)
        return found.status


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    provider = await make_provider(session, time_zone="UTC")
    return Desk(session, provider, await make_slots(session, await make_service(session, provider)))


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession):
    yield
    assert await broken_invariants(session) == []


async def test_calling_one_after_the_other_completes_each(session: AsyncSession, desk: Desk) -> None:
    first, second = await desk.book(0), await desk.book(1)
    session.info.clear()
    await call_next(session, desk.owner, None, NINE)
    assert f"queue:{desk.provider.id}" in session.info["topics"]
    assert await desk.tokens() == {Turn.SERVING: ["A1"], Turn.WAITING: ["A2"]}
    assert await desk.status(first) == "confirmed"
    await call_next(session, desk.owner, first.id, NINE + HALF / 2)
    assert await desk.tokens() == {Turn.DONE: ["A1"], Turn.SERVING: ["A2"]}
    assert (await desk.status(first), await desk.status(second)) == ("completed", "confirmed")
    await call_next(session, desk.owner, second.id, NINE + HALF)
    assert await desk.status(second) == "completed"
    assert await desk.tokens() == {Turn.DONE: ["A1", "A2"]}
    await call_next(session, desk.owner, None, NINE + HALF)


async def test_a_second_click_calls_nobody(session: AsyncSession, desk: Desk) -> None:
    first = await desk.book(0)
    await desk.book(1)
    await call_next(session, desk.owner, None, NINE)
    with pytest.raises(errors.QueueMovedOn):
        await call_next(session, desk.owner, None, NINE)
    with pytest.raises(errors.QueueMovedOn):
        await call(session, desk.owner, first.id, NINE)
    await finish(session, desk.owner, first.id, NINE)
    for verb in (finish, call, skip):
        with pytest.raises(errors.QueueMovedOn):
            await verb(session, desk.owner, first.id, NINE)
    assert await desk.tokens() == {Turn.DONE: ["A1"], Turn.WAITING: ["A2"]}


async def test_skipping_changes_no_status_and_can_be_called_later(session: AsyncSession, desk: Desk) -> None:
    first, second = await desk.book(0), await desk.book(1)
    await skip(session, desk.owner, first.id, NINE)
    assert await desk.status(first) == "confirmed"
    await call_next(session, desk.owner, None, NINE)
    assert await desk.tokens() == {Turn.SKIPPED: ["A1"], Turn.SERVING: ["A2"]}
    await call(session, desk.owner, first.id, NINE)
    assert await desk.tokens() == {Turn.SERVING: ["A1"], Turn.DONE: ["A2"]}
    assert await desk.status(second) == "completed"


async def test_undoing(session: AsyncSession, desk: Desk) -> None:
    first, second = await desk.book(0), await desk.book(1)
    await call_next(session, desk.owner, None, NINE)
    await put_back(session, desk.owner, first.id, NINE)
    assert await desk.tokens() == {Turn.WAITING: ["A1", "A2"]}
    with pytest.raises(errors.QueueMovedOn):
        await put_back(session, desk.owner, first.id, NINE)
    await call_next(session, desk.owner, None, NINE)
    await call_next(session, desk.owner, first.id, NINE + HALF)
    await put_back(session, desk.owner, first.id, NINE + HALF)
    assert await desk.status(first) == "confirmed"
    assert await desk.tokens() == {Turn.WAITING: ["A1"], Turn.SERVING: ["A2"]}
    await call(session, desk.owner, first.id, NINE + HALF)
    await finish(session, desk.owner, first.id, NINE + 2 * HALF)
    with pytest.raises(errors.QueueMovedOn):  # the last one alone
        await put_back(session, desk.owner, second.id, NINE + 2 * HALF)
    await put_back(session, desk.owner, first.id, NINE + 2 * HALF)
    assert await desk.tokens(NINE + 3 * HALF) == {Turn.WAITING: ["A1"], Turn.DONE: ["A2"]}


async def test_what_is_cancelled_or_finished_elsewhere_is_not_in_the_way(session: AsyncSession, desk: Desk) -> None:
    first, second, third = [await desk.book(place) for place in range(3)]
    await call_next(session, desk.owner, None, NINE)
    await cancel_appointments(session, desk.owner, [first.id], "", NINE)
    assert await desk.tokens() == {Turn.WAITING: ["A2", "A3"]}
    await call_next(session, desk.owner, None, NINE)
    await complete_appointment(session, desk.owner, second.id, NINE + HALF)
    assert await desk.tokens() == {Turn.DONE: ["A2"], Turn.WAITING: ["A3"]}
    await call_next(session, desk.owner, None, NINE + HALF)
    assert await desk.tokens(NINE + HALF) == {Turn.DONE: ["A2"], Turn.SERVING: ["A3"]}
    tickets = {ticket.token: ticket.status for ticket in await session.exec(select(QueueTicket))}
    assert tickets == {"A1": "left", "A2": "left", "A3": "serving"}
    assert await desk.status(third) == "confirmed"


async def test_whose_time_is_over_is_not_called_by_itself(session: AsyncSession, desk: Desk) -> None:
    first = await desk.book(0)
    await desk.book(2)
    later = NINE + HALF
    assert await desk.tokens(later) == {Turn.OVERDUE: ["A1"], Turn.WAITING: ["A3"]}
    await call_next(session, desk.owner, None, later)
    assert await desk.tokens(later) == {Turn.OVERDUE: ["A1"], Turn.SERVING: ["A3"]}
    await call(session, desk.owner, first.id, later)
    assert (await desk.line(later)).serving.entry.token == "A1"


async def test_a_group_is_called_by_its_token_and_served_together(session: AsyncSession) -> None:
    provider = await make_provider(session, time_zone="UTC")
    slots = await make_slots(session, await make_service(session, provider, capacity=3))
    desk = Desk(session, provider, slots)
    booked = [await desk.book(0), await desk.book(0)]
    await call(session, desk.owner, booked[1].id, NINE)
    line = await desk.line()
    assert [(place.turn, place.entry.names) for place in line.places] == [(Turn.SERVING, ["Grace Hopper"] * 2)]
    await finish(session, desk.owner, booked[0].id, NINE)
    assert [await desk.status(each) for each in booked] == ["completed", "completed"]
    await put_back(session, desk.owner, booked[0].id, NINE)
    assert [await desk.status(each) for each in booked] == ["confirmed", "confirmed"]


@pytest.mark.parametrize("leaves", ["cancelled", "moved"])
async def test_a_group_stays_called_when_one_of_it_leaves(session: AsyncSession, leaves: str) -> None:
    provider = await make_provider(session, time_zone="UTC")
    slots = await make_slots(session, await make_service(session, provider, capacity=3))
    desk = Desk(session, provider, slots)
    first, *others = [await desk.book(0) for _ in range(3)]
    early = NINE - timedelta(minutes=1)
    await call(session, desk.owner, first.id, early)
    if leaves == "moved":
        await reschedule(session, desk.owner, first.id, slots[2].id, early)
    else:
        await cancel_appointments(session, desk.owner, [first.id], "", early)
    serving = (await desk.line()).serving
    assert serving
    assert serving.entry.ids == [each.id for each in others]
    await finish(session, desk.owner, serving.entry.id, NINE)
    assert [await desk.status(each) for each in others] == ["completed", "completed"]
    await put_back(session, desk.owner, others[1].id, NINE)
    await cancel_appointments(session, desk.owner, [each.id for each in others], "", NINE)
    assert (await desk.line()).serving is None, "nobody of it is left"


async def test_walk_ins_stand_where_no_appointment_waits_for_them(session: AsyncSession, desk: Desk) -> None:
    await desk.book(0)
    await desk.book(1)
    one = await add_walk_in(session, desk.owner, WalkIn(name="Zoë"), NINE + timedelta(minutes=10))
    two = await add_walk_in(session, desk.owner, WalkIn(), NINE + timedelta(minutes=40))
    assert (one.token, two.token) == ("W1", "W2")
    late = NINE + timedelta(minutes=29)
    assert (await desk.tokens(late))[Turn.WAITING] == ["A1", "A2", "W1", "W2"]
    await desk.book(3)
    assert (await desk.tokens())[Turn.WAITING] == ["A1", "A2", "W1", "A4", "W2"], (
        "from ten o'clock half an hour is free"
    )
    assert (await desk.line()).of(Turn.WAITING)[2].begins == NINE + 2 * HALF
    await call(session, desk.owner, one.id, NINE)
    await finish(session, desk.owner, one.id, NINE + HALF)
    await put_back(session, desk.owner, one.id, NINE + HALF)
    third = await add_walk_in(session, desk.owner, WalkIn(), NINE + timedelta(minutes=50))
    assert third.token == "W3"
    [walk_in] = [place for place in (await desk.line()).places if place.entry.id == one.id]
    assert (walk_in.turn, walk_in.entry.names, walk_in.entry.planned) == (Turn.WAITING, ["Zoë"], HALF)


async def test_a_walk_in_can_be_removed_until_served_and_an_appointment_never(
    session: AsyncSession, desk: Desk
) -> None:
    booked = await desk.book(0)
    first, second = [await add_walk_in(session, desk.owner, WalkIn(name=name), NINE) for name in ("Typo", "Zoë")]
    await skip(session, desk.owner, first.id, NINE)
    await remove(session, desk.owner, first.id, NINE)
    await call(session, desk.owner, second.id, NINE)
    assert await desk.tokens() == {Turn.WAITING: ["A1"], Turn.SERVING: ["W2"]}
    for gone in (first.id, booked.id):
        with pytest.raises(errors.NotFound):
            await remove(session, desk.owner, gone, NINE)
    await finish(session, desk.owner, second.id, NINE + HALF)
    with pytest.raises(errors.QueueMovedOn):
        await remove(session, desk.owner, second.id, NINE + HALF)
    assert (await add_walk_in(session, desk.owner, WalkIn(), NINE + HALF)).token == "W3"
    assert await desk.status(booked) == "confirmed"


async def test_only_the_owner_runs_a_line_and_only_their_own(session: AsyncSession, desk: Desk) -> None:
    booked, other = await desk.book(0), owner_of(await make_provider(session, "Elsewhere"))
    user = customer(await make_user(session))
    for actor in (GUEST, user, Actor(kind="admin"), Actor(managed=frozenset({booked.id}))):
        with pytest.raises(errors.Forbidden):
            await call_next(session, actor, None, NINE)
        with pytest.raises(errors.Forbidden):
            await add_walk_in(session, actor, WalkIn(), NINE)
        with pytest.raises(errors.Forbidden):
            await announce_delay(session, actor, Delay(minutes=5), NINE)
    with pytest.raises(errors.NotFound):
        await call(session, other, booked.id, NINE)
    foreign = await make_service(session, await make_provider(session, "Third"))
    with pytest.raises(errors.NotFound):
        await add_walk_in(session, desk.owner, WalkIn(service_id=foreign.id), NINE)


async def test_the_line_marks_what_is_ones_own_and_estimates_by_the_real_pace(
    session: AsyncSession, desk: Desk
) -> None:
    user = customer(await make_user(session))
    first = await desk.book(0)
    await desk.book(1)
    mine = await desk.book(2, user)
    assert [place.entry.mine for place in (await desk.line(actor=user)).places] == [False, False, True]
    assert [place.entry.mine for place in (await desk.line(actor=Actor(managed=frozenset({mine.id})))).places][2]
    assert [place.begins for place in (await desk.line()).places] == [NINE, NINE + HALF, NINE + 2 * HALF]
    await call_next(session, desk.owner, None, NINE)
    await call_next(session, desk.owner, first.id, NINE + 2 * HALF)  # took twice its time
    begins = [place.begins for place in (await desk.line(NINE + 2 * HALF)).places]
    assert begins == [None, None, NINE + 2 * HALF + timedelta(minutes=40)]


async def told(session: AsyncSession) -> list[str]:
    found = await session.exec(select(Message).order_by(Message.created_at, Message.id))
    return [message.kind for message in found if message.kind in ("delayed", "back_on_time")]


async def test_a_late_day_moves_estimates_and_tells_those_who_wait_once(session: AsyncSession, desk: Desk) -> None:
    served = await desk.book(0)
    await desk.book(1)
    await desk.book(2)
    await call_next(session, desk.owner, None, NINE)
    await finish(session, desk.owner, served.id, NINE)
    late = Delay(minutes=20, note="The dryer broke.")
    assert await announce_delay(session, desk.owner, late, NINE) == 2
    assert await announce_delay(session, desk.owner, late, NINE) == 0, "the same once more"
    line = await desk.line()
    assert (line.delay, line.said and line.said.note) == (20, "The dryer broke.")
    assert line.of(Turn.WAITING)[0].begins == NINE + HALF + timedelta(minutes=20)
    await desk.book(4)  # was told nothing
    assert await announce_delay(session, desk.owner, Delay(minutes=10), NINE) == 2
    assert await announce_delay(session, desk.owner, Delay(minutes=0), NINE) == 2
    assert await announce_delay(session, desk.owner, Delay(minutes=0), NINE) == 0
    assert await told(session) == ["delayed"] * 4 + ["back_on_time"] * 2
    assert await announce_delay(session, desk.owner, Delay(minutes=5), NINE) == 3
    assert await announce_delay(session, desk.owner, Delay(minutes=0), NINE) == 3


async def test_the_line_of_a_night_goes_on_after_midnight(session: AsyncSession) -> None:
    """Hours until two: who comes at half past midnight is in the line of the evening before, and can check in."""
    provider = await make_provider(session, time_zone="UTC")
    eleven = NINE + timedelta(hours=14)
    slots = await make_slots(session, await make_service(session, provider), 6, eleven)
    for slot in slots:
        slot.slot_date = eleven.date()
    desk = Desk(session, provider, slots)
    early, late, last = await desk.book(0), await desk.book(3), await desk.book(4)
    midnight = eleven + timedelta(hours=1)
    await call_next(session, desk.owner, None, eleven)
    assert await desk.tokens(midnight + HALF / 2) == {Turn.SERVING: ["A1"], Turn.WAITING: ["A4", "A5"]}
    assert (await check_in(session, desk.owner, last.id, None, midnight + HALF / 2)).checked_in_at
    await call_next(session, desk.owner, early.id, midnight + HALF / 2)
    assert await desk.status(early) == "completed"
    walk_in = await add_walk_in(session, desk.owner, WalkIn(), midnight + HALF)
    assert (await desk.line(midnight + HALF)).date == eleven.date()
    await call_next(session, desk.owner, late.id, midnight + HALF)
    await call_next(session, desk.owner, last.id, midnight + HALF)
    assert await desk.status(last) == "completed"
    assert await desk.tokens(midnight + HALF) == {}, "a new day, when the night's last appointment is over"
    assert walk_in.token == "W1"
