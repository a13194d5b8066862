"""A provider's sign-in over HTTP: password, mailed code, and the two doors; by form and by JSON."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
import redis
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import transaction
from appointly.database.statement import execute
from appointly.domain.one_time_code import CODE_LIFE, CODES_AN_HOUR, PAUSE, code_of
from appointly.models import OneTimeCode
from appointly.settings import settings
from tests.conftest import REDIS_DATABASES_EACH
from tests.hostile_addresses import ELSEWHERE, HERE
from tests.people import PASSWORD, Person, code_form, person
from tests.processes import TEST_SECRET

SAME = {"origin": "http://127.0.0.1:8000"}
LOGIN = {"email": "olga@example.com", "password": PASSWORD, "page": "provider"}


@pytest.fixture
async def olga(database: str) -> Person:
    return await person("Olga Owner", "provider")


async def led_to(http: httpx.AsyncClient, path: str, form: dict[str, str]) -> str:
    """Where a form leads."""
    answer = await http.post(path, data=form, headers=SAME)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def ask(http: httpx.AsyncClient, **more: str) -> dict[str, str]:
    """Password given, mail read: what is typed into the page of the code."""
    return code_form(await led_to(http, "/session/login", LOGIN | more))


def wrong(form: dict[str, str]) -> dict[str, str]:
    return form | {"code": f"{(int(form['code']) + 1) % 10**6:06}"}


def query(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


async def signed_in(http: httpx.AsyncClient) -> bool:
    return (await http.get("/api/v1/auth/me")).status_code == 200


async def later(seconds: float) -> None:
    """Let the codes be older."""
    moved = "created_at = created_at - %(by)s * interval '1 s', expires_at = expires_at - %(by)s * interval '1 s'"
    async with transaction() as session:
        await execute(session, f"UPDATE one_time_code SET {moved}", by=seconds)  # type: ignore[arg-type]  # noqa: S608


async def test_password_then_code_then_the_page_that_was_wanted(http: httpx.AsyncClient, olga: Person) -> None:
    answer = await http.post("/session/login", data=LOGIN | {"next": "/dashboard/calendar?week=2"}, headers=SAME)
    location = answer.headers["location"]
    assert urlsplit(location).path.startswith("/auth/")
    assert query(location) == {"next": "/dashboard/calendar?week=2"}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("appointly_browser=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert not await signed_in(http), "the password alone is not enough"
    form = code_form(location) | query(location)
    assert await led_to(http, "/session/otp", form) == "/dashboard/calendar?week=2"
    assert await signed_in(http)
    assert "appointly_browser" not in http.cookies


async def test_neither_password_nor_code_is_in_an_address(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http)
    for location in (await led_to(http, "/session/otp", wrong(form)), await led_to(http, "/session/otp/resend", form)):
        assert urlsplit(location).path == f"/auth/{form['id']}"
        assert PASSWORD not in location
        assert wrong(form)["code"] not in urlsplit(location).query
        assert http.cookies["appointly_browser"] not in location


async def test_the_session_this_browser_had_ends(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http)
    answer = await http.post(
        "/session/otp",
        data=form,
        headers=SAME | {"cookie": f"{olga.cookie}; appointly_browser={http.cookies['appointly_browser']}"},
    )
    assert answer.headers["location"] == "/dashboard"
    assert (await http.get("/api/v1/auth/me", headers=olga.headers)).status_code == 401


@pytest.mark.parametrize(
    ("role", "page", "there", "code"),
    [
        ("provider", "", "/login-provider", "providers_door"),
        ("provider", "customer", "/login-provider", "providers_door"),
        ("customer", "provider", "/login", "customers_door"),
        ("admin", "provider", "/login", "customers_door"),
    ],
)
async def test_each_door_knows_the_other(
    http: httpx.AsyncClient, database: str, role: str, page: str, there: str, code: str
) -> None:
    await person("Otto Other", "provider" if role == "provider" else "customer")
    async with transaction() as session:
        await execute(session, 'UPDATE "user" SET role = %(role)s', role=role)
    form = {"email": "otto@example.com", "password": PASSWORD, "page": page, "next": "/services"}
    location = await led_to(http, "/session/login", form)
    assert urlsplit(location).path == there
    assert query(location) == {"error": code, "email": "otto@example.com", "next": "/services"}
    assert not await signed_in(http)
    # Without the password nobody learns what kind of account it is.
    location = await led_to(http, "/session/login", form | {"password": "wrong"})
    assert query(location)["error"] == "credentials_invalid"
    assert urlsplit(location).path == ("/login-provider" if page == "provider" else "/login")


async def test_an_admin_signs_in_at_the_general_door(http: httpx.AsyncClient, database: str) -> None:
    await person("Otto Other")
    async with transaction() as session:
        await execute(session, "UPDATE \"user\" SET role = 'admin'")
    form = {"email": "otto@example.com", "password": PASSWORD}
    assert await led_to(http, "/session/login", form) == "/admin"


async def test_a_wrong_code_leads_back_and_five_end_it(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http) | {"next": "/dashboard/bookings"}
    for _ in range(4):
        location = await led_to(http, "/session/otp", wrong(form))
        assert urlsplit(location).path == f"/auth/{form['id']}"
        assert query(location) == {"error": "otp_invalid", "next": "/dashboard/bookings"}
    location = await led_to(http, "/session/otp", wrong(form))
    assert urlsplit(location).path == "/login-provider"
    kept = {"error": "otp_attempts_used", "email": olga.email, "next": "/dashboard/bookings"}
    assert query(location) == kept
    assert query(await led_to(http, "/session/otp", form)) == kept
    assert not await signed_in(http)


async def test_too_late_leads_to_the_sign_in_with_the_address(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http)
    await later(CODE_LIFE.total_seconds())
    for path in ("/session/otp", "/session/otp/resend"):
        location = await led_to(http, path, form)
        assert urlsplit(location).path == "/login-provider"
        assert query(location) == {"error": "otp_expired", "email": olga.email}


async def test_a_code_is_good_once(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http)
    browser = {"cookie": f"appointly_browser={http.cookies['appointly_browser']}"}
    await led_to(http, "/session/otp", form)
    again = await http.post("/session/otp", data=form, headers=SAME | browser)
    assert (again.headers["location"], "set-cookie" in again.headers) == ("/dashboard", False)
    assert "appointly_session" not in again.headers.get("set-cookie", "")


async def test_another_browser_learns_and_costs_nothing(
    http: httpx.AsyncClient, olga: Person, session: AsyncSession
) -> None:
    form = await ask(http)
    own = http.cookies["appointly_browser"]
    http.cookies.clear()
    for cookie in ({}, {"cookie": "appointly_browser=guessed"}):
        for path in ("/session/otp", "/session/otp/resend"):
            answer = await http.post(path, data=form, headers=SAME | cookie)
            location = answer.headers["location"]
            assert (urlsplit(location).path, query(location)) == (f"/auth/{form['id']}", {"error": "otp_invalid"})
            assert "set-cookie" not in answer.headers
    assert (await session.exec(select(OneTimeCode.attempts).where(OneTimeCode.purpose == "sign_in"))).one() == 0
    http.cookies.set("appointly_browser", own)
    assert await led_to(http, "/session/otp", form) == "/dashboard"


async def test_another_code_after_the_pause(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http)
    location = await led_to(http, "/session/otp/resend", form)
    assert (urlsplit(location).path, query(location)) == (f"/auth/{form['id']}", {"error": "code_just_sent"})
    await later(PAUSE.total_seconds())
    location = await led_to(http, "/session/otp/resend", form | {"next": "/dashboard/calendar"})
    assert query(location) == {"next": "/dashboard/calendar"}
    assert code_form(location)["id"] != form["id"]
    assert query(await led_to(http, "/session/otp", form))["error"] == "otp_expired"
    assert await led_to(http, "/session/otp", code_form(location)) == "/dashboard"


async def test_the_hourly_ceiling_needs_the_password_and_spares_what_was_mailed(
    http: httpx.AsyncClient, olga: Person, session: AsyncSession
) -> None:
    for _ in range(9):
        await http.post("/session/login", data=LOGIN | {"password": "wrong"}, headers=SAME)
    assert (await session.exec(select(OneTimeCode).where(OneTimeCode.purpose == "sign_in"))).all() == []
    for _ in range(CODES_AN_HOUR):
        http.cookies.clear()
        form = await ask(http)
    own = http.cookies["appointly_browser"]
    http.cookies.clear()
    assert query(await led_to(http, "/session/login", LOGIN)) == {"error": "too_many_codes", "email": olga.email}
    api = await http.post("/api/v1/auth/login", json={"email": olga.email, "password": PASSWORD})
    assert (api.status_code, api.json()["code"]) == (429, "too_many_codes")
    http.cookies.set("appointly_browser", own)
    await later(PAUSE.total_seconds())
    assert query(await led_to(http, "/session/otp/resend", form)) == {"error": "too_many_codes"}
    assert await ask(http) == form
    assert await led_to(http, "/session/otp", form) == "/dashboard"


async def test_the_second_of_two_clicks_leads_on_to_where_the_first_led(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http)
    browser = {"cookie": f"appointly_browser={http.cookies['appointly_browser']}"}
    signs_in = [True, False, False]
    for action, expected in zip(("/session/otp", "/session/otp", "/session/otp/resend"), signs_in, strict=True):
        http.cookies.clear()
        answer = await http.post(action, data=form | {"next": "/dashboard/bookings"}, headers=browser)
        assert answer.headers["location"] == "/dashboard/bookings"
        assert ("appointly_session" in answer.cookies) is expected
    http.cookies.clear()
    stranger = await http.post("/session/otp", data=form)
    assert query(stranger.headers["location"]) == {"error": "otp_invalid"}


@pytest.mark.parametrize("target", HERE)
async def test_next_comes_through_the_code(http: httpx.AsyncClient, olga: Person, target: str) -> None:
    location = await led_to(http, "/session/login", LOGIN | {"next": target})
    again = await led_to(http, "/session/otp", wrong(code_form(location)) | query(location))
    assert await led_to(http, "/session/otp", code_form(again) | {"next": query(again)["next"]}) == target


async def test_next_never_leaves_the_site(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http, next="//evil.example")
    for target in ELSEWHERE:
        refused = await led_to(http, "/session/otp", form | {"code": "none", "next": target})
        assert (urlsplit(refused).path, query(refused)) == (f"/auth/{form['id']}", {"error": "otp_invalid"})
    assert await led_to(http, "/session/otp", form | {"next": ELSEWHERE[0]}) == "/dashboard"
    for target in ELSEWHERE:
        assert await led_to(http, "/session/logout", {"next": target}) == "/"
    await person("Cleo Customer")
    for target in ["//evil.example", "/\\evil.example", "/%2f/evil.example", ""]:
        login = {"email": "cleo@example.com", "password": PASSWORD, "next": target}
        assert await led_to(http, "/session/login", login) == "/account"


@pytest.mark.parametrize("code_id", ["", "nonsense", "\0", "%00", str(UUID(int=7)), "1" * 500, "../login"])
async def test_ids_that_are_none_lead_nowhere_else(http: httpx.AsyncClient, olga: Person, code_id: str) -> None:
    for path in ("/session/otp", "/session/otp/resend"):
        location = await led_to(http, path, {"id": code_id, "code": "123456"})
        assert urlsplit(location).path in ("/login-provider", f"/auth/{code_id}")
        assert query(location) == {"error": "otp_invalid"}


async def test_the_api_asks_for_the_code_too(http: httpx.AsyncClient, olga: Person) -> None:
    asked = await http.post("/api/v1/auth/login", json={"email": olga.email, "password": PASSWORD})
    assert asked.status_code == 202
    assert list(asked.json()) == ["otp_session"]
    assert "set-cookie" not in asked.headers
    otp_session = asked.json()["otp_session"]
    right = code_of(TEST_SECRET, UUID(otp_session.partition(".")[0]))
    for answer in (
        {"otp_session": otp_session, "code": wrong({"code": right})["code"]},
        {"otp_session": otp_session, "code": "no code"},
        {"otp_session": otp_session.partition(".")[0], "code": right},
        {"otp_session": f"{otp_session}x", "code": right},
        {"otp_session": "nonsense", "code": right},
    ):
        refused = await http.post("/api/v1/auth/otp", json=answer)
        assert (refused.status_code, refused.json()["code"]) == (401, "otp_invalid")
    form = {"otp_session": otp_session, "code": right}
    done = await http.post("/api/v1/auth/otp", json=form)
    assert done.status_code == 200
    assert sorted(done.json()) == ["access_token", "refresh_token", "user"]
    assert done.headers["set-cookie"].startswith("appointly_session=")
    http.cookies.clear()
    bearer = {"authorization": f"Bearer {done.json()['access_token']}"}
    me = (await http.get("/api/v1/auth/me", headers=bearer)).json()["user"]
    assert (me["email"], me["role"]) == (olga.email, "provider")
    again = await http.post("/api/v1/auth/otp", json=form)
    assert (again.status_code, again.json()["code"]) == (410, "otp_expired")


async def test_the_api_says_late_and_too_often(http: httpx.AsyncClient, olga: Person) -> None:
    login = {"email": olga.email, "password": PASSWORD}
    otp_session = (await http.post("/api/v1/auth/login", json=login)).json()["otp_session"]
    right = code_of(TEST_SECRET, UUID(otp_session.partition(".")[0]))
    for _ in range(5):
        await http.post("/api/v1/auth/otp", json={"otp_session": otp_session, "code": wrong({"code": right})["code"]})
    spent = await http.post("/api/v1/auth/otp", json={"otp_session": otp_session, "code": right})
    assert (spent.status_code, spent.json()["code"]) == (429, "otp_attempts_used")
    otp_session = (await http.post("/api/v1/auth/login", json=login)).json()["otp_session"]
    await later(CODE_LIFE.total_seconds())
    right = code_of(TEST_SECRET, UUID(otp_session.partition(".")[0]))
    late = await http.post("/api/v1/auth/otp", json={"otp_session": otp_session, "code": right})
    assert (late.status_code, late.json()["code"]) == (410, "otp_expired")


async def test_nothing_of_it_is_in_redis(http: httpx.AsyncClient, olga: Person) -> None:
    form = await ask(http)
    for number in range(REDIS_DATABASES_EACH):
        with redis.Redis.from_url(settings().redis(number)) as client:
            client.flushdb()
    assert await led_to(http, "/session/otp", form) == "/dashboard"
    assert await signed_in(http)


async def test_the_mail_proves_the_address(http: httpx.AsyncClient, olga: Person, session: AsyncSession) -> None:
    await led_to(http, "/session/otp", await ask(http))
    verified = "SELECT FROM \"user\" WHERE email_verified_at BETWEEN %(now)s - interval '1 min' AND %(now)s"
    assert await execute(session, verified, now=now()) == 1
