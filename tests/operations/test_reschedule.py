"""Moving an appointment to another time: who may, what is kept meanwhile, and what follows."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import Actor
from appointly.models import Appointment, BlockedTime, Hold, Message, Provider, RescheduleRequest, Service, Slot
from appointly.models.base import uuid7
from appointly.operations.answer_appointment import confirm_appointment
from appointly.operations.answer_reschedule import (
    accept_reschedule,
    decline_reschedule,
    expire_reschedules,
    withdraw_reschedule,
)
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.delete_account import delete_account
from appointly.operations.hold_slot import expire_holds
from appointly.operations.reschedule import reschedule
from appointly.queries.bookings import booking_by_id, booking_history
from appointly.queries.reschedules import asked_moves, own_slots, times_to_move_to, waiting_moves
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of

ADMIN = Actor(kind="admin")
HOUR = timedelta(hours=1)


class Shop:
    """A provider with a row of slots, and a customer with an appointment in the first one."""

    def __init__(
        self, session: AsyncSession, provider: Provider, service: Service, slots: Sequence[Slot], visitor: Actor
    ) -> None:
        self.session, self.provider, self.service, self.slots = session, provider, service, slots
        self.owner, self.visitor = owner_of(provider), visitor

    async def book(self, place: int = 0) -> Booked:
        return await book_appointment(self.session, self.visitor, asking(self.slots[place]), NOW)

    async def counts(self) -> list[int]:
        found = await self.session.exec(
            select(Slot.booked_count).where(Slot.service_id == self.service.id).order_by(Slot.start_time)
        )
        return list(found)

    async def mails(self) -> list[str]:
        return sorted(message.kind for message in await self.session.exec(select(Message)))

    async def request(self) -> RescheduleRequest:
        [request] = await self.session.exec(select(RescheduleRequest).execution_options(populate_existing=True))
        return request

    async def is_instant(self) -> None:
        self.service.reschedule = "instant"
        await self.session.flush()


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service, 4)
    return Shop(session, provider, service, slots, customer(await make_user(session)))


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession) -> AsyncIterator[None]:
    yield
    assert await broken_invariants(session) == []


async def test_asked_for_held_and_accepted(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    session.info.clear()
    asked = await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW, "The train is late")
    assert (asked.status, asked.start, asked.from_time) == ("waiting", shop.slots[2].start_time, booked.start)
    assert asked.expires_at == NOW + 24 * HOUR
    assert session.info["topics"] >= {
        f"provider:{shop.provider.id}",
        f"customer:{shop.visitor.user_id}",
        f"booking:{booked.id}",
        f"times:{shop.provider.id}",
    }
    assert await shop.counts() == [1, 0, 1, 0]
    [seen] = await asked_moves(session, shop.owner, shop.provider.id, NOW)
    assert (seen.id, seen.customer, seen.reason) == (asked.id, "Grace Hopper", "The train is late")
    assert (await booking_by_id(session, shop.visitor, booked.id)).start == booked.start

    done = await accept_reschedule(session, shop.owner, asked.id, NOW + HOUR, "With pleasure")
    assert (done.status, done.answer, done.hold_id) == ("accepted", "With pleasure", None)
    assert await shop.counts() == [0, 0, 1, 0]
    booking = await booking_by_id(session, shop.visitor, booked.id)
    assert (booking.start, booking.end, booking.token) == (asked.start, asked.end, "A3")
    assert (booking.reference, booking.status, booking.sequence) == (booked.reference, "confirmed", 1)
    moved = (await booking_history(session, shop.visitor, booked.id))[-1]
    assert (moved.from_status, moved.to_status, moved.actor_kind) == ("confirmed", "confirmed", "provider")
    assert (moved.moved_from, moved.moved_to, moved.reason) == (booked.start, asked.start, "With pleasure")
    # The provider, who said yes, is told nothing.
    assert await shop.mails() == ["confirmed", "move_accepted", "move_asked", "move_request", "new_booking"]
    assert await waiting_moves(session, shop.owner, [booked.id]) == {}
    assert list(await session.exec(select(Hold))) == []

    again = await accept_reschedule(session, shop.owner, asked.id, NOW + HOUR)
    assert again == done
    with pytest.raises(errors.InvalidTransition):
        await decline_reschedule(session, shop.owner, asked.id, NOW + HOUR)
    with pytest.raises(errors.InvalidTransition):
        await withdraw_reschedule(session, shop.visitor, asked.id, NOW + HOUR)


async def test_declined_and_asked_again(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    asked = await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    with pytest.raises(errors.RescheduleWaiting):
        await reschedule(session, shop.visitor, booked.id, shop.slots[3].id, NOW)
    for _ in range(2):
        declined = await decline_reschedule(session, shop.owner, asked.id, NOW, "I am away")
        assert (declined.status, declined.answer) == ("declined", "I am away")
    assert await shop.counts() == [1, 0, 0, 0]
    with pytest.raises(errors.InvalidTransition):
        await accept_reschedule(session, shop.owner, asked.id, NOW)
    assert (await reschedule(session, shop.visitor, booked.id, shop.slots[3].id, NOW)).status == "waiting"
    assert await shop.counts() == [1, 0, 0, 1]


async def test_withdrawn_by_the_customer_alone(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    asked = await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    with pytest.raises(errors.Forbidden):
        await withdraw_reschedule(session, shop.owner, asked.id, NOW)
    with pytest.raises(errors.Forbidden):
        await accept_reschedule(session, shop.visitor, asked.id, NOW)
    stranger = customer(await make_user(session))
    for verb in (withdraw_reschedule, accept_reschedule, decline_reschedule):
        with pytest.raises(errors.NotFound):
            await verb(session, stranger, asked.id, NOW)
    for _ in range(2):
        await withdraw_reschedule(session, shop.visitor, asked.id, NOW)
    assert await shop.counts() == [1, 0, 0, 0]
    assert "move_withdrawn" in await shop.mails()
    with pytest.raises(errors.InvalidTransition):
        await accept_reschedule(session, shop.owner, asked.id, NOW)


async def test_the_mailed_link_moves_too(session: AsyncSession, shop: Shop) -> None:
    booked = await book_appointment(session, Actor(), asking(shop.slots[0]), NOW)
    guest = Actor(managed=frozenset({booked.id}))
    with pytest.raises(errors.NotFound):
        await reschedule(session, Actor(), booked.id, shop.slots[1].id, NOW)
    asked = await reschedule(session, guest, booked.id, shop.slots[2].id, NOW)
    await withdraw_reschedule(session, guest, asked.id, NOW)


async def test_nobody_answers(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    asked = await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    assert await expire_reschedules(session, asked.expires_at - timedelta(seconds=1)) == 0
    with pytest.raises(errors.InvalidTransition):
        await accept_reschedule(session, shop.owner, asked.id, asked.expires_at)
    assert await expire_reschedules(session, asked.expires_at) == 1
    assert await expire_reschedules(session, asked.expires_at) == 0
    assert await expire_holds(session, asked.expires_at) == 0
    assert (await shop.request()).status == "expired"
    assert await shop.counts() == [1, 0, 0, 0]
    assert "move_expired" in await shop.mails()


async def test_a_wish_ends_before_either_time_begins(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book(2)
    soon = booked.start - 3 * HOUR
    asked = await reschedule(session, shop.visitor, booked.id, shop.slots[0].id, soon)
    assert asked.expires_at == shop.slots[0].start_time
    await withdraw_reschedule(session, shop.visitor, asked.id, soon)
    asked = await reschedule(session, shop.visitor, booked.id, shop.slots[3].id, soon)
    assert asked.expires_at == booked.start


async def test_a_cancelled_appointment_takes_its_wish_along(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    await cancel_appointments(session, shop.visitor, [booked.id], "", NOW)
    assert (await shop.request()).status == "withdrawn"
    assert await shop.counts() == [0, 0, 0, 0]


async def test_at_once_where_the_service_allows(session: AsyncSession, shop: Shop) -> None:
    await shop.is_instant()
    booked = await shop.book()
    done = await reschedule(session, shop.visitor, booked.id, shop.slots[1].id, NOW, "Later")
    assert (done.status, done.start) == ("accepted", shop.slots[1].start_time)
    assert await shop.counts() == [0, 1, 0, 0]
    assert await shop.mails() == ["booking_moved", "confirmed", "moved", "new_booking"]
    again = await reschedule(session, shop.visitor, booked.id, shop.slots[0].id, NOW + HOUR)
    assert (await booking_by_id(session, shop.visitor, booked.id)).sequence == 2
    assert again.start == booked.start


async def test_a_request_stays_a_request_and_is_answered_before_its_new_time(session: AsyncSession, shop: Shop) -> None:
    shop.service.approval = "manual"
    await shop.is_instant()
    booked = await shop.book(3)
    late = NOW + 23 * HOUR
    await reschedule(session, shop.visitor, booked.id, shop.slots[0].id, late)
    booking = await booking_by_id(session, shop.visitor, booked.id)
    assert (booking.status, booking.answer_by) == ("pending", shop.slots[0].start_time)
    assert (await confirm_appointment(session, shop.owner, booked.id, late)).status == "confirmed"


async def test_the_provider_moves_without_notice_or_horizon(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    shop.service.min_notice_minutes = 60 * 48
    await session.flush()
    with pytest.raises(errors.TooSoon):
        await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    shop.service.min_notice_minutes, shop.service.horizon_days = 0, 1
    await session.flush()
    with pytest.raises(errors.TooFarAhead):
        await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    shop.service.status = "paused"
    await session.flush()
    with pytest.raises(errors.ServiceUnavailable):
        await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    done = await reschedule(session, shop.owner, booked.id, shop.slots[2].id, NOW, "A leak in the ceiling")
    assert done.status == "accepted"
    assert "moved_by_provider" in await shop.mails()
    with pytest.raises(errors.SlotInPast):
        await reschedule(session, shop.owner, booked.id, shop.slots[0].id, shop.slots[1].start_time)


async def test_the_provider_answers_a_wish_by_moving(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    first = await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    await reschedule(session, shop.owner, booked.id, shop.slots[3].id, NOW, "This one is better")
    assert await shop.counts() == [0, 0, 0, 1]
    assert (await accept_or_status(session, first.id)) == "declined"
    second = await reschedule(session, shop.visitor, booked.id, shop.slots[0].id, NOW)
    await reschedule(session, shop.owner, booked.id, shop.slots[0].id, NOW)
    assert await shop.counts() == [1, 0, 0, 0]
    assert (await accept_or_status(session, second.id)) == "accepted"


async def accept_or_status(session: AsyncSession, request_id: object) -> str:
    request = await session.get_one(RescheduleRequest, request_id, populate_existing=True)
    return request.status


async def test_a_time_that_overlaps_the_own_one(session: AsyncSession, shop: Shop) -> None:
    """Half an hour of an hour: nobody can hold it beside the old time, so only a move at once gets there."""
    service = await make_service(session, shop.provider, "B", duration_minutes=60)
    early, late = await make_slots(session, service, 2, NOW + 48 * HOUR)
    late.start_time, late.end_time = early.start_time + HOUR / 2, early.end_time + HOUR / 2
    late.occupies = Range(late.start_time, late.end_time)
    await session.flush()
    booked = await book_appointment(session, shop.visitor, asking(early), NOW)

    async def offered(actor: Actor) -> set[object]:
        booking = await booking_by_id(session, actor, booked.id)
        times = await times_to_move_to(
            session, booking, own_slots(actor, booking, None), date(2026, 11, 1), date(2026, 12, 30), NOW, freely=False
        )
        return {time.id for time in times}

    assert late.id not in await offered(shop.visitor)
    with pytest.raises(errors.SlotTaken):
        await reschedule(session, shop.visitor, booked.id, late.id, NOW)
    assert late.id in await offered(shop.owner)
    await reschedule(session, shop.owner, booked.id, late.id, NOW)
    service.reschedule = "instant"
    await session.flush()
    assert early.id in await offered(shop.visitor)
    await reschedule(session, shop.visitor, booked.id, early.id, NOW)
    assert (await booking_by_id(session, shop.visitor, booked.id)).start == early.start_time


async def test_what_is_not_offered(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    other = await make_slots(session, await make_service(session, shop.provider, "B"), 1, NOW + 72 * HOUR)
    for slot_id in (booked.slot_id, other[0].id, uuid7()):
        with pytest.raises(errors.NotFound):
            await reschedule(session, shop.visitor, booked.id, slot_id, NOW)
    await book_appointment(session, Actor(), asking(shop.slots[1]), NOW)
    with pytest.raises(errors.SlotTaken) as refused:
        await reschedule(session, shop.visitor, booked.id, shop.slots[1].id, NOW)
    assert [each["id"] for each in refused.value.details["alternatives"]] == [  # type: ignore[attr-defined]
        str(shop.slots[2].id), str(shop.slots[3].id), str(other[0].id)
    ][:2]  # fmt: skip
    blocked = shop.slots[2]
    session.add(BlockedTime(provider_id=shop.provider.id, start_time=blocked.start_time, end_time=blocked.end_time))
    await session.flush()
    for actor in (shop.visitor, shop.owner):
        with pytest.raises(errors.SlotTaken):
            await reschedule(session, actor, booked.id, blocked.id, NOW)
    with pytest.raises(errors.InvalidTransition):
        await reschedule(session, shop.owner, booked.id, shop.slots[3].id, booked.start)
    with pytest.raises(errors.ValidationFailed):
        await reschedule(session, shop.visitor, booked.id, shop.slots[3].id, NOW, "x" * 1001)


async def test_what_was_blocked_meanwhile_does_not_take_a_held_time(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    wanted = shop.slots[2]
    asked = await reschedule(session, shop.visitor, booked.id, wanted.id, NOW)
    session.add(BlockedTime(provider_id=shop.provider.id, start_time=wanted.start_time, end_time=wanted.end_time))
    await session.flush()
    assert (await accept_reschedule(session, shop.owner, asked.id, NOW)).status == "accepted"


async def test_a_wish_whose_hold_is_gone_is_accepted_while_the_time_is_free(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    asked = await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW)
    await expire_holds(session, asked.expires_at)
    taken = await book_appointment(session, Actor(), asking(shop.slots[2]), NOW)
    with pytest.raises(errors.SlotTaken):
        await accept_reschedule(session, shop.owner, asked.id, NOW)
    await cancel_appointments(session, shop.owner, [taken.id], "", NOW)
    assert (await accept_reschedule(session, shop.owner, asked.id, NOW)).status == "accepted"


async def test_within_a_group(session: AsyncSession, shop: Shop) -> None:
    service = await make_service(session, shop.provider, "G", capacity=2, reschedule="instant")
    one, two = await make_slots(session, service, 2, NOW + 48 * HOUR)
    first = await book_appointment(session, shop.visitor, asking(one), NOW)
    second = await book_appointment(session, Actor(), asking(one), NOW)
    await reschedule(session, shop.visitor, first.id, two.id, NOW)
    await reschedule(session, shop.owner, second.id, two.id, NOW)
    found = await session.exec(select(Slot.booked_count).where(Slot.service_id == service.id).order_by(Slot.start_time))
    assert list(found) == [0, 2]
    rows = await session.exec(select(Appointment.token).where(Appointment.service_id == service.id))
    assert set(rows) == {"G2"}


async def test_a_deleted_account_leaves_none_of_its_words(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    await reschedule(session, shop.visitor, booked.id, shop.slots[2].id, NOW, "My knee hurts")
    await delete_account(session, shop.visitor, NOW)
    request = await shop.request()
    assert (request.status, request.reason) == ("withdrawn", "")
    details = await session.exec(select(Message.detail).execution_options(populate_existing=True))
    assert "knee" not in str(list(details))
