"""Shown before the click and compared with it; undone, disputed, decided."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
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
    Flag,
    Job,
    Message,
    Review,
)
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.delete_account import delete_account
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.finish_appointment import complete_appointment, finish_appointments, mark_no_show
from appointly.operations.flags import decide_flag, dispute_no_show, take_back_no_show
from appointly.operations.move_appointments import lock_bookings, move
from appointly.operations.plan_mails import Mail
from appointly.operations.undo_finish import undo_finish
from appointly.queries.cancellations import previews
from appointly.queries.flags import flag_by_id, flags, missed
from appointly.queries.mails import news_of
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, make_provider, make_slots, make_user, owner_of
from tests.operations.shop import Shop, open_shop

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    return await open_shop(session)


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


async def test_other_times_are_near_the_one_that_cannot_be(session: AsyncSession, shop: Shop) -> None:
    shop.service.approval, shop.service.capacity = "manual", 2
    later = await make_slots(session, shop.service, 5, shop.start + timedelta(days=7))
    declined = await book_appointment(session, shop.ada, asking(later[2].id), NOW)
    await book_appointment(session, shop.ada, asking(later[4].id), NOW)
    await decline_appointment(session, shop.owner, declined.id, NOW + timedelta(hours=1))
    await expire_appointments(session, NOW + timedelta(hours=30))
    for kind, near in (("declined", (0, 1, 3)), ("expired", (1, 2, 3))):
        [mail] = await shop.mails(kind)
        # A class that was refused is not offered again, though it has places left.
        assert [each["slot_id"] for each in mail.detail["alternatives"]] == [str(later[place].id) for place in near]


async def test_whoever_did_not_cancel_gets_other_times(session: AsyncSession, shop: Shop) -> None:
    mine, theirs, ours = [await shop.book(place) for place in (1, 3, 6)]
    for actor, booked in ((shop.ada, mine), (shop.owner, theirs), (shop.root, ours)):
        await cancel_appointments(session, actor, [booked.id], "", NOW)
    offered = {mail.appointment_id: mail.detail["alternatives"] for mail in await shop.mails("cancelled")}
    near = {theirs.id: (1, 2, 4), ours.id: (4, 5, 7), mine.id: ()}
    for booked_id, places in near.items():
        assert [each["slot_id"] for each in offered[booked_id]] == [str(shop.places[place]) for place in places]


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
