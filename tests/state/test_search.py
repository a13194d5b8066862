"""The search page: day, time of day and place, from filters, from the address and from the words that were typed."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.database.statement import execute
from appointly.queries import search
from appointly.state.search import Search
from appointly.visitor import ZONE_COOKIE
from tests.making import make_provider, make_service, make_slots
from tests.state.driver import Tab, browser_tab


async def make_shop(session: AsyncSession) -> str:
    """A service in Berlin with times on the evening of tomorrow; the date."""
    provider = await make_provider(session, time_zone="UTC")
    day = (now() + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
    await make_slots(session, await make_service(session, provider), 4, day)
    query = "UPDATE provider SET latitude = 52.52, longitude = 13.4 WHERE id = %(id)s"
    await execute(session, query, id=provider.id)
    await session.commit()
    return day.date().isoformat()


async def titles(tab: Tab, address: str) -> list[str]:
    tab.path = address
    await tab.send(Search.load)
    return [service.title for service in (await tab.state(Search)).services]


async def test_what_is_typed_is_understood(session: AsyncSession) -> None:
    await make_shop(session)
    async with browser_tab(app) as tab:
        assert await titles(tab, "/services?q=haircut+tomorrow+after+17%3A00") == ["Haircut"]
        page = await tab.state(Search)
        assert (page.understood, page.q, page.asks_where) == (
            "tomorrow, from 17:00",
            "haircut tomorrow after 17:00",
            False,
        )
        assert await titles(tab, "/services?q=haircut+tomorrow+before+17%3A00") == []
        assert await titles(tab, "/services?q=haircut+near+me") == ["Haircut"]
        assert (await tab.state(Search)).asks_where


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # it is never the same day in both
async def test_today_is_that_of_who_asks(session: AsyncSession, zone: str) -> None:
    async with browser_tab(app, f"{ZONE_COOKIE}={zone}") as tab:
        await titles(tab, "/services?q=haircut+today")
        page = await tab.state(Search)
        today = now().astimezone(ZoneInfo(zone)).date().isoformat()
        assert (page.understood, page._meant["date"], page.days[0].value) == ("today", today, today)


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "CET", "../etc/passwd"])
async def test_without_a_zone_today_is_utcs(session: AsyncSession, zone: str) -> None:
    async with browser_tab(app, f"{ZONE_COOKIE}={zone}") as tab:
        await titles(tab, "/services?q=haircut+today")
        assert (await tab.state(Search))._meant["date"] == now().date().isoformat()


async def test_filters_that_belong_together(session: AsyncSession) -> None:
    day = await make_shop(session)
    async with browser_tab(app) as tab:
        assert await titles(tab, f"/services?date={day}&after=17:00") == ["Haircut"]
        page = await tab.state(Search)
        assert [chip.label for chip in page.chips] == ["Tomorrow", "from 17:00"]
        assert page.time_of_day == "17:00-"
        await tab.send(Search.choose, name="date", value="")
        await tab.send(Search.choose_time, value="-12:00")
        await tab.send(Search.locate, place="52.500,13.400")
        await tab.send(Search.locate, place="unknown")
        assert [parse_qs(urlsplit(address).query) for address in tab.redirects()] == [
            {},
            {"date": [day], "before": ["12:00"]},
            {"date": [day], "after": ["17:00"], "near": ["52.500,13.400"], "sort": ["distance"]},
        ]
        assert "choose a city" in (await tab.state(Search)).problem
        assert await titles(tab, "/services?near=52.500,13.400&sort=distance&within=3") == ["Haircut"]
        [card] = (await tab.state(Search)).services
        assert card.distance == "2.2 km away"
        assert await titles(tab, "/services?near=52.500,13.400&within=1") == []


async def test_those_who_are_free_are_found_behind_many_who_are_not(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKED_AT", 2)
    provider = await make_provider(session, time_zone="UTC")
    for letter, hour in zip("ABCDEF", (9, 9, 9, 9, 9, 18), strict=True):
        at = (now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
        service = await make_service(session, provider, letter, title=f"From {hour}", price_amount=hour)
        await make_slots(session, service, 1, at)
    await session.commit()
    async with browser_tab(app) as tab:
        assert await titles(tab, f"/services?date={at.date()}&after=17:00&sort=price") == ["From 18"]


async def test_nothing_on_the_wanted_day_leads_to_the_next_with_something(session: AsyncSession) -> None:
    day = await make_shop(session)
    async with browser_tab(app) as tab:
        assert await titles(tab, "/services?q=haircut+today+after+17%3A00") == []
        page = await tab.state(Search)
        assert [choice.value for choice in page.next_days] == [day]
        await tab.send(Search.look_on, day=day)
        [redirect] = tab.redirects()
        asked = parse_qs(urlsplit(redirect).query)
        assert asked == {"q": ["haircut"], "after": ["17:00"], "date": [day]}
        assert await titles(tab, redirect) == ["Haircut"]
        assert (await tab.state(Search)).next_days == []
        assert await titles(tab, "/services?q=haircut+today+after+20%3A00") == []
        page = await tab.state(Search)
        assert page.next_days == []
        assert [choice.value for choice in page.any_time] == [day]
        await tab.send(Search.look_at_any_time, day=day)
        asked = parse_qs(urlsplit(tab.redirects()[-1]).query)
        assert asked == {"q": ["haircut"], "date": [day]}
