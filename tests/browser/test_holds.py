"""A guest's way through the wizard, with everything that can come in between."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import free_time, rows, sign_in
from tests.processes import Site

ENDS_IN = "UPDATE hold SET expires_at = now() + %s::interval WHERE slot_id = %s RETURNING id"
HELD = "SELECT count(*) FROM hold WHERE slot_id = %s"


async def countdown(page: Page) -> int:
    """The seconds that are left."""
    timer = page.get_by_role("timer")
    await expect(timer).to_contain_text(":")
    minutes, seconds = (await timer.inner_text()).split(":")
    return 60 * int(minutes) + int(seconds)


async def test_a_guest_s_time_and_words_survive_the_whole_way(open_page: OpenPage, site: Site) -> None:
    free = free_time(site)
    page, other = await open_page(390, 844), await open_page()
    await page.goto(free.wizard)
    await expect(page.get_by_text("We keep this time for you")).to_be_visible()
    await expect(page).not_to_have_url(re.compile("slot="))
    assert 1700 < await countdown(page) <= 1800
    await other.goto(free.wizard)
    await expect(other.get_by_text("This time has just been taken")).to_be_visible()

    await page.get_by_label("Your name").fill("Gina Guest")
    await page.get_by_label("Email").fill("gina@example.com")
    await page.get_by_label("Phone").focus()
    await page.wait_for_load_state("networkidle")
    await page.reload()
    await expect(page.get_by_label("Your name")).to_have_value("Gina Guest")
    assert await countdown(page) <= 1800

    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name="Check and book")).to_be_focused()
    for heading, step in (("Your details", page.go_back), ("Check and book", page.go_forward)):
        await step()
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        await countdown(page)
    await page.go_back()
    here = await page.get_by_role("main").get_by_role("link", name="Sign in").get_attribute("href")
    await sign_in(page, site, "customer")
    await page.goto(str(here).removeprefix("/login?next="))
    await expect(page.get_by_label("Your name")).to_have_value("Gina Guest")
    assert await countdown(page) < 1800
    assert rows(site, HELD, free.slot_id) == [(1,)]

    await page.goto("/account")
    begun = page.get_by_role("region", name="Continue your booking")
    await begun.get_by_role("listitem").filter(has_text=free.title).get_by_role("link", name="Continue").first.click()
    await expect(page.get_by_role("heading", name="Check and book")).to_be_visible()
    await page.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert rows(site, HELD, free.slot_id) == [(0,)]
    assert rows(site, "SELECT booked_count FROM slot WHERE id = %s", free.slot_id) == [(1,)]


async def test_the_last_minutes_are_spoken_of_and_one_click_keeps_it_again(page: Page, site: Site) -> None:
    free = free_time(site)
    await page.goto(free.wizard)
    await countdown(page)
    await page.get_by_label("Your name").fill("Late Lou")
    await page.get_by_label("Email").focus()
    await expect(page.get_by_text("Two minutes are left to book this time.")).to_have_count(0)
    rows(
        site, "UPDATE hold SET expires_at = now() + interval '119 seconds' WHERE slot_id = %s RETURNING 1", free.slot_id
    )
    await page.reload()
    await expect(page.get_by_text("Two minutes are left to book this time.")).to_have_count(1)
    rows(site, ENDS_IN, "2 seconds", free.slot_id)
    await page.reload()
    await expect(page.get_by_text("this time is not kept for you any more")).to_be_visible()
    await page.get_by_role("button", name="Keep it again").click()
    assert 1700 < await countdown(page) <= 1800
    await expect(page.get_by_label("Your name")).to_have_value("Late Lou")
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_role("heading", name="When would you like to come?")).to_be_visible()
    assert rows(site, HELD, free.slot_id) == [(0,)]
