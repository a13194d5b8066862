"""From a free time to an appointment, with the provider watching."""

import re

import httpx
import redis
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import BY_REQUEST, Free, fill_details, free_time, rows, sign_in
from tests.conftest import REDIS_DATABASES_EACH
from tests.processes import Site

BOOK = "Book"
REQUEST = "Request this time"


async def taken_by_another(site: Site, free: Free) -> None:
    """Somebody books this time over HTTP; where it was kept for a page, the minutes are over."""
    rows(site, "UPDATE hold SET expires_at = now() WHERE slot_id = %s RETURNING id", free.slot_id)
    form = {"slot_id": free.slot_id, "customer_name": "Quick Quinn", "customer_email": "quinn@example.com"}
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        answer = await client.post("/api/v1/bookings", json=form)
    assert answer.status_code == 201, answer.text


async def test_a_request_travels_to_the_provider_and_back_by_itself(open_page: OpenPage, site: Site) -> None:
    free = free_time(site, BY_REQUEST)
    provider, customer = await open_page(1440), await open_page(390, 844)
    await sign_in(provider, site, "provider")
    await provider.goto("/dashboard")
    await expect(provider.get_by_role("heading", name="Schedule")).to_be_visible()
    await customer.goto(free.wizard)
    await fill_details(customer, name="Travelling Tess")
    await customer.get_by_role("button", name=REQUEST).click()
    await expect(customer.get_by_role("heading", name="Your request is with the provider")).to_be_visible()
    assert "/booking/" in customer.url
    assert "key=" not in customer.url

    reference = customer.url.rpartition("/")[2]
    request = provider.get_by_role("listitem").filter(has_text="Travelling Tess")
    await expect(request).to_be_visible()
    await request.get_by_role("link").click()
    panel = provider.get_by_role("complementary", name="Booking")
    await expect(panel.get_by_text(reference)).to_be_visible()
    await expect(provider).to_have_url(f"{site.url}/dashboard?booking={reference}")
    await panel.get_by_role("button", name="Confirm").click()
    await expect(panel.get_by_text("Confirmed").first).to_be_visible()
    await expect(request.get_by_role("button", name="Confirm")).to_have_count(0)
    await expect(customer.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert rows(site, "SELECT status FROM appointment WHERE reference = %s", reference) == [("confirmed",)]
    await provider.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(provider).to_have_url(f"{site.url}/dashboard")


async def test_the_dashboard_shows_a_booking_made_elsewhere(open_page: OpenPage, site: Site) -> None:
    provider = await open_page(1440)
    await sign_in(provider, site, "provider")
    await provider.goto("/dashboard/bookings")
    await expect(provider.get_by_role("heading", name="Bookings")).to_be_visible()
    await provider.goto("/dashboard")
    figure = provider.get_by_text("new bookings this week")
    before = await figure.inner_text()
    await taken_by_another(site, free_time(site))
    await expect(figure).not_to_have_text(before)


async def test_a_double_click_books_once(page: Page, site: Site) -> None:
    free = free_time(site)
    await page.goto(free.wizard)
    await fill_details(page, email="double@example.com")
    await page.get_by_role("button", name=BOOK, exact=True).dblclick()
    await expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    made = rows(site, "SELECT count(*) FROM appointment WHERE customer_email = 'double@example.com'")
    assert made == [(1,)]


async def test_a_reload_keeps_what_was_typed_and_answered(page: Page, site: Site) -> None:
    await page.goto(free_time(site, BY_REQUEST).wizard)
    await page.get_by_label("Your name").fill("Reloading Ruth")
    answer = page.get_by_role("radio").last
    await answer.check()
    await page.get_by_label("Email").fill("ruth@example.com")
    await page.get_by_label("Phone").focus()
    await expect(answer).to_be_checked()
    await page.wait_for_load_state("networkidle")
    await page.reload()
    await expect(page.get_by_label("Your name")).to_have_value("Reloading Ruth")
    await expect(page.get_by_label("Email")).to_have_value("ruth@example.com")
    await expect(page.get_by_role("radio").last).to_be_checked()


async def test_redis_forgets_everything_and_the_open_page_books_all_the_same(page: Page, site: Site) -> None:
    await page.goto(free_time(site).wizard)
    await fill_details(page, name="Forgotten Fay", email="fay@example.com")
    address, _, first = site.servers.redis_url.rpartition("=")
    for number in range(REDIS_DATABASES_EACH):
        with redis.Redis.from_url(f"{address}={int(first) + number}") as valkey:
            valkey.flushdb()
    await page.get_by_role("button", name=BOOK, exact=True).click()
    await expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    assert rows(site, "SELECT count(*) FROM appointment WHERE customer_email = 'fay@example.com'") == [(1,)]


async def test_a_time_taken_meanwhile_costs_nothing_typed(page: Page, site: Site) -> None:
    free = free_time(site)
    await page.goto(free.wizard)
    await fill_details(page, name="Slow Sam", email="sam@example.com")
    await taken_by_another(site, free)
    alternatives = page.get_by_role("group", name="The nearest free times").get_by_role("button")
    await expect(alternatives).to_have_count(3)
    await expect(page.get_by_role("button", name=BOOK, exact=True)).to_be_disabled()
    await alternatives.first.click()
    await expect(page.get_by_role("button", name=BOOK, exact=True)).to_be_enabled()
    await expect(page).not_to_have_url(re.compile(free.slot_id))
    await page.get_by_role("button", name=BOOK, exact=True).click()
    await expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
    await expect(page.get_by_text("Slow Sam")).to_be_visible()


async def test_a_time_in_the_picker_fades_when_another_takes_it(page: Page, site: Site) -> None:
    free = free_time(site)
    await page.goto(free.wizard)
    await expect(page.get_by_text("We keep this time for you")).to_be_visible()
    await page.goto(f"/book/{free.slug}?step=time")  # without the time in its address it is loaded once
    chosen = page.get_by_role("group").get_by_role("button", pressed=True).last
    await expect(chosen).to_be_enabled()
    await expect(chosen).to_contain_text("yours")
    label = (await chosen.inner_text()).split()[0]
    await taken_by_another(site, free)
    await expect(page.get_by_role("button", name=f"{label} taken")).to_be_disabled()


async def test_reload_and_back_keep_the_step_and_the_time(page: Page, site: Site) -> None:
    free = free_time(site)
    await page.goto(f"/book/{free.slug}")
    await expect(page.get_by_role("heading", name="When would you like to come?")).to_be_visible()
    await page.goto(free.wizard)
    await fill_details(page, name="Ida Reload")
    await page.reload()
    await expect(page.get_by_role("heading", name="Check and book")).to_be_visible()
    await expect(page.get_by_text("Ida Reload")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    await expect(page.get_by_label("Your name")).to_have_value("Ida Reload")
    await page.go_forward()
    await expect(page.get_by_role("heading", name="Check and book")).to_be_visible()
    await expect(page).not_to_have_url(re.compile("slot="))
    assert rows(site, "SELECT slot_id::text FROM hold WHERE slot_id = %s", free.slot_id) == [(free.slot_id,)]


async def test_wrong_details_are_sentences_under_their_fields(page: Page, site: Site) -> None:
    free = free_time(site, BY_REQUEST)
    await page.goto(free.wizard)
    await page.get_by_label("Your name").fill("Nora")
    await page.get_by_label("Email").fill("not an address")
    await page.get_by_label("Phone").fill("12")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("This does not look like an email address. Please check it.")).to_be_visible()
    await expect(page.get_by_text("Please begin with + and the country code")).to_be_visible()
    await expect(page.get_by_text("Please answer this question.")).to_be_visible()
    await expect(page.get_by_label("Your name")).to_have_value("Nora")
    assert "step=review" not in page.url


async def test_a_customer_cancels_and_the_time_is_free_again(page: Page, site: Site) -> None:
    free = free_time(site)
    await sign_in(page, site, "customer")
    await page.goto(free.wizard)
    await expect(page.get_by_label("Email")).to_have_value("customer@demo.test")
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name=BOOK, exact=True).click()
    await page.get_by_role("button", name="Cancel the booking").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Nothing was paid")).to_be_visible()
    await dialog.get_by_role("button", name="Yes, cancel").click()
    await expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    assert rows(site, "SELECT booked_count FROM slot WHERE id = %s", free.slot_id) == [(0,)]


async def test_another_persons_booking_stays_closed(open_page: OpenPage, site: Site) -> None:
    [(reference,)] = rows(site, "SELECT reference FROM appointment WHERE status = 'confirmed' LIMIT 1")
    stranger = await open_page()
    await stranger.goto(f"/booking/{reference}")
    await expect(stranger.get_by_role("heading", name="This booking is not open to you")).to_be_visible()
    other = await open_page()
    await sign_in(other, site, "provider")
    [(foreign,)] = rows(
        site,
        """SELECT reference FROM appointment JOIN provider ON provider.id = provider_id JOIN "user" u ON u.id = user_id
        WHERE u.email <> 'provider@demo.test' LIMIT 1""",
    )
    await other.goto(f"/dashboard?booking={foreign}")
    await expect(other.get_by_text("This booking is not one of yours")).to_be_visible()


async def test_the_whole_way_by_keyboard_alone(page: Page, site: Site) -> None:
    free = free_time(site)
    await page.goto(f"{free.wizard}&step=time")
    chosen = page.get_by_role("group").get_by_role("button", pressed=True).last
    await expect(chosen).to_be_visible()
    await chosen.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your details")).to_be_focused()
    await page.get_by_label("Your name").focus()
    await page.keyboard.type("Kay Board")
    await page.keyboard.press("Tab")
    await page.keyboard.type("kay@example.com")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Check and book")).to_be_focused()
    button = page.get_by_role("button", name=BOOK, exact=True)
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await button.evaluate("element => element === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your appointment is booked")).to_be_visible()
