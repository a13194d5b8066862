"""The forms by which people change what is behind their own cookie: password, address, sign-ins."""

import asyncio
from urllib.parse import quote

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import transaction
from appointly.models import LoginSession, User
from appointly.operations import change_email, mailed_links
from appointly.queries.sessions import session_for_token
from tests.hostile import STRINGS, fingerprint
from tests.mailed import SAME, Opened, answer_resets, mails, opened, sql
from tests.people import PASSWORD, Person, person, signed_in

NEW_PASSWORD = "another-horse-battery"
NEW_EMAIL = "ada@new.example"
LATER = "UPDATE one_time_code SET created_at = created_at - %s::interval, expires_at = expires_at - %s::interval"


async def post(http: httpx.AsyncClient, who: Person, path: str, **form: str) -> httpx.Response:
    answer = await http.post(path, data=form, headers=SAME | {"cookie": who.cookie})
    http.cookies.clear()
    return answer


async def is_in(http: httpx.AsyncClient, headers: dict[str, str]) -> bool:
    return (await http.get("/api/v1/auth/me", headers=headers)).status_code == 200


# Password


async def test_a_new_password_ends_all_other_sign_ins(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada, tom = await person(), await person("Tom Thief")
    other = await signed_in(ada.user_id, ada.email)
    done = await post(http, ada, "/session/password", current=PASSWORD, password=NEW_PASSWORD)
    assert done.headers["location"] == "/account/settings?done=password#password"
    cookie = done.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith("appointly_session=")
    assert cookie != ada.cookie
    assert not await is_in(http, {"cookie": ada.cookie})  # the secret is a new one, the sign-in the same
    assert await is_in(http, {"cookie": cookie})
    assert await is_in(http, ada.headers)
    assert not await is_in(http, other.headers)
    assert await is_in(http, tom.headers)
    assert await session.get(LoginSession, ada.session_id)
    form = {"email": ada.email, "password": NEW_PASSWORD}
    assert (await http.post("/api/v1/auth/login", json=form)).status_code == 200
    assert [mail.to for mail in mails("password_changed")] == [ada.email]


@pytest.mark.parametrize(
    ("current", "password", "error"),
    [
        ("wrong-password", NEW_PASSWORD, "error=password_wrong&fields=current"),
        ("", NEW_PASSWORD, "error=password_wrong&fields=current"),
        (PASSWORD, "short", "error=validation_failed&fields=password"),
        (PASSWORD, "password123", "error=password_common&fields=password"),
        (PASSWORD, "ada@example.com", "error=password_personal&fields=password"),
    ],
)
async def test_a_password_that_is_refused_changes_nothing(
    http: httpx.AsyncClient, database: str, current: str, password: str, error: str
) -> None:
    ada = await person()
    other = await signed_in(ada.user_id, ada.email)
    before = fingerprint(database)
    refused = await post(http, ada, "/session/password", current=current, password=password)
    assert refused.headers["location"] == f"/account/settings?{error}&form=password#password"
    assert "set-cookie" not in refused.headers
    assert fingerprint(database) == before
    assert await is_in(http, other.headers)


async def test_two_changes_at_once_leave_one_password(http: httpx.AsyncClient, database: str) -> None:
    ada = await person()
    other = await signed_in(ada.user_id, ada.email)
    answers = await asyncio.gather(
        *(post(http, who, "/session/password", current=PASSWORD, password=NEW_PASSWORD) for who in (ada, other))
    )
    places = sorted(answer.headers["location"] for answer in answers)
    assert places[0] == "/account/settings?done=password#password"
    assert "error=password_wrong" in places[1] or places[1].startswith("/login")


async def test_without_a_password_there_is_none_to_change(http: httpx.AsyncClient, database: str) -> None:
    ada = await person()
    sql('UPDATE "user" SET password_hash = NULL')
    for current in ("", PASSWORD):
        refused = await post(http, ada, "/session/password", current=current, password=NEW_PASSWORD)
        assert "error=password_wrong" in refused.headers["location"]
    await http.post("/session/reset-password", data={"email": ada.email}, headers=SAME)
    await answer_resets()
    mine = await opened(http, mails("reset_password")[0])
    assert (await mine.post("/session/new-password", password=NEW_PASSWORD)).headers["location"] == "/account"


@pytest.mark.parametrize("path", ["/session/password", "/session/email"])
async def test_guests_and_ended_sign_ins_are_led_to_the_sign_in(
    http: httpx.AsyncClient, database: str, path: str
) -> None:
    ada = await person()
    sql("DELETE FROM login_session")
    for cookie in ("", ada.cookie):
        form = {"current": PASSWORD, "password": NEW_PASSWORD, "email": NEW_EMAIL}
        answer = await http.post(path, data=form, headers=SAME | {"cookie": cookie})
        assert answer.headers["location"] == "/login?next=/account/settings"


@pytest.mark.parametrize("path", ["/session/password", "/session/email"])
async def test_hostile_forms(http: httpx.AsyncClient, database: str, path: str) -> None:
    ada = await person()
    before = fingerprint(database)
    right = {
        "current": "wrong-password",
        "email_current": "wrong-password",
        "password": NEW_PASSWORD,
        "email": NEW_EMAIL,
        "unknown": "",
    }
    for name in right:
        for value in STRINGS:
            encoded = "&".join(
                f"{key}={quote(text, errors='replace')}" for key, text in (right | {name: value}).items()
            )
            headers = SAME | {"cookie": ada.cookie, "content-type": "application/x-www-form-urlencoded"}
            answer = await http.post(path, content=encoded.encode(), headers=headers)
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/account/settings?error="), (name, value)
                assert answer.headers["location"].isascii()
            else:
                assert answer.status_code in (400, 413), (name, value)
    refused = await http.post(path, data=right, headers={"origin": "https://evil.example", "cookie": ada.cookie})
    assert refused.status_code == 403
    assert fingerprint(database) == before


# Address


async def ask(http: httpx.AsyncClient, who: Person, email: str = NEW_EMAIL) -> str:
    return (await post(http, who, "/session/email", email=email, email_current=PASSWORD)).headers["location"]


async def both_links(http: httpx.AsyncClient, who: Person) -> list[Opened]:
    assert await ask(http, who) == "/account/settings?done=email#email"
    [leave], [take] = mails("leave_email", who.email), mails("take_email", NEW_EMAIL)
    assert "Ada" not in take.text
    return [await opened(http, leave), await opened(http, take)]


async def email_of(session: AsyncSession, who: Person) -> str:
    await session.rollback()
    session.expire_all()
    return (await session.get_one(User, who.user_id)).email


@pytest.mark.parametrize("order", [1, -1])
async def test_an_account_moves_when_both_addresses_say_so(
    http: httpx.AsyncClient, session: AsyncSession, order: int
) -> None:
    ada = await person()
    other = await signed_in(ada.user_id, ada.email)
    first, second = (await both_links(http, ada))[::order]
    done = await first.post("/session/confirm")
    assert done.headers["location"].endswith("&done=half")
    assert await email_of(session, ada) == "ada@example.com"
    assert (await first.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    done = await second.post("/session/confirm")
    assert done.headers["location"].endswith("&done=changed")
    assert "appointly_session=" not in str(done.headers)
    assert await email_of(session, ada) == NEW_EMAIL
    assert (await session.get_one(User, ada.user_id)).email_verified_at
    assert await is_in(http, {"cookie": ada.cookie})  # where it was asked for
    assert not await is_in(http, other.headers)
    assert [mail.to for mail in mails("email_changed")] == ["ada@example.com"]


@pytest.mark.parametrize("guarded", [True, False])
async def test_both_links_opened_at_once_move_the_account(
    http: httpx.AsyncClient, session: AsyncSession, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Control: without the lock, each may find the other unconfirmed, and the account stays where it is for ever."""
    ready = asyncio.Barrier(2)
    select = change_email.select

    async def together(*args: object, **values: object) -> list[object]:
        found = await select(*args, **values)  # type: ignore[arg-type]
        if args[2] is change_email._OTHER:
            await ready.wait()  # neither commits before both have read
        return found

    if not guarded:
        monkeypatch.setattr(mailed_links, "_LOCK", mailed_links._LOCK.replace("FOR NO KEY UPDATE", ""))
        monkeypatch.setattr(change_email, "select", together)
    ada = await person()
    links = await both_links(http, ada)
    answers = await asyncio.gather(*(link.post("/session/confirm") for link in links))
    done = sorted(answer.headers["location"].rpartition("=")[2] for answer in answers)
    assert done == (["changed", "half"] if guarded else ["half", "half"])
    assert await email_of(session, ada) == (NEW_EMAIL if guarded else "ada@example.com")


async def test_a_taken_address_is_never_told(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada, tom = await person(), await person("Tom Thief")
    free = await post(http, tom, "/session/email", email="free@example.com", email_current=PASSWORD)
    taken = await post(http, ada, "/session/email", email=tom.email, email_current=PASSWORD)
    assert taken.headers["location"] == free.headers["location"]
    assert taken.headers.keys() == free.headers.keys()
    [leave] = mails("leave_email", ada.email)
    assert (await (await opened(http, leave)).post("/session/confirm")).headers["location"].endswith("&done=half")
    assert not mails("take_email", tom.email)
    [told] = mails("email_in_use")
    assert (told.to, "/session/link/" in told.text) == (tom.email, False)


async def test_an_address_taken_meanwhile_stays_with_whoever_has_it(
    http: httpx.AsyncClient, session: AsyncSession
) -> None:
    ada = await person()
    first, second = await both_links(http, ada)
    await first.post("/session/confirm")
    await person("Tom Thief", email=NEW_EMAIL)
    assert (await second.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    assert await email_of(session, ada) == "ada@example.com"


async def test_a_newer_wish_replaces_the_older_one(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada = await person()
    leave, take = await both_links(http, ada)
    await leave.post("/session/confirm")
    assert "error=too_many_requests" in await ask(http, ada, "third@example.com")
    sql(LATER, "3 minutes", "3 minutes")
    await ask(http, ada, "third@example.com")
    assert (await take.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    third = await opened(http, mails("take_email", "third@example.com")[0])
    assert (await third.post("/session/confirm")).headers["location"].endswith("&done=half")
    assert await email_of(session, ada) == "ada@example.com"


async def test_half_a_wish_dies_after_a_day_and_with_a_new_password(
    http: httpx.AsyncClient, session: AsyncSession
) -> None:
    ada = await person()
    leave, take = await both_links(http, ada)
    await leave.post("/session/confirm")
    done = await post(http, ada, "/session/password", current=PASSWORD, password=NEW_PASSWORD)
    assert "done=password" in done.headers["location"]
    assert (await take.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    tom = await person("Tom Thief")
    await ask(http, tom, "tom@new.example")
    late = await opened(http, mails("leave_email", tom.email)[0])
    sql(LATER, "24 hours", "24 hours")
    assert (await late.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"


async def moved(http: httpx.AsyncClient, who: Person) -> Opened:
    """The account has moved; the way back is open."""
    for link in await both_links(http, who):
        await link.post("/session/confirm")
    return await opened(http, mails("email_changed", who.email)[0])


async def test_the_way_back_leaves_nothing_to_a_stranger(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada = await person()
    way_back = await moved(http, ada)
    assert way_back.page.startswith("/confirm?what=way_back&")
    assert (await way_back.post("/session/confirm")).headers["location"].endswith("&done=returned")
    assert await email_of(session, ada) == ada.email
    assert not await is_in(http, {"cookie": ada.cookie})
    for email in (ada.email, NEW_EMAIL):
        form = {"email": email, "password": PASSWORD}
        assert (await http.post("/api/v1/auth/login", json=form)).status_code == 401
    mine = await opened(http, mails("reset_password", ada.email)[0])
    assert (await mine.post("/session/new-password", password=NEW_PASSWORD)).headers["location"] == "/account"
    assert (await way_back.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"


async def test_a_stranger_cannot_close_the_way_back(http: httpx.AsyncClient, session: AsyncSession) -> None:
    """Neither by moving on to a third address, nor by a new password, nor by a reset."""
    ada = await person()
    way_back = await moved(http, ada)
    sql(LATER, "1 hour", "1 hour")
    assert "error=email_just_changed" in await ask(http, ada, "third@example.com")
    done = await post(http, ada, "/session/password", current=PASSWORD, password=NEW_PASSWORD)
    assert "done=password" in done.headers["location"]
    await http.post("/session/reset-password", data={"email": NEW_EMAIL}, headers=SAME)
    await answer_resets()
    await (await opened(http, mails("reset_password", NEW_EMAIL)[0])).post("/session/new-password", password=PASSWORD)
    assert (await way_back.post("/session/confirm")).headers["location"].endswith("&done=returned")
    assert await email_of(session, ada) == ada.email


async def test_the_way_back_closes_after_three_days(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada = await person()
    way_back = await moved(http, ada)
    sql(LATER, "3 days", "3 days")
    assert (await way_back.post("/session/confirm")).headers["location"] == "/confirm?error=link_ended"
    assert await email_of(session, ada) == NEW_EMAIL
    assert await ask(http, ada, "third@example.com") == "/account/settings?done=email#email"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"email": NEW_EMAIL, "email_current": "wrong"}, "error=password_wrong&fields=current"),
        ({"email": NEW_EMAIL}, "error=password_wrong&fields=current"),
        ({"email": "ADA@example.com", "email_current": PASSWORD}, "error=email_unchanged&fields=email"),
        ({"email": "no address", "email_current": PASSWORD}, "error=validation_failed&fields=email"),
        (
            {"email": "a@b.example\r\nBcc: x@y.example", "email_current": PASSWORD},
            "error=validation_failed&fields=email",
        ),
    ],
)
async def test_a_wish_that_is_refused_keeps_what_was_typed(
    http: httpx.AsyncClient, database: str, form: dict[str, str], error: str
) -> None:
    ada = await person()
    before = fingerprint(database)
    location = (await post(http, ada, "/session/email", **form)).headers["location"]
    assert location.startswith(f"/account/settings?{error}&")
    assert f"email={quote(form['email'], safe='').replace('%20', '+')}" in location
    assert "current=" not in location.replace("fields=current", "")
    assert fingerprint(database) == before


async def test_strangers_mailboxes_are_not_filled(http: httpx.AsyncClient, database: str) -> None:
    ada = await person()
    for number in range(7):
        await ask(http, ada, f"stranger{number}@example.com")
        sql(LATER, "1 hour", "1 hour")
    assert len(mails("take_email")) == 5


# Sign-ins


async def test_signing_out_everywhere(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada, tom = await person(), await person("Tom Thief")
    other = await signed_in(ada.user_id, ada.email)
    answer = await http.post("/session/end-all", headers=SAME | {"cookie": ada.cookie})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "appointly_session=" in answer.headers["set-cookie"]
    for headers in (ada.headers, other.headers, {"cookie": ada.cookie}, {"cookie": other.cookie}):
        assert not await is_in(http, headers)
    assert await session.get(LoginSession, tom.session_id)
    again = await http.post("/session/end-all", headers=SAME | {"cookie": ada.cookie})
    assert again.headers["location"] == "/login"
    async with transaction() as reading:
        assert await session_for_token(reading, ada.cookie.partition("=")[2], now()) is None


async def test_another_site_signs_nobody_out(http: httpx.AsyncClient) -> None:
    ada = await person()
    answer = await http.post("/session/end-all", headers={"origin": "https://evil.example", "cookie": ada.cookie})
    assert answer.status_code == 403
    assert await is_in(http, ada.headers)


async def test_a_password_is_not_guessed_by_a_stolen_sign_in(http: httpx.AsyncClient, database: str) -> None:
    ada = await person()
    for path in ["/session/password", "/session/email"] * 6:
        refused = await post(http, ada, path, current="wrong-password", password=NEW_PASSWORD, email=NEW_EMAIL)
    assert "error=too_many_requests" in refused.headers["location"]
    right = await post(http, ada, "/session/password", current=PASSWORD, password=NEW_PASSWORD)
    assert "error=too_many_requests" in right.headers["location"]
