"""Ill today: two customers' open pages change by themselves, and say nothing that is not so."""

from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.people import rows, sign_in
from tests.processes import Site

# Two of the provider's next day get to be the demo customer's.
NEXT_DAY = """
WITH soon AS (
    SELECT appointment.id, reference, slot_date, row_number() OVER (ORDER BY slot_date, start_time) AS place
    FROM appointment JOIN provider ON provider.id = provider_id JOIN "user" ON "user".id = provider.user_id
    WHERE email = 'provider@demo.test' AND status = 'confirmed'
      AND slot_date > (now() AT TIME ZONE provider.time_zone)::date
)
UPDATE appointment SET customer_id = (SELECT id FROM "user" WHERE email = 'customer@demo.test')
FROM soon WHERE soon.id = appointment.id AND place <= 2 RETURNING soon.reference, soon.slot_date::text
"""


async def test_customers_see_by_themselves_that_the_provider_is_ill(open_page: OpenPage, site: Site) -> None:
    (first, day), (second, last) = sorted(rows(site, NEXT_DAY), key=lambda each: each[1])
    waiting = []
    for reference in (first, second):
        page = await open_page(width=390)
        await sign_in(page, site, "customer")
        await page.goto(f"/booking/{reference}")
        await expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
        waiting.append(page)
    provider = await open_page()
    await sign_in(provider, site, "provider")
    await provider.goto("/dashboard")
    await provider.get_by_role("button", name="Ill today?").click()
    await provider.get_by_label("Until").fill(last)
    await provider.get_by_label("From").fill(day)
    sheet = provider.get_by_role("dialog", name="You cannot work?")
    await expect(sheet.get_by_text("to come on these days.")).to_be_visible()
    await sheet.get_by_label("Your words to them").fill("I have a fever.")
    await sheet.get_by_role("button", name="Cancel").click()
    await expect(sheet.get_by_text("The time is blocked.")).to_be_visible()
    for page in waiting:
        await expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
        await expect(page.get_by_role("blockquote").get_by_text("I have a fever.")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("button", name="Cancel the booking")).to_have_count(0)
