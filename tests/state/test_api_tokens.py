"""Personal API tokens: made on the page, used over HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.http import api
from appointly.appointly import app
from appointly.clock import now
from appointly.models import ApiToken
from appointly.models.base import uuid7
from appointly.operations.api_tokens import MOST
from appointly.state.api_tokens import ApiTokens
from tests.hostile import NEVER_KEPT, fingerprint
from tests.mailed import SAME, sql
from tests.people import Person, person
from tests.state.driver import Tab, browser_tab

READS = {"token_name": "My script", "account:read": "on", "bookings:read": "on", "days": "90"}


@pytest.fixture
async def ada(database: str) -> Person:
    return await person()


@pytest.fixture
async def tab(ada: Person) -> AsyncIterator[Tab]:
    async with browser_tab(app, ada.cookie, "/account/settings") as tab:
        await tab.send(ApiTokens.load)
        yield tab


@pytest.fixture
async def http(database: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1:8000") as http:
        yield http


async def made(tab: Tab, **form: str) -> str:
    await tab.send(ApiTokens.make, form=READS | form)
    field, copy = [event.payload for event in tab.browser_events[-2:]]
    secret = field["value"]
    assert copy["value"] == secret
    assert secret.startswith("apt_")
    return str(secret)


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


async def test_a_token_is_shown_once_and_kept_as_its_hash(tab: Tab, session: AsyncSession) -> None:
    secret = await made(tab)
    [kept] = (await session.exec(select(ApiToken))).all()
    assert secret not in repr(kept)
    assert secret not in f"{tab.shown}{vars(await tab.state(ApiTokens))}"  # what the server keeps of the page
    assert (kept.name, kept.scopes, kept.hint) == ("My script", ["account:read", "bookings:read"], secret[-4:])
    assert kept.expires_at
    assert abs(kept.expires_at - now() - timedelta(days=90)) < timedelta(minutes=1)
    await tab.send(ApiTokens.load)
    shown = await tab.state(ApiTokens)
    assert not shown.shown
    [row] = shown.tokens
    assert (row.hint, row.used) == (f"apt_…{secret[-4:]}", "Not used yet")
    assert row.may == ["See your name and address", "See your bookings"]


async def test_a_token_does_what_it_may_and_nothing_else(tab: Tab, http: httpx.AsyncClient, database: str) -> None:
    secret = await made(tab)
    assert (await http.get("/api/v1/auth/me", headers=bearer(secret))).json()["user"]["email"] == "ada@example.com"
    assert (await http.get("/api/v1/bookings", headers=bearer(secret))).status_code == 200
    assert (await http.get("/api/v1/services", headers=bearer(secret))).status_code == 200  # anybody may
    before = fingerprint(database)
    for method, path in (
        ("POST", "/api/v1/bookings"),
        ("POST", f"/api/v1/bookings/{uuid7()}/cancel"),
        ("POST", "/api/v1/auth/logout"),
        ("POST", "/session/end-all"),
        ("POST", "/session/password"),
        ("POST", "/session/email"),
        ("GET", "/api/v1/provider"),
    ):
        refused = await http.request(method, path, headers=SAME | bearer(secret))
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing"), path
    assert fingerprint(database) == before


async def test_a_token_is_no_sign_in_for_pages(tab: Tab, database: str) -> None:
    secret = await made(tab)
    before = fingerprint(database)
    async with browser_tab(app, f"appointly_session={secret}") as thief:
        await thief.send(ApiTokens.make, form=READS)
        assert thief.redirects()[0].startswith("/login")
    assert fingerprint(database) == before


async def test_a_revoked_token_opens_nothing(tab: Tab, http: httpx.AsyncClient, ada: Person) -> None:
    secret = await made(tab)
    tom = await person("Tom Thief")
    [row] = (await tab.state(ApiTokens)).tokens
    async with browser_tab(app, tom.cookie) as toms:
        await toms.send(ApiTokens.revoke, token=row.id)
    assert (await http.get("/api/v1/auth/me", headers=bearer(secret))).status_code == 200
    await tab.send(ApiTokens.revoke, token=row.id)
    assert (await tab.state(ApiTokens)).tokens == []
    assert (await http.get("/api/v1/auth/me", headers=bearer(secret))).status_code == 401
    await tab.send(ApiTokens.revoke, token=row.id)


@pytest.mark.parametrize("change", ["api_token SET expires_at = now()", '"user" SET disabled_at = now()'])
async def test_a_token_ends_with_its_time_and_with_its_account(tab: Tab, http: httpx.AsyncClient, change: str) -> None:
    secret = await made(tab)
    sql(f"UPDATE {change}")
    assert (await http.get("/api/v1/auth/me", headers=bearer(secret))).json()["code"] == "not_signed_in"
    for forged in ("apt_", "apt_" + "x" * 43, secret[:-1], secret + "x", "apt_\x7f"):
        assert (await http.get("/api/v1/auth/me", headers=bearer(forged))).status_code == 401


async def test_its_use_is_noted_once_a_minute(tab: Tab, http: httpx.AsyncClient, session: AsyncSession) -> None:
    secret = await made(tab)
    [kept] = (await session.exec(select(ApiToken))).all()
    seen = []
    for back in ("0 s", "0 s", "61 s"):
        sql("UPDATE api_token SET last_used_at = last_used_at - %s::interval", back)
        await http.get("/api/v1/auth/me", headers=bearer(secret))
        await session.refresh(kept)
        seen.append(kept.last_used_at)
        await session.rollback()
    assert seen[0] == seen[1] != seen[2]
    await tab.send(ApiTokens.load)
    assert (await tab.state(ApiTokens)).tokens[0].used == "Last used just now"


@pytest.mark.parametrize(
    ("form", "marked"),
    [
        ({"token_name": ""}, "token_name"),
        ({"token_name": "a\nb"}, "token_name"),
        ({"token_name": "x" * 81}, "token_name"),
        ({"account:read": None, "bookings:read": None}, "scopes"),
        ({"days": "7"}, "form"),
        ({"days": "²"}, "form"),
        ({"days": "-30"}, "form"),
    ],
)
async def test_what_cannot_be_is_refused(tab: Tab, database: str, form: dict[str, Any], marked: str) -> None:
    before = fingerprint(database)
    typed = {name: value for name, value in (READS | form).items() if value is not None}
    await tab.send(ApiTokens.make, form=typed)
    assert [name for name, sentence in (await tab.state(ApiTokens)).errors.items() if sentence] == [marked]
    for value in NEVER_KEPT:
        await tab.send(ApiTokens.make, form=READS | {"token_name": value})
    assert fingerprint(database) == before


async def test_there_is_an_end_to_how_many(tab: Tab) -> None:
    for _ in range(MOST):
        await made(tab)
    await tab.send(ApiTokens.make, form=READS)
    shown = await tab.state(ApiTokens)
    assert (len(shown.tokens), shown.shown) == (MOST, False)
    assert shown.errors["form"].startswith("You have twenty tokens")


async def test_a_tokens_provider_scope_needs_a_provider(tab: Tab, http: httpx.AsyncClient) -> None:
    secret = await made(tab, **{"provider:read": "on"})
    assert (await http.get("/api/v1/provider", headers=bearer(secret))).json()["code"] == "forbidden"


async def test_the_browsers_opened_bookings_are_not_the_tokens(tab: Tab, http: httpx.AsyncClient) -> None:
    """A cookie sent along with a token adds nothing to what the token may see."""
    secret = await made(tab)
    tom = await person("Tom Thief")
    both = bearer(secret) | {"cookie": tom.cookie}
    assert (await http.get("/api/v1/auth/me", headers=both)).json()["user"]["email"] == "ada@example.com"
