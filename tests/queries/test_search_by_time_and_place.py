"""Search by time of day and by distance, by real free times."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.demo.seed import seed
from appointly.domain.actor import GUEST
from appointly.domain.distance import kilometres
from appointly.errors import ValidationFailed
from appointly.operations.book_appointment import book_appointment
from appointly.queries.availability import free_slots
from appointly.queries.search import Found, search_services
from appointly.queries.search_request import SearchRequest, place_in
from tests.making import NOW, asking, make_provider, make_service, make_slots

TOMORROW = date(2026, 11, 24)
BERLIN = "52.520,13.405"


async def found(session: AsyncSession, now: datetime = NOW, **values: Any) -> list[Found]:
    items: list[Found] = []
    request = SearchRequest(**values)
    while True:
        page = await search_services(session, request, now)
        items += page.items
        if page.next_cursor is None:
            return items
        request = request.model_copy(update={"cursor": page.next_cursor})


async def shop_at(session: AsyncSession, name: str, place: tuple[float, float] | None, start: datetime) -> UUID:
    """A service with four half hours from `start`, in the zone of Berlin."""
    provider = await make_provider(session, name)
    service = await make_service(session, provider, title=name)
    await make_slots(session, service, 4, start, "Europe/Berlin")
    if place:
        query = "UPDATE provider SET latitude = %(latitude)s, longitude = %(longitude)s WHERE id = %(id)s"
        await execute(session, query, id=provider.id, latitude=place[0], longitude=place[1])
    return service.id


def at(hour: int, minute: int = 0) -> datetime:
    """Tomorrow at this time of Berlin's clock."""
    return datetime(2026, 11, 24, hour - 1, minute, tzinfo=UTC)


async def test_only_those_with_a_free_time_then(session: AsyncSession) -> None:
    await shop_at(session, "Early", None, at(8))
    late = await shop_at(session, "Late", None, at(16))
    assert [item.title for item in await found(session, date=TOMORROW, after=time(17))] == ["Late"]
    assert [item.title for item in await found(session, date=TOMORROW, before=time(9))] == ["Early"]
    assert [item.title for item in await found(session, date=TOMORROW, after=time(10), before=time(16))] == []
    [item] = await found(session, date=TOMORROW, after=time(17))
    assert [each.start for each in item.next_slots] == [at(17), at(17, 30)]
    for _ in range(2):
        [item, *_] = await found(session, date=TOMORROW, after=time(17))
        await book_appointment(session, GUEST, asking(item.next_slots[0].id), NOW)
    assert await found(session, date=TOMORROW, after=time(17)) == []
    assert [item.id for item in await found(session, date=TOMORROW, after=time(16))] == [late]


async def test_after_midnight_is_late_on_the_day_before(session: AsyncSession) -> None:
    """A bar's class at half past midnight belongs to the evening whose hours it is in."""
    await shop_at(session, "Night", None, at(23))
    query = "UPDATE slot SET slot_date = %(day)s, token = token + 10"
    await execute(session, query, day=TOMORROW)
    [item] = await found(session, date=TOMORROW, after=time(23, 45))
    assert [each.start for each in item.next_slots] == [at(23) + timedelta(hours=1), at(23) + timedelta(minutes=90)]
    assert await found(session, date=TOMORROW, before=time(1)) == []


async def test_near_means_near_and_the_nearest_come_first(session: AsyncSession) -> None:
    places = {"Mitte": (52.52, 13.40), "Potsdam": (52.39, 13.06), "Leipzig": (51.34, 12.37), "Nowhere": None}
    for name, place in places.items():
        await shop_at(session, name, place, at(10))
    assert [item.title for item in await found(session, near=BERLIN, sort="distance")] == ["Mitte"]
    near = await found(session, near=BERLIN, within=200, sort="distance", limit=1)  # three pages
    assert [item.title for item in near] == ["Mitte", "Potsdam", "Leipzig"]
    for item in near:
        place = places[item.title]
        assert place is not None
        assert item.distance_km == pytest.approx(kilometres(52.52, 13.405, *place), abs=0.001)
    assert all(item.distance_km is None for item in await found(session))
    await execute(session, "UPDATE provider SET latitude = 0, longitude = 0 WHERE business_name = 'Mitte'")
    assert [item.title for item in await found(session, near=BERLIN, within=40)] == ["Potsdam"]


async def test_it_agrees_with_counting_by_hand(session: AsyncSession) -> None:
    """Over the whole demo: each place, day and hour gives what its own free times and coordinates give."""
    now = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
    await seed(session, now)
    everything = await found(session, now, limit=100)
    far = {item.id for item in await found(session, now, near=BERLIN, within=500, limit=100)}
    assert 3 < len(far) < len(everything)
    day = date(2026, 11, 25)
    starts = {
        item.id: [
            slot.start.astimezone(ZoneInfo(item.time_zone)) for slot in await free_slots(session, item.id, day, 1, now)
        ]
        for item in everything
    }
    for hour in (9, 15, 18):
        late = {id for id, times in starts.items() if any(each.hour >= hour or each.date() > day for each in times)}
        chosen = {item.id for item in await found(session, now, date=day, after=time(hour), limit=100)}
        assert chosen == late
        both = await found(session, now, date=day, after=time(hour), near=BERLIN, within=500, limit=100)
        assert {item.id for item in both} == late & far


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"after": "17:00"}, "after"),
        ({"date": "2026-11-24", "after": "25:00"}, "after"),
        ({"date": "2026-11-24", "before": "61200"}, "before"),
        ({"date": "2026-11-24", "after": "17:00", "before": "9:00"}, "before"),
        ({"date": "2026-11-24", "after": "17:00", "before": "09:00"}, "before"),
        ({"near": "Berlin"}, "near"),
        ({"near": "91,0"}, "near"),
        ({"near": "52.5,13.4,1"}, "near"),
        ({"near": "٥٢,١٣"}, "near"),
        ({"near": BERLIN, "within": "0"}, "within"),
        ({"near": BERLIN, "within": "nan"}, "within"),
        ({"sort": "distance"}, "sort"),
    ],
)
def test_nonsense_is_refused_by_name_or_dropped(values: dict[str, str], name: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        SearchRequest.from_query(values)
    assert set(refused.value.fields) == {name}
    request, problems = SearchRequest.forgiving(values)
    assert name in problems
    assert SearchRequest.from_query(request.values()) == request


def test_the_address_bar_carries_time_and_place() -> None:
    values = {"date": "2026-11-24", "after": "17:00", "before": "19:30", "near": BERLIN, "within": "10"}
    request = SearchRequest.from_query(values)
    assert request.values() == values
    assert place_in(request.near) == (52.52, 13.405)
