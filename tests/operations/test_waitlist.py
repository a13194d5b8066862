"""Joining a line, answering what is offered, leaving, and what ends a wait."""

from datetime import date, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import GUEST, Actor
from appointly.models import Appointment, Job, WaitlistEntry, WaitlistOffer
from appointly.models.base import uuid7
from appointly.operations.answer_offer import Taking, leave_waitlist, pass_offer, remove_from_waitlist, take_offer
from appointly.operations.delete_account import delete_account
from appointly.operations.delete_service import delete_service
from appointly.operations.edit_service import edit_service
from appointly.operations.end_waits import end_waits
from appointly.operations.forget_old import forget_old
from appointly.operations.hold_slot import expire_holds
from appointly.operations.join_waitlist import MOST_LISTS, WaitRequest, join_waitlist
from appointly.operations.service_form import ServiceChanges
from appointly.queries.waitlist import full_days, place_by_id, places_at_provider, places_of_customer
from tests.invariants import broken_invariants
from tests.making import NOW, customer, make_service, make_slots, make_user
from tests.operations.waiting import TUESDAY, Line, holding, make_line


@pytest.fixture(autouse=True)
async def whole(session: AsyncSession):
    yield
    assert await broken_invariants(session) == []


def wish(line: Line, *dates: date, **values: object) -> WaitRequest:
    person = {"customer_name": "Ann", "customer_email": "ann@example.test"}
    return WaitRequest.model_validate(
        {"service_id": line.service.id, "dates": list(dates or [TUESDAY]), **person, **values}
    )


async def kinds(session: AsyncSession) -> list[str]:
    query = select(Job).where(Job.kind == "waitlist_mail").order_by(Job.created_at, Job.id)
    return [job.payload["kind"] for job in await session.exec(query)]


async def test_a_guest_joins_and_the_mail_opens_the_place(session: AsyncSession) -> None:
    line = await make_line(session)
    entry_id = await join_waitlist(session, GUEST, wish(line, TUESDAY, TUESDAY), NOW)
    with pytest.raises(errors.NotFound):
        await place_by_id(session, GUEST, entry_id)
    place = await place_by_id(session, Actor(managed=frozenset([entry_id])), entry_id)
    assert (place.status, place.dates, place.ahead, place.customer_id) == ("waiting", [TUESDAY], 0, None)
    assert await kinds(session) == ["joined"]
    with pytest.raises(errors.AlreadyWaiting):
        await join_waitlist(session, GUEST, wish(line, customer_email="ANN@example.test"), NOW)
    second = await join_waitlist(session, GUEST, wish(line, customer_email="ben@example.test"), NOW)
    assert (await place_by_id(session, Actor(managed=frozenset([second])), second)).ahead == 1


async def test_who_can_book_does_not_wait(session: AsyncSession) -> None:
    line = await make_line(session)
    await line.cancel(0)
    with pytest.raises(errors.DayNotFull) as refused:
        await join_waitlist(session, GUEST, wish(line), NOW)
    assert refused.value.details == {"dates": ["2026-11-24"]}
    assert "Tuesday 24 November" in refused.value.message
    for nothing in (TUESDAY + timedelta(days=1), TUESDAY - timedelta(days=3), date(2027, 9, 9), date(1, 1, 1)):
        with pytest.raises(errors.ValidationFailed):
            await join_waitlist(session, GUEST, wish(line, nothing), NOW)
    with pytest.raises(errors.ValidationFailed):
        await join_waitlist(session, GUEST, wish(line, date(1, 1, 1), date(9999, 12, 31)), NOW)
    with pytest.raises(errors.NotFound):
        await join_waitlist(session, GUEST, wish(line, service_id=uuid7()), NOW)
    line.service.status = "paused"
    with pytest.raises(errors.ServiceUnavailable):
        await join_waitlist(session, GUEST, wish(line), NOW)


async def test_ten_lists_are_enough(session: AsyncSession) -> None:
    ada = customer(await make_user(session))
    line = await make_line(session)
    for number in range(MOST_LISTS):
        session.add(
            WaitlistEntry(
                service_id=(await make_service(session, line.provider, chr(ord("B") + number))).id,
                provider_id=line.provider.id,
                customer_id=ada.user_id,
                customer_name="Ada",
                customer_email=ada.email,
                dates=[TUESDAY],
                updated_at=NOW,
            )
        )
    with pytest.raises(errors.TooManyLists):
        await join_waitlist(session, ada, wish(line), NOW)


async def test_days_that_are_full(session: AsyncSession) -> None:
    line = await make_line(session, 2)
    # Another service at the same time: nothing of it is booked, yet nothing of it is free.
    other = await make_service(session, line.provider, "B")
    await make_slots(session, other, 2)
    for service in (line.service, other):
        assert await full_days(session, service.id, TUESDAY - timedelta(days=1), 30, NOW) == [TUESDAY]
    await line.cancel(0)
    for service in (line.service, other):
        assert await full_days(session, service.id, TUESDAY - timedelta(days=1), 30, NOW) == []


async def test_taking_what_is_offered(session: AsyncSession) -> None:
    question = {"id": "hair", "label": "How long is your hair?", "kind": "text", "required": True}
    line = await make_line(session, 1, full=False, questions=[question])
    line.service.questions = []
    await session.flush()
    await line.fill()
    line.service.questions = [question]
    entry = await line.wait("Ann")
    ann = holding(entry)
    with pytest.raises(errors.InvalidTransition):
        await take_offer(session, ann, entry.id, Taking(), NOW)
    await line.cancel(0)
    with pytest.raises(errors.ValidationFailed):
        await take_offer(session, ann, entry.id, Taking(), NOW)
    with pytest.raises(errors.NotFound):
        await take_offer(session, GUEST, entry.id, Taking(answers={"hair": "long"}), NOW)
    booked = await take_offer(session, ann, entry.id, Taking(answers={"hair": "long"}), NOW)
    assert (booked.slot_id, booked.status, booked.customer_id) == (line.slots[0].id, "confirmed", None)
    place = await place_by_id(session, ann, entry.id)
    assert (place.status, place.offer_status, place.hold_id, place.reference) == (
        "taken",
        "taken",
        None,
        booked.reference,
    )
    [offer] = await session.exec(select(WaitlistOffer))
    assert offer.appointment_id == booked.id
    with pytest.raises(errors.InvalidTransition):
        await take_offer(session, ann, entry.id, Taking(answers={"hair": "long"}), NOW)
    with pytest.raises(errors.InvalidTransition):
        await leave_waitlist(session, ann, entry.id, NOW)


async def test_the_booking_is_theirs_who_waited(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    ada, eve = customer(await make_user(session)), customer(await make_user(session, "Eve Link"))
    entry = await line.wait("Ada", actor=ada)
    await line.cancel(0)
    with_link = Actor("customer", eve.user_id, managed=frozenset([entry.id]))
    booked = await take_offer(session, with_link, entry.id, Taking(), NOW)
    assert booked.customer_id == ada.user_id


async def test_passing_leaving_and_coming_late(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    start = line.slots[0].start_time
    ann, ben, cem = [
        await line.wait(name, at=NOW + timedelta(minutes=n)) for n, name in enumerate(("Ann", "Ben", "Cem"))
    ]
    await line.cancel(0)
    place = await pass_offer(session, holding(ann), ann.id, NOW)
    assert (place.status, place.offer_status) == ("waiting", "passed")
    assert await line.offers() == [("Ann", start, "passed"), ("Ben", start, "open")]
    with pytest.raises(errors.OfferEnded):
        await pass_offer(session, holding(ann), ann.id, NOW)
    with pytest.raises(errors.OfferEnded):
        await take_offer(session, holding(ann), ann.id, Taking(), NOW)
    await leave_waitlist(session, holding(ben), ben.id, NOW)
    await leave_waitlist(session, holding(ben), ben.id, NOW)
    assert [(name, status) for name, _, status in await line.offers()] == [
        ("Ann", "passed"),
        ("Ben", "passed"),
        ("Cem", "open"),
    ]
    # Too late by a second, though nothing has swept it away yet.
    with pytest.raises(errors.OfferEnded):
        await take_offer(session, holding(cem), cem.id, Taking(), NOW + timedelta(hours=2))
    assert await expire_holds(session, NOW + timedelta(hours=2)) == 1
    with pytest.raises(errors.OfferEnded):
        await take_offer(session, holding(cem), cem.id, Taking(), NOW + timedelta(hours=2))
    page = await places_at_provider(session, line.owner, limit=1)
    assert [each.customer_name for each in page.items] == ["Ann"]
    page = await places_at_provider(session, line.owner, limit=1, cursor=page.next_cursor)
    assert [each.customer_name for each in page.items] == ["Cem"]
    assert page.next_cursor is None


async def test_the_provider_takes_somebody_off_the_list_and_they_are_told(session: AsyncSession) -> None:
    line, other = await make_line(session, 1), await make_line(session, 1)
    ann, _ = await line.wait("Ann"), await line.wait("Ben", at=NOW + timedelta(minutes=1))
    await line.cancel(0)
    for stranger in (other.owner, GUEST, holding(ann)):
        with pytest.raises(errors.NotFound):
            await remove_from_waitlist(session, stranger, ann.id, NOW)
    await remove_from_waitlist(session, line.owner, ann.id, NOW)
    assert [(name, status) for name, _, status in await line.offers()] == [("Ann", "passed"), ("Ben", "open")]
    assert await kinds(session) == ["offered", "removed", "offered"]


async def test_a_wait_ends_with_its_last_day(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    ann = await line.wait("Ann", TUESDAY)
    both = await line.wait("Ben", TUESDAY, TUESDAY + timedelta(days=1))
    midnight = NOW.replace(hour=23) + timedelta(days=1)  # in Berlin, Wednesday has just begun
    assert await end_waits(session, midnight - timedelta(seconds=1)) == 0
    assert await end_waits(session, midnight) == 1
    assert await end_waits(session, midnight) == 0
    await session.refresh(ann)
    await session.refresh(both)
    assert (ann.status, both.status) == ("over", "waiting")
    assert await kinds(session) == []
    await forget_old(session, midnight + timedelta(days=91))
    assert [entry.customer_name for entry in await session.exec(select(WaitlistEntry))] == ["Ben"]


async def test_nobody_waits_for_what_is_archived(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    entry = await line.wait("Ann")
    await line.cancel(0)
    await session.commit()
    await edit_service(session, line.owner, line.service.id, ServiceChanges(status="archived"), NOW)
    await session.refresh(entry)
    assert entry.status == "over"
    assert await kinds(session) == ["offered", "withdrawn"]


async def test_a_service_somebody_waits_for_is_not_deleted(session: AsyncSession) -> None:
    line = await make_line(session, 1, full=False)
    entry = await line.wait("Ann")
    with pytest.raises(errors.ServiceBooked):
        await delete_service(session, line.owner, line.service.id)
    await leave_waitlist(session, holding(entry), entry.id, NOW)
    await delete_service(session, line.owner, line.service.id)
    assert list(await session.exec(select(WaitlistEntry))) == []


async def test_a_deleted_account_waits_for_nothing(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    ada = customer(await make_user(session))
    await line.wait("Ada", actor=ada)
    await line.wait("Ben", at=NOW + timedelta(minutes=1))
    await line.cancel(0)
    assert [name for name, *_ in await line.offers()] == ["Ada"]
    await delete_account(session, ada, NOW)
    assert [(name, status) for name, _, status in await line.offers()] == [("Ben", "open")]
    # And a business that closes offers nothing of what it calls off.
    await delete_account(session, line.owner, NOW)
    assert [(name, status) for name, _, status in await line.offers()] == [("Ben", "passed")]
    assert (await session.exec(select(WaitlistEntry.status))).all() == ["over"]
    live = select(Appointment).where(Appointment.status == "confirmed")
    assert (await session.exec(live)).all() == []


async def test_ones_own_places(session: AsyncSession) -> None:
    line = await make_line(session, 1)
    ada, eve = customer(await make_user(session)), customer(await make_user(session, "Eve Other"))
    entry_id = await join_waitlist(session, ada, wish(line), NOW)
    assert [place.id for place in (await places_of_customer(session, ada)).items] == [entry_id]
    assert (await places_of_customer(session, eve)).items == []
    assert (await places_of_customer(session, line.owner)).items == []
    with pytest.raises(errors.NotFound):
        await leave_waitlist(session, eve, entry_id, NOW)
    # The owner among those who wait at the own business: as a guest, by the mailed link.
    own = await join_waitlist(session, line.owner, wish(line, customer_email="owner@example.test"), NOW)
    assert (await session.get_one(WaitlistEntry, own)).customer_id is None
