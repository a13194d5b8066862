"""Shown before the click and compared with it; undone, disputed, decided; whole days called off."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.database import transaction
from appointly.domain.actor import GUEST, Actor
from appointly.domain.lifecycle import Status
from appointly.models import (
    Appointment,
    BlockedTime,
    Flag,
    Hold,
    Job,
    Message,
    Provider,
    Review,
    Service,
    Slot,
    WaitlistEntry,
    WaitlistOffer,
)
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.answer_offer import Taking, take_offer
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.booking_draft import book_chosen
from appointly.operations.call_off_days import call_off_days
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.choose_time import choose_time
from appointly.operations.delete_account import delete_account
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.finish_appointment import complete_appointment, finish_appointments, mark_no_show
from appointly.operations.flags import decide_flag, dispute_no_show, take_back_no_show
from appointly.operations.move_appointments import lock_bookings, move
from appointly.operations.offer_freed import offer_freed
from appointly.operations.plan_mails import Mail
from appointly.operations.reschedule import reschedule
from appointly.operations.undo_finish import undo_finish
from appointly.queries.absences import Absence, Days, affected
from appointly.queries.cancellations import previews
from appointly.queries.flags import flag_by_id, flags, missed
from appointly.queries.mails import news_of
from appointly.queries.reschedules import reschedule_by_id
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of

MINUTE = timedelta(minutes=1)
TOMORROW = date(2026, 11, 24)


class Shop:
    """A provider with a row of slots tomorrow, and Ada, who books."""

    def __init__(
        self,
        session: AsyncSession,
        provider: Provider,
        service: Service,
        slots: Sequence[Slot],
        ada: Actor,
        root: Actor,
    ) -> None:
        self.session, self.provider, self.service, self.ada, self.root = session, provider, service, ada, root
        self.places = [slot.id for slot in slots]
        self.start = slots[0].start_time
        self.owner = owner_of(provider)

    async def book(self, place: int = 0, actor: Actor | None = None) -> Booked:
        return await book_appointment(self.session, actor or self.ada, asking(self.places[place]), NOW)

    async def status(self, booked: Booked) -> str:
        found = await self.session.get_one(Appointment, booked.id)
        await self.session.refresh(found)
        return found.status

    async def mails(self, kind: str) -> list[Message]:
        query = select(Message).where(Message.kind == kind).execution_options(populate_existing=True)
        return list(await self.session.exec(query))


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service)
    ada, root = await make_user(session), await make_user(session, "Root", "admin")
    return Shop(session, provider, service, slots, customer(ada), Actor(kind="admin", user_id=root.id))


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession):
    yield
    assert await broken_invariants(session) == []


async def test_what_was_shown_must_be_what_happens(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    [shown] = await previews(session, shop.ada, [booked.id], NOW)
    assert (shown.outcome.refund, shown.by_customer) == (0, True)
    with pytest.raises(errors.ChangedMeanwhile) as refusal:
        await cancel_appointments(session, shop.ada, [booked.id], "", NOW, {booked.id: 4500})
    [outcome] = refusal.value.details["outcomes"]  # type: ignore[misc,attr-defined]
    assert outcome["refund"] == {"amount": 0, "currency": "EUR"}
    assert outcome["sentence"] == "Nothing was paid, so you owe nothing."
    assert await shop.status(booked) == "confirmed"
    await cancel_appointments(session, shop.ada, [booked.id], "", NOW, {booked.id: 0})
    with pytest.raises(errors.InvalidTransition):
        await previews(session, shop.ada, [booked.id], NOW)


async def test_a_preview_is_nobody_elses_business(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    for actor in (GUEST, owner_of(await make_provider(session, "Elsewhere")), customer(await make_user(session))):
        with pytest.raises(errors.NotFound):
            await previews(session, actor, [booked.id], NOW)
    with pytest.raises(errors.InvalidTransition):
        await previews(session, shop.ada, [booked.id], booked.start)
    assert await previews(session, shop.owner, [booked.id], booked.start)


Verb = Callable[[AsyncSession, Actor, UUID, object], Awaitable[object]]


@pytest.mark.parametrize("verb", [complete_appointment, mark_no_show])
async def test_a_slip_of_the_hand_can_be_undone(session: AsyncSession, shop: Shop, verb: Verb) -> None:
    booked = await shop.book()
    await verb(session, shop.owner, booked.id, booked.start)
    for stranger in (shop.ada, GUEST):
        with pytest.raises((errors.Forbidden, errors.NotFound)):
            await undo_finish(session, stranger, booked.id, booked.start)
    with pytest.raises(errors.InvalidTransition):
        await undo_finish(session, shop.owner, booked.id, booked.start + 10 * MINUTE)
    undone = await undo_finish(session, shop.owner, booked.id, booked.start + 9 * MINUTE)
    assert undone.status == "confirmed"
    with pytest.raises(errors.InvalidTransition):
        await undo_finish(session, shop.owner, booked.id, booked.start + 9 * MINUTE)


async def test_the_customer_hears_of_a_no_show_that_stays(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    await mark_no_show(session, shop.owner, booked.id, booked.start)
    await undo_finish(session, shop.owner, booked.id, booked.start + MINUTE)
    await mark_no_show(session, shop.owner, booked.id, booked.start + 2 * MINUTE)
    told = [await news_of(session, mail.id, NOW) for mail in await shop.mails("missed")]
    assert sorted(news.matters for news in told if news) == [False, True]
    due = sorted(job.due_at for job in await session.exec(select(Job)) if job.due_at > booked.start)
    assert due == [booked.start + 10 * MINUTE, booked.start + 12 * MINUTE]


async def test_what_was_reviewed_stays_completed(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    await complete_appointment(session, shop.owner, booked.id, booked.start)
    session.add(Review(appointment_id=booked.id, service_id=booked.service_id, stars=5))
    with pytest.raises(errors.AppointmentReviewed):
        await undo_finish(session, shop.owner, booked.id, booked.start)


async def test_all_came_or_nobody(session: AsyncSession, shop: Shop) -> None:
    first, second = await shop.book(0), await shop.book(1)
    foreign = owner_of(await make_provider(session, "Elsewhere"))
    with pytest.raises(errors.InvalidTransition):
        await finish_appointments(session, shop.owner, [first.id, second.id], "completed", first.start)
    with pytest.raises(errors.NotFound):
        await finish_appointments(session, foreign, [first.id, second.id], "completed", second.start)
    with pytest.raises(errors.ValidationFailed):
        await finish_appointments(session, shop.owner, [], "completed", second.start)
    assert await shop.status(first) == "confirmed"
    await finish_appointments(session, shop.owner, [first.id, second.id], "completed", second.start)
    assert await shop.status(first) == await shop.status(second) == "completed"


async def disputed(shop: Shop, place: int = 0) -> tuple[Booked, UUID]:
    booked = await shop.book(place)
    await mark_no_show(shop.session, shop.owner, booked.id, booked.start)
    await dispute_no_show(shop.session, shop.ada, booked.id, "I was there", booked.start + MINUTE)
    [flag] = [each for each in await shop.session.exec(select(Flag)) if each.appointment_id == booked.id]
    return booked, flag.id


async def test_a_no_show_is_disputed_once_and_in_time(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    with pytest.raises(errors.InvalidTransition):
        await dispute_no_show(session, shop.ada, booked.id, "I was there", booked.start)
    await mark_no_show(session, shop.owner, booked.id, booked.start)
    with pytest.raises(errors.Forbidden):
        await dispute_no_show(session, shop.owner, booked.id, "She was there", booked.start)
    with pytest.raises(errors.NotFound):
        await dispute_no_show(session, GUEST, booked.id, "She was there", booked.start)
    with pytest.raises(errors.ValidationFailed):
        await dispute_no_show(session, shop.ada, booked.id, " ", booked.start)
    with pytest.raises(errors.InvalidTransition):
        await dispute_no_show(session, shop.ada, booked.id, "I was there", booked.start + timedelta(days=14))
    link = Actor(managed=frozenset({booked.id}))
    await dispute_no_show(session, link, booked.id, "I was there", booked.start + timedelta(days=13))
    with pytest.raises(errors.InvalidTransition):
        await dispute_no_show(session, shop.ada, booked.id, "Really", booked.start + timedelta(days=13))
    assert (await missed(session, shop.ada, booked.id)).dispute == "open"
    [mail] = await shop.mails("disputed")
    assert mail.recipient != "grace@example.test"


async def test_a_mark_is_taken_back_and_not_overwritten(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    await mark_no_show(session, shop.owner, booked.id, booked.start)
    await dispute_no_show(session, shop.ada, booked.id, "I was there", booked.start + MINUTE)
    for finish in (complete_appointment, mark_no_show):
        with pytest.raises(errors.InvalidTransition, match="take it back"):
            await finish(session, shop.owner, booked.id, booked.start + 2 * MINUTE)
    [flag] = (await flags(session, shop.root, is_open=True)).items
    await decide_flag(session, shop.root, flag.id, "upheld", "", booked.start + 3 * MINUTE)
    assert await shop.status(booked) == "completed"


async def test_a_dispute_outlives_both_accounts(session: AsyncSession, shop: Shop) -> None:
    booked = await shop.book()
    await mark_no_show(session, shop.owner, booked.id, booked.start)
    by_link = Actor(managed=frozenset([booked.id]))
    await dispute_no_show(session, by_link, booked.id, "I was in hospital", booked.start + MINUTE)
    [flag] = (await flags(session, shop.root, is_open=True)).items
    await delete_account(session, shop.ada, booked.start + 2 * MINUTE)
    [told] = await shop.mails("disputed")
    assert "reason" not in told.detail
    assert (await flag_by_id(session, shop.root, flag.id)).reason == ""
    await delete_account(session, shop.owner, booked.start + 3 * MINUTE)
    await decide_flag(session, shop.root, flag.id, "upheld", "", booked.start + 4 * MINUTE)
    assert await shop.status(booked) == "completed"
    assert await shop.mails("dispute_decided") == await shop.mails("how_was_it") == []  # nobody is there to read them


async def test_the_provider_takes_it_back(session: AsyncSession, shop: Shop) -> None:
    booked, flag_id = await disputed(shop)
    with pytest.raises(errors.Forbidden):
        await take_back_no_show(session, shop.ada, booked.id, booked.start)
    taken = await take_back_no_show(session, shop.owner, booked.id, booked.start + timedelta(days=3))
    assert taken.status == "completed"
    flag = await flag_by_id(session, shop.root, flag_id)
    assert (flag.status, flag.decided_by) == ("upheld", f"Owner of {shop.provider.business_name}")
    assert len(await shop.mails("missed_taken_back")) == 1
    with pytest.raises(errors.InvalidTransition):
        await decide_flag(session, shop.root, flag_id, "dismissed", "", booked.start)
    with pytest.raises(errors.InvalidTransition):
        await undo_finish(session, shop.owner, booked.id, booked.start + timedelta(days=3))


@pytest.mark.parametrize(("decision", "status"), [("upheld", "completed"), ("dismissed", "no_show")])
async def test_an_admin_decides(session: AsyncSession, shop: Shop, decision: str, status: str) -> None:
    booked, flag_id = await disputed(shop)
    at = booked.start + timedelta(days=2)
    for actor in (shop.owner, shop.ada, GUEST):
        with pytest.raises((errors.Forbidden, errors.NotSignedIn)):
            await decide_flag(session, actor, flag_id, "upheld", "", at)
    await decide_flag(session, shop.root, flag_id, decision, "We called both.", at)  # type: ignore[arg-type]
    assert await shop.status(booked) == status
    assert {mail.recipient for mail in await shop.mails("dispute_decided")} >= {"grace@example.test"}
    assert len(await shop.mails("dispute_decided")) == 2
    assert [flag.id for flag in (await flags(session, shop.root, is_open=False)).items] == [flag_id]
    assert not (await flags(session, shop.root, is_open=True)).items
    with pytest.raises(errors.InvalidTransition):
        await decide_flag(session, shop.root, flag_id, "upheld", "", at)


@pytest.mark.parametrize("decision", ["upheld", "dismissed"])
async def test_a_reported_review_is_hidden_or_stays(session: AsyncSession, shop: Shop, decision: str) -> None:
    booked = await shop.book()
    await complete_appointment(session, shop.owner, booked.id, booked.start)
    review = Review(appointment_id=booked.id, service_id=booked.service_id, stars=1, words="Buy at my shop")
    flag = Flag(kind="review", appointment_id=booked.id, review_id=review.id, raised_by=shop.owner.user_id)
    session.add(review)
    await session.flush()
    session.add(flag)
    await session.flush()
    await decide_flag(session, shop.root, flag.id, decision, "", booked.start)  # type: ignore[arg-type]
    await session.refresh(review)
    assert (review.hidden_at is not None) == (decision == "upheld")
    assert len(await shop.mails("review_decided")) == (2 if decision == "upheld" else 1)


async def test_reports_come_in_pages(session: AsyncSession, shop: Shop) -> None:
    ids = [(await disputed(shop, place))[1] for place in range(3)]
    first = await flags(session, shop.root, is_open=True, limit=2)
    rest = await flags(session, shop.root, is_open=True, limit=2, cursor=first.next_cursor)
    assert {flag.id for flag in [*first.items, *rest.items]} == set(ids)
    assert (len(first.items), len(rest.items), rest.next_cursor) == (2, 1, None)


async def test_a_sick_day(session: AsyncSession, shop: Shop) -> None:
    await make_slots(session, shop.service, 4, shop.start + timedelta(days=3))
    mine = [await shop.book(place) for place in (0, 1)]
    absence = Absence(first_date=TOMORROW, last_date=TOMORROW, reason="I have a fever")
    found = await affected(session, shop.owner, absence, NOW)
    assert [booking.id for booking in found.bookings] == [booked.id for booked in mine]
    told = found.instead[shop.service.id]
    assert [each.start.date() for each in told] == [date(2026, 11, 27)] * 3
    done = await call_off_days(session, shop.owner, absence, NOW)
    assert [await shop.status(booked) for booked in mine] == ["cancelled", "cancelled"]
    assert done.instead == found.instead
    again = await call_off_days(session, shop.owner, absence, NOW + MINUTE)
    assert not again.bookings
    [blocked] = await session.exec(select(BlockedTime))
    assert (blocked.start_time, blocked.end_time, blocked.reason) == (found.start, found.end, "Ill")
    mails = await shop.mails("called_off")
    assert len(mails) == 2
    assert [each["slot_id"] for each in mails[0].detail["alternatives"]] == [str(each.slot_id) for each in told]
    assert await shop.mails("booking_cancelled") == []
    with pytest.raises(errors.SlotTaken):
        await shop.book(5)


async def test_nothing_of_a_sick_day_is_kept_for_anybody(session: AsyncSession, shop: Shop) -> None:
    [other_day] = await make_slots(session, shop.service, 1, shop.start + timedelta(days=3))
    moving = await book_appointment(session, shop.ada, asking(other_day), NOW)
    wish = await reschedule(session, shop.ada, moving.id, shop.places[2], NOW)
    begun = Actor(browser=b"x" * 32)
    await choose_time(session, begun, shop.places[1], NOW)
    taken = await shop.book(0)
    first, second = [
        WaitlistEntry(
            service_id=shop.service.id,
            provider_id=shop.provider.id,
            customer_name=name,
            customer_email=f"{name}@example.test",
            dates=[TOMORROW],
            created_at=NOW,
            updated_at=NOW,
        )
        for name in ("ann", "ben")
    ]
    session.add(first)
    await session.flush()
    await offer_freed(session, [shop.provider.id], NOW)
    session.add(second)
    await session.flush()
    absence = Absence(first_date=TOMORROW, last_date=TOMORROW, reason="I have a fever")
    await call_off_days(session, shop.owner, absence, NOW)
    assert not list(await session.exec(select(Hold)))
    assert await shop.status(taken) == "cancelled"
    with pytest.raises(errors.SlotTaken):
        await book_chosen(session, begun, asking(shop.places[1]), NOW)
    with pytest.raises(errors.OfferEnded):
        await take_offer(session, Actor(managed=frozenset([first.id])), first.id, Taking(), NOW)
    # What was freed by the cancellation was offered to nobody, and who was offered a time waits again.
    query = select(WaitlistOffer).execution_options(populate_existing=True)
    assert [offer.status for offer in await session.exec(query)] == ["expired"]
    assert {entry.status for entry in await session.exec(select(WaitlistEntry))} == {"waiting"}
    assert await shop.status(moving) == "confirmed"
    assert (await reschedule_by_id(session, shop.ada, wish.id)).status == "declined"
    [told] = await shop.mails("move_declined")
    assert told.detail["reason"] == "I have a fever"


async def test_a_short_day_is_called_off_a_minute_after_midnight(session: AsyncSession, shop: Shop) -> None:
    """The night on which Berlin's clocks skip an hour: the day lasts 23."""
    eve = datetime(2027, 3, 27, 22, 59, tzinfo=UTC)
    night = await make_slots(session, shop.service, 4, eve + timedelta(minutes=91), "Europe/Berlin")
    booked = [await book_appointment(session, shop.ada, asking(slot), eve) for slot in night[:2]]
    await reschedule(session, shop.owner, booked[0].id, night[3].id, eve)
    absence = Absence(first_date=date(2027, 3, 28), last_date=date(2027, 3, 28))
    done = await call_off_days(session, shop.owner, absence, eve + MINUTE)
    assert {booking.id for booking in done.bookings} == {each.id for each in booked}
    assert (done.start, done.end) == (eve + MINUTE, datetime(2027, 3, 28, 22, tzinfo=UTC))


async def test_a_hundred_are_cancelled_or_none(session: AsyncSession, shop: Shop) -> None:
    shop.service.capacity = 100
    [place] = await make_slots(session, shop.service, 1, shop.start + timedelta(days=1))
    other = await make_service(session, await make_provider(session, "Next Door"))
    [elsewhere] = await make_slots(session, other, 1)
    ids = [(await book_appointment(session, GUEST, asking(place), NOW)).id for _ in range(99)]
    foreign = await book_appointment(session, GUEST, asking(elsewhere), NOW)
    with pytest.raises(errors.NotFound):
        await cancel_appointments(session, shop.owner, [*ids, foreign.id], "", NOW)
    assert await shop.status(foreign) == "confirmed"
    assert len(await cancel_appointments(session, shop.owner, ids, "", NOW)) == 99


async def test_what_has_begun_goes_on(session: AsyncSession, shop: Shop) -> None:
    begun, coming = await shop.book(0), await shop.book(1)
    absence = Absence(first_date=TOMORROW, last_date=TOMORROW, block=False)
    done = await call_off_days(session, shop.owner, absence, begun.start + MINUTE)
    assert [booking.id for booking in done.bookings] == [coming.id]
    assert await shop.status(begun) == "confirmed"
    assert not list(await session.exec(select(BlockedTime)))


async def test_somebody_who_books_meanwhile_is_not_called_off_unseen(session: AsyncSession, shop: Shop) -> None:
    first = await shop.book(0)
    seen = Absence(first_date=TOMORROW, last_date=TOMORROW, expected=[first.id])
    second = await shop.book(1)
    with pytest.raises(errors.ChangedMeanwhile):
        await call_off_days(session, shop.owner, seen, NOW)
    assert await shop.status(first) == await shop.status(second) == "confirmed"


async def test_where_no_time_is_left_others_are_named(session: AsyncSession, shop: Shop) -> None:
    other = await make_provider(session, "Next Door")
    similar = await make_service(session, other, title="Cut and wash")
    [free] = await make_slots(session, similar, 1, shop.start + timedelta(days=1))
    far = await make_provider(session, "Far Away")
    far.city = "Hamburg"
    await make_slots(session, await make_service(session, far), 1, shop.start + timedelta(days=1))
    await shop.book(0)
    found = await affected(session, shop.owner, Days(first_date=TOMORROW, last_date=TOMORROW), NOW)
    assert [each.slot_id for each in found.instead[shop.service.id]] == [free.id]


async def test_days_that_cannot_be(session: AsyncSession, shop: Shop) -> None:
    for first, last in ((-1, 0), (400, 400)):
        days = Days.model_construct(
            first_date=NOW.date() + timedelta(days=first), last_date=NOW.date() + timedelta(days=last)
        )
        with pytest.raises(errors.ValidationFailed):
            await affected(session, shop.owner, days, NOW)
    with pytest.raises(errors.Forbidden):
        await affected(session, shop.ada, Days(first_date=TOMORROW, last_date=TOMORROW), NOW)
    for first, last in ((1, 0), (0, 62)):
        with pytest.raises(ValueError, match="day"):
            Days(first_date=TOMORROW + timedelta(days=first), last_date=TOMORROW + timedelta(days=last))


async def test_a_yes_that_comes_too_late(session: AsyncSession, shop: Shop) -> None:
    shop.service.approval = "manual"
    await session.flush()
    booked = await shop.book()
    until = NOW + timedelta(hours=24)
    with pytest.raises(errors.InvalidTransition, match="in time"):
        await confirm_appointment(session, shop.owner, booked.id, until)
    await confirm_appointment(session, shop.owner, booked.id, until - timedelta(microseconds=1))
    assert await expire_appointments(session, until) == 0
    assert await shop.status(booked) == "confirmed"


async def test_an_unanswered_request_is_reminded_halfway(session: AsyncSession, shop: Shop) -> None:
    shop.service.approval, shop.service.answer_within_hours = "manual", 6
    asked = await shop.book()
    job = max(await session.exec(select(Job)), key=lambda each: each.due_at)
    assert job.due_at == NOW + timedelta(hours=3)
    appointment = await session.get_one(Appointment, asked.id)
    assert appointment.answer_by == NOW + timedelta(hours=6)
    assert await expire_appointments(session, NOW + timedelta(hours=6)) == 1
    [mail] = await shop.mails("expired")
    assert len(mail.detail["alternatives"]) == 3


RACES: list[tuple[Verb, Verb]] = [
    (confirm_appointment, decline_appointment),
    (confirm_appointment, lambda session, actor, _, at: expire_appointments(session, at)),  # type: ignore[arg-type]
]


async def rush(shop: Shop, asked: Booked, verbs: tuple[Verb, Verb]) -> list[object]:
    async def one(verb: Verb) -> object:
        async with transaction() as session:
            return await verb(session, shop.owner, asked.id, NOW + timedelta(hours=6))

    return await asyncio.gather(*(one(verb) for verb in verbs), return_exceptions=True)


@pytest.mark.parametrize("verbs", RACES)
async def test_two_answers_at_once(session: AsyncSession, shop: Shop, verbs: tuple[Verb, Verb]) -> None:
    shop.service.approval, shop.service.answer_within_hours = "manual", 6
    for place in range(6):
        asked = await shop.book(place)
        await session.commit()
        answers = await rush(shop, asked, verbs)
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert all(isinstance(answer, errors.InvalidTransition) for answer in refused)
        # Whoever came second was refused, or, as the clock, found nothing left to do.
        assert len(refused) == 1 or 0 in answers
        session.expire_all()
        told = [mail.kind for mail in await session.exec(select(Message).where(Message.appointment_id == asked.id))]
        assert len({"accepted", "declined", "expired"} & set(told)) == 1


async def test_without_the_lock_both_answers_go_out(
    session: AsyncSession, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whoever waits for nobody decides by what was, and both sides are told their own truth."""
    monkeypatch.setattr("appointly.operations.own_provider.LOCK", "SELECT FROM provider WHERE id = ANY(%(ids)s)")
    shop.service.approval = "manual"
    asked = await shop.book()
    await session.commit()
    async with transaction() as other:
        [no] = await lock_bookings(other, shop.owner, [asked.id])
        async with transaction() as one:
            [yes] = await lock_bookings(one, shop.owner, [asked.id])
            await move(one, shop.owner, [yes], Status.CONFIRMED, NOW, mails=[Mail(asked.id, "accepted")])
        await move(other, shop.owner, [no], Status.DECLINED, NOW, mails=[Mail(asked.id, "declined")])
    told = {mail.kind for mail in await session.exec(select(Message).where(Message.appointment_id == asked.id))}
    assert {"accepted", "declined"} <= told
