"""Whole days called off: who is concerned, who is told, and what is offered instead."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import GUEST, Actor
from appointly.models import (
    BlockedTime,
    Hold,
    WaitlistEntry,
    WaitlistOffer,
)
from appointly.operations.answer_offer import Taking, take_offer
from appointly.operations.book_appointment import book_appointment
from appointly.operations.booking_draft import book_chosen
from appointly.operations.call_off_days import call_off_days
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.choose_time import choose_time
from appointly.operations.offer_freed import offer_freed
from appointly.operations.reschedule import reschedule
from appointly.queries.absences import Absence, Days, affected
from appointly.queries.reschedules import reschedule_by_id
from tests.invariants import broken_invariants
from tests.making import NOW, asking, make_provider, make_service, make_slots
from tests.operations.shop import Shop, open_shop

MINUTE = timedelta(minutes=1)
TOMORROW = date(2026, 11, 24)


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    return await open_shop(session)


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession):
    yield
    assert await broken_invariants(session) == []


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
    session.info.pop("topics")
    await call_off_days(session, shop.owner, absence, NOW)
    assert f"waitlist:{first.id}" in session.info["topics"], "the open page of the offer hears that it is over"
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


async def test_the_night_that_still_runs_is_called_off_after_midnight(session: AsyncSession, shop: Shop) -> None:
    midnight = datetime(2026, 11, 24, 23, tzinfo=UTC)  # in Berlin
    service = await make_service(session, shop.provider, "B")
    night = await make_slots(session, service, 4, midnight - 30 * MINUTE, "Europe/Berlin")
    for slot in night:
        slot.slot_date = TOMORROW
    booked = [await book_appointment(session, shop.ada, asking(slot), NOW) for slot in (night[1], night[3])]
    at = night[1].start_time + MINUTE
    absence = Absence(first_date=TOMORROW, last_date=TOMORROW)
    done = await call_off_days(session, shop.owner, absence, at)
    assert [each.id for each in done.bookings] == [booked[1].id], "the first has begun"
    assert (done.start, done.end) == (at, night[3].end_time)
    with pytest.raises(errors.ValidationFailed):
        await affected(session, shop.owner, absence, night[3].end_time)


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
