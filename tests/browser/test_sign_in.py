"""A provider signs in with password and mailed code, in a real browser, with a real worker."""

import re
from urllib.parse import quote

import redis
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import PASSWORD
from tests.browser.test_accessibility import assert_clean
from tests.conftest import REDIS_DATABASES_EACH
from tests.hostile_addresses import HERE
from tests.processes import Site

EMAIL = "provider@demo.test"


def flush(site: Site) -> None:
    """Redis forgets everything."""
    address, _, number = site.servers.redis_url.rpartition("=")
    for offset in range(REDIS_DATABASES_EACH):
        with redis.Redis.from_url(f"{address}={int(number) + offset}") as client:
            client.flushdb()


async def code_mails(page: Page) -> list[str]:
    """The subjects of the mails with a code, newest first: the provider also gets mails about bookings."""
    mails = await (await page.request.get(f"/dev/mailbox.json?to={quote(EMAIL)}")).json()
    return [mail["subject"] for mail in mails if re.fullmatch(r"\d{6} is your sign-in code", mail["subject"])]


async def newest_code_mail(page: Page, seen: int) -> str:
    """The subject of the newest mail with a code, when there are more than `seen`."""
    for _ in range(200):
        subjects = await code_mails(page)
        if len(subjects) > seen:
            return subjects[0]
        await page.wait_for_timeout(100)
    raise AssertionError("no mail")


async def test_through_the_wrong_door_to_the_page_that_was_wanted(
    open_page: OpenPage, site: Site, site_worker: None
) -> None:
    page = await open_page(width=390, dark=True)
    seen = len(await code_mails(page))
    await page.goto("/login?next=/dashboard/calendar")
    await page.get_by_label("Email address").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page).to_have_url(re.compile("/login-provider"))
    await expect(page.get_by_role("alert")).to_contain_text("it signs in here")
    await expect(page.get_by_label("Email address")).to_have_value(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()

    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    field = page.get_by_label("Six-digit code")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("autocomplete", "one-time-code")
    await expect(field).to_have_attribute("inputmode", "numeric")
    await expect(page.get_by_text("p•••@demo.test")).to_be_visible()
    await expect(page.get_by_text("You can have another code in")).to_be_visible()
    await expect(page.get_by_role("button", name="Send another code")).to_be_hidden()
    await assert_clean(page)

    subject = await newest_code_mail(page, seen)
    await field.fill(f"{(int(subject[:6]) + 1) % 10**6:06}")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("That is not the code we mailed.")).to_be_visible()
    flush(site)
    await field.fill(subject)  # the whole line, as it is copied
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/dashboard/calendar$"))
    await expect(page.get_by_role("heading", name="Calendar")).to_be_visible()
    names = {cookie["name"] for cookie in await page.context.cookies()}
    assert "appointly_session" in names
    assert "appointly_browser" not in names


async def test_the_other_door_for_customers(page: Page) -> None:
    await page.goto("/login-provider")
    await page.get_by_label("Email address").fill("customer@demo.test")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page).to_have_url(re.compile(r"/login\?"))
    await expect(page.get_by_role("alert")).to_contain_text("not a provider's account")
    await expect(page.get_by_label("Email address")).to_have_value("customer@demo.test")


async def test_a_browser_that_waits_for_no_code_is_shown_the_way(page: Page, site: Site) -> None:
    await page.goto("/auth/01890a5d-ac96-774b-bcce-b302099a8057?next=/dashboard")
    await expect(page.get_by_role("heading", name="No code is awaited here")).to_be_visible()
    await assert_clean(page)
    # What is let through as a way on is on this site for the browser too.
    hosts = await page.evaluate("all => all.map(each => new URL(each, location.href).host)", HERE)
    assert set(hosts) == {site.url.removeprefix("http://")}
