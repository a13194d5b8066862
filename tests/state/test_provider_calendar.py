"""The calendar of a provider: its week, closed hours and blocked time on it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointly.appointly import app
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.timeline import pixels
from appointly.models import Provider
from appointly.operations.block_time import TimeToBlock, add_blocked_time
from appointly.operations.hours import WeekdayHours
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.offered import open_hours
from appointly.state.exceptions import Exceptions
from appointly.state.provider_bookings import ProviderCalendar, opened_on
from tests.making import make_provider, owner_of
from tests.people import signed_in
from tests.state.driver import browser_tab

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def provider(database: str) -> Provider:
    """Open from 10 to 12 and 13 to 16 o'clock on weekdays, on Fridays into the night."""
    ranges = [(day, *hours) for day in range(1, 6) for hours in (("10:00", "12:00"), ("13:00", "16:00"))]
    week = [WeekdayHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in ranges]
    async with transaction() as session:
        provider = await make_provider(session)
        night = WeekdayHours(weekday=5, opens="22:00", closes="02:00")
        await set_working_hours(session, owner_of(provider), [*week, night], now())
    return provider


async def test_closed_hours_and_blocked_time_lie_where_the_clock_says(provider: Provider) -> None:
    today = now().astimezone(BERLIN).date()
    monday = today + timedelta(days=7 - today.weekday())
    noon = datetime(monday.year, monday.month, monday.day, 14, tzinfo=BERLIN).astimezone(UTC)
    async with transaction() as session:
        lunch = TimeToBlock(start=noon, end=noon + timedelta(hours=1), reason="Dentist")
        blocked = await add_blocked_time(session, owner_of(provider), lunch, now())
    async with browser_tab(app, (await signed_in(provider.user_id, "owner")).cookie) as tab:
        tab.path = f"/dashboard/calendar?day={monday + timedelta(days=1)}"
        await tab.send(ProviderCalendar.load)
        calendar = await tab.state(ProviderCalendar)
        assert (calendar.first_minute, calendar.height) == (600, pixels(16 * 60)), "until 02:00 of Friday's night"
        areas = calendar.columns[0].areas
        assert [(each.top, each.height, each.label) for each in areas if each.label or each.top == pixels(120)] == [
            (pixels(120), pixels(60), ""),
            (pixels(240), pixels(60), "Dentist"),
        ]
        assert [each.height for each in calendar.columns[6].areas] == [pixels(16 * 60)], "closed on Sunday"
        assert (calendar.shown.name, calendar.day_before) == ("Tue", str(monday))
        for typed in ("", "0002-11-24", "2026-02-30", str(monday)):
            await tab.send(ProviderCalendar.go, day=typed)
        assert tab.redirects() == [f"/dashboard/calendar?day={monday}"], "what is half typed leads nowhere"
        await tab.send(Exceptions.choose, key=f"block-{blocked}")
        assert (await tab.state(Exceptions)).chosen.reason == "Dentist"
        await tab.send(Exceptions.remove, key=f"block-{blocked}")
        await tab.send(ProviderCalendar.refresh)
        assert not any(each.key for each in (await tab.state(ProviderCalendar)).columns[0].areas)


@pytest.mark.parametrize("day", ["", "2026-02-30", "9999-12-31", "0001-01-01", "x"])
async def test_days_that_are_none_show_today(provider: Provider, day: str) -> None:
    async with browser_tab(app, (await signed_in(provider.user_id, "owner")).cookie) as tab:
        tab.path = f"/dashboard/calendar?day={day}"
        await tab.send(ProviderCalendar.load)
        assert date.fromisoformat((await tab.state(ProviderCalendar)).day) == now().astimezone(BERLIN).date()


async def test_a_night_belongs_to_its_day_and_shows_in_the_morning(provider: Provider) -> None:

    async with reading() as session:
        clock = await open_hours(session, provider.id, date(2026, 11, 27), now())
    assert [(each.opens, each.closes) for each in opened_on(date(2026, 11, 28), clock)] == [(0, 120)]
