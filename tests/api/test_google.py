"""Sign in with Google over HTTP, against a real provider process: what it does, and everything somebody may try."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.http import api
from appointly.clock import now
from appointly.gateways.google import google
from appointly.operations import identities
from appointly.settings import settings
from tests.oidc import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.people import PASSWORD, person

SAME = {"origin": "http://127.0.0.1:8000"}
COOKIES = ("appointly_google", "appointly_google_link", "appointly_session")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(tmp_path_factory.mktemp("oidc") / "provider.log") as provider:
        yield provider


@pytest.fixture
async def provider(process: Provider, database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Provider]:
    process.reset()
    for name, value in process.settings.items():
        monkeypatch.setattr(settings(), name.lower(), value)
    google.cache_clear()
    yield process
    await google().close()
    google.cache_clear()


@dataclass
class Browser:
    """A browser of one person, with cookies of its own."""

    http: httpx.AsyncClient
    provider: Provider

    async def begin(self, page: str = "login", **query: str) -> str:
        """To Google; its address."""
        answer = await self.http.get("/session/google", params={"page": page, **query})
        assert answer.status_code == 303
        return answer.headers["location"]

    async def consent(self, address: str, subject: str = "ada", **form: str) -> str:
        """The person says yes there; the address they are sent back to."""
        async with httpx.AsyncClient() as outside:
            answer = await outside.post(address, data={"sub": subject, **form})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def open(self, address: str) -> str:
        """Where one is led on to."""
        answer = await self.http.get(address)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def sign_in(self, subject: str = "ada", **query: str) -> str:
        """The whole way; where it ends."""
        return await self.open(await self.consent(await self.begin(**query), subject))

    async def link(self, password: str = PASSWORD) -> str:
        answer = await self.http.post("/session/google/link", data={"password": password}, headers=SAME)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def who(self) -> str:
        """The address of whoever is signed in here; empty for nobody."""
        answer = await self.http.get("/api/v1/auth/me")
        return answer.json()["user"]["email"] if answer.is_success else ""


@pytest.fixture
async def open_browser(provider: Provider) -> AsyncIterator[Any]:
    clients = []

    def opened(cookie: str = "") -> Browser:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(api, client=("203.0.113.9", 4711)), base_url="http://127.0.0.1:8000"
        )
        if cookie:
            name, _, value = cookie.partition("=")
            client.cookies.set(name, value)
        clients.append(client)
        return Browser(client, provider)

    yield opened
    for client in clients:
        await client.aclose()


@pytest.fixture
def ada(open_browser: Any) -> Browser:
    return open_browser()


def error_of(location: str) -> str:
    return parse_qs(urlsplit(location).query).get("error", [""])[0]


async def count(session: AsyncSession, table: str) -> int:
    query = text(f'SELECT count(*) FROM "{table}"')  # noqa: S608
    found: int = (await session.exec(query)).scalar_one()  # type: ignore[call-overload]
    return found


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
    late = now().replace(year=now().year + 1)
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


@pytest.mark.parametrize("verified", [False, None, "true", 1])
async def test_an_unverified_address_makes_nothing(
    ada: Browser, provider: Provider, session: AsyncSession, verified: Any
) -> None:
    provider.knows("ada", "ada@example.com", verified=verified)
    assert error_of(await ada.sign_in()) == "identity_unverified"
    assert await count(session, "user") == 0


async def test_an_unverified_address_takes_nobody_over(ada: Browser, provider: Provider, session: AsyncSession) -> None:
    await person()
    provider.knows("mallory", "ada@example.com", verified=False)
    assert error_of(await ada.sign_in("mallory")) == "identity_unverified"
    assert error_of(await ada.link()) == "google_stale"  # nothing waits for a password either
    assert (await ada.who(), await count(session, "identity")) == ("", 0)


async def test_an_account_with_the_address_is_linked_by_its_password(
    ada: Browser, provider: Provider, session: AsyncSession
) -> None:
    await person()
    provider.knows("ada", "ada@example.com")
    assert await ada.sign_in(next="/services") == "/link-google"
    assert (await ada.who(), await count(session, "identity")) == ("", 0)
    assert error_of(await ada.link("wrong-password")) == "credentials_invalid"
    assert await ada.who() == ""
    assert await ada.link() == "/services"
    assert await ada.who() == "ada@example.com"
    [(subject, verified)] = (
        await session.exec(  # type: ignore[call-overload]
            text('SELECT subject, email_verified_at IS NOT NULL FROM identity JOIN "user" ON "user".id = user_id')
        )
    ).all()
    assert (subject, verified) == ("ada", True)
    assert await ada.sign_in() == "/account"
    assert await count(session, "user") == 1


async def test_a_provider_still_needs_the_mailed_code(ada: Browser, provider: Provider) -> None:
    await person(role="provider")
    provider.knows("ada", "ada@example.com")
    assert await ada.sign_in(page="provider") == "/link-google"
    assert (await ada.link()).startswith("/auth/")
    assert await ada.who() == ""
    assert (await ada.sign_in(page="login", next="/dashboard")).startswith("/auth/")
    assert await ada.who() == ""


async def test_guesses_at_the_password_are_counted(ada: Browser, provider: Provider) -> None:
    await person()
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    said = [error_of(await ada.link("wrong-password")) for _ in range(12)]
    assert (said[0], said[-1]) == ("credentials_invalid", "too_many_requests")
    assert error_of(await ada.link()) == "too_many_requests"


async def test_an_account_without_a_password_is_not_taken_over(
    ada: Browser, open_browser: Any, provider: Provider, session: AsyncSession
) -> None:
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    provider.knows("another", "ada@example.com")  # the address was given to somebody else there
    other = open_browser()
    assert await other.sign_in("another") == "/link-google"
    assert error_of(await other.link("")) == "password_missing"
    assert (await other.who(), await count(session, "identity")) == ("", 1)


async def test_the_account_stays_when_the_address_changes_at_google(
    ada: Browser, open_browser: Any, provider: Provider, session: AsyncSession
) -> None:
    await person("Grace Hopper")
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    provider.knows("ada", "grace@example.com")
    assert await ada.sign_in() == "/account"
    assert await ada.who() == "ada@example.com"
    provider.knows("ada", "grace@example.com", verified=False)
    again = open_browser()
    assert await again.sign_in() == "/account"
    assert await again.who() == "ada@example.com"


async def test_a_disabled_account_stays_shut(ada: Browser, provider: Provider, session: AsyncSession) -> None:
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    await session.exec(text('UPDATE "user" SET disabled_at = now()'))  # type: ignore[call-overload]
    await session.commit()
    assert error_of(await ada.sign_in()) == "identity_refused"
    provider.knows("another", "ada@example.com")
    assert error_of(await ada.sign_in("another")) == "identity_refused"
    assert (await ada.who(), await count(session, "user")) == ("", 1)


async def test_adding_google_when_signed_in(open_browser: Any, provider: Provider, session: AsyncSession) -> None:
    grace = await person("Grace Hopper")
    browser = open_browser(grace.cookie)
    provider.knows("ada", "ada@example.com")  # another address is no hindrance: whoever adds it is both
    assert await browser.sign_in(page="settings") == "/link-google"
    assert await count(session, "identity") == 0
    assert error_of(await browser.link("wrong-password")) == "credentials_invalid"
    assert await browser.link() == "/account/settings"
    fresh = open_browser()
    assert await fresh.sign_in() == "/account"
    assert await fresh.who() == "grace@example.com"
    assert await count(session, "user") == 1
    query = text("SELECT payload ->> 'kind' FROM job WHERE kind = 'account_mail' ORDER BY id")
    kinds = (await session.exec(query)).all()  # type: ignore[call-overload]
    assert kinds == [("verify_email",), ("identity_linked",)]


async def test_what_waits_is_for_the_person_who_asked(open_browser: Any, provider: Provider) -> None:
    grace, mallory = await person("Grace Hopper"), await person("Mallory M")
    browser = open_browser(grace.cookie)
    provider.knows("ada", "ada@example.com")
    await browser.sign_in(page="settings")
    name, _, value = mallory.cookie.partition("=")
    browser.http.cookies.delete("appointly_session")
    assert error_of(await browser.link()) == "google_stale"  # signed out meanwhile
    browser.http.cookies.set(name, value)
    assert error_of(await browser.link()) == "google_stale"  # somebody else now


async def test_adding_needs_somebody_signed_in(ada: Browser, provider: Provider, session: AsyncSession) -> None:
    provider.knows("ada", "ada@example.com")
    assert error_of(await ada.sign_in(page="settings")) == "not_signed_in"
    assert await count(session, "user") == 0


async def test_one_google_account_opens_one_account(ada: Browser, open_browser: Any, provider: Provider) -> None:
    provider.knows("ada", "ada@example.com")
    await ada.sign_in()
    grace = open_browser((await person("Grace Hopper")).cookie)
    await grace.sign_in(page="settings")
    assert error_of(await grace.link()) == "identity_taken"


async def test_another_site_cannot_send_the_form(open_browser: Any, provider: Provider) -> None:
    browser = open_browser((await person("Grace Hopper")).cookie)
    provider.knows("ada", "ada@example.com")
    await browser.sign_in(page="settings")
    answer = await browser.http.post(
        "/session/google/link", data={"password": PASSWORD}, headers={"origin": "https://evil.test"}
    )
    assert answer.status_code == 403


async def race(provider: Provider, open_browser: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The same person finishes in two browsers at once, and Google shows each another address."""
    browsers = [open_browser(), open_browser()]
    backs = []
    for browser in browsers:
        backs.append(await browser.consent(await browser.begin()))
    ready = asyncio.Barrier(2)
    plain = google().who
    addresses = iter(["ada@example.com", "countess@example.com"])

    async def together(*arguments: Any) -> Any:
        found = replace(await plain(*arguments), email=next(addresses))
        await ready.wait()
        return found

    monkeypatch.setattr(google(), "who", together)
    answers = await asyncio.gather(
        *(browser.http.get(back) for browser, back in zip(browsers, backs, strict=True)), return_exceptions=True
    )
    return [getattr(answer, "headers", {}).get("location", "failed") for answer in answers]


async def test_two_callbacks_at_once_make_one_account(
    provider: Provider, open_browser: Any, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.knows("ada", "ada@example.com")
    assert await race(provider, open_browser, monkeypatch) == ["/account", "/account"]
    assert (await count(session, "user"), await count(session, "identity")) == (1, 1)


async def test_without_the_lock_one_of_two_callbacks_fails(
    provider: Provider, open_browser: Any, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is the lock that lets both in."""

    async def no_lock(*_: Any) -> None:
        await asyncio.sleep(0)

    plain = identities.account_of_identity
    both = asyncio.Barrier(2)

    async def together(*arguments: Any) -> Any:
        found = await plain(*arguments)
        await both.wait()
        return found

    monkeypatch.setattr(identities, "_lock", no_lock)
    monkeypatch.setattr(identities, "account_of_identity", together)
    provider.knows("ada", "ada@example.com")
    assert sorted(await race(provider, open_browser, monkeypatch)) == ["/account", "failed"]
