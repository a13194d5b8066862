"""Sign-up, sign-in and sign-out over HTTP: JSON, forms, cookie and access token."""

from base64 import urlsafe_b64encode
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import visitor
from appointly.clock import now
from appointly.visitor import ACCESS_TOKEN_LIFE, access_token, session_of_access_token
from tests.people import PASSWORD, code_form, person

NEW = {"email": "Ada@Example.com ", "password": PASSWORD, "name": " Ada Lovelace", "role": "customer"}
NO_ALGORITHM = urlsafe_b64encode(b'{"alg": "none"}').decode().rstrip("=")
SAME = {"origin": "http://127.0.0.1:8000"}


async def test_signing_up_signs_in(http: httpx.AsyncClient) -> None:
    made = await http.post("/api/v1/auth/signup", json=NEW)
    assert made.status_code == 201
    assert made.json()["user"] | {"id": ""} == {
        "id": "",
        "email": "ada@example.com",
        "name": "Ada Lovelace",
        "role": "customer",
        "provider_id": None,
    }
    cookie = made.headers["set-cookie"]
    assert cookie.startswith("appointly_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await http.get("/api/v1/auth/me")).status_code == 200  # by the cookie
    http.cookies.clear()
    assert (await http.get("/api/v1/auth/me")).json()["code"] == "not_signed_in"
    bearer = {"authorization": f"Bearer {made.json()['access_token']}"}
    assert (await http.get("/api/v1/auth/me", headers=bearer)).json()["user"]["name"] == "Ada Lovelace"


async def test_an_address_has_one_account(http: httpx.AsyncClient) -> None:
    await http.post("/api/v1/auth/signup", json=NEW)
    again = await http.post("/api/v1/auth/signup", json=NEW | {"email": "ADA@EXAMPLE.COM"})
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")


async def test_nobody_can_make_themselves_an_admin(http: httpx.AsyncClient) -> None:
    refused = await http.post("/api/v1/auth/signup", json=NEW | {"role": "admin"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["role"])


@pytest.mark.parametrize(
    ("email", "password"), [("ada@example.com", "wrong-password"), ("nobody@example.com", PASSWORD)]
)
async def test_wrong_credentials_say_the_same(http: httpx.AsyncClient, email: str, password: str) -> None:
    await person()
    refused = await http.post("/api/v1/auth/login", json={"email": email, "password": password})
    assert refused.status_code == 401
    assert refused.json()["detail"] == "The email address or the password is wrong."
    assert "set-cookie" not in refused.headers


async def test_signing_out_ends_cookie_and_token_at_once(http: httpx.AsyncClient) -> None:
    ada = await person()
    assert (await http.get("/api/v1/auth/me", headers={"cookie": ada.cookie})).status_code == 200
    assert (await http.post("/api/v1/auth/logout", headers=ada.headers)).status_code == 204
    for headers in (ada.headers, {"cookie": ada.cookie}):
        assert (await http.get("/api/v1/auth/me", headers=headers)).status_code == 401


async def test_one_session_ending_leaves_the_others(http: httpx.AsyncClient) -> None:
    ada = await person()
    other = (await http.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})).json()
    http.cookies.clear()
    await http.post("/api/v1/auth/logout", headers=ada.headers)
    bearer = {"authorization": f"Bearer {other['access_token']}"}
    assert (await http.get("/api/v1/auth/me", headers=bearer)).status_code == 200


async def test_secrets_are_stored_as_hashes_alone(session: AsyncSession) -> None:
    ada = await person()
    rows = (await session.exec(text('SELECT u::text || s::text FROM "user" u, login_session s'))).all()
    secret = ada.cookie.partition("=")[2]
    assert secret not in str(rows)
    assert PASSWORD not in str(rows)
    assert "$argon2id$" in str(rows)


@pytest.mark.parametrize(
    "wrong",
    [
        "expired",
        "another key",
        "another kid",
        "another algorithm",
        "another audience",
        "another issuer",
        "no expiry",
        "no subject",
        "no session",
        "no signature",
        "nonsense",
        "unknown",
    ],
)
async def test_access_tokens_are_checked(http: httpx.AsyncClient, wrong: str) -> None:
    ada = await person()
    key = visitor._access_key()
    claims = jwt.decode(ada.bearer, key).claims
    header = {"alg": "HS256", "kid": key.kid}

    def without(name: str) -> str:
        return jwt.encode(header, {claim: value for claim, value in claims.items() if claim != name}, key)

    token = {
        "expired": access_token(ada.user_id, ada.session_id, now() - ACCESS_TOKEN_LIFE),
        "another key": jwt.encode(header, claims, OctKey.import_key("x" * 32)),
        "another kid": jwt.encode(header | {"kid": "12345678"}, claims, key),
        "another algorithm": jwt.encode(
            header | {"alg": "HS512"}, claims, OctKey.import_key(key.raw_value), algorithms=["HS512"]
        ),
        "another audience": jwt.encode(header, claims | {"aud": "somebody-else"}, key),
        "another issuer": jwt.encode(header, claims | {"iss": "https://evil.example"}, key),
        "no expiry": without("exp"),
        "no subject": without("sub"),
        "no session": without("sid"),
        "no signature": f"{NO_ALGORITHM}.{ada.bearer.split('.')[1]}.",
        "nonsense": "a.b.c",
        "unknown": access_token(ada.user_id, uuid4(), now()),
    }[wrong]
    answer = await http.get("/api/v1/auth/me", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    untouched = jwt.encode(header, claims, key)
    assert (await http.get("/api/v1/auth/me", headers={"authorization": f"Bearer {untouched}"})).status_code == 200


def test_the_access_token_names_its_session() -> None:
    session_id = uuid4()
    assert session_of_access_token(access_token(uuid4(), session_id, now()), now()) == session_id


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_other_sites_cannot_use_the_cookie(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    ada = await person()
    for path in ("/api/v1/auth/logout", "/session/logout"):
        refused = await http.post(path, headers=headers | {"cookie": ada.cookie})
        assert (refused.status_code, refused.json()["code"]) == (403, "cross_site")
    assert (await http.get("/api/v1/auth/me", headers={"cookie": ada.cookie})).status_code == 200
    # Nor sign a browser in to an account of theirs.
    refused = await http.post("/session/login", headers=headers, data={"email": ada.email, "password": PASSWORD})
    assert refused.status_code == 403


async def test_the_form_signs_in_and_leads_on(http: httpx.AsyncClient) -> None:
    await person()
    form = {"email": "ada@example.com", "password": PASSWORD, "next": "/book/haircut?slot=1"}
    answer = await http.post("/session/login", data=form, headers=SAME)
    assert (answer.status_code, answer.headers["location"]) == (303, "/book/haircut?slot=1")
    assert (await http.get("/api/v1/auth/me")).status_code == 200


async def test_a_refused_form_loses_nothing_but_the_password(http: httpx.AsyncClient) -> None:
    form = {"email": "ada@example.com", "password": "wrong", "next": "/account"}
    answer = await http.post("/session/login", data=form, headers=SAME)
    assert answer.headers["location"] == "/login?error=credentials_invalid&email=ada%40example.com&next=%2Faccount"
    form = {"email": "no address", "password": "short", "name": "Ada", "role": "provider"}
    answer = await http.post("/session/signup", data=form, headers=SAME)
    assert answer.headers["location"] == (
        "/signup?error=validation_failed&fields=email%2Cpassword&email=no+address&name=Ada&role=provider"
    )


async def test_the_demo_signs_in_by_one_click_where_there_is_one(http: httpx.AsyncClient) -> None:
    await person("Dora Demo", "provider", email="provider@demo.test")
    answer = await http.post("/session/demo", data={"role": "provider"}, headers=SAME)
    answer = await http.post("/session/otp", data=code_form(answer.headers["location"]), headers=SAME)
    assert answer.headers["location"] == "/dashboard"
    await person("Cleo Demo", email="customer@demo.test")
    answer = await http.post("/session/demo", data={"role": "customer", "next": "/services"}, headers=SAME)
    assert answer.headers["location"] == "/services"
    for role in ("admin", "root", ""):
        refused = await http.post("/session/demo", data={"role": role}, headers=SAME)
        assert refused.headers["location"].startswith("/login?error=not_found")


async def test_signing_out_by_the_form(http: httpx.AsyncClient) -> None:
    ada = await person()
    answer = await http.post("/session/logout", headers=SAME | {"cookie": ada.cookie})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await http.get("/api/v1/auth/me", headers={"cookie": ada.cookie})).status_code == 401


async def test_signing_in_makes_a_new_secret_and_ends_the_one_before(http: httpx.AsyncClient) -> None:
    ada = await person()
    form = {"email": ada.email, "password": PASSWORD}
    answer = await http.post("/session/login", data=form, headers=SAME | {"cookie": ada.cookie})
    assert (await http.get("/api/v1/auth/me")).status_code == 200
    http.cookies.clear()
    assert ada.cookie not in answer.headers["set-cookie"]
    assert (await http.get("/api/v1/auth/me", headers={"cookie": ada.cookie})).status_code == 401
    assert (await http.get("/api/v1/auth/me", headers=ada.headers)).status_code == 401
    # A secret somebody has put there before is never taken over.
    planted = "appointly_session=chosen-by-somebody-else"
    answer = await http.post("/session/login", data=form, headers=SAME | {"cookie": planted})
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]


async def test_a_refresh_token_is_good_once(http: httpx.AsyncClient) -> None:
    made = (await http.post("/api/v1/auth/signup", json=NEW)).json()
    http.cookies.clear()
    second = await http.post("/api/v1/auth/refresh", json={"refresh_token": made["refresh_token"]})
    assert second.status_code == 200
    assert second.json()["user"]["email"] == "ada@example.com"
    third = (await http.post("/api/v1/auth/refresh", json={"refresh_token": second.json()["refresh_token"]})).json()
    bearer = {"authorization": f"Bearer {third['access_token']}"}
    assert (await http.get("/api/v1/auth/me", headers=bearer)).status_code == 200
    copied = await http.post("/api/v1/auth/refresh", json={"refresh_token": made["refresh_token"]})
    assert (copied.status_code, copied.json()["code"]) == (401, "refresh_invalid")
    assert (await http.get("/api/v1/auth/me", headers=bearer)).status_code == 401
    newest = await http.post("/api/v1/auth/refresh", json={"refresh_token": third["refresh_token"]})
    assert newest.status_code == 401


async def test_a_refresh_token_ends_with_its_sign_in(http: httpx.AsyncClient) -> None:
    made = (await http.post("/api/v1/auth/signup", json=NEW)).json()
    assert (await http.post("/api/v1/auth/logout", headers=SAME)).status_code == 204
    for token in (made["refresh_token"], "unknown", ""):
        refused = await http.post("/api/v1/auth/refresh", json={"refresh_token": token})
        assert (refused.status_code, refused.json()["code"]) == (401, "refresh_invalid")


async def test_a_form_sent_before_its_page_had_loaded_keeps_the_way(http: httpx.AsyncClient) -> None:
    login = {"email": (await person()).email, "password": PASSWORD, "next": ""}
    for asked, end in (("/book/a?slot=1", "/book/a?slot=1"), ("//evil.example", "/account")):
        page = {"referer": f"http://127.0.0.1:8000/login?{urlencode({'next': asked})}"}
        assert (await http.post("/session/login", data=login, headers=page)).headers["location"] == end
    odd = {"referer": "http://[?next=/a"}
    wrong = await http.post("/session/login", data=login | {"password": "x"}, headers=odd)
    assert "next=%2Fa" in wrong.headers["location"]
