"""A provider connects Google Calendar in the demo: what is private hides a time, a booking appears there and goes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from playwright.async_api import Page, expect

from tests.browser.people import free_time, rows, sign_in
from tests.processes import Site

PATIENCE = 60.0
STAND_IN = "/dev/google/calendar"


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until `check` holds; fail when it does not in time."""
    deadline = time.monotonic() + PATIENCE
    while not await check():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.2)


async def test_connect_hide_write_and_cancel(page: Page, site: Site, site_worker: None) -> None:
    await sign_in(page, site, "provider")
    await page.goto("/dashboard/calendars")
    await page.get_by_role("link", name="Google Calendar").click()
    await page.get_by_role("link", name="Connect, and write bookings there too").click()
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_role("heading", name="Choose your calendars")).to_be_visible()
    await expect(page.get_by_label("Your own calendar")).to_be_checked()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Bookings are written here")).to_be_visible()

    free = free_time(site)
    [(service_id, start, end, day)] = rows(
        site, "SELECT service_id::text, start_time, end_time, slot_date::text FROM slot WHERE id = %s", free.slot_id
    )
    headers = {"origin": site.url}
    private = {"account": "nora@gmail.example", "summary": "Secret meeting"}
    times = {"start": start.isoformat(), "end": end.isoformat()}  # type: ignore[attr-defined]

    async def offered() -> bool:
        answer = await page.request.get(f"/api/v1/services/{service_id}/availability?{urlencode({'date': day})}")
        return free.slot_id in [slot["id"] for slot in (await answer.json())["slots"]]

    assert await offered()
    await page.request.post(STAND_IN, form={**private, **times}, headers=headers)
    await page.goto("/dashboard/calendars")
    await page.get_by_role("button", name="Read now").first.click()
    await until(lambda: negated(offered))
    assert "Secret meeting" not in await page.content()

    other = free_time(site)
    while other.slot_id == free.slot_id:
        other = free_time(site)
    body = {"slot_id": other.slot_id, "customer_name": "Grace Hopper of Google", "customer_email": "g@example.com"}
    answer = await page.request.post("/api/v1/bookings", data=body, headers=headers)
    assert answer.status == 201, await answer.text()
    booked = await answer.json()

    async def stands_there() -> bool:
        return "Grace Hopper of Google" in await (await page.request.get(STAND_IN)).text()

    await until(stands_there)
    answer = await page.request.post(f"/api/v1/bookings/{booked['id']}/cancel", data={}, headers=headers)
    assert answer.ok, await answer.text()
    await until(lambda: negated(stands_there))

    await page.goto("/dashboard/calendars/google")
    await page.get_by_role("button", name="Disconnect").first.click()
    await page.get_by_role("button", name="Leave them there").click()
    await expect(page.get_by_role("heading", name="Connect Google Calendar")).to_be_visible()
    assert await offered()


async def negated(check: Callable[[], Awaitable[bool]]) -> bool:
    return not await check()
