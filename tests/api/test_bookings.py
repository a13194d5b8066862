"""Bookings over HTTP."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import transaction
from appointly.domain.manage_key import manage_key
from appointly.models import Service, Slot
from appointly.settings import settings
from tests.making import make_provider, make_service, make_slots, make_user
from tests.people import Person, person, signed_in

SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture
async def service(session: AsyncSession) -> Service:
    made = await make_service(session, await make_provider(session))
    await session.commit()
    return made


@pytest.fixture
async def slots(session: AsyncSession, service: Service) -> list[Slot]:
    made = await make_slots(session, service, start=SOON)
    await session.commit()
    return made


@pytest.fixture
async def owner(session: AsyncSession, service: Service) -> Person:
    query = text('SELECT u.* FROM "user" u JOIN provider p ON p.user_id = u.id WHERE p.id = :id')
    row = (await session.exec(query.bindparams(id=service.provider_id))).one()
    return await signed_in(row.id, row.email)


def asked(slot: Slot, **more: object) -> dict[str, object]:
    return {"slot_id": str(slot.id), "customer_name": "Grace", "customer_email": "grace@example.com", **more}


async def count(session: AsyncSession, table: str) -> int:
    return int((await session.exec(text(f"SELECT count(*) FROM {table}"))).one()[0])  # noqa: S608


async def test_a_guest_books_sees_and_cancels(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    made = await http.post("/api/v1/bookings", json=asked(slots[0]))
    assert made.status_code == 201, made.text
    booked = made.json()
    assert booked | {"id": "", "reference": "", "start": "", "end": ""} == {
        "id": "",
        "reference": "",
        "status": "confirmed",
        "slot_id": str(slots[0].id),
        "service_id": str(slots[0].service_id),
        "start": "",
        "end": "",
        "timezone": "Europe/Berlin",
        "token": "A1",
        "price": {"amount": 4500, "currency": "EUR"},
        "payment": {"status": "at_appointment", "checkout_url": None},
    }
    assert booked["start"].endswith(("+01:00", "+02:00"))
    assert (await http.get(f"/api/v1/bookings/{booked['id']}")).json()["customer_name"] == "Grace"
    gone = await http.post(f"/api/v1/bookings/{booked['id']}/cancel", json={"reason": "ill"})
    assert gone.json()["refund"] == {"amount": 0, "currency": "EUR"}
    again = await http.post(f"/api/v1/bookings/{booked['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")


async def test_a_taken_time_names_the_nearest_free_ones(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    await http.post("/api/v1/bookings", json=asked(slots[3]))
    refused = await http.post("/api/v1/bookings", json=asked(slots[3]))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert refused.headers["content-type"] == "application/problem+json"
    nearest = {str(slots[place].id) for place in (2, 4, 1)}
    assert {slot["id"] for slot in refused.json()["alternatives"]} == nearest


async def test_others_find_nothing(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    booked = (await http.post("/api/v1/bookings", json=asked(slots[0]))).json()
    http.cookies.clear()
    stranger, rival = await person("Sam Stranger"), await person("Rita Rival", "provider")
    for headers in ({}, stranger.headers, rival.headers):
        for method, path in (
            ("GET", ""),
            ("POST", "/cancel"),
            *(("POST", f"/{verb}") for verb in ("confirm", "decline", "complete", "no-show") if headers),
        ):
            answer = await http.request(method, f"/api/v1/bookings/{booked['id']}{path}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_the_mailed_link_opens_one_booking(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    first, second = [(await http.post("/api/v1/bookings", json=asked(slot))).json() for slot in slots[:2]]
    http.cookies.clear()
    key = manage_key(settings().secret_key, first["id"])
    for wrong in ("", "x", key[:-1], manage_key("another secret", first["id"])):
        answer = await http.get(f"/session/booking/{first['reference']}", params={"key": wrong})
        assert answer.headers["location"] == f"/booking/{first['reference']}"
        assert "set-cookie" not in answer.headers
    answer = await http.get(f"/session/booking/{first['reference'].lower()}", params={"key": key})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{first['reference']}")
    assert (await http.get(f"/api/v1/bookings/{first['id']}")).status_code == 200
    assert (await http.get(f"/api/v1/bookings/{second['id']}")).status_code == 404


async def test_the_provider_answers(
    http: httpx.AsyncClient, session: AsyncSession, service: Service, slots: list[Slot], owner: Person
) -> None:
    await session.exec(text("UPDATE service SET approval = 'manual'"))
    await session.commit()
    yes, no = [(await http.post("/api/v1/bookings", json=asked(slot))).json() for slot in slots[:2]]
    assert yes["status"] == "pending"
    own = await http.post(f"/api/v1/bookings/{yes['id']}/confirm", headers={"origin": "http://127.0.0.1:8000"})
    assert own.status_code == 401  # the customer's cookie is nobody's account
    http.cookies.clear()
    confirmed = await http.post(f"/api/v1/bookings/{yes['id']}/confirm", headers=owner.headers)
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    declined = await http.post(f"/api/v1/bookings/{no['id']}/decline", headers=owner.headers, json={"reason": "full"})
    assert declined.json()["status"] == "declined"
    late = await http.post(f"/api/v1/bookings/{no['id']}/confirm", headers=owner.headers)
    assert (late.status_code, late.json()["code"]) == (409, "invalid_transition")
    early = await http.post(f"/api/v1/bookings/{yes['id']}/complete", headers=owner.headers)
    assert (early.status_code, early.json()["code"]) == (409, "invalid_transition")


async def test_lists_go_on_where_they_stopped(http: httpx.AsyncClient, slots: list[Slot], owner: Person) -> None:
    ada = await person()
    for slot in slots[:5]:
        assert (await http.post("/api/v1/bookings", json=asked(slot), headers=ada.headers)).status_code == 201
    for reader in (ada, owner):
        seen: list[str] = []
        cursor = None
        while cursor is not None or not seen:
            params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await http.get("/api/v1/bookings", params=params, headers=reader.headers)).json()
            seen += [booking["slot_id"] for booking in page["items"]]
            cursor = page["next_cursor"]
        assert seen == [str(slot.id) for slot in reversed(slots[:5])]


async def test_who_finds_whose_bookings(http: httpx.AsyncClient, slots: list[Slot], owner: Person) -> None:
    ada, eve, rival = await person(), await person("Eve Other"), await person("Rita Rival", "provider")
    async with transaction() as session:
        admin = await make_user(session, "Root", "admin")
    root = await signed_in(admin.id, admin.email)
    names = {"Ada 100%": ada, "Eve_Other": eve}
    made = {}
    for (name, who), slot in zip(names.items(), slots, strict=False):
        form = asked(slot, customer_name=name, customer_email=f"{name[:3].lower()}@booked.test")
        made[name] = (await http.post("/api/v1/bookings", json=form, headers=who.headers)).json()["reference"]
    both = set(made.values())
    first, second = made.values()

    async def found(who: Person, **params: str) -> set[str]:
        answer = await http.get("/api/v1/bookings", params=params, headers=who.headers)
        assert answer.status_code == 200, answer.text
        return {booking["reference"] for booking in answer.json()["items"]}

    assert [await found(who) for who in (ada, eve, owner, rival, root)] == [{first}, {second}, both, set(), both]
    finds = {"100%": {first}, "00%": {first}, "a%a": set(), "e_o": {second}, "a_a": set(), "eve@": {second}, " ": both}
    for words, who in finds.items():
        assert await found(root, q=words) == who, words
    assert await found(root, q=first.lower()) == await found(owner, q="ada@") == {first}  # no reference has an @
    assert await found(ada, q=second) == await found(rival, q="Ada") == set()
    assert (await http.get("/api/v1/bookings", params={"q": "x" * 101}, headers=root.headers)).status_code == 422


async def test_cancelling_several_is_all_or_nothing(
    http: httpx.AsyncClient, session: AsyncSession, slots: list[Slot]
) -> None:
    ada, eve = await person(), await person("Eve Other")
    own = [(await http.post("/api/v1/bookings", json=asked(s), headers=ada.headers)).json()["id"] for s in slots[:2]]
    other = (await http.post("/api/v1/bookings", json=asked(slots[2]), headers=eve.headers)).json()["id"]
    refused = await http.post("/api/v1/bookings/cancel", json={"ids": [*own, other]}, headers=ada.headers)
    assert refused.status_code == 404
    assert (await session.exec(text("SELECT DISTINCT status FROM appointment"))).all() == [("confirmed",)]
    done = await http.post("/api/v1/bookings/cancel", json={"ids": own}, headers=ada.headers)
    assert [item["id"] for item in done.json()["items"]] == own


async def test_the_same_key_books_once(http: httpx.AsyncClient, session: AsyncSession, slots: list[Slot]) -> None:
    headers = {"idempotency-key": "a-key"}
    first = await http.post("/api/v1/bookings", json=asked(slots[0]), headers=headers)
    again = await http.post("/api/v1/bookings", json=asked(slots[0]), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert await count(session, "appointment") == 1
    other = await http.post("/api/v1/bookings", json=asked(slots[1]), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    # Somebody else's key of the same name is another key.
    theirs = asked(slots[1], customer_email="other@example.com")
    assert (await http.post("/api/v1/bookings", json=theirs, headers=headers)).status_code == 201


async def test_a_refused_booking_leaves_its_key_free(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    headers = {"idempotency-key": "a-key"}
    booked = (await http.post("/api/v1/bookings", json=asked(slots[0]))).json()
    assert (await http.post("/api/v1/bookings", json=asked(slots[0]), headers=headers)).status_code == 409
    await http.post(f"/api/v1/bookings/{booked['id']}/cancel")
    assert (await http.post("/api/v1/bookings", json=asked(slots[0]), headers=headers)).status_code == 201


async def test_the_same_key_at_the_same_time_books_once(
    http: httpx.AsyncClient, session: AsyncSession, slots: list[Slot]
) -> None:
    headers = {"idempotency-key": "a-key"}
    sent = [http.post("/api/v1/bookings", json=asked(slots[0]), headers=headers) for _ in range(8)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await count(session, "appointment") == 1
