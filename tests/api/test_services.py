"""Services and their free times over HTTP."""

import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from tests.making import make_provider, make_service, make_slots

SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
ASKED = {"id": "allergy", "label": "Any allergies?", "required": True}


async def test_free_times_are_what_can_be_booked(http: httpx.AsyncClient, session: AsyncSession) -> None:
    service = await make_service(session, await make_provider(session))
    slots = await make_slots(session, service, start=SOON)
    await session.commit()
    params = {"date": SOON.date().isoformat(), "days": 3}
    path = f"/api/v1/services/{service.id}/availability"
    free = (await http.get(path, params=params)).json()
    assert free["timezone"] == "Europe/Berlin"
    assert [slot["id"] for slot in free["slots"]] == [str(slot.id) for slot in slots]
    first = free["slots"][0]
    wanted = {"slot_id": first["id"], "customer_name": "Grace", "customer_email": "grace@example.com"}
    booked = (await http.post("/api/v1/bookings", json=wanted)).json()
    assert (booked["start"], booked["end"], booked["token"]) == (first["start"], first["end"], first["token"])
    left = (await http.get(path, params=params)).json()["slots"]
    assert [slot["id"] for slot in left] == [str(slot.id) for slot in slots[1:]]


async def test_services_are_found_and_described(http: httpx.AsyncClient, session: AsyncSession) -> None:
    service = await make_service(session, await make_provider(session), description="With a wash.", questions=[ASKED])
    slots = await make_slots(session, service, start=SOON)
    await session.commit()
    [found] = (await http.get("/api/v1/services", params={"q": "haircut", "city": "Berlin"})).json()["items"]
    assert (found["id"], found["price"]) == (str(service.id), {"amount": 4500, "currency": "EUR"})
    assert found["next_slot"]["id"] == str(slots[0].id)
    for name in (service.id, service.slug):
        page = (await http.get(f"/api/v1/services/{name}")).json()
        assert (page["description"], page["open"], page["next_slot"]) == ("With a wash.", True, found["next_slot"])
        assert page["questions"] == [ASKED | {"kind": "text", "choices": []}]
    assert (await http.get("/api/v1/services", params={"q": "zeppelin"})).json() == {"items": [], "next_cursor": None}
    assert (await http.get("/api/v1/services/no-such-service")).json()["code"] == "not_found"


async def test_an_unknown_service_is_not_found(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/api/v1/services/{uuid4()}/availability", params={"date": "2026-12-01"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "params",
    [{}, {"date": "tomorrow"}, {"date": "2026-02-30"}, {"date": "2026-12-01", "days": 63}, {"date": "1", "days": 0}],
)
async def test_wrong_dates_are_refused(http: httpx.AsyncClient, params: dict[str, str]) -> None:
    answer = await http.get(f"/api/v1/services/{uuid4()}/availability", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert answer.json()["fields"]


async def test_ready_means_database_broker_and_schema(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "database": "ok", "broker": "ok"})


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [("after", "25:00", "17:00"), ("near", "here", "52.52,13.40"), ("date", "soon", "-30")],
)
async def test_a_search_that_cannot_be_read_says_how_to_write_it(
    http: httpx.AsyncClient, name: str, value: str, example: str
) -> None:
    answer = await http.get("/api/v1/services", params={name: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert example in answer.json()["fields"][name]


async def test_the_documentation_loads_nothing_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = await http.get("/api/v1/docs")
    assert page.status_code == 200
    assert "/api/v1/bookings/{booking_id}/confirm" in page.text
    for told in (
        "Keep a free time for ten minutes",
        "slot_taken",
        "409",
        "Ada Lovelace",
        "<code>Idempotency-Key</code>",
    ):
        assert told in page.text
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page.text)
    assert (await http.get("/api/v1/openapi.json")).json()["openapi"].startswith("3.")
