"""Answering, finishing, cancelling and expiring: who may, when, and what follows."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import GUEST, Actor
from appointly.models import Appointment, AppointmentEvent, Job, Message, Provider, Service, Slot
from appointly.models.base import uuid7
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.queries.bookings import booking_history
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of

ADMIN = Actor(kind="admin")


class Shop:
    """A provider who answers each request, with a row of slots."""

    def __init__(self, session: AsyncSession, provider: Provider, service: Service, slots: Sequence[Slot]) -> None:
        self.session, self.provider, self.service, self.slots = session, provider, service, slots
        self.owner = owner_of(provider)

    async def book(self, place: int = 0, actor: Actor = GUEST) -> Booked:
        return await book_appointment(self.session, actor, asking(self.slots[place]), NOW)

    async def mails(self) -> set[str]:
        return {message.kind for message in await self.session.exec(select(Message))}

    async def count(self, place: int = 0) -> int:
        await self.session.refresh(self.slots[place])
        return self.slots[place].booked_count


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    provider = await make_provider(session)
    service = await make_service(session, provider, approval="manual")
    return Shop(session, provider, service, await make_slots(session, service))


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession):
    yield
    assert await broken_invariants(session) == []


async def test_the_provider_says_yes(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    session.info.clear()
    booking = await confirm_appointment(session, shop.owner, booked.id, NOW)
    assert (booking.status, booking.sequence) == ("confirmed", 1)
    assert await shop.mails() == {"requested", "new_request", "answer_reminder", "accepted"}
    assert session.info["topics"] == {f"provider:{shop.provider.id}", f"booking:{booked.id}"}
    assert session.info["jobs"]
    assert await shop.count() == 1
    with pytest.raises(errors.InvalidTransition):
        await confirm_appointment(session, shop.owner, booked.id, NOW)
    with pytest.raises(errors.InvalidTransition):
        await decline_appointment(session, shop.owner, booked.id, NOW)


async def test_the_provider_says_no_and_the_time_is_free_again(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    booking = await decline_appointment(session, shop.owner, booked.id, NOW, "On holiday")
    assert booking.status == "declined"
    assert await shop.count() == 0
    assert "declined" in await shop.mails()
    history = await booking_history(session, shop.owner, booked.id)
    assert [(step.from_status, step.to_status, step.actor_kind, step.reason) for step in history] == [
        (None, "pending", "guest", ""),
        ("pending", "declined", "provider", "On holiday"),
    ]
    again = await shop.book()
    assert again.id != booked.id


async def test_a_time_that_came_cannot_be_confirmed(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    with pytest.raises(errors.InvalidTransition):
        await confirm_appointment(session, shop.owner, booked.id, booked.start)


@pytest.mark.parametrize("verb", [confirm_appointment, decline_appointment, complete_appointment, mark_no_show])
async def test_only_the_provider_answers(session: AsyncSession, shop: Shop, verb) -> None:
    user = await make_user(session)
    booked = await shop.book(actor=customer(user))
    other = owner_of(await make_provider(session, "Elsewhere"))
    for actor in (GUEST, other, Actor(kind="customer", user_id=uuid7())):
        with pytest.raises(errors.NotFound):
            await verb(session, actor, booked.id, NOW)
    for actor in (customer(user), Actor(managed=frozenset({booked.id}))):
        with pytest.raises(errors.Forbidden):
            await verb(session, actor, booked.id, NOW)
    assert (await session.get_one(Appointment, booked.id)).status == "pending"


async def test_finishing(session: AsyncSession, shop: Shop) -> None:
    first, second = await shop.book(0), await shop.book(1)
    for booked in (first, second):
        await confirm_appointment(session, ADMIN, booked.id, NOW)
    with pytest.raises(errors.InvalidTransition):
        await complete_appointment(session, shop.owner, first.id, NOW)
    assert (await complete_appointment(session, shop.owner, first.id, first.start)).status == "completed"
    assert (await mark_no_show(session, ADMIN, second.id, second.start)).status == "no_show"
    with pytest.raises(errors.InvalidTransition):
        await cancel_appointments(session, shop.owner, [first.id], "", NOW)
    assert await shop.count(0) == await shop.count(1) == 1


async def test_whoever_has_a_hand_in_it_may_cancel(session: AsyncSession, shop: Shop) -> None:
    user = await make_user(session)
    by_provider: UUID | None = None
    for actor in ("customer", "link", "provider", "admin"):
        booked = await shop.book(actor=customer(user))
        who = {
            "customer": customer(user),
            "link": Actor(managed=frozenset({booked.id})),
            "provider": shop.owner,
            "admin": ADMIN,
        }[actor]
        by_provider = booked.id if actor == "provider" else by_provider
        [cancelled] = await cancel_appointments(session, who, [booked.id], "Ill", NOW)
        assert (cancelled.status, cancelled.refund_amount, cancelled.currency) == ("cancelled", 0, "EUR")
        assert await shop.count() == 0
    told = {(mail.kind, mail.appointment_id) for mail in await session.exec(select(Message))}
    everybody = {booked_id for kind, booked_id in told if kind == "cancelled"}
    assert everybody - {booked_id for kind, booked_id in told if kind == "booking_cancelled"} == {by_provider}
    assert f"customer:{user.id}" in session.info["topics"]


async def test_cancelling_a_list_is_all_or_nothing(session: AsyncSession, shop: Shop) -> None:
    user = await make_user(session)
    mine = [await shop.book(place, customer(user)) for place in (0, 1, 2)]
    foreign = await shop.book(3)
    ids = [booked.id for booked in mine]
    for bad in (foreign.id, uuid7()):
        with pytest.raises(errors.NotFound):
            await cancel_appointments(session, customer(user), [*ids, bad], "", NOW)
    await cancel_appointments(session, customer(user), ids[:1], "", NOW)
    with pytest.raises(errors.InvalidTransition):
        await cancel_appointments(session, customer(user), ids, "", NOW)
    assert [await shop.count(place) for place in range(4)] == [0, 1, 1, 1]
    done = await cancel_appointments(session, customer(user), [ids[2], ids[1], ids[2]], "", NOW)
    assert [cancelled.id for cancelled in done] == [ids[2], ids[1]]
    assert [await shop.count(place) for place in range(4)] == [0, 0, 0, 1]


@pytest.mark.parametrize(("ids", "reason"), [([], ""), (range(101), ""), ([1], "\0"), ([1], "x" * 1001)])
async def test_a_list_or_reason_that_cannot_be(session: AsyncSession, shop: Shop, ids, reason: str) -> None:
    with pytest.raises(errors.ValidationFailed):
        await cancel_appointments(session, ADMIN, [uuid7() for _ in ids], reason, NOW)


async def test_the_customer_cannot_cancel_what_has_begun(session: AsyncSession, shop: Shop) -> None:
    user = await make_user(session)
    booked = await shop.book(actor=customer(user))
    await confirm_appointment(session, shop.owner, booked.id, NOW)
    with pytest.raises(errors.InvalidTransition):
        await cancel_appointments(session, customer(user), [booked.id], "", booked.start)
    await cancel_appointments(session, shop.owner, [booked.id], "", booked.start)


async def test_unanswered_requests_and_old_holds_expire(session: AsyncSession, shop: Shop) -> None:
    request, hold, answered = [await shop.book(place) for place in (0, 1, 2)]
    await confirm_appointment(session, shop.owner, answered.id, NOW)
    held = await session.get_one(Appointment, hold.id)
    held.status, held.hold_expires_at = "held", NOW + timedelta(minutes=10)
    await session.flush()
    [moved] = [event for event in await session.exec(select(AppointmentEvent)) if event.appointment_id == hold.id]
    moved.to_status = "held"
    assert await expire_appointments(session, NOW) == 0
    assert await expire_appointments(session, NOW + timedelta(minutes=10)) == 1
    assert await expire_appointments(session, request.start) == 1
    assert await expire_appointments(session, answered.start + timedelta(days=1)) == 0
    assert [await shop.count(place) for place in range(3)] == [0, 0, 1]
    assert "expired" in await shop.mails()
    assert len((await session.exec(select(Job))).all()) == 11
