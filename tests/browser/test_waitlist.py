"""Two wait for a full day: what a third gives up is offered to the first, who passes, and the second takes it."""

import httpx
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import Free, free_time, rows
from tests.processes import Site

# Nothing but this time is left of its day.
NOTHING_ELSE = """
INSERT INTO blocked_time (provider_id, start_time, end_time, reason)
SELECT provider_id, begins, ends, 'Kept free' FROM slot, LATERAL (VALUES
    (lower(occupies) - interval '14 hours', lower(occupies)), (upper(occupies), upper(occupies) + interval '14 hours')
) AS around (begins, ends) WHERE slot.id = %s
RETURNING (SELECT slot_date::text FROM slot WHERE id = %s)
"""
WAITING, OFFERED = "You are on the waiting list", "A time is free for you"


async def wait_for(page: Page, free: Free, day: str, name: str) -> None:
    """Get in line for the day as a guest."""
    await page.goto(f"/services/{free.slug}/waitlist?date={day}")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Email").fill(f"{name.lower()}@example.com")
    await page.get_by_role("button", name="Put me on the list").click()
    await expect(page.get_by_role("heading", name=WAITING)).to_be_visible()


async def test_what_one_gives_up_goes_down_the_line(open_page: OpenPage, site: Site) -> None:
    free = free_time(site)
    [(day,), _] = rows(site, NOTHING_ELSE, free.slot_id, free.slot_id)
    first, second = await open_page(390, 844), await open_page()
    async with httpx.AsyncClient(timeout=60, base_url=f"{site.url}/api/v1") as third:
        form = {"slot_id": free.slot_id, "customer_name": "Third", "customer_email": "third@example.com"}
        booked = await third.post("/bookings", json=form)
        assert booked.status_code == 201, booked.text
        await wait_for(first, free, str(day), "First")
        await wait_for(second, free, str(day), "Second")
        await expect(second.get_by_text("You are the next one")).to_have_count(0)
        cancelled = await third.post(f"/bookings/{booked.json()['id']}/cancel", json={})
        assert cancelled.status_code == 200, cancelled.text

    await expect(first.get_by_role("heading", name=OFFERED)).to_be_visible()
    await expect(second.get_by_role("heading", name=WAITING)).to_be_visible()
    await first.get_by_role("button", name="Not this one").click()
    await expect(first.get_by_role("heading", name=WAITING)).to_be_visible()
    await expect(second.get_by_role("heading", name=OFFERED)).to_be_visible()
    await second.get_by_role("button", name="Book it").click()
    await expect(second.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert rows(site, "SELECT booked_count FROM slot WHERE id = %s", free.slot_id) == [(1,)]
