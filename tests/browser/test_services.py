"""A service from the provider's first word to a customer's appointment, and what a later change leaves alone."""

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import fill_details, rows, sign_in
from tests.processes import Site

TITLE = "Beard oil tasting"
QUESTION = "Which scent do you like?"
WHO = "tobias.reid"  # not the provider whose times other journeys book
LET_IN = """
UPDATE "user" SET password_hash = demo.password_hash FROM "user" AS demo
WHERE demo.email = 'provider@demo.test' AND "user".email = 'tobias.reid@demo.test' RETURNING "user".id
"""
FREE = """
SELECT slot.id::text FROM slot JOIN service ON service.id = service_id
WHERE service.slug = %s AND start_time > now() + interval '2 days' AND NOT EXISTS (
    SELECT FROM slot other WHERE other.provider_id = slot.provider_id AND other.booked_count > 0
      AND other.occupies && slot.occupies)
  AND NOT EXISTS (SELECT FROM unavailable WHERE unavailable.provider_id = slot.provider_id AND span && slot.occupies)
ORDER BY start_time LIMIT 1
"""


async def test_from_a_new_service_to_a_booking_that_keeps_its_price(open_page: OpenPage, site: Site) -> None:
    provider, customer = await open_page(1440), await open_page(390, 844)
    rows(site, LET_IN)
    await sign_in(provider, site, WHO)
    await write_a_service(provider)

    await customer.goto("/services?q=beard+oil+tasting")
    await customer.get_by_role("heading", name=TITLE).get_by_role("link").click()
    await expect(customer.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    slug = customer.url.rpartition("/")[2]
    [(slot,)] = rows(site, FREE, slug)
    await customer.goto(f"/book/{slug}?slot={slot}")
    await fill_details(customer, name="Bearded Bert")
    await expect(customer.get_by_text("Cedar").last).to_be_visible()
    await customer.get_by_role("button", name="Book", exact=True).click()
    await expect(customer.get_by_role("heading", name="Your appointment is booked")).to_be_visible()

    await change_the_price(provider)
    stored = """
        SELECT appointment.price_amount, service.price_amount, answers
        FROM appointment JOIN service ON service.id = service_id WHERE service.slug = %s
    """
    [(booked, offered, answers)] = rows(site, stored, slug)
    assert (booked, offered) == (2950, 4000)
    assert [(kept["label"], kept["value"]) for kept in answers.values()] == [(QUESTION, "Cedar")]  # type: ignore[attr-defined]
    await customer.reload()
    await expect(customer.get_by_text("29.50").first).to_be_visible()


async def write_a_service(page: Page) -> None:
    """With the keyboard where people use it; a first try with mistakes loses nothing."""
    await page.goto("/dashboard/services")
    await page.get_by_role("link", name="Add a service").click()
    await page.get_by_label("Title").fill(TITLE)
    await page.get_by_label("Description").fill("Seven oils, **one** beard.")
    await page.get_by_label("Price in").fill("a lot")
    await page.get_by_role("button", name="30 min").click()
    await expect(page.get_by_text("With your hours this opens")).to_be_visible()
    await page.get_by_role("button", name="Ask a question").click()
    await page.get_by_label("Question 1").fill(QUESTION)
    await page.get_by_label("Kind of answer").select_option("choice")
    await page.get_by_label("Answers, one a line").fill("Cedar\nCitrus")
    await page.get_by_label("Must be answered").check()
    await put_another_question_first_and_take_it_away(page)
    await page.get_by_role("button", name="Put it online").click()
    await expect(page.get_by_text("Please write the price as a number")).to_be_visible()
    await expect(page.get_by_label("Answers, one a line")).to_have_value("Cedar\nCitrus")
    await page.get_by_label("Price in").fill("29.50")
    await page.get_by_role("button", name="Put it online").dblclick()
    await expect(page.get_by_text("Your service is online.")).to_be_visible()
    await expect(page.get_by_role("heading", name=TITLE)).to_have_count(1)


async def put_another_question_first_and_take_it_away(page: Page) -> None:
    """With the keyboard, which stays where one was."""
    ask = page.get_by_role("button", name="Ask a question")
    await ask.click()
    await page.get_by_label("Question 2").fill("Any allergies?")
    await page.get_by_role("button", name="Ask it earlier").last.press("Enter")
    await expect(page.get_by_label("Question 1")).to_have_value("Any allergies?")
    await expect(page.get_by_role("button", name="Ask it earlier").first).to_be_focused()
    await page.get_by_role("button", name="Remove this question").first.press("Enter")
    await expect(page.get_by_label("Question 1")).to_have_value(QUESTION)
    await expect(ask).to_be_focused()


async def change_the_price(page: Page) -> None:
    """From the list into the editor and back."""
    await page.get_by_role("link", name=TITLE).click()
    await expect(page.get_by_label("Title")).to_have_value(TITLE)
    await page.get_by_label("Price in").fill("40")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text=TITLE)).to_contain_text("40")
