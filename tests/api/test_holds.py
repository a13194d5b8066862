"""`/holds` over HTTP: one's own, for the account or for the browser."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits
from appointly.clock import now
from appointly.database import reading
from appointly.domain.holds import PAID
from appointly.models import Provider, Service, Slot
from appointly.queries.availability import free_slots
from tests.invariants import broken_invariants
from tests.making import make_open_provider, make_service, make_slots
from tests.people import person

GUEST = {"customer_name": "Grace Hopper", "customer_email": "grace@example.test"}


@pytest.fixture
async def slots(session: AsyncSession) -> list[Slot]:
    provider: Provider = await make_open_provider(session)
    service: Service = await make_service(session, provider)
    start = now().replace(hour=9, minute=0, second=0, microsecond=0)
    made = await make_slots(session, service, start=start + timedelta(days=2))
    await session.commit()
    return made


async def keep(http: httpx.AsyncClient, slot: Slot, **headers: str) -> httpx.Response:
    return await http.post("/api/v1/holds", json={"slot_id": str(slot.id)}, headers=headers)


def cookie_of(answer: httpx.Response) -> str:
    [cookie] = [each for each in answer.headers.get_list("set-cookie") if each.startswith("appointly_visitor=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    return cookie.partition(";")[0]


async def test_a_guest_keeps_a_time_and_books_it(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    kept = await keep(http, slots[0])
    assert kept.status_code == 201, kept.text
    cookie = cookie_of(kept)
    http.cookies.clear()
    assert (await http.get("/api/v1/holds")).json() == {"items": []}
    assert (await http.get("/api/v1/holds", headers={"cookie": cookie})).json() == {"items": [kept.json()]}
    async with reading() as session:
        free = {slot.id for slot in await free_slots(session, slots[0].service_id, slots[0].slot_date, 1, now())}
    assert slots[0].id not in free
    form = {"slot_id": str(slots[0].id), **GUEST}
    assert (await http.post("/api/v1/bookings", json=form)).json()["code"] == "slot_taken"
    booked = await http.post("/api/v1/bookings", json=form, headers={"cookie": cookie})
    assert booked.status_code == 201, booked.text
    gone = await http.delete(f"/api/v1/holds/{kept.json()['id']}", headers={"cookie": cookie})
    assert gone.json()["code"] == "not_found"
    async with reading() as session:
        assert await broken_invariants(session) == []


async def test_choosing_again_keeps_the_end_and_sets_no_new_cookie(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    first = await keep(http, slots[0])
    cookie = cookie_of(first)
    again = await keep(http, slots[0], cookie=cookie)
    assert again.json() == first.json()
    assert again.headers.get_list("set-cookie") == []


async def test_only_its_own_person_lets_it_go(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    ada, ben = await person(), await person("Ben Stone")
    kept = (await keep(http, slots[0], **ada.headers)).json()
    address = f"/api/v1/holds/{kept['id']}"
    for other in ({}, ben.headers, {"cookie": cookie_of(await keep(http, slots[1]))}):
        http.cookies.clear()
        assert (await http.delete(address, headers=other)).status_code == 404
    assert (await http.delete(address, headers=ada.headers)).status_code == 204
    assert (await http.delete(address, headers=ada.headers)).status_code == 404
    assert (await keep(http, slots[0], **ben.headers)).status_code == 201


async def test_the_same_time_cannot_be_taken_for_ever(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    again = limits.LIMITS["hold_again.both"]
    assert again.seconds / again.most > 3 * PAID.total_seconds()  # else each that runs out is regained by then
    for _ in range(4):
        kept = await keep(http, slots[0])
        http.cookies.clear()
        await http.delete(f"/api/v1/holds/{kept.json()['id']}", headers={"cookie": cookie_of(kept)})
    refused = await keep(http, slots[0])
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert (await keep(http, slots[1])).status_code == 201
    http.cookies.clear()
    form = {"slot_id": str(slots[0].id), **GUEST}
    assert (await http.post("/api/v1/bookings", json=form)).status_code == 201


async def test_a_sign_in_takes_along_what_the_browser_keeps(http: httpx.AsyncClient, slots: list[Slot]) -> None:
    await person()
    kept = await keep(http, slots[0])
    cookie = cookie_of(kept)
    http.cookies.clear()
    form = {"email": "ada@example.com", "password": "correct-horse-battery"}
    signed = await http.post("/api/v1/auth/login", json=form, headers={"cookie": cookie})
    bearer = {"authorization": f"Bearer {signed.json()['access_token']}"}
    http.cookies.clear()
    assert (await keep(http, slots[0], **bearer)).json() == kept.json()
    left = await http.post("/api/v1/auth/logout", headers=bearer)
    assert cookie_of(left) != cookie
