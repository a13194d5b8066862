"""A real server with the demo's data for each test worker, and pages of a real browser on it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import redis
from playwright.async_api import Browser, Page, async_playwright, expect

from appointly.database.embedded import Servers
from tests.browser.chromium import chromium
from tests.conftest import FIRST_SITE_REDIS, REDIS_DATABASES_EACH, clone_database
from tests.processes import Site, environment, start, start_web, start_worker

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 20_000  # of actions and of what is expected: no machine is too busy for a test, and what works is quick
expect.set_options(timeout=PATIENCE_MS)

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def site(servers: Servers, worker_number: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """This worker's web server, on a database of its own with the demo's data in it."""
    folder = tmp_path_factory.mktemp("site")
    number = FIRST_SITE_REDIS + REDIS_DATABASES_EACH * worker_number
    own = Servers(
        clone_database(servers.database_url, f"site_{worker_number}"),
        servers.redis_url.replace("db=0", f"db={number}"),
    )
    make_demo_data(own, folder / "demo.log")
    web, site = start_web(own, folder / "web.log")
    yield site
    web.stop()


def make_demo_data(servers: Servers, log: Path) -> None:
    """`appointly demo`, to its end."""
    demo = start("The demo data", "demo", env=environment(servers), log=log)
    assert demo.process.wait() == 0, demo.explain()


@pytest.fixture
def locks_run_out(site: Site) -> Iterator[Callable[[], list[str]]]:
    """Which locks of tabs' states have run out since the test began, also those of the test before.

    Whoever had them did not give them back, and a page was empty for as long as a lock lives: less than our patience.
    """
    states = int(site.servers.redis_url.rpartition("=")[2]) + 1
    with redis.Redis.from_url(site.servers.redis_url, decode_responses=True) as valkey, valkey.pubsub() as told:
        told.psubscribe(f"__keyspace@{states}__:*_lock")

        def run_out() -> list[str]:
            news = iter(lambda: told.get_message(timeout=0), None)
            return [each["channel"] for each in news if each["data"] == "expired"]

        yield run_out


@pytest.fixture(scope="session")
def site_worker(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The worker process of `site`: mail arrives in its development mailbox."""
    worker = start_worker(site, tmp_path_factory.mktemp("worker") / "worker.log")
    yield
    worker.stop()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser a test worker."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser, site: Site, locks_run_out: Callable[[], list[str]]) -> AsyncIterator[OpenPage]:
    """Opens pages of separate visitors: `await open_page(width=390, dark=True)`. Errors in a page fail the test."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def opened(width: int = 1280, height: int = 900, *, dark: bool = False, scripts: bool = True) -> Page:
            context = await browser.new_context(
                base_url=site.url,
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                java_script_enabled=scripts,
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            return page

        yield opened
    assert (errors, locks_run_out()) == ([], [])


@pytest.fixture
async def page(open_page: OpenPage) -> Page:
    """A page of one visitor."""
    return await open_page()
