"""The pages of the sign-in, as the address and the browser's cookie have them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest

from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.domain.one_time_code import CODE_LIFE
from appointly.operations.send_sign_in_code import AskedCode, end_sign_in_codes, send_sign_in_code
from appointly.state.sign_in import SignInForm
from appointly.state.sign_in_code import SignInCodeForm
from appointly.visitor import BROWSER_COOKIE
from tests.hostile import NOBODY
from tests.hostile_addresses import ELSEWHERE, HERE
from tests.people import Person, person
from tests.state.driver import Tab, browser_tab


@pytest.fixture
async def tab(database: str) -> AsyncIterator[Tab]:
    async with browser_tab(app) as tab:
        yield tab


@pytest.fixture
async def olga(database: str) -> Person:
    return await person("Olga Owner", "provider")


async def asked(tab: Tab, owner: Person, ago: timedelta = timedelta()) -> AskedCode:
    """A code was mailed to the owner; the tab is where it was asked for."""
    async with transaction() as session:
        code = await send_sign_in_code(session, owner.user_id, "", now() - ago)
    tab.cookie, tab.path = f"{BROWSER_COOKIE}={code.browser}", f"/auth/{code.id}"
    return code


async def test_the_page_knows_where_the_mail_went(tab: Tab, olga: Person) -> None:
    code = await asked(tab, olga, timedelta(seconds=20))
    tab.path += "?error=otp_invalid&next=%2Fdashboard%2Fcalendar"
    sent = await tab.send(SignInCodeForm.load)
    shown = await tab.state(SignInCodeForm)
    assert (shown.loaded, shown.code_id, shown.address) == (True, str(code.id), "o•••@example.com")
    assert (shown.error, shown.then) == (
        "That is not the code we mailed. Please check it and type it again.",
        "/dashboard/calendar",
    )
    assert 38 <= shown.pause <= 40
    assert code.browser not in str(sent)


@pytest.mark.parametrize("cookie", ["", f"{BROWSER_COOKIE}=guessed", f"{BROWSER_COOKIE}="])
async def test_another_browser_sees_no_address(tab: Tab, olga: Person, cookie: str) -> None:
    await asked(tab, olga)
    tab.cookie = cookie
    sent = await tab.send(SignInCodeForm.load)
    shown = await tab.state(SignInCodeForm)
    assert (shown.loaded, shown.code_id, shown.address) == (True, "", "")
    assert "example.com" not in str(sent)


@pytest.mark.parametrize("path", ["/auth/nonsense", f"/auth/{NOBODY}", "/auth/%00", "/auth/" + "1" * 500])
async def test_no_such_code(tab: Tab, olga: Person, path: str) -> None:
    await asked(tab, olga)
    tab.path = path
    await tab.send(SignInCodeForm.load)
    assert (await tab.state(SignInCodeForm)).code_id == ""


async def test_too_late_leads_to_the_sign_in_with_the_address(tab: Tab, olga: Person) -> None:
    await asked(tab, olga, CODE_LIFE)
    tab.path += "?next=/dashboard/bookings"
    await tab.send(SignInCodeForm.load)
    tab.path = tab.redirects()[0]
    assert tab.path == "/login-provider?error=otp_expired&email=olga%40example.com&next=%2Fdashboard%2Fbookings"
    await tab.send(SignInForm.load)
    shown = await tab.state(SignInForm)
    assert (shown.email, shown.then) == ("olga@example.com", "/dashboard/bookings")
    assert shown.error == "That code is no longer good. Please sign in again, and we mail you a new one."


async def test_a_replaced_code_too(tab: Tab, olga: Person) -> None:
    await asked(tab, olga)
    async with transaction() as session:
        await end_sign_in_codes(session, olga.user_id, now())
    await tab.send(SignInCodeForm.load)
    assert urlsplit(tab.redirects()[0]).path == "/login-provider"


async def test_next_never_leaves_the_site(tab: Tab, olga: Person) -> None:
    code = await asked(tab, olga)
    for target in [*ELSEWHERE, *HERE]:
        kept = target if target in HERE else ""
        written = quote(target.encode(errors="replace"))
        for path, load, form in (
            (f"/auth/{code.id}", SignInCodeForm.load, SignInCodeForm),
            ("/login", SignInForm.load, SignInForm),
        ):
            tab.path = f"{path}?next={written}"
            await tab.send(load)
            assert (await tab.state(form)).then == kept, target
