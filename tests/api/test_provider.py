"""`/provider`, and the form that makes a customer a provider."""

import json
import re
from typing import Any

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.visitor import SESSION_COOKIE
from tests.hostile import VALUES, fingerprint
from tests.making import make_user
from tests.people import person, signed_in

NEW = {"business_name": "Zoë’s Studio", "category": "hair", "timezone": "Europe/Lisbon", "city": "Lisbon"}


async def test_a_business_from_the_first_word_to_the_public_page(http: httpx.AsyncClient) -> None:
    olga = await person("Olga Owner", "provider")
    assert (await http.get("/api/v1/provider", headers=olga.headers)).status_code == 404
    answer = await http.post("/api/v1/provider", json=NEW | {"headline": "Calm"}, headers=olga.headers)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["slug"], made["timezone"], made["currency"]) == ("zoes-studio", "Europe/Lisbon", "EUR")
    assert made["url"].endswith("/providers/zoes-studio")
    again = await http.post("/api/v1/provider", json=NEW, headers=olga.headers)
    assert (again.status_code, again.json()["code"]) == (409, "business_exists")
    changes = {"business_name": "Another name", "languages": ["Portuguese"], "latitude": 38.7, "longitude": -9.1}
    answer = await http.patch("/api/v1/provider", json=changes, headers=olga.headers)
    assert answer.status_code == 200
    assert answer.json() == made | changes
    assert (await http.get("/api/v1/provider", headers=olga.headers)).json() == made | changes


async def test_without_a_business_there_is_nothing_to_change(http: httpx.AsyncClient) -> None:
    olga = await person("Olga Owner", "provider")
    answer = await http.patch("/api/v1/provider", json={"headline": "Mine"}, headers=olga.headers)
    assert answer.status_code == 403
    ada = await person()
    assert (await http.post("/api/v1/provider", json=NEW, headers=ada.headers)).status_code == 403


MORE: dict[str, Any] = {
    "headline": "", "about": "", "address": "", "phone": "", "currency": "EUR", "latitude": None, "longitude": None,
    "places": [], "travel_radius_km": None, "languages": [], "links": [],
}  # fmt: skip
JSON = {"content-type": "application/json"}
FREE = {"business_name", "city", "headline", "about", "address"}


@pytest.mark.parametrize("name", [*NEW, *MORE, "unknown", "slug", "id", "user_id"])
async def test_wrong_values_are_refused_with_a_sentence(http: httpx.AsyncClient, database: str, name: str) -> None:
    olga = await person("Olga Owner", "provider")
    await http.post("/api/v1/provider", json=NEW, headers=olga.headers)
    before = fingerprint(database)
    for value in VALUES:
        if (isinstance(value, str) and (name in FREE or not value.strip())) or value == MORE.get(name, "no such value"):
            continue
        answer = await http.patch("/api/v1/provider", content=_json({name: value}), headers=olga.headers | JSON)
        assert answer.status_code in (400, 422), (name, value, answer.text)
        assert all(sentence.endswith((".", "?", "/")) for sentence in answer.json()["fields"].values()), answer.text
    assert fingerprint(database) == before


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


async def test_a_customer_becomes_a_provider_with_another_secret(http: httpx.AsyncClient) -> None:
    ada = await person()
    tab = {"cookie": ada.cookie, "origin": "http://127.0.0.1:8000"}
    answer = await http.post("/session/become-provider", headers=tab)
    assert (answer.status_code, answer.headers["location"]) == (303, "/onboarding")
    new = re.search(f"{SESSION_COOKIE}=([^;]+)", answer.headers["set-cookie"])
    assert new
    assert new[0] != ada.cookie
    http.cookies.clear()
    assert (await http.get("/api/v1/auth/me", headers={"cookie": ada.cookie})).status_code == 401
    me = (await http.get("/api/v1/auth/me", headers={"cookie": new[0]})).json()["user"]
    assert me["role"] == "provider"
    assert (await http.get("/api/v1/bookings", headers={"cookie": new[0]})).status_code == 200
    again = await http.post("/session/become-provider", headers=tab | {"cookie": new[0]})
    assert (again.headers["location"], "set-cookie" in again.headers) == ("/onboarding", False)


async def test_guests_admins_and_other_sites_become_nothing(
    http: httpx.AsyncClient, session: AsyncSession, database: str
) -> None:
    guest = await http.post("/session/become-provider")
    assert guest.headers["location"] == "/login-provider?next=/onboarding"
    user = await make_user(session, role="admin")
    await session.commit()
    admin = await signed_in(user.id, user.email)
    answer = await http.post("/session/become-provider", headers={"cookie": admin.cookie})
    assert answer.headers["location"].startswith("/become-provider?error=forbidden")
    ada = await person()
    foreign = await http.post(
        "/session/become-provider", headers={"cookie": ada.cookie, "origin": "https://elsewhere.example"}
    )
    assert foreign.status_code == 403
    assert (await http.get("/api/v1/auth/me", headers=ada.headers)).json()["user"]["role"] == "customer"
