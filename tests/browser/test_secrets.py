"""What a page leaves behind in Redis, where Reflex keeps its states."""

import redis

from tests.browser.test_live import cookie_of, dashboard
from tests.conftest import REDIS_DATABASES_EACH
from tests.processes import Site
from tests.rxclient import RxClient


def kept(site: Site) -> bytes:
    """Everything in the site's Redis."""
    found = b""
    number = int(site.servers.redis_url.rpartition("db=")[2])
    for offset in range(REDIS_DATABASES_EACH):
        url = site.servers.redis_url.replace(f"db={number}", f"db={number + offset}")
        with redis.Redis.from_url(url) as client:
            for key in client.scan_iter():
                if client.type(key) == b"string":
                    found += key + (client.get(key) or b"")
    return found


async def test_redis_holds_no_session(site: Site) -> None:
    cookie = await cookie_of(site, "provider")
    tab = await RxClient(site.url, "/dashboard", cookie).connect()
    await tab.until(lambda: tab.shown("dashboard", "loaded") is True)
    found = kept(site)
    assert tab.token.encode() in found, "the state is there, so what follows means something"
    assert b"appointly_session=" not in found
    assert cookie.partition("=")[2].encode() not in found
    await tab.close()


async def test_a_tab_taken_over_is_judged_by_its_new_socket(site: Site) -> None:
    tab = await dashboard(site)
    await tab.close()
    thief = RxClient(site.url, "/dashboard")
    thief.token = tab.token
    await thief.connect()
    await thief.until(lambda: any(event["name"] == "_redirect" for event in thief.events))
    assert thief.shown("dashboard", "loaded") is not True
    await thief.close()
