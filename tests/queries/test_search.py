"""Search: words, filters, order, pages and counts; and that what it calls free is free."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.demo import seed
from appointly.domain.actor import GUEST
from appointly.errors import ValidationFailed
from appointly.operations.book_appointment import BookingRequest, book_appointment
from appointly.queries.availability import free_slots
from appointly.queries.search import Found, SearchPage, first_day_with_any, search_services
from appointly.queries.search_request import SearchRequest
from tests.making import NOW, asking, make_provider, make_service, make_slots

DEMO_NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)


async def search(session: AsyncSession, now: datetime = NOW, **values: Any) -> SearchPage:
    return await search_services(session, SearchRequest(**values), now)


async def all_pages(session: AsyncSession, now: datetime = NOW, **values: Any) -> list[Found]:
    items: list[Found] = []
    page = await search(session, now, **values)
    items += page.items
    while page.next_cursor:
        page = await search(session, now, cursor=page.next_cursor, **values)
        items += page.items
    return items


def titles(page: SearchPage) -> list[str]:
    return [item.title for item in page.items]


@pytest.fixture
async def shops(session: AsyncSession) -> None:
    """Three services of two providers, each with eight times tomorrow from nine o'clock UTC."""
    café = await make_provider(session, "Cafe Zoe")
    cut = await make_provider(session, "Strasse Eleven")
    await execute(session, "UPDATE provider SET business_name = 'Café Zoë' WHERE id = %(id)s", id=café.id)
    await execute(
        session, "UPDATE provider SET city = 'München', business_name = 'Straße Eleven' WHERE id = %(id)s", id=cut.id
    )
    for provider, letter, title, category, price in (
        (café, "A", "Crème massage", "massage", 7000),
        (café, "B", "Haircut for children", "hair", 2500),
        (cut, "A", "Beard trim and haircut", "hair", 3000),
    ):
        service = await make_service(
            session, provider, letter, title=title, category=category, price_amount=price, tags=["calm", "quiet"]
        )
        await make_slots(session, service)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("massage", "Crème massage"),
        ("CREME", "Crème massage"),
        ("crème", "Crème massage"),
        ("mass", "Crème massage"),
        ("masage", "Crème massage"),
        ("massgae", "Crème massage"),
        ("haircutt kids children", None),
        ("hairct children", "Haircut for children"),
        ("haircuts children", "Haircut for children"),
        ("haircut munchen", "Beard trim and haircut"),
        ("haircut in München", "Beard trim and haircut"),
        ("strasse", "Beard trim and haircut"),
        ("zoe massage", "Crème massage"),
        ("beard", "Beard trim and haircut"),
    ],
)
async def test_words_are_found_however_they_are_typed(
    session: AsyncSession, shops: None, typed: str, first: str | None
) -> None:
    found = titles(await search(session, q=typed))
    assert found[:1] == ([first] if first else found[:1])
    assert len(found) == (1 if first else len(found))


async def test_a_mended_word_is_named(session: AsyncSession, shops: None) -> None:
    assert (await search(session, q="masage")).corrected == "massage"
    assert (await search(session, q="massage")).corrected is None
    assert (await search(session, q="xqzwv")).items == []


async def test_a_word_in_the_title_comes_before_one_elsewhere(session: AsyncSession, shops: None) -> None:
    provider = await make_provider(session, "Beard and Sons")
    await make_service(session, provider, title="Shave")
    assert titles(await search(session, q="beard")) == ["Beard trim and haircut", "Shave"]


async def test_each_filter(session: AsyncSession, shops: None) -> None:
    assert len(titles(await search(session))) == 3
    assert titles(await search(session, category="massage")) == ["Crème massage"]
    assert titles(await search(session, city="München")) == ["Beard trim and haircut"]
    assert titles(await search(session, max_price=2500)) == ["Haircut for children"]
    assert titles(await search(session, min_price=3001)) == ["Crème massage"]
    assert titles(await search(session, sort="price", min_price=2500, max_price=3000)) == [
        "Haircut for children",
        "Beard trim and haircut",
    ]
    assert len(titles(await search(session, date=date(2026, 11, 24)))) == 3
    assert titles(await search(session, date=date(2026, 11, 25))) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE service SET status = 'paused'",
        "UPDATE service SET unlisted = true",
        "UPDATE provider SET suspended_at = now()",
    ],
)
async def test_what_nobody_may_find_is_not_found(session: AsyncSession, shops: None, change: Any) -> None:
    await execute(session, change)
    assert (await search(session)).total == 0
    back = change.replace("'paused'", "'active'").replace("true", "false").replace("now()", "NULL")
    await execute(session, back)
    page = await search(session, sort="next")
    assert page.total == 3
    assert all(len(item.next_slots) == 3 for item in page.items)


async def test_the_day_is_the_providers(session: AsyncSession) -> None:
    for name, zone in (("Early", "Pacific/Kiritimati"), ("Late", "America/Los_Angeles")):
        provider = await make_provider(session, name, zone)
        service = await make_service(session, provider, title=name)
        # Twelve o'clock UTC is the 25th in Kiritimati and still the 24th in Los Angeles.
        await make_slots(session, service, 1, datetime(2026, 11, 24, 12, tzinfo=UTC), zone)
    assert titles(await search(session, date=date(2026, 11, 24))) == ["Late"]
    assert titles(await search(session, date=date(2026, 11, 25))) == ["Early"]


async def test_a_day_that_is_booked_out_or_blocked_is_not_found(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider, title="Alone")
    [slot] = await make_slots(session, service, 1)
    await make_slots(session, service, 1, slot.start_time + timedelta(days=1))
    day = slot.slot_date
    assert (await search(session, date=day)).total == 1
    blocked: Any = (
        "INSERT INTO blocked_time (provider_id, start_time, end_time, reason) VALUES (%(id)s, %(s)s, %(e)s, '')"
    )
    await execute(session, blocked, id=provider.id, s=slot.start_time, e=slot.end_time)
    assert (await search(session, date=day)).total == 0
    await execute(session, "DELETE FROM blocked_time")
    assert (await search(session, date=day)).total == 1
    request = BookingRequest(slot_id=slot.id, customer_name="A", customer_email="a@example.test")
    await book_appointment(session, GUEST, request, NOW)
    page = await search(session, date=day)
    assert (page.total, page.items, page.facets) == (0, [], {"category": {"hair": 0}, "city": {"Berlin": 0}})


async def test_the_first_day_is_the_one_that_day_by_day_would_find(session: AsyncSession, shops: None) -> None:
    provider = await make_provider(session, "Evenings")
    service = await make_service(session, provider, title="Late massage", category="massage", price_amount=900)
    for days, hour in ((1, 13), (3, 17)):
        await make_slots(session, service, 1, (NOW + timedelta(days=days)).replace(hour=hour))
    [slot] = await make_slots(session, service, 1, (NOW + timedelta(days=2)).replace(hour=12))
    await book_appointment(session, GUEST, asking(slot), NOW)
    week = [NOW.date() + timedelta(days=days) for days in range(7)]
    answers = []
    for values in (
        {},
        {"q": "masage", "max_price": "1000"},
        {"q": "late", "after": "16:00"},
        {"after": "17:30", "before": "19:00"},
        {"category": "hair", "after": "20:00"},
        {"city": "München", "q": "late"},
        {"near": "52.5,13.4"},
    ):
        daily = [day for day in week if (await search(session, date=day, **values)).items]
        answers.append(await first_day_with_any(session, SearchRequest(date=week[0], **values), week, NOW))
        assert answers[-1] == (daily[0] if daily else None)
    assert answers == [week[1], week[1], week[3], week[3], None, None, None]
    assert await first_day_with_any(session, SearchRequest(date=week[0]), week[::-1], NOW) == week[3]


async def test_next_free_times_follow_bookings_cancellations_and_blocked_time(
    session: AsyncSession, shops: None
) -> None:
    """The services of one provider share its time; each page is sorted by what is free at this moment."""
    order = [item.title for item in (await search(session, sort="next")).items]
    assert len(order) == 3
    child = next(item for item in (await search(session)).items if item.title == "Haircut for children")
    request = BookingRequest(slot_id=child.next_slots[0].id, customer_name="A", customer_email="a@example.test")
    await book_appointment(session, GUEST, request, NOW)
    page = await search(session, sort="next", limit=1)
    assert titles(page) == ["Beard trim and haircut"]
    await execute(session, "UPDATE slot SET booked_count = 0")
    starts = [item.next_slots[0].start for item in (await search(session, sort="next")).items]
    assert starts == [child.next_slots[0].start] * 3
    await execute(session, "DELETE FROM appointment_event")
    await execute(session, "DELETE FROM message")
    await execute(session, "DELETE FROM appointment")
    await execute(session, "DELETE FROM slot WHERE provider_id <> (SELECT id FROM provider WHERE city = 'München')")
    assert titles(await search(session, sort="next", limit=1)) == ["Beard trim and haircut"]


async def test_what_search_calls_free_is_what_availability_lists(session: AsyncSession) -> None:
    await seed(session, DEMO_NOW)
    items = await all_pages(session, DEMO_NOW, sort="next", limit=7)
    assert len(items) >= 60
    for item in items:
        today = DEMO_NOW.astimezone(ZoneInfo(item.time_zone)).date()
        free = await free_slots(session, item.id, today, 62, DEMO_NOW)
        assert [(time.id, time.start) for time in item.next_slots] == [(slot.id, slot.start) for slot in free[:3]]
    firsts = [item.next_slots[0].start for item in items if item.next_slots]
    assert firsts == sorted(firsts)
    prices = [item.price_amount for item in await all_pages(session, DEMO_NOW, sort="price", limit=7)]
    assert prices == sorted(prices)
    await facets_equal_brute_force(session, items)
    await days_equal_availability(session, items)


async def facets_equal_brute_force(session: AsyncSession, items: list[Found]) -> None:
    tests: list[tuple[dict[str, Any], Callable[[Found], bool]]] = [
        ({}, lambda item: True),
        ({"max_price": 5000}, lambda item: item.price_amount <= 5000),
        ({"min_price": 5000, "max_price": 9000}, lambda item: 5000 <= item.price_amount <= 9000),
    ]
    for values, fits in tests:
        for category in ("", "hair", "massage"):
            for city in ("", "London", "Lisbon"):
                page = await search(session, DEMO_NOW, category=category, city=city, **values)
                fitting = [item for item in items if fits(item)]
                by_category = Counter(item.category for item in fitting if city in ("", item.city))
                by_city = Counter(item.city for item in fitting if category in ("", item.category))
                assert page.facets == {"category": dict(by_category), "city": dict(by_city)}
                assert page.total == sum(
                    category in ("", item.category) and city in ("", item.city) for item in fitting
                )


async def days_equal_availability(session: AsyncSession, items: list[Found]) -> None:
    for ahead in (0, 1, 6, 12, 29, 30, 400):
        day = DEMO_NOW.date() + timedelta(days=ahead)
        wanted = {item.id for item in items if await free_slots(session, item.id, day, 1, DEMO_NOW)}
        page = await search(session, DEMO_NOW, date=day, limit=100)
        assert {item.id for item in page.items} == wanted
        assert page.total == len(wanted)
        assert all(
            time.start.astimezone(ZoneInfo(item.time_zone)).date() == day
            for item in page.items
            for time in item.next_slots
        )
        paged = await all_pages(session, DEMO_NOW, date=day, limit=7, sort="next")
        assert len(paged) == len(wanted)
        assert {item.id for item in paged} == wanted


@pytest.mark.parametrize("values", [{}, {"q": "haircut"}, {"sort": "price"}, {"sort": "next"}])
async def test_pages_neither_repeat_nor_skip_while_services_come_and_go(
    session: AsyncSession, values: dict[str, Any]
) -> None:
    provider = await make_provider(session)
    names = ["A" + chr(65 + number) for number in range(22)]
    services = [
        await make_service(session, provider, name, price_amount=100 * (number // 4))
        for number, name in enumerate(names)
    ]
    for service in services:
        await make_slots(session, service, 2)
    before = {service.id for service in services}
    seen = []
    page = await search(session, limit=4, **values)
    seen += page.items
    for number in range(30):
        if not page.next_cursor:
            break
        extra = await make_service(session, provider, "B" + chr(65 + number % 26), price_amount=50 * number)
        await make_slots(session, extra, 1)
        gone = next((item.id for item in seen if item.id in before), None)
        await execute(session, "UPDATE service SET status = 'archived' WHERE id = %(id)s", id=gone)
        page = await search(session, limit=4, cursor=page.next_cursor, **values)
        seen += page.items
    ids = [item.id for item in seen]
    assert len(ids) == len(set(ids))
    assert before <= set(ids)


HOSTILE = [
    "'", "\"';--", "%", "_", "\\", "a\\' | b", "!!!", "& | !", "<->", ":*", "haircut:*A", "(((", "café'::tsquery", "🦄",
    "ﷺ", "北京", "a" * 200, "word " * 39, "ı̇ß", "; DROP TABLE slot", "-1", "1 OR 1=1",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_finds_nothing_and_breaks_nothing(session: AsyncSession, shops: None, text: str) -> None:
    for values in ({"q": text}, {"category": text[:80]}, {"city": text[:120]}):
        page = await search(session, **values)
        assert page.total >= len(page.items) >= 0


async def test_cursors_of_others_are_refused(session: AsyncSession, shops: None) -> None:
    cursor = (await search(session, limit=1)).next_cursor
    assert cursor
    assert (await search(session, limit=1, cursor=cursor)).items
    for values in ({"sort": "price"}, {"sort": "next"}, {"q": "haircut"}, {"city": "Berlin"}):
        with pytest.raises(ValidationFailed) as refusal:
            await search(session, cursor=cursor, **values)
        assert "cursor" in refusal.value.fields
    for garbage in ("x", "////", "e30", "W10", cursor[:-3], cursor + "A", "🦄", "AAAA" * 50):
        with pytest.raises(ValidationFailed):
            await search(session, cursor=garbage)


def test_the_address_bar_carries_the_whole_search() -> None:
    request = SearchRequest(
        q="café & co",
        category="hair",
        city="São Paulo",
        min_price=100,
        max_price=9000,
        date=date(2026, 11, 30),
        sort="next",
    )
    from urllib.parse import parse_qsl

    assert SearchRequest.from_query(dict(parse_qsl(request.to_query()))) == request
    assert SearchRequest().to_query() == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "tomorrow"), ("date", "1"), ("date", "2026-02-30"), ("sort", "best"), ("min_price", "-1"),
        ("min_price", "ten"), ("max_price", "1e9"), ("max_price", "999999999999999999999"), ("limit", "0"),
        ("limit", "101"), ("q", "x" * 201), ("q", "a\x00b"), ("city", "a\nb"), ("cursor", "x" * 401),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name_or_dropped(name: str, value: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        SearchRequest.from_query({name: value, "category": "hair"})
    assert list(refusal.value.fields) == [name]
    assert refusal.value.fields[name].endswith(".")
    kept, problems = SearchRequest.forgiving({name: value, "category": "hair", "utm_source": "mail"})
    assert kept == SearchRequest(category="hair")
    assert list(problems) == [name]


def test_prices_the_wrong_way_round_are_refused() -> None:
    kept, problems = SearchRequest.forgiving({"min_price": "900", "max_price": "100"})
    assert kept.min_price == 900
    assert list(problems) == ["max_price"]
