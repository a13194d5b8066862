"""The addresses of private calendars on the page: shown when asked for, kept nowhere."""

from urllib.parse import urlsplit

import httpx

from appointly.api.http import api
from appointly.appointly import app
from appointly.database import transaction
from appointly.domain.feed_token import Feed
from appointly.state.feeds import Feeds, field_of
from tests.hostile import fingerprint
from tests.making import make_provider
from tests.people import person, signed_in
from tests.state.driver import Tab, browser_tab


def put(tab: Tab) -> dict[str, str]:
    """What was put into the fields, the latest last."""
    return {event.payload["ref"]: event.payload["value"] for event in tab.browser_events if event.name == "_set_value"}


def own(tab: Tab) -> str:
    return put(tab)[f"ref_{field_of(Feed.OWN).replace('-', '_')}"]


async def status(address: str) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1:8000") as http:
        return (await http.get(urlsplit(address).path)).status_code


async def test_addresses_are_shown_when_asked_for_and_kept_nowhere(database: str) -> None:
    ada = await person()
    async with browser_tab(app, ada.cookie, "/account/settings") as tab:
        await tab.send(Feeds.load)
        assert put(tab) == {}
        await tab.send(Feeds.show)
        address = own(tab)
        assert await status(address) == 200
        assert len(set(put(tab).values())) == 1
        assert address not in f"{tab.shown}{vars(await tab.state(Feeds))}"
        await tab.send(Feeds.load)
        assert not (await tab.state(Feeds)).shown


async def test_a_provider_gets_three(database: str) -> None:
    async with transaction() as session:
        provider = await make_provider(session)
    async with browser_tab(app, (await signed_in(provider.user_id, "")).cookie, "/account/settings") as tab:
        await tab.send(Feeds.load)
        await tab.send(Feeds.show)
        assert (await tab.state(Feeds)).business
        assert len(set(put(tab).values())) == 3


async def test_new_addresses_only_where_the_old_ones_are_seen(database: str) -> None:
    ada = await person()
    async with browser_tab(app, ada.cookie, "/account/settings") as tab:
        await tab.send(Feeds.load)
        before = fingerprint(database)
        await tab.send(Feeds.rotate)
        assert fingerprint(database) == before
        await tab.send(Feeds.show)
        old = own(tab)
        await tab.send(Feeds.rotate)
        assert (await status(old), await status(own(tab))) == (404, 200)
