"""Public pages: no accessibility violations, light or dark; nothing wider than a small phone; a light first load."""

import gzip
import re
from urllib.parse import urlsplit

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_visitors import first_service
from tests.processes import Site

PAGES = ["/", "/services", "/login", "/signup", "/login-provider", "/about", "/contact", "/no-such-page"]
MOST_KIB = 170
SMALLEST_PHONE = 360


async def settled(page: Page, path: str) -> None:
    """Open a page and wait for what it shows in the end, without motion."""
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(path)
    await expect(page.locator("#page")).to_be_visible()
    await expect(page.locator("#preview")).to_have_count(0)
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await expect(page.locator(".shimmer-fill")).to_have_count(0)


async def check(page: Page) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def detail_pages(page: Page) -> list[str]:
    service = await first_service(page)
    await page.goto(service)
    provider = page.get_by_role("main").locator("a[href^='/providers/']").first
    await expect(provider).to_be_visible()
    return [service, str(await provider.get_attribute("href"))]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
async def test_no_violations(path: str, dark: bool, open_page: OpenPage) -> None:
    page = await open_page(dark=dark)
    await settled(page, path)
    await check(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_no_violations_on_a_service_and_its_provider(dark: bool, open_page: OpenPage) -> None:
    page = await open_page(dark=dark)
    for path in await detail_pages(page):
        await settled(page, path)
        await check(page)


async def test_no_violations_in_the_sheets_of_a_phone(open_page: OpenPage) -> None:
    page = await open_page(width=390, height=844)
    service, _ = await detail_pages(page)
    for path, button in ((service, "Choose a time"), ("/services", "Filters")):
        await settled(page, path)
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("dialog", name=button)).to_be_visible()
        await check(page)


async def test_nothing_is_wider_than_a_small_phone(open_page: OpenPage) -> None:
    page = await open_page(width=SMALLEST_PHONE, height=740)
    for path in [*PAGES, *await detail_pages(page)]:
        await settled(page, path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST_PHONE, path


async def test_the_first_page_is_light(page: Page, site: Site) -> None:
    """JavaScript and styles that the first page loads, compressed."""
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(request.url))
    await settled(page, "/")
    code = [url for url in loaded if re.search(r"\.(js|css)$", urlsplit(url).path)]
    async with httpx.AsyncClient(timeout=60) as client:
        sizes = {urlsplit(url).path: len(gzip.compress((await client.get(url)).content, 9)) for url in code}
        styles = "".join(re.findall(r"<style>(.*?)</style>", (await client.get(site.url)).text, re.DOTALL))
        sizes["the page's own styles"] = len(gzip.compress(styles.encode(), 9))
        assert ".rounded-card" in styles
    assert sum(sizes.values()) <= MOST_KIB * 1024, sizes
