"""Sign in with Google over HTTP: what it does, and everything somebody may try on the way."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.settings import settings
from tests.google_sign_in import Browser, ada, count, error_of, open_browser, process, provider
from tests.oidc import CLIENT_ID, CLIENT_SECRET, Provider

__all__ = ["ada", "open_browser", "process", "provider"]


async def test_a_newcomer_gets_an_account(ada: Browser, provider: Provider, session: AsyncSession) -> None:
    provider.knows("ada", "Ada@Example.com")
    assert await ada.sign_in() == "/account"
    assert await ada.who() == "ada@example.com"
    query = 'SELECT name, role, password_hash, email_verified_at IS NOT NULL FROM "user"'
    assert (await session.exec(text(query))).all() == [("Ada Lovelace", "customer", None, True)]  # type: ignore[call-overload]
    query = "SELECT issuer, subject, email FROM identity"
    assert (await session.exec(text(query))).all() == [(provider.url, "ada", "ada@example.com")]  # type: ignore[call-overload]
    assert sorted(ada.http.cookies) == ["appointly_device", "appointly_session"]


async def test_the_second_time_it_is_the_same_account(ada: Browser, provider: Provider, session: AsyncSession) -> None:
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    await ada.sign_in(next="/services")
    assert (await count(session, "user"), await count(session, "login_session")) == (1, 1), "one browser, one sign-in"


async def test_what_is_asked_of_the_provider(ada: Browser, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    asked, exchanged = provider.asked("/oauth2/authorize"), provider.asked("/oauth2/token")
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/session/google/callback"
    assert (asked["scope"], asked["response_type"]) == ("openid email profile", "code")
    assert min(len(asked["state"]), len(asked["nonce"])) >= 40
    assert asked["code_challenge"] == challenge(exchanged["code_verifier"])
    assert len(exchanged["code_verifier"]) >= 43
    assert (exchanged["client_id"], exchanged["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
    assert exchanged["redirect_uri"] == asked["redirect_uri"]


def challenge(verifier: str) -> str:
    """RFC 7636, 4.2, written out."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


async def test_the_cookie_of_an_attempt(ada: Browser, provider: Provider) -> None:
    answer = await ada.http.get("/session/google")
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("appointly_google=", "HttpOnly", "SameSite=lax", "Max-Age=600"))


@pytest.mark.parametrize(
    ("then", "end"),
    [("/book/haircut?slot=1&x=2", "/book/haircut?slot=1&x=2"), ("//evil.test", "/account")]
    + [(bad, "/account") for bad in ("https://evil.test/", "/\\evil.test", "/session/logout", "javascript:alert(1)")],
)
async def test_next_never_leaves_the_site(ada: Browser, provider: Provider, then: str, end: str) -> None:
    provider.knows("ada", "ada@example.com")
    assert await ada.sign_in(next=then) == end


async def test_without_keys_there_is_no_way(ada: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "google_client_secret", "")
    assert await ada.begin() == "/login?error=not_found"


@pytest.mark.parametrize("page", ["login", "provider", "signup", "nonsense", "settings"])
async def test_saying_no_leads_back(ada: Browser, provider: Provider, page: str) -> None:
    back = await ada.consent(await ada.begin(page, next="/services"), action="deny")
    home = {"provider": "/login-provider", "signup": "/signup", "settings": "/account/settings"}.get(page, "/login")
    assert await ada.open(back + "&state=" + state_of(provider)) == f"{home}?error=google_cancelled&next=%2Fservices"
    assert await ada.who() == ""


def state_of(provider: Provider) -> str:
    """The mock leaves the state out of its refusals, which RFC 6749 forbids."""
    return next(values["state"] for _, path, values in provider.requests if path == "/oauth2/authorize")


async def test_an_answer_counts_in_the_browser_that_asked(ada: Browser, open_browser: Any, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    back = await ada.consent(await ada.begin())
    victim = open_browser()
    assert error_of(await victim.open(back)) == "google_stale"  # never began
    await victim.begin()
    assert error_of(await victim.open(back)) == "google_stale"  # began another one
    assert await victim.who() == ""
    assert "/oauth2/token" not in [path for _, path, _ in provider.requests]


async def test_an_answer_counts_once(ada: Browser, open_browser: Any, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    back = await ada.consent(await ada.begin())
    kept = dict(ada.http.cookies)
    assert await ada.open(back) == "/account"
    assert error_of(await ada.open(back)) == "google_stale"
    thief = open_browser(f"appointly_google={kept['appointly_google']}")  # a copy of the cookie: the code is used up
    assert error_of(await thief.open(back)) == "google_doubtful"
    assert await thief.who() == ""


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=x&state=%00%ff", "?iss=x"])
async def test_a_callback_that_nobody_began(ada: Browser, query: str) -> None:
    assert await ada.open(f"/session/google/callback{query}") == "/login?error=google_stale"
    await ada.begin()
    assert error_of(await ada.open(f"/session/google/callback{query}")) == "google_stale"


async def test_a_sealed_cookie_ends_and_cannot_be_changed(
    ada: Browser, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.knows("ada", "ada@example.com")
    back = await ada.consent(await ada.begin())
    good = ada.http.cookies["appointly_google"]
    for bad in (good[:-1], "x" + good, good.partition(".")[0], "", "é"):
        ada.http.cookies.clear()
        answer = await ada.http.get(back, headers={"cookie": f"appointly_google={bad}".encode()})
        assert error_of(answer.headers["location"]) == "google_stale"
    late = now() + timedelta(days=365)
    monkeypatch.setattr("appointly.api.google.now", lambda: late)
    answer = await ada.http.get(back, headers={"cookie": f"appointly_google={good}"})
    assert error_of(answer.headers["location"]) == "google_stale"


FORGERIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "of-another-attempt"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://accounts.evil.test"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another-client"},
    "another audience, ours the authorised party": {"aud": "another-client", "azp": CLIENT_ID},
    "one more audience": {"aud": [CLIENT_ID, "another-client"], "azp": CLIENT_ID},
    "another authorised party": {"azp": "another-client"},
    "expired": {"exp": 1_600_000_000},
    "no end": {"exp": None},
    "another access token": {"at_hash": "of-another-token"},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "unsigned": {"header": {"alg": "none"}},
    "signed with the client's secret": {"header": {"alg": "HS256"}, "key": CLIENT_SECRET},
}


@pytest.mark.parametrize("what", FORGERIES)
async def test_tokens_that_do_not_fit(ada: Browser, provider: Provider, session: AsyncSession, what: str) -> None:
    forgery = dict(FORGERIES[what])
    if "key" in forgery:
        forgery["key"] = OctKey.import_key(forgery["key"])
    provider.knows("ada", "ada@example.com")
    provider.forge(**forgery)
    assert error_of(await ada.sign_in()) == "google_doubtful"
    assert (await ada.who(), await count(session, "user")) == ("", 0)


async def test_a_token_that_fits_is_taken_whoever_signs(ada: Browser, provider: Provider) -> None:
    """The control of the forgeries: with nothing changed, the same way leads in."""
    provider.knows("ada", "ada@example.com")
    provider.forge()
    assert await ada.sign_in() == "/account"


async def test_a_key_of_somebody_else(ada: Browser, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    provider.forge()
    del provider.changes["/jwks"]
    assert error_of(await ada.sign_in()) == "google_doubtful"


async def test_new_keys_are_looked_for(ada: Browser, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    provider.forge()
    assert await ada.sign_in() == "/account"


async def test_the_issuer_of_the_callback(ada: Browser, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    back = await ada.consent(await ada.begin())
    assert error_of(await ada.open(f"{back}&iss=https://accounts.evil.test")) == "google_doubtful"


@pytest.mark.parametrize("answer", [[], {}, {"id_token": 5}, {"id_token": "a.b.c", "access_token": "x"}])
async def test_answers_that_are_no_tokens(ada: Browser, provider: Provider, answer: Any) -> None:
    provider.changes["/oauth2/token"] = lambda _: answer
    assert error_of(await ada.sign_in()) == "google_doubtful"


async def test_a_provider_that_is_down(ada: Browser, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    provider.down = True
    assert await ada.begin(next="/services") == "/login?error=google_silent&next=%2Fservices"
    provider.down = False
    back = await ada.consent(await ada.begin())
    provider.down = True
    assert error_of(await ada.open(back)) == "google_silent"
    provider.down = False
    assert await ada.sign_in() == "/account"
