"""A provider calls the next one and an open page changes; somebody scans the code at the door and is there."""

from playwright.async_api import expect

from appointly.domain.check_in import door_code
from tests.browser.conftest import OpenPage
from tests.browser.people import rows, sign_in
from tests.processes import TEST_SECRET, Site

DOOR = """
SELECT provider.id, provider.slug, check_in_version FROM provider JOIN "user" ON "user".id = user_id
WHERE email = 'provider@demo.test'
"""
EXPECTED = """
SELECT reference, token FROM appointment WHERE provider_id = %s AND status = 'confirmed' AND checked_in_at IS NULL
AND start_time > now() + interval '5 minutes'
AND slot_date = (now() AT TIME ZONE (SELECT time_zone FROM provider WHERE id = provider_id))::date
AND NOT EXISTS (SELECT FROM queue_ticket WHERE appointment_id = appointment.id)
ORDER BY start_time DESC LIMIT 1
"""


async def test_from_the_door_to_being_served(open_page: OpenPage, site: Site) -> None:
    [(provider_id, slug, version)] = rows(site, DOOR)
    [(reference, token)] = rows(site, EXPECTED, provider_id)
    desk, screen, phone = await open_page(1440), await open_page(1440), await open_page(390, 844)
    await sign_in(desk, site, "provider")
    await desk.goto("/dashboard/queue")
    await screen.goto(f"/queue/{slug}")
    expecting = screen.get_by_role("listitem").filter(has_text=str(token))
    await expect(expecting).to_be_visible()

    await phone.goto(f"/mark?id={door_code(TEST_SECRET, provider_id, version)}")  # type: ignore[arg-type]
    await phone.get_by_label("The reference of your booking").fill(f" {str(reference).lower()} ")
    await phone.get_by_role("button", name="Find my appointment").click()
    await expect(phone.get_by_role("heading", name="You are here")).to_be_visible()
    await phone.get_by_role("button", name="Check in").click()
    await expect(phone.get_by_role("heading", name="You are checked in")).to_be_visible()
    row = desk.get_by_role("listitem").filter(has_text=str(token))
    await expect(row.get_by_text("Here", exact=True)).to_be_visible()

    await row.get_by_role("button", name="Call").click()
    await expect(screen.get_by_role("status").get_by_text(str(token), exact=True)).to_be_visible()
    await expect(phone.get_by_text("It is your turn")).to_be_visible()
    await desk.get_by_role("button", name="Back to waiting").first.click()
    await expect(phone.get_by_text("It is your turn")).to_be_hidden()
