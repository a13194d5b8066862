"""The pages of a day's line: everybody's, the provider's, the booking's own."""

from datetime import UTC, datetime, timedelta

import pytest

from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.display.queue import turn_at
from appointly.models import Provider
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.state.base import Viewer
from appointly.state.booking_queue import BookingQueue
from appointly.state.dashboard import Dashboard
from appointly.state.provider_queue import ProviderQueue
from appointly.state.queue import QueueView
from tests.making import asking, customer, make_provider, make_service, make_slots, make_user
from tests.people import Person, signed_in
from tests.state.driver import browser_tab

NAME = "Zebulon Quartermain"


class Day:
    """Three appointments of today, the second a signed-in customer's."""

    provider: Provider
    owner: Person
    ada: Person
    booked: list[Booked]


async def make_day() -> Day:
    day, at = Day(), now()
    zone = "Etc/GMT-6" if at.hour >= 18 or at.hour < 2 else "UTC"  # so that the next two hours are today's
    async with transaction() as session:
        day.provider = await make_provider(session, time_zone=zone)
        service = await make_service(session, day.provider)
        slots = await make_slots(session, service, 3, at + timedelta(minutes=1), zone)
        users = [await make_user(session) for _ in slots]
        day.booked = [
            await book_appointment(session, customer(user), asking(slot, customer_name=NAME), at)
            for user, slot in zip(users, slots, strict=True)
        ]
    day.owner = await signed_in(day.provider.user_id, "owner")
    day.ada = await signed_in(users[1].id, users[1].email)
    return day


@pytest.fixture
async def day(database: str) -> Day:
    return await make_day()


async def test_the_provider_runs_the_line_and_the_public_page_follows(day: Day) -> None:
    public = f"/queue/{day.provider.slug}"
    async with (
        browser_tab(app, day.owner.cookie, "/dashboard/queue") as desk,
        browser_tab(app, "", public) as screen,
        browser_tab(app, day.ada.cookie, public) as hers,
    ):
        await desk.send(ProviderQueue.load)
        assert [row.name for row in (await desk.state(ProviderQueue)).waiting] == [NAME] * 3
        sent = await screen.send(QueueView.load)
        await hers.send(QueueView.load)
        assert NAME not in str(sent)
        line = (await screen.state(QueueView)).line
        assert (line.serving, [each.token for each in line.waiting], line.own) == ("", ["A1", "A2", "A3"], "")
        hers_now = (await hers.state(QueueView)).line
        assert (hers_now.own, [each.mine for each in hers_now.waiting]) == ("A2", [False, True, False])
        assert (hers_now.own_at, line.own_at) == (hers_now.waiting[1].at, "")
        for _ in range(2):  # the same click twice
            await desk.send(ProviderQueue.call_next, seen="")
        assert (await desk.state(ProviderQueue)).serving.token == "A1"
        assert (await desk.state(Viewer)).notice == ""
        second = str(day.booked[1].id)
        await desk.send(ProviderQueue.act, verb="skip", entry_id=second)
        await desk.send(ProviderQueue.act, verb="check_in", entry_id=str(day.booked[2].id))
        assert (await desk.state(ProviderQueue)).waiting[0].here
        await desk.send(ProviderQueue.add, form={"name": "Zoë", "service_id": ""})
        await desk.send(ProviderQueue.announce, form={"minutes": "20", "note": "The dryer broke."})
        await screen.send(QueueView.refresh)
        line = (await screen.state(QueueView)).line
        assert (line.serving, [each.token for each in line.waiting]) == ("A1", ["W1", "A3"])
        assert ([each.token for each in line.skipped], line.delay, line.note) == (
            ["A2"],
            "20 min late",
            "The dryer broke.",
        )
        await desk.send(ProviderQueue.act, verb="undo", entry_id=second)
        await desk.send(ProviderQueue.on_time)
        await screen.send(QueueView.refresh)
        line = (await screen.state(QueueView)).line
        assert (line.delay, "A2" in [each.token for each in line.waiting]) == ("", True)
        [walk_in] = [row for row in (await desk.state(ProviderQueue)).waiting if row.walk_in]
        await desk.send(ProviderQueue.ask, entry_id=walk_in.id)
        assert (await desk.state(ProviderQueue)).asked.token == "W1"
        await desk.send(ProviderQueue.act, verb="remove", entry_id=walk_in.id)
        await screen.send(QueueView.refresh)
        assert "W1" not in [each.token for each in (await screen.state(QueueView)).line.waiting]


async def test_what_was_typed_wrongly_is_told_and_changes_nothing(day: Day) -> None:
    async with browser_tab(app, day.owner.cookie, "/dashboard/queue") as desk:
        await desk.send(ProviderQueue.load)
        for minutes in ("", "many", "-5", "601", "1.5"):
            await desk.send(ProviderQueue.announce, form={"minutes": minutes, "note": ""})
            assert (await desk.state(ProviderQueue)).delay_problem.startswith("Please"), minutes
        await desk.send(ProviderQueue.announce, form={"minutes": "5", "note": "x" * 301})
        assert (await desk.state(ProviderQueue)).note_problem
        await desk.send(ProviderQueue.add, form={"name": "x" * 121})
        assert (await desk.state(ProviderQueue)).walk_in_problem
        await desk.send(ProviderQueue.add, form={"service_id": str(day.booked[0].id)})
        assert (await desk.state(ProviderQueue)).walk_in_problem == "This service is not one of yours."
        state = await desk.state(ProviderQueue)
        assert (state.delay, len(state.waiting), state.version) == ("", 3, 0)


async def test_the_second_of_two_clicks_gives_no_second_token_and_leaves_the_news_of_the_first(day: Day) -> None:
    async with browser_tab(app, day.owner.cookie, "/dashboard/queue") as desk:
        await desk.send(ProviderQueue.load)
        for _ in range(2):
            await desk.send(ProviderQueue.add, form={"name": "Zoë", "round": "0"})
        assert [row.name for row in (await desk.state(ProviderQueue)).waiting if row.walk_in] == ["Zoë"]
        for _ in range(2):
            await desk.send(ProviderQueue.announce, form={"minutes": "20", "note": "", "round": "0"})
        told = (await desk.state(Viewer)).notice
        assert told.startswith("Noted. "), told
        assert "Nobody" not in told
        assert (await desk.state(ProviderQueue)).version == 1
        await desk.send(Dashboard.load)
        assert (await desk.state(Dashboard)).late == "20 min late"
        for _ in range(2):
            await desk.send(ProviderQueue.on_time)
        assert (await desk.state(ProviderQueue)).version == 2


async def test_another_provider_cannot_run_this_line(day: Day) -> None:
    other = await make_day()
    async with browser_tab(app, other.owner.cookie, "/dashboard/queue") as desk:
        await desk.send(ProviderQueue.load)
        for verb in ("call", "skip", "done", "undo", "check_in", "remove"):
            await desk.send(ProviderQueue.act, verb=verb, entry_id=str(day.booked[0].id))
            assert (await desk.state(Viewer)).notice, verb
        await desk.send(ProviderQueue.call_next, seen=str(day.booked[0].id))
        state = await desk.state(ProviderQueue)
        assert (state.serving.id, len(state.waiting)) == ("", 3)


async def test_the_booking_s_page_shows_the_place_in_line_on_the_day(day: Day) -> None:
    path = f"/booking/{day.booked[1].reference}"
    async with browser_tab(app, day.ada.cookie, path) as tab:
        await tab.send(BookingQueue.load)
        page = await tab.state(BookingQueue)
        assert (page.shown, page.slug, page.place) == (True, day.provider.slug, "1 person before you")
        assert page.arriving
        assert page.ticket.startswith("data:image/svg+xml")
        async with browser_tab(app, day.owner.cookie, "/dashboard/queue") as desk:
            await desk.send(ProviderQueue.load)
            await desk.send(ProviderQueue.act, verb="call", entry_id=str(day.booked[1].id))
        await tab.send(BookingQueue.load)
        page = await tab.state(BookingQueue)
        assert (page.place, page.arriving) == ("It is your turn", False)
    async with browser_tab(app, "", path) as stranger:
        await stranger.send(BookingQueue.load)
        page = await stranger.state(BookingQueue)
        assert (page.shown, page.ticket) == (False, "")


def test_a_turn_that_comes_after_midnight_says_its_day() -> None:
    late = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)  # 23:40 in Berlin
    assert turn_at(late + timedelta(minutes=15), "Europe/Berlin", late) == "23:55"
    assert turn_at(late + timedelta(minutes=45), "Europe/Berlin", late) == "tomorrow, 00:25"
    assert turn_at(late + timedelta(minutes=45), "Europe/London", late) == "23:25"
    assert turn_at(late + timedelta(minutes=11, seconds=20), "Europe/Berlin", late) == "23:55"
    assert turn_at(late + timedelta(minutes=16), "Europe/Berlin", late) == "tomorrow, 00:00"


async def test_a_page_of_nobody(database: str) -> None:
    async with browser_tab(app, "", "/queue/nobody") as tab:
        await tab.send(QueueView.load)
        assert (await tab.state(QueueView)).missing
        await tab.send(QueueView.refresh)
