"""Another time: asked for by the customer, accepted by the provider, and dragged there; open pages follow."""

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import free_time, rows, sign_in
from tests.processes import Site

ASKS = "UPDATE service SET reschedule = 'manual' FROM slot WHERE slot.id = %s AND service_id = service.id RETURNING 1"
WHEN = "SELECT start_time FROM appointment WHERE reference = %s"
# A booking of the demo provider's for one person, on one of the next days.
SOME_BOOKING = """
SELECT appointment.slot_date::text, reference FROM appointment JOIN provider ON provider.id = provider_id
JOIN "user" ON "user".id = user_id JOIN slot ON slot.id = slot_id
WHERE email = 'provider@demo.test' AND status = 'confirmed' AND appointment.start_time > now() + interval '1 day'
  AND capacity = 1
ORDER BY appointment.start_time LIMIT 1
"""


async def booked(page: Page, site: Site) -> str:
    """The reference of a booking that the person of this page makes, of a service where customers ask."""
    free = free_time(site)
    rows(site, ASKS, free.slot_id)
    form = {"slot_id": free.slot_id, "customer_name": "Jonas Berg", "customer_email": "customer@demo.test"}
    answer = await page.request.post("/api/v1/bookings", data=form)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["reference"])


def row_of(provider: Page, reference: str) -> Locator:
    """The wish for another time of this booking, on the provider's dashboard."""
    link = provider.locator(f"a[href='/dashboard?booking={reference}']")
    return provider.get_by_role("listitem").filter(has=link).filter(has_text="Kept until")


async def test_another_time_is_asked_for_and_accepted(open_page: OpenPage, site: Site) -> None:
    customer, provider = await open_page(390, 844), await open_page(1440)
    await sign_in(customer, site, "customer")
    await sign_in(provider, site, "provider")
    reference = await booked(customer, site)
    before = rows(site, WHEN, reference)
    await provider.goto("/dashboard")
    await expect(provider.get_by_role("heading", name="Schedule")).to_be_visible()
    await customer.goto(f"/booking/{reference}")
    await customer.get_by_role("button", name="Move to another time").click()
    sheet = customer.get_by_role("dialog", name="Move to another time")
    await sheet.get_by_role("group").get_by_role("button").last.click()
    await sheet.get_by_label("Add a message").fill("My train arrives later.")
    await sheet.get_by_role("button", name="Ask for this time").click()
    await expect(customer.get_by_role("heading", name="You have asked for another time")).to_be_visible()
    assert rows(site, WHEN, reference) == before

    wish = row_of(provider, reference)
    await expect(wish.get_by_text("My train arrives later.")).to_be_visible()
    await wish.get_by_role("button", name="Accept").click()
    await expect(wish).to_have_count(0)
    await expect(customer.get_by_text("Moved from")).to_be_visible()
    await expect(customer.get_by_role("heading", name="You have asked for another time")).to_be_hidden()
    assert rows(site, WHEN, reference) != before


async def test_an_appointment_is_dragged_to_another_time(open_page: OpenPage, site: Site) -> None:
    [(day, reference)] = rows(site, SOME_BOOKING)
    before = rows(site, WHEN, reference)
    page = await open_page(1440, 1000)
    await sign_in(page, site, "provider")
    await page.goto(f"/dashboard/calendar?day={day}")
    entry = page.locator(f"[data-moves='{reference}']:visible")
    await entry.scroll_into_view_if_needed()
    box = await entry.bounding_box()
    assert box
    x, y = box["x"] + 20, box["y"] + 5
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 10, y + 10, steps=3)
    await expect(page.locator("[data-slot]:visible").first).to_be_visible()
    await page.mouse.move(x, y + 150 if y < 500 else y - 150, steps=5)
    aimed = page.locator("[data-slot][data-aimed]:visible")
    await expect(aimed).to_have_count(1)
    await page.mouse.up()
    sheet = page.get_by_role("dialog", name="Move to another time")
    await expect(sheet.get_by_text("gets a mail at once")).to_be_visible()
    assert rows(site, WHEN, reference) == before  # nothing moves before it is asked
    await sheet.get_by_role("button", name="Move", exact=True).click()
    await expect(page.get_by_text("Moved. The customer gets a mail")).to_be_visible()
    assert rows(site, WHEN, reference) != before
