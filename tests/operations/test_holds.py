"""Choosing a time keeps it: for whom, how long, how many, and what becomes of it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import Actor
from appointly.domain.holds import FREE, PAID
from appointly.models import BookingDraft, Hold, Provider, Service, Slot
from appointly.operations.book_appointment import book_appointment
from appointly.operations.booking_draft import book_chosen, keep_typed, leave_booking, take_over_drafts
from appointly.operations.choose_time import choose_time
from appointly.operations.delete_account import delete_account
from appointly.operations.delete_service import delete_service
from appointly.operations.forget_old import forget_old
from appointly.operations.hold_slot import expire_holds
from appointly.queries.drafts import draft_of, open_drafts, own_hold
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of

TYPED = {"customer_name": "Gr", "customer_email": "grace@", "customer_phone": "", "notes": "", "answers": {"q": "x"}}
HELD_FOR_PAID = NOW + PAID


def browser(name: str = "one") -> Actor:
    """A guest, known by the browser's cookie alone."""
    return Actor(browser=sha256(name.encode()).digest())


@pytest.fixture
async def slots(session: AsyncSession) -> list[Slot]:
    return await make_slots(session, await make_service(session, await make_provider(session)))


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession) -> AsyncIterator[None]:
    yield
    assert await broken_invariants(session) == []


async def counts(session: AsyncSession, slots: list[Slot]) -> list[int]:
    for slot in slots:
        await session.refresh(slot)
    return [slot.booked_count for slot in slots]


async def another_service(session: AsyncSession) -> list[Slot]:
    return await make_slots(session, await make_service(session, await make_provider(session)))


@pytest.mark.parametrize(("price", "life"), [(0, FREE), (4500, PAID)])
async def test_it_is_kept_ten_minutes_or_thirty(session: AsyncSession, price: int, life: timedelta) -> None:
    provider = await make_provider(session)
    [slot] = await make_slots(session, await make_service(session, provider, price_amount=price), 1)
    kept = await choose_time(session, browser(), slot.id, NOW)
    assert kept.until == NOW + life
    assert await counts(session, [slot]) == [1]
    with pytest.raises(errors.SlotTaken):
        await book_appointment(session, browser("another"), asking(slot), NOW)


async def test_never_beyond_its_own_start(session: AsyncSession, slots: list[Slot]) -> None:
    begins = slots[0].start_time
    assert (await choose_time(session, browser(), slots[0].id, begins - timedelta(minutes=4))).until == begins


async def test_another_choice_lets_the_first_go_and_the_same_keeps_its_end(
    session: AsyncSession, slots: list[Slot]
) -> None:
    first = await choose_time(session, browser(), slots[0].id, NOW)
    again = await choose_time(session, browser(), slots[0].id, NOW + timedelta(minutes=9))
    assert (again.id, again.until) == (first.id, first.until)
    await choose_time(session, browser(), slots[1].id, NOW)
    assert await counts(session, slots[:2]) == [0, 1]


async def test_a_refused_choice_keeps_the_first(session: AsyncSession, slots: list[Slot]) -> None:
    await choose_time(session, browser(), slots[0].id, NOW)
    await choose_time(session, browser("another"), slots[1].id, NOW)
    await session.commit()
    with pytest.raises(errors.SlotTaken):
        await choose_time(session, browser(), slots[1].id, NOW)
    await session.rollback()
    assert await counts(session, slots[:2]) == [1, 1]


async def test_a_fourth_is_refused_until_one_is_let_go_or_has_run_out(session: AsyncSession) -> None:
    [first, *_] = kept = [await another_service(session) for _ in range(3)]
    for [slot, *_] in kept:
        await choose_time(session, browser(), slot.id, NOW)
    [fourth, *_] = await another_service(session)
    with pytest.raises(errors.TooManyHolds) as refused:
        await choose_time(session, browser(), fourth.id, NOW)
    assert refused.value.details == {"held": ["Haircut"] * 3}
    await choose_time(session, browser("another"), fourth.id, NOW)
    await leave_booking(session, browser(), first[0].service_id, first[0].provider_id, NOW)
    [fifth, *_] = await another_service(session)
    await choose_time(session, browser(), fifth.id, NOW)
    await choose_time(session, browser(), fourth.id, NOW + PAID)  # nobody has swept
    assert (await own_hold(session, browser(), fourth.id)) is not None


async def test_what_ran_out_is_in_nobody_s_way(session: AsyncSession, slots: list[Slot]) -> None:
    for each in slots[:2]:
        await choose_time(session, browser(str(each.id)), each.id, NOW)
    await choose_time(session, browser("another"), slots[0].id, HELD_FOR_PAID)
    await book_chosen(session, browser("a third"), asking(slots[1]), HELD_FOR_PAID)
    assert await counts(session, slots[:2]) == [1, 1]


async def test_the_one_who_held_books_it_even_at_the_last_moment(session: AsyncSession, slots: list[Slot]) -> None:
    await choose_time(session, browser(), slots[0].id, NOW)
    await book_chosen(session, browser(), asking(slots[0]), HELD_FOR_PAID + timedelta(seconds=3))
    assert await counts(session, slots[:1]) == [1]
    assert (await session.exec(select(Hold))).all() == []
    assert (await session.exec(select(BookingDraft))).all() == []


async def test_booking_another_time_lets_the_kept_one_go(session: AsyncSession, slots: list[Slot]) -> None:
    await choose_time(session, browser(), slots[0].id, NOW)
    await book_chosen(session, browser(), asking(slots[1]), NOW)
    assert await counts(session, slots[:2]) == [0, 1]


async def test_what_was_typed_outlives_the_hold(session: AsyncSession, slots: list[Slot]) -> None:
    service_id = slots[0].service_id
    await choose_time(session, browser(), slots[0].id, NOW)
    await keep_typed(session, browser(), service_id, slots[0].id, TYPED, NOW)
    assert await expire_holds(session, HELD_FOR_PAID) == 1
    draft = await draft_of(session, browser(), service_id, HELD_FOR_PAID)
    assert draft is not None
    assert (draft.slot_id, draft.hold_id, draft.customer_email, draft.answers) == (
        slots[0].id,
        None,
        "grace@",
        {"q": "x"},
    )
    [opened] = await open_drafts(session, browser(), HELD_FOR_PAID)
    assert (opened.free, opened.until) == (True, None)
    assert await open_drafts(session, browser("another"), NOW) == []


async def test_somebody_without_a_cookie_keeps_nothing(session: AsyncSession, slots: list[Slot]) -> None:
    with pytest.raises(errors.NotFound):
        await choose_time(session, Actor(), slots[0].id, NOW)
    await keep_typed(session, Actor(), slots[0].service_id, slots[0].id, TYPED, NOW)
    assert (await session.exec(select(BookingDraft))).all() == []


class Signing:
    """A guest's browser and the account that signs in with it."""

    def __init__(self, session: AsyncSession, ada: Actor) -> None:
        self.session, self.ada, self.guest = session, ada, browser()

    async def choose(self, who: Actor, slot: Slot, at: datetime) -> None:
        await choose_time(self.session, who, slot.id, at)

    async def sign_in(self) -> None:
        await take_over_drafts(self.session, self.ada, self.guest.browser, NOW)


@pytest.fixture
async def signing(session: AsyncSession) -> Signing:
    return Signing(session, customer(await make_user(session)))


@pytest.mark.parametrize("guest_is_newer", [True, False])
async def test_at_sign_in_the_newer_draft_wins(
    session: AsyncSession, slots: list[Slot], signing: Signing, guest_is_newer: bool
) -> None:
    later = NOW + timedelta(minutes=1)
    await signing.choose(signing.ada, slots[0], NOW if guest_is_newer else later)
    await signing.choose(signing.guest, slots[1], later if guest_is_newer else NOW)
    await signing.sign_in()
    draft = await draft_of(session, signing.ada, slots[0].service_id, later)
    assert draft is not None
    assert draft.slot_id == slots[guest_is_newer].id
    assert await draft_of(session, signing.guest, slots[0].service_id, later) is None
    assert await counts(session, slots[:2]) == ([0, 1] if guest_is_newer else [1, 0])
    [hold] = (await session.exec(select(Hold))).all()
    assert hold.holder == f"user:{signing.ada.user_id}"


async def test_at_sign_in_the_limit_holds(session: AsyncSession, signing: Signing) -> None:
    places = [await another_service(session) for _ in range(5)]
    for minute, [slot, *_] in enumerate(places):
        who = signing.guest if minute < 2 else signing.ada
        await signing.choose(who, slot, NOW + timedelta(minutes=minute))
    await signing.sign_in()
    assert await counts(session, [slot for [slot, *_] in places]) == [0, 0, 1, 1, 1]
    assert len((await session.exec(select(BookingDraft))).all()) == 5


async def test_a_service_not_offered_cannot_be_kept(session: AsyncSession, slots: list[Slot]) -> None:
    service = await session.get_one(Service, slots[0].service_id)
    service.status = "paused"
    session.add(service)
    await session.flush()
    with pytest.raises(errors.ServiceUnavailable):
        await choose_time(session, browser(), slots[0].id, NOW)


async def test_a_service_is_deleted_with_the_times_kept_for_who_has_begun(
    session: AsyncSession, slots: list[Slot]
) -> None:
    provider = await session.get_one(Provider, slots[0].provider_id)
    service_id = slots[0].service_id
    await choose_time(session, browser(), slots[0].id, NOW)
    stranger = await make_provider(session, "Another")
    with pytest.raises(errors.NotFound):
        await delete_service(session, owner_of(stranger), service_id)
    assert len(list(await session.exec(select(Hold)))) == 1
    await delete_service(session, owner_of(provider), service_id)
    assert not list(await session.exec(select(Hold)))
    assert not list(await session.exec(select(BookingDraft)))
    with pytest.raises(errors.NotFound):
        await choose_time(session, browser(), slots[0].id, NOW)


async def test_what_was_begun_is_forgotten_after_thirty_days(session: AsyncSession, slots: list[Slot]) -> None:
    await choose_time(session, browser(), slots[0].id, NOW)
    await keep_typed(session, browser("another"), slots[0].service_id, slots[1].id, TYPED, NOW)
    later = NOW + timedelta(days=31)
    assert await forget_old(session, later) == 1  # a row with a hold waits for the sweep
    await expire_holds(session, later)
    assert await forget_old(session, later) == 1
    assert (await session.exec(select(BookingDraft))).all() == []


async def test_a_deleted_account_keeps_no_time(session: AsyncSession, slots: list[Slot]) -> None:
    ada = customer(await make_user(session))
    await choose_time(session, ada, slots[0].id, NOW)
    await delete_account(session, ada, NOW)
    assert await counts(session, slots[:1]) == [0]
    assert (await session.exec(select(BookingDraft))).all() == []
