"""Whose account it is that Google opens: new, linked, taken, shut, and made by two at once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.gateways.google import google
from appointly.operations import identities
from tests.google_sign_in import Browser, ada, count, error_of, open_browser, process, provider
from tests.oidc import Provider
from tests.people import PASSWORD, person

__all__ = ["ada", "open_browser", "process", "provider"]


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
