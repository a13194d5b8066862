"""The page comes up, talks to the server it came from, and to nobody else."""

from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from tests.processes import Site


async def test_the_first_page_connects_to_its_own_address_alone(page: Page, site: Site) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    async with page.expect_websocket() as socket:
        await page.goto("/")
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    hosts.add(urlsplit((await socket.value).url).netloc)
    assert hosts - {""} == {urlsplit(site.url).netloc}
