"""What the first page shows of everybody's services."""

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST
from appointly.operations.book_appointment import book_appointment
from appointly.queries.storefront import cities, free_today
from tests.making import NOW, asking, make_provider, make_service, make_slots


async def test_free_today_has_one_service_a_provider_and_every_category_first(session: AsyncSession) -> None:
    first, second, third = [await make_provider(session, name) for name in ("First", "Second", "Third")]
    hours = {
        ("cut", "hair"): (first, 2),
        ("dyeing", "hair"): (first, 4),  # the same provider's, and later
        ("beard", "hair"): (second, 1),
        ("massage", "massage"): (third, 3.25),
    }
    for (title, category), (provider, hour) in hours.items():
        service = await make_service(session, provider, title[0].upper(), title=title, category=category)
        await make_slots(session, service, 5 if title == "beard" else 1, NOW + timedelta(hours=hour))
    assert [offer.title for offer in await free_today(session, 4, NOW)] == ["beard", "massage", "cut"]
    assert [offer.title for offer in await free_today(session, 1, NOW)] == ["beard"]
    # What has passed since the services were last put in order does not count, what comes after it does.
    later = NOW + timedelta(hours=2, minutes=30)
    assert [offer.title for offer in await free_today(session, 4, later)] == ["beard", "massage", "dyeing"]


async def test_free_today_is_neither_taken_nor_tomorrow_nor_unlisted(session: AsyncSession) -> None:
    for name, changes, ahead, taken in (
        ("Taken", {}, 2, True),
        ("Tomorrow", {}, 24, False),
        ("Unlisted", {"unlisted": True}, 2, False),
        ("Shown", {}, 2, False),
    ):
        service = await make_service(session, await make_provider(session, name), title=name, **changes)
        [slot] = await make_slots(session, service, 1, NOW + timedelta(hours=ahead))
        if taken:
            await book_appointment(session, GUEST, asking(slot), NOW)
    assert [offer.title for offer in await free_today(session, 4, NOW)] == ["Shown"]


async def test_cities_are_those_where_something_is_offered(session: AsyncSession) -> None:
    for name, city, changes in (
        ("A", "Oslo", {}),
        ("B", "Bergen", {}),
        ("C", "Bergen", {}),
        ("D", "Narvik", {"unlisted": True}),
        ("E", "Bodø", {"status": "paused"}),
        ("F", "Hamar", None),
    ):
        provider = await make_provider(session, name)
        provider.city = city
        await session.flush()
        if changes is not None:
            await make_service(session, provider, title=name, **changes)
    assert await cities(session) == ["Bergen", "Oslo"]
