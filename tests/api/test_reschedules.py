"""Moving bookings over HTTP."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.models import Service, Slot
from appointly.models.base import uuid7
from tests.making import make_provider, make_service, make_slots
from tests.people import Person, person, signed_in

SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


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


class Wishes:
    """What a customer with a booking in the first slot and its provider ask of the API."""

    def __init__(self, http: httpx.AsyncClient, slots: list[Slot], ada: Person, booking_id: str) -> None:
        self.http, self.slots, self.ada, self.booking_id = http, slots, ada, booking_id

    async def ask(self, who: Person, place: int, **more: object) -> httpx.Response:
        body = {"slot_id": str(self.slots[place].id), **more}
        return await self.http.post(f"/api/v1/bookings/{self.booking_id}/reschedule", json=body, headers=who.headers)

    async def answer(self, who: Person, request_id: str, verb: str, **body: object) -> httpx.Response:
        return await self.http.post(f"/api/v1/reschedules/{request_id}/{verb}", json=body, headers=who.headers)

    async def withdraw(self, who: Person, request_id: str) -> httpx.Response:
        return await self.http.delete(f"/api/v1/reschedules/{request_id}", headers=who.headers)

    async def booking(self) -> dict[str, object]:
        response = await self.http.get(f"/api/v1/bookings/{self.booking_id}", headers=self.ada.headers)
        return dict(response.json())


@pytest.fixture
async def wishes(http: httpx.AsyncClient, slots: list[Slot]) -> Wishes:
    ada = await person()
    form = {"slot_id": str(slots[0].id), "customer_name": "Ada", "customer_email": ada.email}
    booked = await http.post("/api/v1/bookings", json=form, headers=ada.headers)
    return Wishes(http, slots, ada, booked.json()["id"])


async def test_asked_for_and_accepted(wishes: Wishes, owner: Person) -> None:
    before = await wishes.booking()
    assert before["reschedule"] is None
    made = await wishes.ask(wishes.ada, 2, reason="The train is late")
    assert made.status_code == 201, made.text
    asked = made.json()
    assert (asked["status"], asked["booking_id"]) == ("waiting", wishes.booking_id)
    assert asked["slot_id"] == str(wishes.slots[2].id)
    waiting = await wishes.booking()
    assert (waiting["reschedule"], waiting["start"]) == (asked, before["start"])
    twice = await wishes.ask(wishes.ada, 3)
    assert (twice.status_code, twice.json()["code"]) == (409, "reschedule_waiting")

    stranger = await person("Eve Stranger")
    assert (await wishes.ask(stranger, 4)).status_code == 404
    assert (await wishes.answer(stranger, asked["id"], "accept")).status_code == 404
    assert (await wishes.answer(stranger, asked["id"], "decline")).status_code == 404
    assert (await wishes.withdraw(stranger, asked["id"])).status_code == 404
    assert (await wishes.answer(wishes.ada, asked["id"], "accept")).status_code == 403
    assert (await wishes.answer(wishes.ada, asked["id"], "decline")).status_code == 403
    assert (await wishes.withdraw(owner, asked["id"])).status_code == 403
    assert (await wishes.answer(owner, str(uuid7()), "accept")).status_code == 404

    accepted = await wishes.answer(owner, asked["id"], "accept")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert (await wishes.answer(owner, asked["id"], "accept")).json() == accepted.json()
    declined = await wishes.answer(owner, asked["id"], "decline")
    assert (declined.status_code, declined.json()["code"]) == (409, "invalid_transition")
    after = await wishes.booking()
    assert (after["reschedule"], after["start"], after["token"]) == (None, asked["start"], "A3")
    assert after["reference"] == before["reference"]


async def test_declined_and_withdrawn(wishes: Wishes, owner: Person) -> None:
    asked = (await wishes.ask(wishes.ada, 2)).json()
    declined = await wishes.answer(owner, asked["id"], "decline", reason="I am away")
    assert (declined.status_code, declined.json()["answer"]) == (200, "I am away")
    again = (await wishes.ask(wishes.ada, 2)).json()
    assert (await wishes.withdraw(wishes.ada, again["id"])).status_code == 204
    assert (await wishes.withdraw(wishes.ada, again["id"])).status_code == 204
    assert (await wishes.booking())["reschedule"] is None


async def test_the_provider_moves_at_once(wishes: Wishes, owner: Person) -> None:
    moved = await wishes.ask(owner, 1, reason="A leak in the ceiling")
    assert (moved.status_code, moved.json()["status"]) == (201, "accepted")
    assert (await wishes.booking())["start"] == moved.json()["start"]


async def test_a_taken_time_names_others(wishes: Wishes, http: httpx.AsyncClient) -> None:
    form = {"slot_id": str(wishes.slots[1].id), "customer_name": "Grace", "customer_email": "grace@example.com"}
    await http.post("/api/v1/bookings", json=form)
    refused = await wishes.ask(wishes.ada, 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert [each["id"] for each in refused.json()["alternatives"]] == [str(wishes.slots[n].id) for n in (2, 3, 4)]


async def test_a_guest_with_the_link_of_the_mail(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    form = {"slot_id": str(slots[0].id), "customer_name": "Grace", "customer_email": "grace@example.com"}
    booking_id = (await http.post("/api/v1/bookings", json=form)).json()["id"]
    asked = await http.post(f"/api/v1/bookings/{booking_id}/reschedule", json={"slot_id": str(slots[2].id)})
    assert asked.status_code == 201
    assert (await http.delete(f"/api/v1/reschedules/{asked.json()['id']}")).status_code == 204
    http.cookies.clear()
    asked = await http.post(f"/api/v1/bookings/{booking_id}/reschedule", json={"slot_id": str(slots[2].id)})
    assert asked.status_code == 404
