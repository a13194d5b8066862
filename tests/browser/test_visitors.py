"""What a visitor does before booking: the landing page, the search, a service, a provider."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from appointly.database.embedded import Servers
from appointly.visitor import ZONE_COOKIE
from tests.browser.conftest import OpenPage
from tests.browser.people import rows
from tests.processes import Site, free_port, start_web

LET_RUN_OUT = """
UPDATE hold SET expires_at = now() WHERE id = (SELECT id FROM hold ORDER BY created_at DESC LIMIT 1)
RETURNING slot_id::text
"""

PROMISE = "Book the time you see."


async def first_service(page: Page) -> str:
    """The path of the first service the search shows."""
    await page.goto("/services")
    card = page.locator("main article h2 a").first
    await expect(card).to_be_visible()
    return str(await card.get_attribute("href"))


async def test_from_the_landing_page_to_a_chosen_time(page: Page) -> None:
    await page.goto("/")
    await expect(page.get_by_role("heading", level=1)).to_have_text(PROMISE)
    await page.get_by_label("What", exact=True).fill("haircut")
    await page.get_by_role("button", name="Search").click()
    await expect(page).to_have_url(re.compile(r"/services\?.*q=haircut"))
    await page.locator("main article h2 a").first.click()
    await expect(page).to_have_url(re.compile(r"/services/[a-z0-9-]+$"))
    booker = page.get_by_role("complementary", name="Choose a time")
    times = booker.get_by_role("group", name=re.compile("Morning|Afternoon|Evening")).get_by_role("button")
    await times.first.click()
    await booker.get_by_role("link", name=re.compile("Continue with")).click()
    await expect(page).to_have_url(re.compile(r"/book/[a-z0-9-]+\?step=details"))


async def test_a_quick_time_leads_straight_into_the_wizard(page: Page) -> None:
    await page.goto("/")
    await page.get_by_role("link", name=re.compile(r"^Book .*, \d\d:\d\d$")).first.click()
    await expect(page).to_have_url(re.compile(r"/book/[a-z0-9-]+\?step=details"))


async def test_the_address_carries_the_search_through_back_and_reload(page: Page) -> None:
    await page.goto("/services")
    words = page.get_by_label("What are you looking for?")
    await expect(page.get_by_role("status").filter(has_text=re.compile(r"\d+ services?"))).to_be_visible()
    await words.press_sequentially("massage", delay=20)
    await expect(page).to_have_url(re.compile("q=massage"))
    await expect(words).to_be_focused()
    await page.get_by_role("button", name=re.compile("^Massage")).click()
    await expect(page).to_have_url(re.compile("category=massage"))
    assert parse_qs(urlsplit(page.url).query)["q"] == ["massage"]
    await page.reload()
    await expect(words).to_have_value("massage")
    await expect(page.get_by_role("button", name="Massage remove this filter")).to_be_visible()
    await page.go_back()
    await expect(page).not_to_have_url(re.compile("category="))
    await expect(page.get_by_role("button", name="Massage remove this filter")).to_be_hidden()


async def test_a_search_without_results_says_what_to_do(page: Page) -> None:
    await page.goto("/services?category=hair&max_price=1")
    await page.get_by_role("button", name="Show all services").click()
    await expect(page).to_have_url(re.compile(r"/services$"))
    await expect(page.locator("main article").first).to_be_visible()


async def test_the_next_page_of_results_is_added_below(page: Page) -> None:
    await page.goto("/services")
    cards = page.locator("main article h2 a")
    await expect(cards.first).to_be_visible()
    before = await cards.count()
    await page.get_by_role("button", name="Show more").click()
    await expect(cards.nth(before)).to_be_visible()
    titles = [str(await card.get_attribute("href")) for card in await cards.all()]
    assert len(titles) == len(set(titles))


async def test_a_time_is_chosen_in_the_sheet_on_a_phone(open_page: OpenPage) -> None:
    page = await open_page(width=390, height=844)
    await page.goto(await first_service(page))
    await page.get_by_role("button", name="Choose a time").click()
    sheet = page.get_by_role("dialog", name="Choose a time")
    await sheet.get_by_role("group", name=re.compile("Morning|Afternoon|Evening")).get_by_role("button").first.click()
    await expect(sheet.get_by_role("link", name=re.compile("Continue with"))).to_be_visible()


async def test_by_keyboard_alone_to_a_time(page: Page) -> None:
    await page.goto("/services")
    await expect(page.locator("main article").first).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.locator("main article h2 a").first.focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/services/[a-z0-9-]+$"))
    await expect(page.get_by_role("main")).to_be_focused()
    booker = page.get_by_role("complementary", name="Choose a time")
    time = booker.get_by_role("group", name=re.compile("Morning|Afternoon|Evening")).get_by_role("button").first
    await time.focus()
    await page.keyboard.press("Enter")
    await expect(time).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Tab")
    await booker.get_by_role("link", name=re.compile("Continue with")).focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/book/"))


async def test_sign_in_says_what_was_wrong_and_keeps_what_was_typed(page: Page) -> None:
    await page.goto("/login")
    await page.get_by_label("Email address").fill("nobody@demo.test")
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("The email address or the password is wrong.")
    await expect(page.get_by_label("Email address")).to_have_value("nobody@demo.test")


async def test_one_click_signs_in_where_the_demo_is(page: Page) -> None:
    await page.goto("/login")
    await page.get_by_role("button", name="As a customer").click()
    await expect(page).to_have_url(re.compile("/account$"))


async def test_public_pages_are_readable_without_scripts(open_page: OpenPage, page: Page) -> None:
    service = await first_service(page)
    plain = await open_page(scripts=False)
    for path, words in (("/", PROMISE), ("/services", "Find an appointment"), (service, "Next free times")):
        await plain.goto(path)
        await expect(plain.locator("body")).to_contain_text(words)
        await expect(plain.get_by_role("heading", level=1).first).to_be_visible()


@pytest.mark.parametrize("path", ["/services/no-such-service", "/providers/no-such-provider", "/no-such-page"])
async def test_an_unknown_address_answers_404_and_leads_on(path: str, page: Page, site: Site) -> None:
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        assert (await client.get(path)).status_code == 404
    await page.goto(path)
    await expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    await expect(page.get_by_role("main").get_by_role("link", name="Find an appointment")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/%00", 404),
        ("/services/%FF%FE", 404),
        ("/services/a'b--%20OR%201=1", 404),
        ("/providers/" + "x" * 3000, 404),
        ("/services?q=%00&min_price=abc&date=nope&sort=x&city=%FF", 200),
    ],
)
async def test_hostile_addresses_are_answered_plainly(path: str, status: int, site: Site) -> None:
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


async def test_a_service_is_described_for_search_engines(page: Page, site: Site) -> None:
    path = await first_service(page)
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        html = (await client.get(path)).text
        sitemap = (await client.get("/sitemap.xml")).text
        robots = (await client.get("/robots.txt")).text
    described = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert described
    data = json.loads(described[1])
    assert data["@type"] == "Service"
    assert data["url"] == f"{site.url}{path}"
    assert f'<link rel="canonical" href="{site.url}{path}">' in html
    assert html.count("<title>") == 1
    assert f"{site.url}{path}" in sitemap
    assert f"Sitemap: {site.url}/sitemap.xml" in robots


async def test_a_lost_connection_is_told_calmly_and_mends_itself(
    page: Page, site: Site, worker_servers: Servers, tmp_path: Path
) -> None:
    port = free_port()
    servers = Servers(site.servers.database_url, worker_servers.redis_url)  # what ends with the server is its own
    web, other = start_web(servers, tmp_path / "web.log", port)
    try:
        await page.goto(f"{other.url}/about")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        web.stop()
        told = page.get_by_text("You are offline for the moment.")
        await expect(told).to_be_visible(timeout=30_000)
        await expect(page.locator("body")).not_to_contain_text(re.compile("wss?://"))
        web, other = start_web(servers, tmp_path / "web.log", port)
        await expect(told).to_be_hidden(timeout=30_000)
    finally:
        web.stop()


async def test_a_time_that_somebody_else_takes_fades_at_once(page: Page, site: Site) -> None:
    async with httpx.AsyncClient(timeout=60, base_url=f"{site.url}/api/v1") as client:
        found = (await client.get("/services", params={"category": "hair"})).json()["items"]
        details = [(await client.get(f"/services/{service['id']}")).json() for service in found]
    alone = next(
        service
        for service in details
        if service["capacity"] == 1
        and service["next_slot"]
        and not any(each["required"] for each in service["questions"])
    )
    await page.goto(f"/services/{alone['slug']}")
    booker = page.get_by_role("complementary", name="Choose a time")
    time = booker.get_by_role("group", name=re.compile("Morning|Afternoon|Evening")).get_by_role("button").last
    await time.click()
    on = booker.get_by_role("link", name=re.compile("Continue with"))
    await expect(booker.get_by_text("We keep this time for you")).to_be_visible()
    [(chosen,)] = rows(site, LET_RUN_OUT)
    body = {
        "slot_id": chosen,
        "customer_name": "Quick Fox",
        "customer_email": "fox@demo.test",
    }
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        assert (await client.post("/api/v1/bookings", json=body)).status_code == 201
    await expect(booker.locator("button[disabled]", has_text="taken")).to_have_count(1)
    await expect(on).to_be_hidden()


async def test_times_on_cards_name_their_zone_to_readers_elsewhere(browser: Browser, site: Site) -> None:
    card = "main article"
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        [service, *_] = (await client.get("/api/v1/services", params={"q": "Atelier Nord"})).json()["items"]
        own = (
            await client.get(
                f"/api/v1/services/{service['id']}/availability", params={"date": f"{datetime.now(UTC):%Y-%m-%d}"}
            )
        ).json()["timezone"]
    for zone, shown in (("Asia/Tokyo", True), (own, False)):
        context = await browser.new_context(base_url=site.url, timezone_id=zone)
        page = await context.new_page()
        await page.goto("/providers/atelier-nord")
        first = page.locator(card).filter(has=page.get_by_role("link", name=re.compile("^Book "))).first
        await expect(first).to_be_visible()
        await expect(first.get_by_text(re.compile(" time$"))).to_have_count(int(shown))
        assert [each["value"] for each in await context.cookies() if each["name"] == ZONE_COOKIE] == [zone]
        await context.close()


async def test_nothing_is_booked_where_there_is_no_service(page: Page) -> None:
    answer = await page.goto("/book/no-such-service")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_text("We could not find this service").first).to_be_visible()
    path = await first_service(page)
    assert (await page.request.get(path.replace("/services/", "/book/"))).status == 200
