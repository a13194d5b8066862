"""The waiting list over HTTP, and the link in its mails."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.domain.manage_key import manage_key
from appointly.settings import settings
from tests.making import make_provider, make_service, make_slots
from tests.operations.waiting import Line
from tests.people import person, signed_in

START = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


@pytest.fixture
async def line(session: AsyncSession) -> Line:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    made = Line(session, provider, service, await make_slots(session, service, 1, START, "Europe/Berlin"))
    await made.fill(now())
    await session.commit()
    return made


def wish(line: Line, **values: object) -> dict[str, object]:
    return {
        "service_id": str(line.service.id),
        "dates": [line.slots[0].slot_date.isoformat()],
        "customer_name": "Ann",
        "customer_email": "ann@example.test",
        **values,
    }


async def test_a_guest_waits_is_offered_and_takes(http: httpx.AsyncClient, line: Line) -> None:
    made = await http.post("/api/v1/waitlist", json=wish(line))
    assert made.status_code == 201, made.text
    place = made.json()
    assert (place["status"], place["dates"], place["ahead"], place["offer"]) == (
        "waiting",
        wish(line)["dates"],
        0,
        None,
    )
    again = await http.post("/api/v1/waitlist", json=wish(line))
    assert (again.status_code, again.json()["code"]) == (409, "already_waiting")
    here = f"/api/v1/waitlist/{place['id']}"
    assert (await http.post(f"{here}/accept")).json()["code"] == "invalid_transition"
    await line.cancel(0, at=now())
    await line.session.commit()
    offered = (await http.get(here)).json()
    assert offered["status"] == "offered"
    assert offered["offer"]["start"].endswith(("+01:00", "+02:00"))
    taken = await http.post(f"{here}/accept", json={"answers": {}})
    assert taken.status_code == 201, taken.text
    assert taken.json()["slot_id"] == str(line.slots[0].id)
    assert (await http.get(f"/api/v1/bookings/{taken.json()['id']}")).json()["customer_name"] == "Ann"
    assert (await http.post(f"{here}/accept")).status_code == 409
    assert (await http.delete(here)).status_code == 409


async def test_passing_and_leaving(http: httpx.AsyncClient, line: Line) -> None:
    ada = await person()
    place = (await http.post("/api/v1/waitlist", json=wish(line), headers=ada.headers)).json()
    here = f"/api/v1/waitlist/{place['id']}"
    await line.cancel(0, at=now())
    await line.session.commit()
    passed = await http.post(f"{here}/pass", headers=ada.headers)
    assert (passed.status_code, passed.json()["status"], passed.json()["offer"]) == (200, "waiting", None)
    late = await http.post(f"{here}/accept", headers=ada.headers)
    assert (late.status_code, late.json()["code"]) == (410, "offer_ended")
    mine = await http.get("/api/v1/waitlist", headers=ada.headers)
    assert [each["id"] for each in mine.json()["items"]] == [place["id"]]
    assert (await http.get(here)).status_code == 404
    assert (await http.delete(here, headers=ada.headers)).status_code == 204
    assert (await http.delete(here, headers=ada.headers)).status_code == 204
    assert (await http.get("/api/v1/waitlist", headers=ada.headers)).json()["items"] == []
    free = await http.post("/api/v1/waitlist", json=wish(line), headers=ada.headers)
    assert (free.status_code, free.json()["code"]) == (409, "day_not_full")


async def test_the_provider_sees_who_waits(http: httpx.AsyncClient, line: Line) -> None:
    place = (await http.post("/api/v1/waitlist", json=wish(line))).json()
    owner = await signed_in(line.provider.user_id, "")
    stranger = await person("Other Owner", "provider")
    seen = await http.get("/api/v1/provider/waitlist", headers=owner.headers)
    assert [(each["customer_name"], each["status"]) for each in seen.json()["items"]] == [("Ann", "waiting")]
    assert (await http.get("/api/v1/provider/waitlist", headers=stranger.headers)).status_code == 404
    there = f"/api/v1/provider/waitlist/{place['id']}"
    assert (await http.delete(there, headers=stranger.headers)).status_code == 404
    assert (await http.delete(there, headers=owner.headers)).status_code == 204
    assert (await http.get("/api/v1/provider/waitlist", headers=owner.headers)).json()["items"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"dates": []},
        {"dates": ["2026-02-30"]},
        {"dates": ["2020-01-01"]},
        {"dates": ["0001-01-01", "9999-12-31"]},
        {"customer_email": "nobody"},
        {"customer_name": " "},
        {"customer_phone": "x" * 99},
        {"status": "taken"},
    ],
)
async def test_bad_wishes(http: httpx.AsyncClient, line: Line, wrong: dict[str, object]) -> None:
    refused = await http.post("/api/v1/waitlist", json=wish(line, **wrong))
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")


async def test_the_link_in_the_mail(http: httpx.AsyncClient, line: Line) -> None:
    entry = await line.wait("Ann", at=now())
    await line.session.commit()
    for key in ("", "0" * 64, manage_key(settings().require_secret(), uuid4())):
        answer = await http.get(f"/session/waitlist/{entry.id}", params={"key": key})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/waitlist/{entry.id}")
        assert (await http.get(f"/api/v1/waitlist/{entry.id}")).status_code == 404
    key = manage_key(settings().require_secret(), entry.id)
    await http.get(f"/session/waitlist/{entry.id}", params={"key": key})
    assert (await http.get(f"/api/v1/waitlist/{entry.id}")).status_code == 200
    for odd in ("x", "%5c%5clogin", "%00"):
        answer = await http.get(f"/session/waitlist/{odd}", params={"key": key})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/waitlist/")
