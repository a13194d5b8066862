"""What a scanned code shows: each case of a door's code and of a ticket, and who may tap."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from appointly.appointly import app
from appointly.database import transaction
from appointly.database.statement import execute
from appointly.domain.check_in import door_code, ticket_code
from appointly.models import Appointment
from appointly.operations.rotate_check_in_code import rotate_check_in_code
from appointly.state.base import Viewer
from appointly.state.booking_panel import BookingPanel
from appointly.state.mark import MarkPage
from appointly.visitor import BOOKINGS_COOKIE, remember_bookings
from tests.making import owner_of
from tests.people import person
from tests.processes import TEST_SECRET
from tests.state.driver import Tab, browser_tab
from tests.state.test_queue import NAME, Day, make_day


@pytest.fixture
async def day(database: str) -> Day:
    return await make_day()


@asynccontextmanager
async def scanned(day: Day, cookie: str = "", code: str = "") -> AsyncIterator[tuple[Tab, MarkPage]]:
    """The page behind a code, by default the one at the day's door."""
    code = code or door_code(TEST_SECRET, day.provider.id, 1)
    async with browser_tab(app, cookie, f"/mark?id={code}") as tab:
        await tab.send(MarkPage.load)
        yield tab, await tab.state(MarkPage)


async def checked_in(day: Day, place: int) -> bool:
    async with transaction() as session:
        return (await session.get_one(Appointment, day.booked[place].id)).checked_in_at is not None


async def test_a_customer_taps_once(day: Day) -> None:
    async with scanned(day, day.ada.cookie) as (tab, page):
        assert (page.outcome, page.title, len(page.visits)) == ("here", "You are here", 1)
        assert not await checked_in(day, 1), "opening the address writes nothing"
        await tab.send(MarkPage.check_in, booking_id=page.visits[0].id)
        page = await tab.state(MarkPage)
        assert (page.title, page.visits[0].here, page.place) == ("You are checked in", True, "1 person before you")
        assert await checked_in(day, 1)
        await tab.send(MarkPage.check_in, booking_id=page.visits[0].id)
        assert (await tab.state(Viewer)).notice == ""
        await tab.send(MarkPage.check_in, booking_id=str(day.booked[0].id))
        assert "could not find" in (await tab.state(Viewer)).notice
    assert not await checked_in(day, 0), "somebody else's"
    panel = f"/dashboard/bookings?booking={day.booked[1].reference}"
    async with browser_tab(app, day.owner.cookie, panel) as tab:
        await tab.send(BookingPanel.load)
        assert (await tab.state(BookingPanel)).booking.came.startswith("Today, "), "before somebody says no-show"


async def test_the_mailed_link_is_enough(day: Day) -> None:
    cookie = f"{BOOKINGS_COOKIE}={remember_bookings([], day.booked[0].id)}"
    async with scanned(day, cookie) as (tab, page):
        await tab.send(MarkPage.check_in, booking_id=page.visits[0].id)
    assert await checked_in(day, 0)


async def test_a_guest_types_the_reference(day: Day) -> None:
    async with scanned(day) as (tab, page):
        assert (page.outcome, page.visits) == ("unknown", [])
        for wrong in ("", "NOTHING123"):
            await tab.send(MarkPage.look_up, form={"reference": wrong})
            assert (await tab.state(MarkPage)).problem
        typed = day.booked[0].reference
        await tab.send(MarkPage.look_up, form={"reference": f" {typed[:5].lower()} {typed[5:]}"})
        page = await tab.state(MarkPage)
        assert (page.outcome, page.visits[0].token, page.booking_href) == ("here", "A1", "")
        assert NAME not in str(tab.shown)
        await tab.send(MarkPage.check_in, booking_id=page.visits[0].id)
    assert await checked_in(day, 0)


async def test_references_cannot_be_tried_for_ever(day: Day) -> None:
    async with scanned(day) as (tab, _):
        for _ in range(60):
            await tab.send(MarkPage.look_up, form={"reference": "NOTHING123"})
        await tab.send(MarkPage.look_up, form={"reference": day.booked[0].reference})
        page = await tab.state(MarkPage)
        assert page.problem.startswith("That was too often")
        assert page.visits == []


@pytest.mark.parametrize("what", ["other_door", "tomorrow", "cancelled", "pending", "over"])
async def test_what_is_not_for_here_or_now(day: Day, what: str) -> None:
    code, expected = "", {"other_door": "elsewhere", "tomorrow": "another_day"}.get(what, what)
    async with transaction() as session:
        match what:
            case "other_door":
                code = door_code(TEST_SECRET, (await make_day()).provider.id, 1)
            case "tomorrow":
                query = "UPDATE {} SET slot_date = slot_date + 1, start_time = start_time + interval '1 day',"
                await execute(
                    session,
                    query.format("appointment") + " end_time = end_time + interval '1 day'",  # type: ignore[arg-type]
                )
            case "cancelled":
                await execute(session, "UPDATE appointment SET status = 'cancelled'")
            case "pending":
                await execute(session, "UPDATE appointment SET status = 'pending', answer_by = start_time")
            case "over":
                await execute(session, "UPDATE appointment SET status = 'completed'")
    async with scanned(day, day.ada.cookie, code) as (tab, page):
        assert (page.outcome, page.visits) == (expected, [])
        assert page.title
        assert page.words
        await tab.send(MarkPage.check_in, booking_id=str(day.booked[1].id))
        assert (await tab.state(Viewer)).notice
    assert not await checked_in(day, 1)


async def test_codes_that_are_no_good(day: Day) -> None:
    good = door_code(TEST_SECRET, day.provider.id, 1)
    for code, outcome in ((good[:-2] + "xx", "changed"), ("nonsense", "changed"), (" ", "changed")):
        async with scanned(day, day.ada.cookie, code) as (tab, page):
            assert page.outcome == outcome
            await tab.send(MarkPage.check_in, booking_id=str(day.booked[1].id))
    async with transaction() as session:
        await rotate_check_in_code(session, owner_of(day.provider))
    async with scanned(day, day.ada.cookie) as (tab, page):
        assert page.outcome == "old"
        await tab.send(MarkPage.check_in, booking_id=str(day.booked[1].id))
    async with scanned(day, "", door_code(TEST_SECRET, day.booked[0].id, 1)) as (_, page):
        assert page.outcome == "gone"
    assert not await checked_in(day, 1)


async def test_a_ticket_speaks_to_its_provider_alone(day: Day) -> None:
    code = ticket_code(TEST_SECRET, day.booked[1].id)
    stranger = await person("Eve Other", "provider")
    for cookie in ("", day.ada.cookie, stranger.cookie, (await make_day()).owner.cookie):
        async with scanned(day, cookie, code) as (tab, page):
            assert (page.outcome, page.visits) == ("ticket", [])
            assert NAME not in str(tab.shown)
            own = f"/booking/{day.booked[1].reference}" if cookie == day.ada.cookie else ""
            assert page.booking_href == own
            await tab.send(MarkPage.check_in, booking_id=str(day.booked[1].id))
    assert not await checked_in(day, 1)
    async with scanned(day, day.owner.cookie, code) as (tab, page):
        assert (page.outcome, page.title) == ("customer", f"{NAME}, A2")
        await tab.send(MarkPage.check_in, booking_id=page.visits[0].id)
        assert [each.here for each in (await tab.state(MarkPage)).visits] == [True]
    assert await checked_in(day, 1)
    async with transaction() as session:
        await execute(session, "UPDATE appointment SET status = 'cancelled'")
    async with scanned(day, day.owner.cookie, code) as (_, page):
        assert (page.words.endswith("does not take place."), page.visits) == (True, [])


async def test_the_provider_at_the_own_door(day: Day) -> None:
    async with scanned(day, day.owner.cookie) as (_, page):
        assert page.outcome == "own_door"
