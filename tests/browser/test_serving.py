"""What every answer carries, whoever gives it, and who may open the socket."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from playwright.async_api import Page, expect
from psycopg import sql

from tests.processes import Site

HEAVIEST = 170 * 1024  # bytes of scripts and styles on the first page, as they travel


@pytest.mark.parametrize("path", ["/", "/no/such/page", "/healthz", "/api/v1/openapi.json", "/assets/nothing.js"])
async def test_every_answer_carries_the_security_headers(site: Site, path: str) -> None:
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
        headers = (await client.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "immutable" not in headers["cache-control"]


async def test_what_a_page_loads_is_small_and_kept(site: Site) -> None:
    weight = 0
    async with httpx.AsyncClient(timeout=60, base_url=site.url, headers={"accept-encoding": "gzip"}) as client:
        page = await client.get("/")
        assert page.headers["cache-control"] == "no-cache"
        loaded = set(re.findall(r'"(/assets/[^"]+\.(?:js|css))"', page.text))
        assert loaded
        for path in loaded:
            asset = await client.get(path)
            assert asset.status_code == 200
            assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert asset.headers.get("content-encoding") == "gzip" or len(asset.content) < 1000, path
            weight += int(asset.headers["content-length"])
    assert weight < HEAVIEST


@pytest.mark.parametrize(("origin", "outcome"), [("own", "open"), ("http://evil.example", "refused")])
async def test_only_our_own_pages_may_open_the_socket(page: Page, site: Site, origin: str, outcome: str) -> None:
    await page.route(
        "http://evil.example/*", lambda route: route.fulfill(body="<h1>Evil</h1>", content_type="text/html")
    )
    await page.goto(site.url if origin == "own" else origin)
    socket = f"{site.url.replace('http', 'ws')}/_event/?EIO=4&transport=websocket"
    answer = await page.evaluate(
        """address => new Promise(resolve => {
            const socket = new WebSocket(address)
            socket.onopen = () => resolve("open")
            socket.onerror = () => resolve("refused")
        })""",
        socket,
    )
    assert answer == outcome


@contextmanager
def database_away(site: Site) -> Iterator[None]:
    """Nobody gets into the site's database, and whoever was in it is put out."""
    address = psycopg.conninfo.conninfo_to_dict(site.servers.database_url)
    name = sql.Identifier(str(address["dbname"]))
    with psycopg.connect(site.servers.database_url, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [address["dbname"]]
            )
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


async def test_without_the_database_pages_say_so_and_then_work_again(page: Page, site: Site) -> None:
    await page.goto("/about")
    with database_away(site):
        async with httpx.AsyncClient(timeout=60, base_url=site.url) as client:
            for path in ("/services", "/services/a-haircut", "/providers/somebody", "/sitemap.xml"):
                answer = await client.get(path)
                assert answer.status_code == 503, path
            assert (await client.get("/api/v1/services")).json()["code"] == "unavailable"
            assert (await client.get("/about")).status_code == 200
        await page.goto("/services")
        await expect(page.get_by_text("We cannot reach our records at the moment.").first).to_be_visible()
    await page.reload()
    await expect(page.locator("main article h2 a").first).to_be_visible()


async def test_nobody_waits_where_there_is_no_service(page: Page) -> None:
    answer = await page.goto("/services/no-such-service/waitlist")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("heading", name="There is nothing to wait for")).to_be_visible()
    async with httpx.AsyncClient(timeout=60, base_url=page.url.partition("/services")[0]) as client:
        service = (await client.get("/api/v1/services")).json()["items"][0]["slug"]
        assert (await client.get(f"/services/{service}/waitlist")).status_code == 200
