"""Links in mails: confirm an address, set a new password. Twice, late, by other browsers, by mail scanners."""

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api import mailed_links as api_links
from appointly.domain.one_time_code import link_key
from appointly.models import ApiToken, User
from appointly.models.base import uuid7
from appointly.operations import mailed_links
from appointly.settings import settings
from tests.hostile import STRINGS, fingerprint
from tests.mailed import SAME, answer_resets, jobs, link_in, mails, opened, sql
from tests.people import PASSWORD, Person, person, signed_in

NEW_PASSWORD = "another-horse-battery"
SIGN_UP = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada Lovelace"}
LATER = "UPDATE one_time_code SET created_at = created_at - %s::interval, expires_at = expires_at - %s::interval"


def time_passes(by: str) -> None:
    sql(LATER, by, by)


async def is_verified(session: AsyncSession, ada: Person) -> bool:
    session.expire_all()
    return (await session.get_one(User, ada.user_id)).email_verified_at is not None


async def ask(http: httpx.AsyncClient, email: str = "ada@example.com") -> httpx.Response:
    return await http.post("/session/reset-password", data={"email": email}, headers=SAME)


async def reset_mail(http: httpx.AsyncClient) -> object:
    await ask(http)
    await answer_resets()
    return mails("reset_password")[-1]


# Confirming an address


@pytest.mark.parametrize("path", ["/session/signup", "/api/v1/auth/signup"])
async def test_a_new_account_is_mailed_a_link_that_confirms_its_address(http: httpx.AsyncClient, path: str) -> None:
    form = {"data": SIGN_UP} if path.startswith("/session") else {"json": SIGN_UP}
    await http.post(path, headers=SAME, **form)
    [mail] = mails("verify_email", "ada@example.com")
    assert "Ada" not in mail.text  # a stranger's mailbox gets no words of whoever made the account


async def test_opening_confirms_nothing_and_the_button_does_once(
    http: httpx.AsyncClient, database: str, session: AsyncSession
) -> None:
    ada = await person()
    [mail] = mails("verify_email")
    before = fingerprint(database)
    scanner = await opened(http, mail)
    assert scanner.page == f"/confirm?what=verify_email&link={scanner.link}"
    assert fingerprint(database) == before
    mine = await opened(http, mail)
    done = await mine.post("/session/confirm")
    assert done.headers["location"] == "/confirm?what=verify_email&done=verified"
    assert "appointly_session" not in str(done.headers)  # in whatever browser: nobody is signed in by it
    assert await is_verified(session, ada)
    assert (await mine.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    assert (await opened(http, mail)).page.endswith("&done=before")


async def test_the_key_stays_in_no_address(http: httpx.AsyncClient, database: str) -> None:
    await person()
    [mail] = mails("verify_email")
    answer = await http.get(link_in(mail))
    assert link_in(mail).partition("key=")[2] not in answer.headers["location"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    for part in ("HttpOnly", "Path=/session", "SameSite=lax", "Max-Age=1800"):
        assert part in answer.headers["set-cookie"]


async def test_a_link_comes_too_late(http: httpx.AsyncClient, database: str, session: AsyncSession) -> None:
    ada = await person()
    [mail] = mails("verify_email")
    mine = await opened(http, mail)
    time_passes("24 hours")
    assert (await mine.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    assert (await opened(http, mail)).page.endswith("&error=link_ended")
    assert not await is_verified(session, ada)


async def test_a_browser_that_has_not_opened_the_link_confirms_nothing(
    http: httpx.AsyncClient, database: str, session: AsyncSession
) -> None:
    ada, tom = await person(), await person("Tom Thief")
    toms = await opened(http, mails("verify_email", tom.email)[0])
    adas = await opened(http, mails("verify_email", ada.email)[0])
    toms.link = adas.link
    assert (await toms.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    assert not await is_verified(session, ada)


async def test_a_link_confirms_only_the_address_it_was_mailed_to(
    http: httpx.AsyncClient, database: str, session: AsyncSession
) -> None:
    ada = await person()
    mine = await opened(http, mails("verify_email")[0])
    sql("UPDATE \"user\" SET email = 'new@example.com'")
    await mine.post("/session/confirm")
    assert not await is_verified(session, ada)


async def test_a_button_pressed_before_the_page_has_loaded(
    http: httpx.AsyncClient, database: str, session: AsyncSession
) -> None:
    """The form then names no link: it is the one that is open in this browser, unless there are two."""
    ada, tom = await person(), await person("Tom Thief")
    mine = await opened(http, mails("verify_email", ada.email)[0])
    toms = await opened(http, mails("verify_email", tom.email)[0])
    mine.link, alone = "", mine.cookie
    mine.cookie = f"{alone}; {toms.cookie}"
    assert (await mine.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    mine.cookie = alone
    assert (await mine.post("/session/confirm")).headers["location"].endswith("&done=verified")
    assert await is_verified(session, ada)


# Setting a new password


async def test_a_forgotten_password(http: httpx.AsyncClient, database: str, session: AsyncSession) -> None:
    ada = await person()
    other = await signed_in(ada.user_id, ada.email)
    mine = await opened(http, await reset_mail(http))
    assert mine.page == f"/reset-password/new?link={mine.link}"
    done = await mine.post("/session/new-password", password=NEW_PASSWORD)
    assert done.headers["location"] == "/account"
    for headers in (ada.headers, other.headers, {"cookie": ada.cookie}, {"cookie": other.cookie}):
        assert (await http.get("/api/v1/auth/me", headers=headers)).status_code == 401
    cookie = done.headers.get_list("set-cookie")[0].partition(";")[0]
    http.cookies.clear()
    assert (await http.get("/api/v1/auth/me", headers={"cookie": cookie})).json()["user"]["email"] == ada.email
    http.cookies.clear()
    for password, status in ((PASSWORD, 401), (NEW_PASSWORD, 200)):
        form = {"email": ada.email, "password": password}
        assert (await http.post("/api/v1/auth/login", json=form)).status_code == status
    assert await is_verified(session, ada)  # the link has proved the mailbox
    assert [mail.to for mail in mails("password_changed")] == [ada.email]


async def test_a_reset_link_works_once_and_half_an_hour(http: httpx.AsyncClient, database: str) -> None:
    await person()
    mail = await reset_mail(http)
    first, second = await opened(http, mail), await opened(http, mail)
    await first.post("/session/new-password", password=NEW_PASSWORD)
    again = await second.post("/session/new-password", password="a-third-horse-battery")
    assert again.headers["location"] == "/reset-password?error=link_ended"
    assert "set-cookie" not in again.headers
    assert (await opened(http, mail)).page == "/reset-password?error=link_ended"
    late = await opened(http, await reset_mail(http))
    time_passes("30 minutes")
    refused = await late.post("/session/new-password", password="a-third-horse-battery")
    assert refused.headers["location"] == "/reset-password?error=link_ended"


async def test_a_providers_reset_is_no_way_around_the_code(http: httpx.AsyncClient, database: str) -> None:
    olga = await person("Olga Owner", "provider")
    await ask(http, olga.email)
    await answer_resets()
    mine = await opened(http, mails("reset_password")[0])
    done = await mine.post("/session/new-password", password=NEW_PASSWORD)
    assert done.headers["location"].startswith("/auth/")
    assert "appointly_session=" not in str(done.headers)
    assert (await http.get("/api/v1/auth/me", headers={"cookie": olga.cookie})).status_code == 401
    assert [mail.to for mail in mails("sign_in_code")] == [olga.email]


@pytest.mark.parametrize("guarded", [True, False])
async def test_two_browsers_at_once_set_one_password(
    http: httpx.AsyncClient, database: str, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """All have found the link good before one uses it.

    Control: where a used link is not refused, each of them believes to have set the password.
    """
    found, hashing = asyncio.Barrier(4), api_links.hash_password

    async def when_all_have_found_it(password: str) -> str:
        await found.wait()
        return await hashing(password)

    monkeypatch.setattr(api_links, "hash_password", when_all_have_found_it)
    if not guarded:
        monkeypatch.setattr(mailed_links, "_USE", mailed_links._USE.replace("AND ended_at IS NULL", ""))
    await person()
    mail = await reset_mail(http)
    browsers = [await opened(http, mail) for _ in range(4)]
    answers = await asyncio.gather(
        *(each.post("/session/new-password", password=f"horse-number-{i}") for i, each in enumerate(browsers))
    )
    refused = [answer for answer in answers if answer.headers["location"].startswith("/reset-password")]
    assert len(refused) == (3 if guarded else 0)


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("short", "validation_failed"),
        ("iloveyou", "password_common"),
        ("PassWord1", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("Appointly-2026", "password_common"),
        ("ada@example.com", "password_personal"),
        ("Ada Lovelace", "password_personal"),
        ("adalovelace", "password_personal"),
        ("x" * 201, "validation_failed"),
        ("", "validation_failed"),
        ("a\u0000bcdefghij", "validation_failed"),
    ],
)
async def test_a_refused_password_leaves_the_link_good(
    http: httpx.AsyncClient, database: str, password: str, error: str
) -> None:
    await person()
    mine = await opened(http, await reset_mail(http))
    before = fingerprint(database)
    refused = await mine.post("/session/new-password", password=password)
    path, _, query = refused.headers["location"].partition("?")
    assert path == "/reset-password/new"
    assert f"error={error}" in query
    assert f"link={mine.link}" in query
    assert "password=" not in query
    assert fingerprint(database) == before
    assert (await mine.post("/session/new-password", password=NEW_PASSWORD)).headers["location"] == "/account"


async def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(
    http: httpx.AsyncClient, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the database is asked for is the same, so the time it takes tells nothing either."""
    asked: list[object] = []
    execute = psycopg.AsyncCursor.execute

    async def noted(cursor: Any, query: Any, *rest: Any, **more: Any) -> Any:
        asked.append(query)
        return await execute(cursor, query, *rest, **more)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", noted)
    await person()
    await ask(http, "somebody@example.com")  # what is done once is done
    answers, work = [], []
    for email in ("ada@example.com", "nobody@example.com"):
        asked.clear()
        answer = await ask(http, email)
        answers.append((answer.status_code, answer.headers["location"], answer.text, len(answer.headers)))
        work.append(tuple(asked))
    assert answers[0][:3] == (303, "/reset-password?sent=1", "")
    assert answers[0] == answers[1]
    assert work[0] == work[1] != ()
    assert [wish["email"] for wish in jobs("reset_asked")][1:] == ["ada@example.com", "nobody@example.com"]
    await answer_resets()
    assert [mail.to for mail in mails("reset_password")] == ["ada@example.com"]


async def test_asking_again_fills_no_mailbox_and_locks_nobody_out(
    http: httpx.AsyncClient, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody asks every five minutes for an hour: few mails go out, and the link in the newest is good."""
    monkeypatch.setattr(settings(), "rate_limit_factor", 1000.0)  # Redis keeps its own time
    await person()
    for _ in range(12):
        sql("DELETE FROM job WHERE kind = 'reset_asked'")
        await ask(http)
        await ask(http)
        assert len(jobs("reset_asked")) == 1
        await answer_resets()
        time_passes("5 minutes")
    sent = mails("reset_password")
    assert 3 <= len(sent) <= 6
    assert len({link_in(mail) for mail in sent[-2:]}) == 1
    await ask(http)
    mine = await opened(http, sent[-1])
    assert (await mine.post("/session/new-password", password=NEW_PASSWORD)).headers["location"] == "/account"


async def test_a_stranger_keeps_no_way_into_an_account_with_somebody_elses_address(
    http: httpx.AsyncClient, session: AsyncSession
) -> None:
    ada = await person()
    token = ApiToken(user_id=ada.user_id, name="Mine", token_hash=b"x", hint="abcd", scopes=["bookings:read"])
    session.add(token)
    await session.commit()
    mine = await opened(http, await reset_mail(http))
    await mine.post("/session/new-password", password=NEW_PASSWORD)
    await session.rollback()
    assert (await session.exec(select(ApiToken))).all() == []


async def test_a_disabled_account_gets_no_link_and_its_links_open_nothing(
    http: httpx.AsyncClient, database: str
) -> None:
    await person()
    mail = await reset_mail(http)
    mine = await opened(http, mail)
    sql('UPDATE "user" SET disabled_at = now()')
    sql("DELETE FROM job")
    refused = await mine.post("/session/new-password", password=NEW_PASSWORD)
    assert refused.headers["location"] == "/reset-password?error=link_ended"
    await ask(http)
    await answer_resets()
    assert not mails()


async def test_a_link_of_one_purpose_serves_no_other(http: httpx.AsyncClient, database: str) -> None:
    await person()
    verify, reset = await opened(http, mails("verify_email")[0]), await opened(http, await reset_mail(http))
    before = fingerprint(database)
    refused = await verify.post("/session/new-password", password=NEW_PASSWORD)
    assert refused.headers["location"] == "/reset-password?error=link_ended"
    assert (await reset.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    assert fingerprint(database) == before


async def test_forged_keys_and_hostile_links(
    http: httpx.AsyncClient, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "rate_limit_factor", 1000.0)
    await person()
    mine = await opened(http, mails("verify_email")[0])
    before = fingerprint(database)
    own = link_key(settings().secret_key, uuid7())
    for link in [mine.link, str(uuid7()), *(quote(value, safe="", errors="replace") for value in STRINGS if value)]:
        for key in (own, "", "%ff", "x" * 9000):
            answer = await http.get(f"/session/link/{link}", params={"key": key})
            assert answer.status_code in (303, 404), link
            assert "set-cookie" not in answer.headers
    for value in filter(None, STRINGS):
        for path in ("/session/confirm", "/session/new-password", "/session/reset-password"):
            form = {"link": value, "password": NEW_PASSWORD, "email": value}
            encoded = "&".join(f"{name}={quote(text, errors='replace')}" for name, text in form.items())
            headers = SAME | {"cookie": mine.cookie, "content-type": "application/x-www-form-urlencoded"}
            answer = await http.post(path, content=encoded.encode(), headers=headers)
            assert answer.status_code in (303, 400, 413)
            known = value in ("root@localhost",) and path.endswith("reset-password")
            assert known or answer.status_code != 303 or "error=" in answer.headers["location"], (path, value)
            sql("DELETE FROM job WHERE kind = 'reset_asked'")
    assert fingerprint(database) == before


async def test_another_site_presses_no_button(http: httpx.AsyncClient, database: str) -> None:
    await person()
    mine = await opened(http, await reset_mail(http))
    form = {"link": mine.link, "password": NEW_PASSWORD, "email": "ada@example.com"}
    for path in ("/session/confirm", "/session/new-password", "/session/reset-password"):
        headers = {"origin": "https://evil.example", "cookie": mine.cookie}
        assert (await http.post(path, data=form, headers=headers)).status_code == 403


async def test_links_for_one_address_are_asked_for_a_few_times(http: httpx.AsyncClient, database: str) -> None:
    """By one visitor; the link that is in the mailbox stays good."""
    await person()
    mail = await reset_mail(http)
    places = {(await ask(http)).headers["location"].partition("&")[0] for _ in range(8)}
    assert places == {"/reset-password?sent=1", "/reset-password?error=too_many_requests"}
    assert (await opened(http, mail)).page.startswith("/reset-password/new?link=")
