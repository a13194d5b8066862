"""A sign-in that ends is over in every worker: for open pages, cookies, access, refresh and personal tokens."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.operations.api_tokens import NewToken, make_api_token, revoke_api_token
from appointly.operations.end_sessions import end_session, end_sessions
from appointly.queries.api_tokens import own_tokens
from appointly.settings import settings
from tests.mailed import answer_resets, mails, opened
from tests.people import PASSWORD, Person, person, signed_in
from tests.processes import Site
from tests.rxclient import RxClient

NEW_PASSWORD = "another-horse-battery"
BOTH_WORKERS = 12  # connections, each of its own: with two workers, all on one of them is 1 in 2,000


async def one(site: Site, ada: Person, other: Person) -> None:
    async with transaction() as session:
        await end_session(session, Actor("customer", ada.user_id), other.session_id)


async def others(site: Site, ada: Person, other: Person) -> None:
    async with transaction() as session:
        await end_sessions(session, Actor("customer", ada.user_id), keep=ada.session_id)


async def everywhere(site: Site, ada: Person, other: Person) -> None:
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as http:
        answer = await http.post("/session/end-all", headers={"origin": site.url, "cookie": ada.cookie})
    assert answer.headers["location"] == "/login"


async def new_password(site: Site, ada: Person, other: Person) -> None:
    form = {"current": PASSWORD, "password": NEW_PASSWORD}
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as http:
        headers = {"origin": site.url, "cookie": ada.cookie}
        answer = await http.post("/session/password", data=form, headers=headers)
    assert "done=password" in answer.headers["location"]


async def reset(site: Site, ada: Person, other: Person) -> None:
    async with httpx.AsyncClient(timeout=60, base_url=site.url) as http:
        await http.post("/session/reset-password", data={"email": ada.email}, headers={"origin": site.url})
        await answer_resets()
        mine = await opened(http, mails("reset_password")[0])
        form = {"link": mine.link, "password": NEW_PASSWORD}
        answer = await http.post(
            "/session/new-password", data=form, headers={"origin": site.url, "cookie": mine.cookie}
        )
    assert answer.headers["location"] == "/account"


async def statuses(site: Site, headers: dict[str, str]) -> set[int]:
    """What either worker answers to these credentials."""
    found = set()
    for _ in range(BOTH_WORKERS):
        async with httpx.AsyncClient(timeout=60, base_url=site.url) as http:
            found.add((await http.get("/api/v1/auth/me", headers=headers)).status_code)
    return found


async def settings_page(site: Site, who: Person) -> RxClient:
    tab = await RxClient(site.url, "/account/settings", who.cookie).connect()
    await tab.until(lambda: tab.shown("settings_page", "loaded") is True)
    return tab


@pytest.mark.parametrize("end", [one, others, everywhere, new_password, reset])
async def test_an_ended_sign_in_is_over_everywhere(
    server: Site,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Site, Person, Person], Awaitable[None]],
) -> None:
    monkeypatch.setattr(settings(), "base_url", server.url)  # it stands in access tokens and links
    ada, tom = await person(), await person("Tom Thief")
    other = await signed_in(ada.user_id, ada.email)
    tabs = [await settings_page(server, other) for _ in range(4)]
    toms = await settings_page(server, tom)
    for headers in (other.headers, {"cookie": other.cookie}):
        assert await statuses(server, headers) == {200}
    await end(server, ada, other)
    for headers in (other.headers, {"cookie": other.cookie}):
        assert await statuses(server, headers) == {401}
    for tab in tabs:
        name = "reflex___state____state.appointly___state___settings_page____settings_page.end_others"
        await tab.send(name)
        await tab.until(lambda tab=tab: any("login" in str(event) for event in tab.events))  # type: ignore[misc]
        await tab.close()
    assert not any("login" in str(event) for event in toms.events)
    await toms.close()
    assert await statuses(server, tom.headers) == {200}


async def test_a_revoked_token_is_over_in_every_worker(server: Site, database: str) -> None:
    ada = await person()
    actor = Actor("customer", ada.user_id)
    async with transaction() as session:
        secret = await make_api_token(session, actor, NewToken(name="Script", scopes=["account:read"]), now())
    headers = {"authorization": f"Bearer {secret}"}
    assert await statuses(server, headers) == {200}
    async with transaction() as session:
        await end_sessions(session, actor)
    assert await statuses(server, headers) == {200}  # a token is no sign-in: it ends by being revoked
    async with reading() as session:
        [token] = await own_tokens(session, actor)
    async with transaction() as session:
        await revoke_api_token(session, actor, token.id)
    assert await statuses(server, headers) == {401}
