"""A customer becomes a provider, sets up a business, and a guest books it."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import fill_details, rows
from tests.processes import Site

NAME = "Łódź Movement Room"


async def test_from_customer_to_the_first_booking(open_page: OpenPage, page: Page, site: Site) -> None:
    form = {"email": "mover@example.com", "password": "long enough 1", "name": "Maja Mover", "role": "customer"}
    await page.request.post("/session/signup", form=form, headers={"origin": site.url})
    await page.goto("/become-provider")
    await page.get_by_role("button", name="Become a provider").first.dblclick()
    await expect(page).to_have_url(re.compile("/onboarding"))

    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_text("Please fill this in.")).to_be_visible()
    await page.get_by_label("Business name").fill(NAME)
    await page.get_by_text("Fitness", exact=True).click()
    await expect(page.get_by_role("complementary", name="Preview").get_by_text(NAME)).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Business name")).to_have_value(NAME)
    await page.get_by_role("button", name="Save and continue").click()

    await expect(page).to_have_url(re.compile("step=place"))
    await page.goto("/dashboard")
    await page.goto("/onboarding")
    await expect(page.get_by_role("heading", name="Where do people meet you?")).to_be_visible()
    await page.get_by_label("City").fill("Łódź")
    await page.get_by_label("Time zone").select_option("Europe/Warsaw")
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_role("heading", name="When do you work?")).to_be_visible()
    await page.get_by_role("switch", name="Open on Saturday").click()
    await page.get_by_role("button", name="Save and continue").click()
    await page.get_by_label("What is it called?").fill("Stretch and breathe")
    await page.get_by_label("Price in").fill("35,50")
    await page.get_by_role("button", name="Save and continue").click()

    await expect(page.get_by_role("heading", name="Your page is online")).to_be_visible()
    await expect(page.get_by_text("The first time somebody can book")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="What can people book first?")).to_be_visible()
    await page.goto("/account")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your bookings")

    guest = await open_page(width=390)
    await guest.goto("/providers/lodz-movement-room")
    await guest.get_by_role("link", name=re.compile("^Book ")).first.click()
    await fill_details(guest)
    await guest.get_by_role("button", name="Book", exact=True).click()
    await expect(guest).to_have_url(re.compile("/booking/"))
    [booked] = rows(
        site,
        "SELECT count(*) FROM appointment JOIN provider ON provider.id = provider_id WHERE slug = %s",
        "lodz-movement-room",
    )
    assert booked == (1,)
