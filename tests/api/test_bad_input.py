"""The corpus over every endpoint and form: refused with a code and a sentence, nothing changed, never a 500."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import transaction
from appointly.domain.actor import GUEST
from appointly.operations.book_appointment import book_appointment
from tests.hostile import BODIES, NOBODY, NUMBERS_JSON_DOES_NOT_KNOW, ODD_TEXTS, STRINGS, VALUES, fingerprint
from tests.making import asking, make_provider, make_service, make_slots
from tests.people import PASSWORD, person

FORM = "application/x-www-form-urlencoded"
SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)


@dataclass(frozen=True)
class Call:
    """A request as it should be; `free` names the inputs that take any text."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)
    free: frozenset[str] = frozenset()


BOOKING = {"slot_id": "{slot}", "customer_name": "Grace", "customer_email": "grace@example.com"}
BOOKING_MORE = {"customer_phone": "", "notes": "", "answers": {}}
SIGN_UP = {"email": "new@example.com", "password": PASSWORD, "name": "New", "role": "customer"}
CALLS = [
    Call("POST", "/api/v1/auth/signup", SIGN_UP, free=frozenset({"name", "password"})),
    Call("POST", "/api/v1/auth/login", {"email": "ada@example.com", "password": "wrong"}),
    Call("POST", "/api/v1/auth/otp", {"otp_session": f"{NOBODY}.secret", "code": "123456"}),
    Call("POST", "/api/v1/auth/refresh", {"refresh_token": "unknown"}),
    Call("GET", "/api/v1/services", query={"q": "", "city": "", "min_price": "", "date": "", "sort": "", "cursor": ""}),
    Call("GET", "/api/v1/services/{service}"),
    Call("GET", "/api/v1/services/{service}/availability", query={"date": "2026-12-01", "days": 1}),
    Call("POST", "/api/v1/bookings", BOOKING | BOOKING_MORE, free=frozenset({"customer_name", "notes"})),
    Call("GET", "/api/v1/bookings", query={"limit": 5, "cursor": ""}),
    Call("GET", "/api/v1/bookings/{booking}"),
    *(Call("POST", f"/api/v1/bookings/{{booking}}/{verb}") for verb in ("confirm", "complete", "no-show")),
    *(Call("POST", f"/api/v1/bookings/{{booking}}/{verb}", {"reason": ""}) for verb in ("decline", "cancel")),
    Call("POST", "/api/v1/bookings/cancel", {"ids": ["{booking}"], "reason": ""}),
]
FORMS = [
    Call("POST", "/session/login", {"email": "ada@example.com", "password": "wrong", "next": "/", "page": ""}),
    Call("POST", "/session/otp", {"id": str(NOBODY), "code": "123456", "next": "/"}),
    Call("POST", "/session/otp/resend", {"id": str(NOBODY), "next": "/"}),
    Call("POST", "/session/signup", SIGN_UP | {"next": ""}, free=frozenset({"name", "password", "next"})),
    Call("POST", "/session/demo", {"role": "customer", "next": ""}),
]


@pytest.fixture
async def ids(session: AsyncSession) -> dict[str, str]:
    """A service with a free slot, and somebody's booking."""
    service = await make_service(session, await make_provider(session))
    slots = await make_slots(session, service, count=9, start=SOON)
    await session.commit()
    async with transaction() as booking:
        booked = await book_appointment(booking, GUEST, asking(slots[8]), now())
    return {"service": str(service.id), "slot": str(slots[0].id), "booking": str(booked.id)}


def filled(value: Any, ids: dict[str, str]) -> Any:
    """`{slot}` and the like replaced by real ids."""
    return json.loads(json.dumps(value).replace("{slot}", ids["slot"]).replace("{booking}", ids["booking"]))


def same(value: object, right: object) -> bool:
    """Whether a value is, once trimmed, what belongs there anyway."""
    return value == right or (isinstance(value, str) and value.strip() == right)


def assert_refused(answer: httpx.Response, what: object) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, what)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"].replace("_", "").isalpha(), what
    assert problem["detail"].endswith("."), what
    assert "Traceback" not in answer.text
    assert all(sentence.endswith((".", "?")) for sentence in problem["fields"].values()), problem["fields"]


@pytest.mark.parametrize("call", [call for call in CALLS if call.body], ids=lambda call: call.path)
async def test_fields(http: httpx.AsyncClient, database: str, ids: dict[str, str], call: Call) -> None:
    ada = await person()
    before = fingerprint(database)
    path, right = call.path.format(**ids), filled(call.body, ids)
    for name in [*right, "unknown"]:
        for value in [*VALUES, *NUMBERS_JSON_DOES_NOT_KNOW]:
            if (name in call.free and value in ODD_TEXTS) or same(value, right.get(name)):
                continue
            answer = await http.post(
                path,
                content=json.dumps(right | {name: value}).encode(),
                headers=ada.headers | {"content-type": "application/json"},
            )
            assert_refused(answer, (name, value))
    assert fingerprint(database) == before


@pytest.mark.parametrize("call", [call for call in CALLS if call.body], ids=lambda call: call.path)
async def test_bodies(http: httpx.AsyncClient, database: str, ids: dict[str, str], call: Call) -> None:
    ada = await person()
    before = fingerprint(database)
    for body in [*BODIES, b'{"notes": "' + b"x" * 70_000 + b'"}']:
        for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"):
            if not body and call.path.endswith(("decline", "/cancel")):
                continue
            headers = ada.headers | {"content-type": content_type}
            assert_refused(await http.post(call.path.format(**ids), content=body, headers=headers), body[:40])
    unmeasured = http.build_request("POST", call.path.format(**ids), content=b"x" * 70_000, headers=ada.headers)
    del unmeasured.headers["content-length"]
    too_large = await http.send(unmeasured)
    assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")
    assert fingerprint(database) == before


@pytest.mark.parametrize("call", [call for call in CALLS if "{" in call.path], ids=lambda call: call.path)
async def test_ids_in_paths(http: httpx.AsyncClient, database: str, ids: dict[str, str], call: Call) -> None:
    ada = await person()
    before = fingerprint(database)
    for value in [*(quote(value, safe="", errors="replace") for value in STRINGS if value), "%ff%fe", "%00", "..%2f"]:
        path = call.path.replace("{service}", value).replace("{booking}", value)
        answer = await http.request(call.method, path, params=call.query or None, headers=ada.headers)
        assert_refused(answer, path)
    # Somebody else's, by its right id, is as unknown as one that does not exist.
    if "{booking}" in call.path:
        answer = await http.request(call.method, call.path.format(**ids), headers=ada.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert fingerprint(database) == before


@pytest.mark.parametrize("call", [call for call in CALLS if call.query], ids=lambda call: call.path)
async def test_queries(http: httpx.AsyncClient, ids: dict[str, str], call: Call) -> None:
    ada = await person()
    for name in call.query:
        for value in [*(quote(value, safe="", errors="replace") for value in STRINGS), "%ff%fe", "%00", "1&days=2"]:
            url = f"{call.path.format(**ids)}?" + "&".join(
                f"{key}={value if key == name else given}" for key, given in call.query.items()
            )
            answer = await http.get(url, headers=ada.headers)
            if answer.status_code != 200:
                assert_refused(answer, url)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.path)
async def test_forms(http: httpx.AsyncClient, database: str, form: Call) -> None:
    await person()
    before = fingerprint(database)
    for name, right in form.body.items():
        for value in STRINGS:
            if (name in form.free and value in [*ODD_TEXTS, "\ud800"]) or same(value, right):  # no form can send one
                continue
            wrong = {"email": "nobody"} if name == "next" else {}  # a good form with an odd `next` would sign up
            encoded = "&".join(
                f"{key}={quote(value if key == name else given, errors='replace')}"
                for key, given in {**form.body, **wrong}.items()
            )
            answer = await http.post(
                form.path,
                content=encoded.encode(),
                headers={"content-type": FORM},
            )
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/"), value
                assert not answer.headers["location"].startswith("//")
                assert "error=" in answer.headers["location"], (name, value)
            else:
                assert_refused(answer, (name, value))
            assert "set-cookie" not in answer.headers, (name, value, right)
    for body in BODIES:
        for content_type in (
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
        ):
            answer = await http.post(form.path, content=body, headers={"content-type": content_type})
            assert answer.status_code < 500
    assert fingerprint(database) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": value}
        for value in (
            b"",
            b"Bearer",
            b"Bearer ",
            b"Basic YTpi",
            b"Bearer \xff",
            b"Bearer a.b.c",
            b"Bearer " + b"x" * 9000,
        )
    ]
    + [
        {"cookie": value}
        for value in (
            b"appointly_session=",
            b"appointly_session=\xff\xfe",
            b"appointly_session=" + b"x" * 9000,
            b"appointly_bookings=zzzz.0123.%00",
            b"appointly_bookings=" + b"0" * 9000,
            b"=;;;=a;\x01",
        )
    ],
    ids=lambda headers: str(headers)[:60],
)
async def test_headers(http: httpx.AsyncClient, headers: dict[str, bytes]) -> None:
    assert_refused(await http.get("/api/v1/auth/me", headers=headers), headers)
    assert (await http.get("/healthz", headers=headers)).status_code in (200, 401)


@pytest.mark.parametrize("key", [b"", b"\xff", b"a b", b"x" * 201, b"a\x00"])
async def test_idempotency_keys(http: httpx.AsyncClient, database: str, ids: dict[str, str], key: bytes) -> None:
    before = fingerprint(database)
    headers = {"idempotency-key": key}
    assert_refused(await http.post("/api/v1/bookings", json=filled(BOOKING, ids), headers=headers), key)
    assert fingerprint(database) == before


async def test_unknown_addresses_and_methods(http: httpx.AsyncClient) -> None:
    for method, path, code in (
        ("GET", "/api/v1/nothing", "not_found"),
        ("GET", "/api/v1/../../etc/passwd", "not_found"),
        ("DELETE", "/api/v1/auth/login", "method_not_allowed"),
        ("PUT", "/session/login", "method_not_allowed"),
    ):
        answer = await http.request(method, path)
        assert_refused(answer, path)
        assert answer.json()["code"] == code
