"""Over HTTP: the outcome beforehand, undoing, disputing, deciding, and whole days called off."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.models import Provider
from tests.making import make_provider, make_service, make_slots
from tests.people import Person, person, signed_in

BEGIN = (
    "UPDATE appointment SET start_time = start_time - interval '49 h', end_time = end_time - interval '49 h'"
    " WHERE id = CAST(:id AS uuid)",
    "UPDATE slot SET start_time = slot.start_time - interval '49 h', end_time = slot.end_time - interval '49 h',"
    " occupies = tstzrange(slot.start_time - interval '49 h', slot.end_time - interval '49 h')"
    " FROM appointment WHERE slot.id = slot_id AND appointment.id = CAST(:id AS uuid)",
)


class Shop:
    """A provider with slots in two days, Ada, who books, and an admin."""

    def __init__(self, http: AsyncClient, session: AsyncSession, provider: Provider, slots: list[str]) -> None:
        self.client, self.session, self.provider, self.slots = http, session, provider, slots
        self.owner: Person
        self.ada: Person
        self.admin: Person

    async def book(self, place: int = 0) -> str:
        body = {"slot_id": self.slots[place], "customer_name": "Ada", "customer_email": "ada@example.com"}
        answer = await self.client.post("/api/v1/bookings", json=body, headers=self.ada.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def begin(self, booking: str) -> None:
        """As if it had begun an hour ago."""
        for statement in BEGIN:
            await self.session.exec(text(statement).bindparams(id=booking))  # type: ignore[call-overload]
        await self.session.commit()


@pytest.fixture
async def shop(http: AsyncClient, session: AsyncSession) -> Shop:
    provider = await make_provider(session, time_zone="UTC")
    start = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    slots = await make_slots(session, await make_service(session, provider), 4, start)
    await session.commit()
    shop = Shop(http, session, provider, [str(slot.id) for slot in slots])
    shop.owner = await signed_in(provider.user_id, "owner@example.com")
    shop.ada, shop.admin = await person(), await person("Root Admin", email="root@example.com")
    await session.exec(text("UPDATE \"user\" SET role = 'admin' WHERE email = 'root@example.com'"))  # type: ignore[call-overload]
    await session.commit()
    return shop


async def test_the_outcome_before_the_click(shop: Shop) -> None:
    booking = await shop.book()
    shown = await shop.client.get(f"/api/v1/bookings/{booking}/cancellation", headers=shop.ada.headers)
    assert shown.json() == {
        "refund": {"amount": 0, "currency": "EUR"},
        "until": None,
        "sentence": "Nothing was paid, so you owe nothing.",
    }
    path = f"/api/v1/bookings/{booking}/cancel"
    other = await shop.client.post(path, json={"expected_refund": 100}, headers=shop.ada.headers)
    assert (other.status_code, other.json()["code"]) == (409, "changed_meanwhile")
    assert other.json()["outcomes"][0]["refund"] == {"amount": 0, "currency": "EUR"}
    many = {"ids": [booking], "expected_refunds": {booking: 7}}
    assert (await shop.client.post("/api/v1/bookings/cancel", json=many, headers=shop.ada.headers)).status_code == 409
    done = await shop.client.post(path, json={"expected_refund": 0}, headers=shop.ada.headers)
    assert (done.status_code, done.json()["refund"]["amount"]) == (200, 0)


async def test_undone_disputed_decided(shop: Shop) -> None:
    booking = await shop.book()
    await shop.begin(booking)
    path = f"/api/v1/bookings/{booking}"
    came = text("UPDATE appointment SET checked_in_at = start_time WHERE id = CAST(:id AS uuid)").bindparams(id=booking)
    await shop.session.exec(came)  # type: ignore[call-overload]
    await shop.session.commit()
    marked = await shop.client.post(f"{path}/no-show", headers=shop.owner.headers)
    assert marked.json()["status"] == "no_show", marked.text
    undone = await shop.client.post(f"{path}/undo", headers=shop.owner.headers)
    assert undone.json()["status"] == "confirmed"
    await shop.client.post(f"{path}/no-show", headers=shop.owner.headers)
    disputed = await shop.client.post(f"{path}/dispute", json={"reason": "I was there"}, headers=shop.ada.headers)
    assert disputed.status_code == 200, disputed.text
    again = await shop.client.post(f"{path}/dispute", json={"reason": "I was there"}, headers=shop.ada.headers)
    assert again.status_code == 409
    for who in (shop.ada, shop.owner):
        assert (await shop.client.get("/api/v1/flags", headers=who.headers)).status_code == 403
    [flag] = (await shop.client.get("/api/v1/flags", headers=shop.admin.headers)).json()["items"]
    assert (flag["kind"], flag["status"], flag["reason"]) == ("no_show", "open", "I was there")
    assert flag["checked_in_at"] == flag["start"], "whoever decides sees it"
    decided = await shop.client.post(
        f"/api/v1/flags/{flag['id']}/uphold", json={"words": "They came."}, headers=shop.admin.headers
    )
    assert (decided.json()["status"], decided.json()["decision"]) == ("upheld", "They came.")
    twice = await shop.client.post(f"/api/v1/flags/{flag['id']}/dismiss", headers=shop.admin.headers)
    assert twice.status_code == 409
    assert (await shop.client.get(path, headers=shop.ada.headers)).json()["status"] == "completed"
    closed = await shop.client.get("/api/v1/flags?status=decided", headers=shop.admin.headers)
    assert [each["id"] for each in closed.json()["items"]] == [flag["id"]]


async def test_a_day_called_off(shop: Shop) -> None:
    booking = await shop.book()
    day = (now() + timedelta(days=2)).date().isoformat()
    days = {"first_date": day, "last_date": day}
    path = "/api/v1/provider/absences"
    shown = await shop.client.get(f"{path}/preview", params=days, headers=shop.owner.headers)
    assert [item["booking"]["id"] for item in shown.json()["items"]] == [booking]
    unseen = await shop.client.post(path, json=days | {"expected": []}, headers=shop.owner.headers)
    assert (unseen.status_code, unseen.json()["new"]) == (409, [booking])
    done = await shop.client.post(path, json=days | {"reason": "Fever"}, headers=shop.owner.headers)
    assert done.status_code == 201, done.text
    assert [item["booking"]["status"] for item in done.json()["items"]] == ["cancelled"]
    again = await shop.client.post(path, json=days, headers=shop.owner.headers)
    assert again.json()["items"] == []
    wrong = {"first_date": day, "last_date": "2020-01-01"}
    assert (await shop.client.get(f"{path}/preview", params=wrong, headers=shop.owner.headers)).status_code == 422
    assert (await shop.client.post(path, json=days, headers=shop.ada.headers)).status_code == 403
