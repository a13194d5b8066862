"""Searching around where one is, with the browser's own answer."""

import re

from playwright.async_api import Page, expect


async def test_near_me_in_the_evening(page: Page) -> None:
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 52.52, "longitude": 13.405})
    await page.goto("/services")
    await page.get_by_role("button", name="Near me").first.click()
    await expect(page).to_have_url(re.compile(r"near=52\.520%2C13\.405&sort=distance"))
    await expect(page.get_by_text(re.compile(r"\d km away")).first).to_be_visible()
    await page.get_by_label("Near you").first.select_option("100")
    await expect(page.get_by_role("button", name="Within 100 km of you")).to_be_visible()
    await page.get_by_label("Time of day").first.select_option("17:00-")
    await expect(page.get_by_role("button", name="from 17:00")).to_be_visible()
    await page.get_by_role("button", name="Within 100 km of you").click()
    await expect(page).to_have_url(re.compile(r"/services\?(?!.*(near|sort))"))


async def test_a_browser_that_does_not_tell(page: Page) -> None:
    await page.goto("/services")
    await page.get_by_role("button", name="Near me").first.click()
    await expect(page.get_by_text("Your browser did not tell us where you are.")).to_be_visible()
