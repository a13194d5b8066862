"""Who sees which bookings, and in what order."""

from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST, SYSTEM, Actor
from appointly.errors import NotFound, ValidationFailed
from appointly.models import Message
from appointly.models.base import uuid7
from appointly.operations.answer_appointment import confirm_appointment
from appointly.operations.book_appointment import book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.queries.bookings import (
    booking_by_id,
    booking_by_reference,
    booking_history,
    bookings_of,
    bookings_of_customer,
    bookings_of_provider,
    provider_day,
    provider_list,
    provider_requests,
    provider_week,
)
from appointly.queries.mails import news_of
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of

ADMIN = Actor(kind="admin", user_id=uuid7())
STRANGERS = [GUEST, Actor(kind="customer", user_id=uuid7()), Actor(kind="provider", provider_id=uuid7())]


async def test_only_those_concerned_see_a_booking(session: AsyncSession) -> None:
    provider, user = await make_provider(session), await make_user(session)
    [slot] = await make_slots(session, await make_service(session, provider), 1)
    booked = await book_appointment(session, customer(user), asking(slot), NOW)
    link = Actor(managed=frozenset({booked.id}))
    for actor in (customer(user), owner_of(provider), link, ADMIN, SYSTEM):
        assert (await booking_by_id(session, actor, booked.id)).reference == booked.reference
        spoken = f" {booked.reference[:5].lower()} {booked.reference[5:]}"
        assert (await booking_by_reference(session, actor, spoken)).id == booked.id
    for actor in STRANGERS:
        with pytest.raises(NotFound):
            await booking_by_id(session, actor, booked.id)
        with pytest.raises(NotFound):
            await booking_by_reference(session, actor, booked.reference)
    for reference in ("", "\0", "%", "x" * 500):
        with pytest.raises(NotFound):
            await booking_by_reference(session, ADMIN, reference)


async def test_whoever_has_a_business_is_a_customer_elsewhere(session: AsyncSession) -> None:
    provider, guest = await make_provider(session), await make_provider(session, "Elsewhere")
    [slot] = await make_slots(session, await make_service(session, provider), 1)
    booked = await book_appointment(session, owner_of(guest), asking(slot), NOW)
    later = NOW + timedelta(minutes=1)
    await cancel_appointments(session, owner_of(guest), [booked.id], "", later)
    history = await booking_history(session, owner_of(provider), booked.id)
    assert [move.actor_kind for move in history] == ["customer", "customer"]
    for message in await session.exec(select(Message).where(Message.created_at == later)):
        news = await news_of(session, message.id, later)
        assert news
        assert news.by == "customer"


async def test_pages_hold_everything_once(session: AsyncSession) -> None:
    provider, user = await make_provider(session), await make_user(session)
    slots = await make_slots(session, await make_service(session, provider, capacity=3), 3)
    made = [(await book_appointment(session, customer(user), asking(slot), NOW)).id for slot in slots for _ in range(3)]
    for actor in (customer(user), owner_of(provider)):
        for backwards in (False, True):
            seen, cursor = [], None
            while True:
                if backwards:
                    page = await bookings_of(session, actor, limit=2, cursor=cursor)
                else:
                    first, last = slots[0].slot_date, slots[-1].slot_date
                    page = await bookings_of_provider(
                        session, owner_of(provider), provider.id, first, last, limit=2, cursor=cursor
                    )
                seen += [booking.id for booking in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert len(seen) == 9
            assert set(seen) == set(made)
    for cursor in ("x", "é", "MjAyNg", "2026", "A" * 500):
        with pytest.raises(ValidationFailed):
            await bookings_of(session, customer(user), cursor=cursor)


async def test_a_customer_sees_what_comes_and_what_was(session: AsyncSession) -> None:
    provider, user = await make_provider(session), await make_user(session)
    slots = await make_slots(session, await make_service(session, provider), 3)
    first, second, third = [await book_appointment(session, customer(user), asking(slot), NOW) for slot in slots]
    await book_appointment(
        session,
        GUEST,
        asking((await make_slots(session, await make_service(session, await make_provider(session, "Other")), 1))[0]),
        NOW,
    )
    await cancel_appointments(session, customer(user), [second.id], "", NOW)
    during = first.start + timedelta(minutes=1)
    assert [b.id for b in (await bookings_of_customer(session, customer(user), during)).items] == [first.id, third.id]
    assert [b.id for b in (await bookings_of_customer(session, customer(user), during, past=True)).items] == [second.id]
    after = first.end
    assert [b.id for b in (await bookings_of_customer(session, customer(user), after, past=True)).items] == [
        second.id,
        first.id,
    ]


async def test_what_was_called_off_hides_nothing_of_a_providers_lists(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider), 4)
    owner = owner_of(provider)
    made = [(await book_appointment(session, GUEST, asking(slot), NOW)).id for slot in slots]
    await cancel_appointments(session, owner, made[:2], "", NOW)
    later = slots[2].end_time
    assert [booking.id for booking in await provider_list(session, owner, provider.id, NOW, limit=2)] == made[2:]
    assert [booking.id for booking in await provider_list(session, owner, provider.id, later)] == made[3:]
    past = await provider_list(session, owner, provider.id, later, past=True)
    assert [booking.id for booking in past] == made[2::-1]
    assert [each.id for each in await provider_list(session, owner, provider.id, NOW, status="pending")] == []
    for stranger in STRANGERS:
        assert await provider_list(session, stranger, provider.id, NOW) == []


async def test_a_providers_day_and_week(session: AsyncSession) -> None:
    provider = await make_provider(session, time_zone="Asia/Tokyo")
    service = await make_service(session, provider, approval="manual")
    # 09:00 in UTC is 18:00 in Tokyo; twelve half hours reach over local midnight.
    slots = await make_slots(session, service, 14, time_zone="Asia/Tokyo")
    booked = [await book_appointment(session, GUEST, asking(slot), NOW) for slot in slots]
    owner = owner_of(provider)
    await confirm_appointment(session, owner, booked[0].id, NOW)
    await cancel_appointments(session, owner, [booked[1].id], "", NOW)
    day = slots[0].slot_date
    assert [b.id for b in await provider_day(session, owner, provider.id, day)] == [
        booked[0].id,
        *(b.id for b in booked[2:12]),
    ]
    week = await provider_week(session, owner, provider.id, day - timedelta(days=1))
    assert [(load.bookings, load.requests, load.minutes) for load in week[:4]] == [
        (0, 0, 0),
        (1, 10, 330),
        (0, 2, 60),
        (0, 0, 0),
    ]
    assert len(week) == 7
    assert len(await provider_requests(session, owner, provider.id, NOW)) == 12
    assert len(await provider_requests(session, owner, provider.id, booked[5].start)) == 8
    for actor in STRANGERS:
        assert await provider_day(session, actor, provider.id, day) == []
        assert await provider_requests(session, actor, provider.id, NOW) == []
        assert {load.bookings for load in await provider_week(session, actor, provider.id, day)} == {0}
