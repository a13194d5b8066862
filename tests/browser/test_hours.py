"""A provider changes hours by thumb and blocks time by drawing; customers' open pages follow."""

import re
from datetime import timedelta

from playwright.async_api import Page, expect

from appointly.clock import now
from appointly.display.timeline import MINUTE
from tests.browser.conftest import OpenPage
from tests.browser.people import free_time, sign_in
from tests.processes import Site

HOURS = "/api/v1/provider/working-hours"
HOUR_PX = 60 * MINUTE


async def test_hours_are_changed_by_thumb_and_an_open_picker_follows(open_page: OpenPage, site: Site) -> None:
    customer, provider = await open_page(), await open_page(width=390, height=844)
    await customer.goto(f"/services/{free_time(site).slug}")
    # Not the first day: the demo's provider has hours of its own today.
    await customer.get_by_role("group", name="Choose a day").get_by_role("button", pressed=False).last.click()
    times = customer.get_by_role("group", name=re.compile("Morning|Afternoon|Evening"))
    await expect(times.get_by_role("button", disabled=False).first).to_be_visible()
    await sign_in(provider, site, "provider")
    before = await (await provider.request.get(HOURS)).json()
    await provider.goto("/dashboard/availability")
    switches = provider.get_by_role("switch", checked=True)
    await expect(switches.first).to_be_visible()
    while await switches.count():
        left = await switches.count()
        await switches.first.click()
        await expect(switches).to_have_count(left - 1)
    await provider.get_by_role("button", name="See what changes").click()
    bar = provider.get_by_role("region", name="Unsaved hours")
    await expect(bar.get_by_text("This removes")).to_be_visible()
    await expect(bar.get_by_text("lie outside the new hours.")).to_be_visible()
    await bar.get_by_role("button", name="Save hours").click()
    await expect(provider.get_by_text("Saved.")).to_be_visible()
    await expect(times.get_by_role("button", disabled=False)).to_have_count(0)
    put = await provider.request.put(HOURS, data=before, headers={"origin": site.url})
    assert put.ok, await put.text()
    await expect(switches.first).to_be_visible()


async def draw(page: Page, *, give_up: bool = False) -> None:
    """Draw about an hour at the top of the week's Sunday."""
    column = page.locator("[data-day]:visible").nth(6)
    box = await column.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + HOUR_PX / 2)
    await page.mouse.move(x, y + HOUR_PX)
    if give_up:
        await page.keyboard.press("Escape")
    await page.mouse.up()


async def test_time_is_blocked_by_drawing_and_given_back(open_page: OpenPage, site: Site) -> None:
    page = await open_page(width=1440, height=1000)
    await sign_in(page, site, "provider")
    await page.goto("/dashboard/calendar")
    await expect(page.locator("[data-now]:visible")).to_be_in_viewport()  # the week opens at now
    await page.get_by_role("link", name="The week after").click()
    await expect(page.locator("[data-now]:visible")).to_have_count(0)
    await draw(page, give_up=True)
    sheet = page.get_by_role("dialog", name="Block time")
    await expect(sheet).to_have_count(0)
    await draw(page)
    await expect(sheet.get_by_text("free times")).to_be_visible()
    await sheet.get_by_label("Reason").fill("Stocktaking")
    await sheet.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Stocktaking").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(page.get_by_role("button", name="Stocktaking")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Stocktaking")).to_be_visible()


async def test_time_is_blocked_with_a_finger_after_a_long_press(open_page: OpenPage, site: Site) -> None:
    page = await open_page(width=390, height=844)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    async def touch(kind: str, *point: float) -> None:
        points = [{"x": point[0], "y": point[1]}] if point else []
        await devtools.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    await sign_in(page, site, "provider")
    await page.goto("/dashboard/calendar")
    await expect(page.locator("[data-now]:visible")).to_be_in_viewport()  # the day opens at now
    today = now().date()
    free = today + timedelta(days=20 - today.weekday())  # a Sunday with nothing on it: this week's may be today
    await page.goto(f"/dashboard/calendar?day={free}")
    days = page.get_by_role("navigation", name="Days of this week").get_by_role("link")
    await expect(days.last).to_have_attribute("aria-current", "date")
    column = page.locator("[data-day]:visible")
    box = await page.get_by_role("region", name="The day's appointments").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] - 24, box["y"] + 2 * HOUR_PX
    sheet = page.get_by_role("dialog", name="Block time")
    mark = column.get_by_text(re.compile(r"^\d\d:\d\d – \d\d:\d\d$"))

    await touch("Start", x, y)
    await expect(mark).to_be_visible()  # pressed long enough
    await touch("Move", x, y + HOUR_PX / 2)
    await touch("Move", x, y + HOUR_PX)
    await touch("End")
    await expect(sheet).to_be_visible()
    await expect(sheet.get_by_label("Reason")).to_be_visible()
    await sheet.get_by_label("Reason").fill("By thumb")
    await sheet.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="By thumb")).to_be_visible()
    await expect(sheet).to_have_count(0)
    await page.get_by_role("button", name="By thumb").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(page.get_by_role("button", name="By thumb")).to_have_count(0)

    await touch("Start", x, y)  # a short touch that moves on scrolls the page, also after it was let go
    await touch("Move", x, y - 40)
    await touch("End")
    await expect(sheet).to_have_count(0)
