"""Sign in with Google in a browser, over a real provider process on another address."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.people import PASSWORD, rows
from tests.oidc import Provider, running_provider
from tests.processes import Site, start_web


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(tmp_path_factory.mktemp("oidc") / "provider.log") as provider:
        yield provider


@pytest.fixture(scope="module")
def google_site(site: Site, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site's data behind a web server that knows the provider."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in provider.settings.items():
            patch.setenv(name, value)
        web, with_google = start_web(site.servers, tmp_path_factory.mktemp("google") / "web.log")
    yield with_google
    web.stop()


@pytest.fixture
async def page(browser: Browser, google_site: Site) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=google_site.url)
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


async def consent(page: Page, subject: str) -> None:
    """The person's yes at the provider."""
    await page.get_by_placeholder("sub").fill(subject)
    await page.get_by_role("button", name="Authorize", exact=True).click()


async def test_a_newcomer_and_somebody_with_an_account(page: Page, google_site: Site, provider: Provider) -> None:
    """In by Google; out; in again by adding Google to the demo's customer; and that way removed."""
    provider.knows("newcomer", "newcomer@example.com", name="Nia Newcomer")
    await page.goto("/login?next=/about")
    await page.get_by_role("link", name="Continue with Google").click()
    await consent(page, "newcomer")
    await page.wait_for_url("**/about")
    assert rows(google_site, "SELECT name FROM \"user\" WHERE email = 'newcomer@example.com'") == [("Nia Newcomer",)]
    await page.goto("/account/settings")
    await expect(page.get_by_text("Your only way in")).to_be_visible()
    await page.context.clear_cookies()

    provider.knows("customer", "customer@demo.test")
    await page.goto("/signup")
    await page.get_by_role("link", name="Continue with Google").click()
    await consent(page, "customer")
    await expect(page.get_by_role("heading", name="Add Google to your account")).to_be_visible()
    await page.get_by_label("Password").fill("wrong-password")
    await page.get_by_role("button", name="Add Google").click()
    await expect(page.get_by_role("alert")).to_contain_text("password is wrong")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Add Google").click()
    await page.wait_for_url("**/account")

    await page.goto("/account/settings")
    await page.get_by_role("button", name="Remove customer@demo.test").click()
    await expect(page.get_by_role("button", name="Remove customer@demo.test")).to_have_count(0)
    assert rows(google_site, "SELECT subject FROM identity") == [("newcomer",)]


async def test_saying_no(page: Page, google_site: Site, provider: Provider) -> None:
    await page.goto("/login-provider")
    await page.get_by_role("link", name="Continue with Google").click()
    await page.wait_for_url(f"{provider.url}/**")
    state = page.url.partition("state=")[2].partition("&")[0]  # the mock's own refusal leaves it out
    await page.goto(f"{google_site.url}/session/google/callback?error=access_denied&state={state}")
    await expect(page.get_by_role("alert")).to_contain_text("You did not finish signing in at Google")
    assert page.url.startswith(f"{google_site.url}/login-provider")
