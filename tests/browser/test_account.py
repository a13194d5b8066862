"""A newcomer confirms the address, makes a token, sets a new password and leaves, with the mails from the mailbox."""

import asyncio
import re
from time import monotonic
from urllib.parse import quote
from uuid import uuid4
from zipfile import ZipFile

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage

PASSWORD, NEW_PASSWORD = "a fine long sentence", "another fine long sentence"
PATIENCE = 20


async def link_of(page: Page, to: str, subject: str) -> str:
    """The link of the newest mail with this subject, as soon as the worker has sent it."""
    end = monotonic() + PATIENCE
    while monotonic() < end:
        mails = await (await page.request.get(f"/dev/mailbox.json?to={quote(to)}")).json()
        if found := [mail for mail in mails if mail["subject"] == subject]:
            return str(re.findall(r"http\S+/session/link/\S+", found[0]["text"])[0])
        await asyncio.sleep(0.1)
    raise AssertionError(f"No mail “{subject}” to {to}.")


@pytest.mark.usefixtures("site_worker")
async def test_from_sign_up_to_a_new_password(open_page: OpenPage) -> None:
    page, other = await open_page(width=390, height=844), await open_page()
    email = f"newcomer.{uuid4().hex[:8]}@example.com"
    await page.goto("/signup")
    await page.get_by_label("Your name").fill("New Comer")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Make my account").click()
    await expect(page.get_by_text("your address?")).to_be_visible()

    await other.goto(await link_of(page, email, "Please confirm your address"))  # in another browser
    assert "key=" not in other.url
    await other.get_by_role("button", name="Confirm my address").click()
    await expect(other.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    await expect(other.get_by_role("link", name="Sign in").first).to_be_visible()  # nobody is signed in by it

    await page.goto("/account/settings")
    await expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await page.get_by_text("Make a token").click()
    await page.get_by_label("What is it for?").fill("My script")
    await page.get_by_label("See your name and address").check()
    await page.get_by_role("button", name="Make the token").click()
    await expect(page.get_by_label("Your token")).to_have_value(re.compile("apt_"))
    secret = await page.get_by_label("Your token").input_value()
    await expect(page.locator("#copy-new-token")).to_have_js_property("value", secret)
    who = await other.request.get("/api/v1/auth/me", headers={"authorization": f"Bearer {secret}"})
    assert (await who.json())["user"]["email"] == email
    violations = await Axe().run(page)
    assert violations.violations_count == 0, violations.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.reload()
    await expect(page.get_by_text("My script").first).to_be_visible()
    await expect(page.locator("#new-token")).to_be_hidden()
    await expect(page.locator("#new-token")).to_have_value("")

    await other.goto("/login")
    await other.get_by_role("link", name="Forgotten your password?").click()
    await expect(other.get_by_role("heading", name="Forgotten your password?")).to_be_visible()
    await other.get_by_label("Email address").fill(email)
    await other.get_by_role("button", name="Mail me a link").click()
    await expect(other.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    await other.goto(await link_of(page, email, "Set a new password"))
    assert "key=" not in other.url
    await other.get_by_label("New password").fill("iloveyou")
    await other.get_by_role("button", name="Set it and sign in").click()
    await expect(other.get_by_text("many people use")).to_be_visible()
    await other.get_by_label("New password").fill(NEW_PASSWORD)
    await other.get_by_role("button", name="Set it and sign in").click()
    await expect(other.get_by_role("heading", name="Your bookings")).to_be_visible()
    await page.goto("/account/settings")  # the browser from before is signed out
    await page.wait_for_url("**/login?**")

    await other.goto("/account/settings")
    async with other.expect_download() as downloading:
        await other.get_by_role("link", name="Download my data").click()
    with ZipFile(await (await downloading.value).path()) as archive:
        assert email in archive.read("account.json").decode()
    leaving = other.get_by_role("region", name="Delete your account")
    await leaving.get_by_text("Delete my account", exact=True).click()
    await leaving.get_by_label("Your password").fill(NEW_PASSWORD)
    await leaving.get_by_label("Type “delete” to confirm").fill("no")
    await leaving.get_by_role("button", name="Delete my account for good").click()
    await expect(leaving.get_by_role("alert")).to_be_visible()
    await leaving.get_by_label("Your password").fill(NEW_PASSWORD)
    await leaving.get_by_label("Type “delete” to confirm").fill("delete")
    await leaving.get_by_role("button", name="Delete my account for good").click()
    await expect(other.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    await other.goto("/account/settings")
    await other.wait_for_url("**/login?**")
