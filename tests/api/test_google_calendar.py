"""Connecting a calendar at Google: begun, allowed, chosen; and whatever does not fit changes nothing."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest

from appointly import google_choice, routes
from appointly.api.http import api
from appointly.appointly import app
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.models import Provider
from appointly.queries.google_calendars import GoogleRow, google_rows
from appointly.sandbox.google_calendar import READ, WRITE
from appointly.sealed import GOOGLE_CALENDAR, seal
from appointly.state.google_calendar import NOWHERE, OWN, GoogleCalendarPage
from tests.google import NORA, StandIn, google, stand_in_process
from tests.hostile import fingerprint
from tests.making import make_provider
from tests.people import person, signed_in
from tests.state.driver import Tab, browser_tab

__all__ = ["google", "stand_in_process"]
PAGE = routes.GOOGLE_CALENDAR


@pytest.fixture
async def provider(google: StandIn) -> Provider:
    async with transaction() as session:
        return await make_provider(session)


@pytest.fixture
async def browser(google: StandIn, provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    """The provider's browser."""
    transport = httpx.ASGITransport(api, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        name, _, value = (await signed_in(provider.user_id, "")).cookie.partition("=")
        client.cookies.set(name, value, domain="127.0.0.1")
        yield client


async def begin(browser: httpx.AsyncClient, write: str = "1") -> str:
    answer = await browser.get(routes.GOOGLE_CALENDAR_START, params={"write": write})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def connected(browser: httpx.AsyncClient, google: StandIn, write: str = "1", **how: object) -> str:
    """Go there, allow it, come back; where one is led then."""
    back = await google.consent(await begin(browser, write), **how)  # type: ignore[arg-type]
    return str((await browser.get(back)).headers["location"])


def cookies(browser: httpx.AsyncClient) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)


async def rows(provider: Provider) -> list[GoogleRow]:
    async with reading() as session:
        return await google_rows(session, provider.id)


async def loaded(tab: Tab) -> GoogleCalendarPage:
    await tab.send(GoogleCalendarPage.load)
    page: GoogleCalendarPage = await tab.state(GoogleCalendarPage)
    return page


async def test_connect_and_choose(google: StandIn, browser: httpx.AsyncClient, provider: Provider) -> None:
    assert await connected(browser, google) == PAGE
    assert GOOGLE_CALENDAR not in cookies(browser).replace(google_choice.COOKIE, "")
    async with browser_tab(app, cookies(browser), PAGE) as tab:
        page = await loaded(tab)
        assert (page.account, [each.title for each in page.offered]) == (
            NORA,
            ["Your own calendar", "Family", "Holidays in Germany"],
        )
        assert [each.blocks for each in page.offered] == [True, False, False]
        assert [each.field for each in page.writable] == ["calendar-0", "calendar-1"]
        assert page.writes_to == "calendar-0"
        await tab.send(GoogleCalendarPage.choose, form={"calendar-0": "on", "calendar-2": "on", "writes": "calendar-1"})
        page = await tab.state(GoogleCalendarPage)
        assert (page.problem, page.offered) == ("", [])
        assert [(each.name, each.writes) for each in page.connected] == [
            ("Family", True),
            (OWN, False),
            ("Holidays in Germany", False),
        ]
        assert "refresh_token" not in f"{tab.shown}{vars(page)}"
        # The same click once more, from a page that was left open.
        before = await rows(provider)
        await tab.send(GoogleCalendarPage.choose, form={"calendar-0": "on"})
        assert await rows(provider) == before
    assert {row.facts["calendar"] for row in before} >= {NORA, f"family.{NORA}"}
    assert len(before) == 3


async def test_connecting_again_keeps_what_was_chosen(
    google: StandIn, browser: httpx.AsyncClient, provider: Provider
) -> None:
    for place in range(2):
        await connected(browser, google)
        async with browser_tab(app, cookies(browser), PAGE) as tab:
            page = await loaded(tab)
            if place:
                assert [each.blocks for each in page.offered] == [False, True, False]
                assert page.writes_to == "calendar-1"
            await tab.send(GoogleCalendarPage.choose, form={"calendar-1": "on", "writes": "calendar-1"})
    [row] = await rows(provider)
    assert (row.name, row.writes_back) == ("Family", True)


async def test_reading_alone_asks_for_no_more(google: StandIn, browser: httpx.AsyncClient, provider: Provider) -> None:
    assert parse_qs(urlsplit(await begin(browser, "0")).query)["scope"] == [READ]
    await connected(browser, google, "0")
    async with browser_tab(app, cookies(browser), PAGE) as tab:
        page = await loaded(tab)
        assert (page.writable, page.writes_to) == ([], NOWHERE)
        await tab.send(GoogleCalendarPage.choose, form={"calendar-0": "on", "writes": "calendar-0"})
    assert [row.writes_back for row in await rows(provider)] == [False]


async def test_less_than_was_asked_for(google: StandIn, browser: httpx.AsyncClient) -> None:
    assert await connected(browser, google, granted=[READ]) == PAGE
    async with browser_tab(app, cookies(browser), PAGE) as tab:
        assert (await loaded(tab)).writable == []
    assert "google_calendar_cancelled" in await connected(browser, google, granted=[WRITE])


async def test_no(google: StandIn, browser: httpx.AsyncClient) -> None:
    location = await connected(browser, google, answer="no")
    assert location == f"{PAGE}?error=google_calendar_cancelled"
    async with browser_tab(app, cookies(browser), location) as tab:
        page = await loaded(tab)
        assert page.problem.startswith("You did not let us see")
        assert page.offered == []


async def test_an_answer_counts_in_the_browser_that_asked_once(
    google: StandIn, browser: httpx.AsyncClient, provider: Provider
) -> None:
    back = await google.consent(await begin(browser))
    parts = urlsplit(back)
    other = urlencode(dict(parse_qsl(parts.query)) | {"state": "x"})
    stale = f"{PAGE}?error=google_calendar_stale"
    jar = dict(browser.cookies)
    assert (await browser.get(f"{parts.path}?{other}")).headers["location"] == stale
    assert (await browser.get(back)).headers["location"] == stale  # the attempt is over
    browser.cookies.set(GOOGLE_CALENDAR, jar[GOOGLE_CALENDAR], domain="127.0.0.1")
    assert (await browser.get(back)).headers["location"] == PAGE
    browser.cookies.set(GOOGLE_CALENDAR, jar[GOOGLE_CALENDAR], domain="127.0.0.1")
    assert (await browser.get(back)).headers["location"] == stale  # Google takes a code once


async def test_an_answer_counts_for_the_one_who_asked(
    google: StandIn, browser: httpx.AsyncClient, provider: Provider
) -> None:
    back = await google.consent(await begin(browser))
    async with transaction() as session:
        other = await make_provider(session, "Other")
    name, _, value = (await signed_in(other.user_id, "")).cookie.partition("=")
    browser.cookies.delete(name)
    browser.cookies.set(name, value, domain="127.0.0.1")
    assert (await browser.get(back)).headers["location"] == f"{PAGE}?error=google_calendar_stale"


async def test_what_may_be_chosen_is_nobody_else_s(google: StandIn, browser: httpx.AsyncClient, database: str) -> None:
    await connected(browser, google)
    async with transaction() as session:
        other = await make_provider(session, "Other")
    key = browser.cookies[google_choice.COOKIE]
    cookie = f"{(await signed_in(other.user_id, '')).cookie}; {google_choice.COOKIE}={key}"
    async with browser_tab(app, cookie, PAGE) as tab:
        assert (await loaded(tab)).offered == []
        before = fingerprint(database)
        await tab.send(GoogleCalendarPage.choose, form={"calendar-0": "on"})
        assert fingerprint(database) == before


async def test_guests_and_customers_are_led_elsewhere(http: httpx.AsyncClient, google: StandIn) -> None:
    for path in (routes.GOOGLE_CALENDAR_START, routes.GOOGLE_CALENDAR_CALLBACK):
        assert (await http.get(path)).headers["location"].startswith("/login-provider?")
        answer = await http.get(path, headers={"cookie": (await person(email=f"{len(path)}@x.com")).cookie})
        assert answer.headers["location"] == f"{PAGE}?error=forbidden"


async def test_google_is_silent(google: StandIn, browser: httpx.AsyncClient) -> None:
    await google.order("POST", "/token", 503, "")
    assert await connected(browser, google) == f"{PAGE}?error=google_calendar_silent"
    await google.order("GET", "/users/me/calendarList", 500, "backendError")
    assert await connected(browser, google) == f"{PAGE}?error=google_calendar_silent"


async def test_a_forged_attempt(google: StandIn, browser: httpx.AsyncClient, provider: Provider) -> None:
    facts = {"state": "s", "verifier": "v" * 64, "user_id": str(provider.user_id)}
    sealed = seal("appointly_google", facts, now())  # for another purpose
    browser.cookies.set(GOOGLE_CALENDAR, sealed, domain="127.0.0.1")
    answer = await browser.get(f"{routes.GOOGLE_CALENDAR_CALLBACK}?state=s&code=c")
    assert answer.headers["location"] == f"{PAGE}?error=google_calendar_stale"


async def test_at_least_one_calendar(google: StandIn, browser: httpx.AsyncClient, provider: Provider) -> None:
    await connected(browser, google)
    async with browser_tab(app, cookies(browser), PAGE) as tab:
        await loaded(tab)
        await tab.send(GoogleCalendarPage.choose, form={"writes": NOWHERE})
        page = await tab.state(GoogleCalendarPage)
        assert page.problem == "Please choose at least one calendar."
        assert page.offered != []
    assert await rows(provider) == []


async def test_others_cannot_disconnect_it(google: StandIn, browser: httpx.AsyncClient, provider: Provider) -> None:
    await connected(browser, google)
    async with browser_tab(app, cookies(browser), PAGE) as tab:
        await loaded(tab)
        await tab.send(GoogleCalendarPage.choose, form={"calendar-0": "on"})
    [row] = await rows(provider)
    async with transaction() as session:
        other = await make_provider(session, "Other")
    guest, customer = "", (await person()).cookie
    for cookie in (guest, customer, (await signed_in(other.user_id, "")).cookie):
        async with browser_tab(app, cookie, PAGE) as tab:
            await tab.send(GoogleCalendarPage.leave, calendar=str(row.id), take_out=True)
        assert await rows(provider) == [row]
    async with browser_tab(app, cookies(browser), PAGE) as tab:
        await tab.send(GoogleCalendarPage.leave, calendar=str(row.id), take_out=False)
        await tab.send(GoogleCalendarPage.leave, calendar=str(row.id), take_out=False)
    assert await rows(provider) == []
