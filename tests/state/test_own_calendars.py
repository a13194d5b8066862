"""The page of a provider's own calendars, event by event."""

from datetime import timedelta
from typing import Any

import pytest

from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.domain.actor import GUEST
from appointly.domain.calendar import Reading, Span
from appointly.models import Provider
from appointly.operations.book_appointment import book_appointment
from appointly.operations.external_calendars import claim_due_calendars, note_reading
from appointly.settings import settings
from appointly.state.dashboard import Dashboard
from appointly.state.own_calendars import CalendarNews, OwnCalendars
from tests.calendars import Asked, reply, stranger
from tests.making import asking, make_provider, make_service, make_slots
from tests.people import signed_in
from tests.state.driver import Tab, browser_tab

CALDAV = {"name": "", "address": "", "user": "ada", "password": "hunter2-app"}
CALENDAR = """<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:response><d:href>/ada/home/</d:href>
<d:propstat><d:prop><d:displayname>Home</d:displayname><d:resourcetype><c:calendar/></d:resourcetype></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"""


@pytest.fixture
async def provider(database: str) -> Provider:
    async with transaction() as session:
        return await make_provider(session)


async def opened(tab: Tab, provider: Provider) -> Any:
    tab.cookie = (await signed_in(provider.user_id, "")).cookie
    tab.path = "/dashboard/calendars"
    await tab.send(OwnCalendars.load)
    return await tab.state(OwnCalendars)


async def test_an_address_is_added_renamed_and_removed(provider: Provider) -> None:
    async with browser_tab(app) as tab:
        page = await opened(tab, provider)
        assert (page.loaded, page.calendars) == (True, [])
        await tab.send(OwnCalendars.submit, form={"address": "not an address", "name": "Family"})
        page = await tab.state(OwnCalendars)
        assert page.errors["address"].startswith("This is not the address of a calendar")
        assert (page.calendars, page.made) == ([], 0)
        wanted = {"address": "webcal://calendar.example/secret-1", "name": "", "round": "0"}
        sent = await tab.send(OwnCalendars.submit, form=wanted)
        await tab.send(OwnCalendars.submit, form=wanted)  # the second of two clicks
        page = await tab.state(OwnCalendars)
        [row] = page.calendars
        assert (row.name, row.tone, row.status) == ("calendar.example", "reading", "Reading…")
        assert "secret-1" not in str(sent)
        await tab.send(OwnCalendars.rename, calendar=row.id, form={"new_name": "Family"})
        await tab.send(OwnCalendars.read_now, calendar=row.id)
        page = await tab.state(OwnCalendars)
        assert [each.name for each in page.calendars] == ["Family"]
        await tab.send(OwnCalendars.remove, calendar=row.id)
        assert (await tab.state(OwnCalendars)).calendars == []


async def test_an_account_is_searched_first_and_its_password_is_kept_nowhere(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "calendar_networks", "127.0.0.1/32")

    def answer(handler: Any, asked: Asked) -> None:
        reply(handler, CALENDAR.encode(), 207 if "authorization" in asked.headers else 401)

    with stranger(answer) as server:
        async with browser_tab(app) as tab:
            await opened(tab, provider)
            await tab.send(OwnCalendars.choose_kind, kind="caldav")
            await tab.send(OwnCalendars.submit, form={**CALDAV, "address": server.address, "password": ""})
            assert (await tab.state(OwnCalendars)).errors["password"] == "Please fill this in."
            form = {**CALDAV, "address": server.address}
            sent = await tab.send(OwnCalendars.submit, form=form)
            page = await tab.state(OwnCalendars)
            assert [(each.name, each.address) for each in page.found] == [("Home", f"{server.address}/ada/home/")]
            assert "hunter2" not in f"{sent}{page.dict()}"
            await tab.send(OwnCalendars.submit, form={**form, "calendar": "https://elsewhere.example/"})
            assert (await tab.state(OwnCalendars)).errors["calendar"]
            await tab.send(OwnCalendars.submit, form={**form, "calendar": page.found[0].address})
            [row] = (await tab.state(OwnCalendars)).calendars
            assert (row.name, row.place) == ("Home", "CalDAV · ada at 127.0.0.1")


async def test_collisions_and_failures_come_to_the_dashboard_and_go(provider: Provider) -> None:
    async with browser_tab(app) as tab:
        await opened(tab, provider)
        await tab.send(OwnCalendars.submit, form={"address": "https://calendar.example/a", "name": "Family"})
        async with transaction() as session:
            begin = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
            slots = await make_slots(session, await make_service(session, provider), 2, begin)
            for slot in slots:
                await book_appointment(session, GUEST, asking(slot), now())
            [claimed] = await claim_due_calendars(session, now(), 1)
            busy = [Span(slots[0].start_time, slots[1].end_time)]
            await note_reading(session, claimed, Reading(busy), now())
        await tab.send(OwnCalendars.refresh)
        page = await tab.state(OwnCalendars)
        assert page.calendars[0].status.startswith("1 busy time until ")
        await tab.send(Dashboard.refresh)
        news = await tab.state(CalendarNews)
        assert news.title == "2 appointments collide with your own calendar"
        assert [each.who for each in news.first] == ["Grace Hopper"] * 2
        assert all(each.href.startswith("/dashboard?booking=") for each in news.first)
        await tab.send(OwnCalendars.remove, calendar=page.calendars[0].id)
        assert (await tab.state(CalendarNews)).collisions == []


async def test_a_class_that_collides_is_one_line_and_leads_to_its_list(provider: Provider) -> None:
    async with browser_tab(app) as tab:
        await opened(tab, provider)
        await tab.send(OwnCalendars.submit, form={"address": "https://calendar.example/a", "name": "Family"})
        async with transaction() as session:
            begin = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
            [slot] = await make_slots(session, await make_service(session, provider, capacity=5), 1, begin)
            for number in range(3):
                await book_appointment(session, GUEST, asking(slot, customer_email=f"{number}@example.com"), now())
            [claimed] = await claim_due_calendars(session, now(), 1)
            await note_reading(session, claimed, Reading([Span(slot.start_time, slot.end_time)]), now())
        await tab.send(Dashboard.refresh)
        news = await tab.state(CalendarNews)
        assert news.title == "1 appointment collides with your own calendar"
        [line] = news.collisions
        assert (line.who, line.href) == ("3 of 5 places", f"/dashboard/class/{slot.id}")
