"""No page of the booking path has a fault that axe can find, light or dark, wide or narrow."""

import re
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import fill_details, free_time, rows, sign_in
from tests.processes import Site

WIDTHS = [1440, 390]
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
FADED = """Promise.all(document.getAnimations().filter(each => each.effect.getComputedTiming().endTime < 1000)
.map(each => each.finished.catch(() => null))).then(() => null)"""


async def assert_clean(page: Page) -> None:
    """Axe finds nothing, and the page does not scroll sideways."""
    await page.evaluate(FADED)  # colours that are still fading would be measured half way
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def assert_clean_in_both(page: Page) -> None:
    """The same in the light and in the dark."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator("html")).to_have_class(re.compile(rf"\b{scheme}\b"))
        await assert_clean(page)


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_wizard_and_the_booking(open_page: OpenPage, site: Site, width: int) -> None:
    page, free = await open_page(width), free_time(site)
    await page.goto(f"{free.wizard}&step=time")
    await expect(page.get_by_role("heading", name="When would you like to come?")).to_be_visible()
    await expect(page.get_by_role("group", name="Choose a day")).to_be_visible()
    await assert_clean_in_both(page)
    await page.goto(free.wizard)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    await assert_clean_in_both(page)
    await fill_details(page)
    await assert_clean_in_both(page)
    await page.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    await assert_clean_in_both(page)
    await page.goto("/booking/NOSUCHONE")
    await expect(page.get_by_role("heading", name="This booking is not open to you")).to_be_visible()
    await assert_clean_in_both(page)


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_workspace(open_page: OpenPage, site: Site, width: int) -> None:
    page = await open_page(width)
    await sign_in(page, site, "provider")
    await page.goto("/dashboard")
    await expect(page.get_by_role("heading", name="Schedule")).to_be_visible()
    await assert_clean_in_both(page)
    query = """SELECT reference FROM appointment JOIN provider ON provider.id = provider_id
    JOIN "user" u ON u.id = user_id
    WHERE email = 'provider@demo.test' AND status = 'confirmed' AND start_time > now()"""
    reference = rows(site, query)[0][0]
    for path, heading in [
        (f"/dashboard/bookings?booking={reference}", "Bookings"),
        ("/dashboard/bookings?show=past", "Bookings"),
        ("/dashboard/calendar", "Calendar"),
        ("/dashboard/availability", "Availability"),
    ]:
        await page.goto(path)
        await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        await expect(page.get_by_text("–").filter(visible=True).first).to_be_visible()
        if reference in path:  # the panel comes after the list
            await expect(page.get_by_role("complementary", name="Booking", exact=True)).to_be_visible()
        await assert_clean_in_both(page)
    await page.goto("/dashboard/services")
    await page.get_by_role("link", name="Colour refresh").click()
    await page.get_by_text("Breaks, limits and how far ahead").click()
    await page.get_by_role("button", name="Ask a question").click()
    await page.get_by_label("Title").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    await assert_clean_in_both(page)
    await page.get_by_role("link", name="Services").last.click()
    await expect(page.get_by_role("link", name="Colour refresh")).to_be_visible()
    await assert_clean_in_both(page)


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_account_and_the_admin(open_page: OpenPage, site: Site, width: int) -> None:
    customer, admin = await open_page(width), await open_page(width)
    await sign_in(customer, site, "customer")
    await customer.goto("/account")
    await expect(customer.get_by_role("heading", name="Upcoming")).to_be_visible()
    await assert_clean_in_both(customer)
    await sign_in(admin, site, "admin")
    for path, heading in [("/admin", "Latest bookings"), ("/admin/bookings", "Bookings"), ("/admin/jobs", "Jobs")]:
        await admin.goto(path)
        await expect(admin.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        await assert_clean_in_both(admin)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
async def test_the_ways_in(open_page: OpenPage, width: int, dark: bool) -> None:
    page = await open_page(width, dark=dark)
    for path, heading in [
        ("/login", "Welcome back"),
        ("/login-provider", "Your day, one step away"),
        ("/signup", "Make your account"),
        ("/reset-password", "Forgotten your password?"),
        ("/reset-password/new?token=x", "Set a new password"),
        ("/confirm?token=x", "Is this your address?"),
        ("/link-google", "Nothing is waiting here"),
        ("/become-provider", "Be booked while you work."),
        ("/account-deleted", "Your account is deleted"),
    ]:
        await page.goto(path)
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        await assert_clean(page)


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (390, False)])
async def test_what_an_account_and_a_business_are_told(open_page: OpenPage, site: Site, width: int, dark: bool) -> None:
    page = await open_page(width, dark=dark)
    await sign_in(page, site, "provider")
    await page.goto("/account/settings")
    for fold in ("Use another address", "Make a token", "Delete my account"):
        await page.locator("summary", has_text=fold).click()
    await assert_clean(page)
    await page.goto("/dashboard/profile")
    await page.get_by_text("The exact point on the map").click()
    await assert_clean(page)
    await page.goto("/dashboard/availability")
    await page.get_by_role("button", name="Copy to other days").first.click()
    await assert_clean(page)
    await page.get_by_role("button", name="Other hours").first.click()
    await expect(page.get_by_role("dialog").get_by_text("free times")).to_be_visible()
    await assert_clean(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
async def test_the_first_steps_of_a_business(open_page: OpenPage, site: Site, width: int, dark: bool) -> None:
    page = await open_page(width, dark=dark)
    form = {"name": "Nadia", "email": f"nadia{width}@example.com", "password": "a short sentence", "role": "provider"}
    await page.request.post("/session/signup", form=form, headers={"origin": site.url}, max_redirects=0)
    await page.goto("/onboarding")
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    await assert_clean(page)
    await page.get_by_label("Business name").fill("صالون الياسمين للعناية بالشعر " * 4)
    await page.get_by_role("radio", name="Hair").check(force=True)
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_role("heading", name="Where do people meet you?")).to_be_visible()
    await assert_clean(page)
    await page.get_by_label("City").fill("Berlin")
    await page.get_by_label("Time zone").select_option("Europe/Berlin")
    await page.get_by_role("checkbox", name="At my place").check()
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_role("heading", name="When do you work?")).to_be_visible()
    await assert_clean(page)
    await page.goto("/dashboard")
    await expect(page.get_by_role("heading", name="Before people can book you")).to_be_visible()
    await assert_clean(page)
    await page.goto("/dashboard/services")
    await expect(page.get_by_text("Nothing on offer yet")).to_be_visible()
    await assert_clean(page)
