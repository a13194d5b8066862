"""What becomes free is kept for the first one in line who waits for it, in the step that frees it."""

from datetime import timedelta

import pytest
from sqlmodel import delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import GUEST
from appointly.errors import SlotTaken
from appointly.models import Appointment, Hold, Job, Slot, WaitlistEntry, WaitlistOffer, WorkingHours
from appointly.operations.block_time import TimeToBlock, add_blocked_time, remove_blocked_time
from appointly.operations.book_appointment import book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.hold_slot import expire_holds, hold_slot, release_holds
from appointly.operations.offer_freed import offer_freed, offer_missed
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.operations.reschedule import reschedule
from appointly.queries.waitlist import full_days
from tests.invariants import broken_invariants
from tests.making import NOW, TOMORROW_NINE, asking
from tests.operations.waiting import TUESDAY, make_line


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession):
    yield
    assert await broken_invariants(session) == []


async def test_a_cancelled_time_is_kept_for_the_first_in_line(session: AsyncSession) -> None:
    line = await make_line(session)
    first = await line.wait("Ann")
    await line.wait("Ben", at=NOW + timedelta(minutes=1))
    await line.cancel(1)
    second_start = line.slots[1].start_time
    assert await line.offers() == [("Ann", second_start, "open")]
    [offer] = await session.exec(select(WaitlistOffer))
    [hold] = await session.exec(select(Hold))
    assert (offer.hold_id, hold.purpose, hold.holder) == (hold.id, "offer", str(first.id))
    assert offer.expires_at == hold.expires_at == NOW + timedelta(hours=2)
    [job] = await session.exec(select(Job).where(Job.kind == "waitlist_mail"))
    assert job.payload == {"kind": "offered", "entry_id": str(first.id), "offer_id": str(offer.id)}
    with pytest.raises(SlotTaken):
        await book_appointment(session, GUEST, asking(line.slots[1]), NOW)


async def test_an_offer_that_ran_out_goes_to_the_next(session: AsyncSession) -> None:
    line = await make_line(session)
    await line.wait("Ann")
    await line.wait("Ben", at=NOW + timedelta(minutes=1))
    await line.cancel(0)
    start = line.slots[0].start_time
    assert await expire_holds(session, NOW + timedelta(hours=1, minutes=59)) == 0
    assert await expire_holds(session, NOW + timedelta(hours=2)) == 1
    assert await line.offers() == [("Ann", start, "expired"), ("Ben", start, "open")]
    await expire_holds(session, NOW + timedelta(hours=4))
    # Never the same person twice: now it is anybody's.
    assert [status for *_, status in await line.offers()] == ["expired", "expired"]
    assert {entry.status for entry in await session.exec(select(WaitlistEntry))} == {"waiting"}
    booked = await book_appointment(session, GUEST, asking(line.slots[0]), NOW + timedelta(hours=4))
    # Freed once more, it is still the same start.
    await cancel_appointments(session, line.owner, [booked.id], "", NOW + timedelta(hours=5))
    assert len(await line.offers()) == 2


async def test_two_times_go_to_two_people_and_none_to_whom_no_day_fits(session: AsyncSession) -> None:
    line = await make_line(session)
    await line.wait("Ada", TUESDAY + timedelta(days=1))
    await line.wait("Ann", TUESDAY, TUESDAY + timedelta(days=1), at=NOW + timedelta(minutes=1))
    await line.wait("Ben", at=NOW + timedelta(minutes=2))
    await line.cancel(0, 1)
    starts = [slot.start_time for slot in line.slots]
    assert await line.offers() == [("Ann", starts[0], "open"), ("Ben", starts[1], "open")]


async def test_a_place_in_a_class(session: AsyncSession) -> None:
    line = await make_line(session, 1, capacity=3)
    for number, name in enumerate(["Ann", "Ben", "Cem", "Dot"]):
        await line.wait(name, at=NOW + timedelta(minutes=number))
    await line.cancel(0, 1)
    assert [name for name, *_ in await line.offers()] == ["Ann", "Ben"]
    with pytest.raises(SlotTaken):
        await book_appointment(session, GUEST, asking(line.slots[0]), NOW)


async def test_a_class_with_fewer_places_than_are_booked_offers_none(session: AsyncSession) -> None:
    line = await make_line(session, 1, capacity=4)
    line.service.capacity = 2
    await session.flush()
    await regenerate_slots(session, now=NOW, service_id=line.service.id)
    await line.wait("Ann")
    await line.cancel(0, 1)
    assert await line.offers() == []
    with pytest.raises(SlotTaken):
        await book_appointment(session, GUEST, asking(line.slots[0]), NOW)
    await line.cancel(2)
    assert len(await line.offers()) == 1  # the second place of two


async def test_a_hold_that_is_let_go(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    await line.cancel(0)
    held = await hold_slot(session, line.slots[0].id, "draft", "somebody", NOW + timedelta(minutes=10), NOW)
    assert held
    await line.wait("Ann")
    await release_holds(session, [held.id], NOW)
    assert [name for name, *_ in await line.offers()] == ["Ann"]


async def test_blocked_time_that_is_given_free(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    wanted = TimeToBlock(start=TOMORROW_NINE, end=TOMORROW_NINE + timedelta(hours=1))
    blocked = await add_blocked_time(session, line.owner, wanted, NOW)
    await line.wait("Ann")
    await line.cancel(0)
    assert await line.offers() == []
    await remove_blocked_time(session, line.owner, blocked, NOW)
    assert [name for name, *_ in await line.offers()] == ["Ann"]


async def test_notice_horizon_and_a_paused_service_are_kept(session: AsyncSession) -> None:
    line = await make_line(session, 1, min_notice_minutes=24 * 60)
    await line.wait("Ann")
    await line.cancel(0, at=NOW + timedelta(hours=2))
    assert await line.offers() == []
    paused = await make_line(session, 1)
    await paused.wait("Ann")
    paused.service.status = "paused"
    await paused.cancel(0)
    assert await line.offers() == []


async def test_what_was_missed(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    await line.cancel(0)
    await line.wait("Ann")
    assert await offer_missed(session, NOW) == 1
    assert await offer_missed(session, NOW) == 0
    assert [name for name, *_ in await line.offers()] == ["Ann"]
    assert await offer_freed(session, [line.provider.id], NOW) == 0


@pytest.mark.parametrize("kept_by", ["booking", "hold", "moved away"])
async def test_what_is_freed_at_a_time_that_is_closed_by_now_is_nobody_s(session: AsyncSession, kept_by: str) -> None:
    """The provider closes a day on which somebody is booked: that time is neither on sale again nor offered."""
    line = await make_line(session, 2, full=False)
    session.add(WorkingHours(provider_id=line.provider.id, weekday=2, opens_minute=600, closes_minute=660))
    await session.flush()
    await regenerate_slots(session, now=NOW)
    first, second = (slot.start_time for slot in line.slots)
    held = None
    if kept_by == "hold":
        held = await hold_slot(session, line.slots[0].id, "offer", "somebody", NOW + timedelta(hours=1), NOW)
    else:
        booked = await book_appointment(session, GUEST, asking(line.slots[0]), NOW)
    await execute(session, "UPDATE working_hours SET opens_minute = opens_minute + 30")
    await regenerate_slots(session, now=NOW)
    await line.wait("Ann")
    await session.exec(delete(WaitlistOffer))
    if kept_by == "booking":
        await cancel_appointments(session, line.owner, [booked.id], "", NOW)
    elif kept_by == "moved away":
        await reschedule(session, line.owner, booked.id, line.slots[1].id, NOW)
    elif held:
        await release_holds(session, [held.id], NOW)
    left = {slot.start_time for slot in await session.exec(select(Slot).execution_options(populate_existing=True))}
    assert first not in left
    assert second in left
    assert first not in {start for _, start, _ in await line.offers()}
    assert (await session.exec(select(Appointment.slot_id))).first() in (None, line.slots[1].id)


async def test_nobody_can_wait_for_a_day_that_is_closed_by_now(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    assert await full_days(session, line.service.id, TUESDAY, 1, NOW) == [TUESDAY]
    await regenerate_slots(session, now=NOW)  # there are no working hours
    assert await full_days(session, line.service.id, TUESDAY, 1, NOW) == []
