"""A provider's services through the API: its fields, its refusals, somebody else's."""

import json
from typing import Any

import httpx
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.descriptions import service_description, sitemap
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import GUEST
from appointly.models import Provider, Service, Slot
from appointly.operations.book_appointment import book_appointment
from appointly.queries.storefront import offers_of_provider
from tests.hostile import NOBODY, VALUES, fingerprint
from tests.making import asking, make_open_provider, make_provider, make_service
from tests.people import Person, person, signed_in

NEW: dict[str, Any] = {
    "title": "Cut",
    "category": "hair",
    "price": {"amount": 4500, "currency": "EUR"},
    "duration_minutes": 45,
}
EVERYTHING: dict[str, Any] = NEW | {
    "description": "**Calm** and quick.",
    "tags": ["cut", "short hair"],
    "buffer_before_minutes": 5,
    "buffer_after_minutes": 10,
    "max_appointments_per_day": 6,
    "capacity": 2,
    "min_notice_minutes": 120,
    "horizon_days": 14,
    "slot_interval_minutes": 60,
    "spread": "even",
    "approval": "manual",
    "location": "online",
    "deposit_percent": 20,
    "cancellation_policy": "strict",
    "questions": [
        {"label": "Allergies?", "kind": "yes_no", "required": True},
        {"label": "Length?", "kind": "choice", "choices": ["Short", "Long"]},
    ],
    "picture": "/pictures/hair-2.svg",
    "unlisted": True,
}


@pytest.fixture
async def provider(session: AsyncSession) -> Provider:
    return await make_open_provider(session)


@pytest.fixture
async def owner(provider: Provider) -> Person:
    return await signed_in(provider.user_id, "owner@example.test")


async def test_a_service_from_the_first_word_to_the_last(http: httpx.AsyncClient, owner: Person) -> None:
    answer = await http.post("/api/v1/services", json=EVERYTHING, headers=owner.headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert {name: made[name] for name in EVERYTHING if name != "questions"} == {
        name: value for name, value in EVERYTHING.items() if name != "questions"
    }
    assert (made["letter"], made["status"], made["bookings"]) == ("A", "active", 0)
    assert made["next_free"] is not None
    ids = [asked["id"] for asked in made["questions"]]
    assert len(set(ids)) == 2
    public = (await http.get(f"/api/v1/services/{made['id']}")).json()
    assert (public["title"], public["open"], len(public["questions"])) == ("Cut", True, 2)
    assert (await http.get("/api/v1/services?q=cut")).json()["items"] == []

    address = f"/api/v1/services/{made['id']}"
    changes = {"max_appointments_per_day": None, "unlisted": False, "questions": made["questions"][::-1]}
    changed = (await http.patch(address, json=changes, headers=owner.headers)).json()
    assert changed == made | changes | {"next_free": changed["next_free"]}
    assert [found["id"] for found in (await http.get("/api/v1/services?q=cut")).json()["items"]] == [made["id"]]

    assert (await http.patch(address, json={"status": "paused"}, headers=owner.headers)).json()["status"] == "paused"
    assert (await http.get(address)).json()["open"] is False
    assert (await http.get("/api/v1/services?q=cut")).json()["items"] == []
    await http.patch(address, json={"status": "archived"}, headers=owner.headers)
    assert (await http.get(address)).status_code == 404
    assert (await http.delete(address, headers=owner.headers)).status_code == 204
    assert (await http.delete(address, headers=owner.headers)).status_code == 404


async def test_an_unlisted_service_is_known_to_its_link_alone(
    http: httpx.AsyncClient, owner: Person, provider: Provider
) -> None:
    made = [
        (await http.post("/api/v1/services", json=NEW | {"unlisted": hidden}, headers=owner.headers)).json()
        for hidden in (False, True)
    ]
    slugs = [service["slug"] for service in made]
    assert [found["slug"] for found in (await http.get("/api/v1/services?q=cut")).json()["items"]] == slugs[:1]
    async with reading() as session:
        shown = await offers_of_provider(session, provider.id)
    assert [offer.slug for offer in shown] == slugs[:1]
    described = [await service_description("https://a.example", each, now()) for each in slugs]
    assert [each is not None and each.listed for each in described] == [True, False]
    addresses = await sitemap("https://a.example")
    assert [f"/services/{each}<" in addresses for each in slugs] == [True, False]
    detail = (await http.get(f"/api/v1/services/{slugs[1]}")).json()
    assert detail["open"]
    assert "unlisted" not in detail
    booking = {"slot_id": detail["next_slot"]["id"], "customer_name": "Ada", "customer_email": "ada@example.com"}
    assert (await http.post("/api/v1/bookings", json=booking)).status_code == 201


async def test_defaults(http: httpx.AsyncClient, owner: Person) -> None:
    made = (await http.post("/api/v1/services", json=NEW, headers=owner.headers)).json()
    shown = ("capacity", "min_notice_minutes", "horizon_days", "spread", "approval", "location", "cancellation_policy")
    assert [made[name] for name in shown] == [1, 60, 30, "pack", "instant", "provider", "flexible"]
    assert (made["max_appointments_per_day"], made["picture"]) == (None, "/pictures/hair-1.svg")


async def test_the_list_is_paged_oldest_first(http: httpx.AsyncClient, owner: Person) -> None:
    for number in range(3):
        await http.post("/api/v1/services", json=NEW | {"title": f"Cut {number}"}, headers=owner.headers)
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = await http.get(
            "/api/v1/provider/services", params={"limit": 2, "cursor": cursor}, headers=owner.headers
        )
        found += [each["title"] for each in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
    assert found == ["Cut 0", "Cut 1", "Cut 2"]
    nonsense = await http.get("/api/v1/provider/services?cursor=nonsense", headers=owner.headers)
    assert nonsense.status_code == 422


async def test_what_was_booked_is_archived_instead_of_deleted(
    http: httpx.AsyncClient, owner: Person, session: AsyncSession
) -> None:
    made = (await http.post("/api/v1/services", json=NEW, headers=owner.headers)).json()
    slot = (await session.exec(select(Slot).order_by(Slot.start_time.desc()))).first()  # type: ignore[attr-defined]
    assert slot
    async with transaction() as booking:
        await book_appointment(booking, GUEST, asking(slot), now())
    answer = await http.delete(f"/api/v1/services/{made['id']}", headers=owner.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "service_booked")
    assert "Archive it instead" in answer.json()["detail"]


async def test_somebody_elses_is_not_there(
    http: httpx.AsyncClient, owner: Person, session: AsyncSession, database: str
) -> None:
    theirs = await make_service(session, await make_provider(session, "Elsewhere"))
    await session.commit()
    address = f"/api/v1/services/{theirs.id}"
    customer = await person()
    before = fingerprint(database)
    for headers, status in ((owner.headers, 404), (customer.headers, 403), ({}, 401)):
        assert (await http.patch(address, json={"title": "Mine"}, headers=headers)).status_code == status
        assert (await http.delete(address, headers=headers)).status_code == status
    assert (await http.post("/api/v1/services", json=NEW, headers=customer.headers)).status_code == 403
    assert (await http.post("/api/v1/services", json=NEW)).status_code == 401
    assert (await http.get("/api/v1/provider/services", headers=owner.headers)).json()["items"] == []
    assert fingerprint(database) == before


async def test_a_provider_without_a_business_is_told(http: httpx.AsyncClient) -> None:
    olga = await person("Olga Owner", "provider")
    for answer in (
        await http.get("/api/v1/provider/services", headers=olga.headers),
        await http.post("/api/v1/services", json=NEW, headers=olga.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


# Words these take are words; of numbers they take some that the corpus holds.
FREE = {"title", "description"}
TAKES: dict[str, tuple[object, ...]] = {
    "max_appointments_per_day": (None, "", "   "),
    "slot_interval_minutes": (None, "", "   "),
    "buffer_before_minutes": (0,),
    "buffer_after_minutes": (0,),
    "min_notice_minutes": (0,),
    "deposit_percent": (0,),
    "unlisted": (True, False, 0),
    "tags": ([], [str(NOBODY)] * 3),
    "questions": ([],),
    "picture": ("", "   "),
}


@pytest.mark.parametrize("name", [*EVERYTHING, "status", "unknown", "slug", "id", "provider_id", "letter"])
async def test_wrong_values_are_refused_with_a_sentence(
    http: httpx.AsyncClient, owner: Person, session: AsyncSession, database: str, name: str
) -> None:
    made = (await http.post("/api/v1/services", json=NEW, headers=owner.headers)).json()
    headers = owner.headers | {"content-type": "application/json"}
    before = fingerprint(database)
    for value in VALUES:
        if (name in FREE and isinstance(value, str)) or value in TAKES.get(name, ()):
            continue
        body = json.dumps({name: value}).encode()
        answer = await http.patch(f"/api/v1/services/{made['id']}", content=body, headers=headers)
        assert answer.status_code in (400, 422), (name, value, answer.text)
        assert all(said.endswith((".", "?")) for said in answer.json()["fields"].values()), answer.text
    assert fingerprint(database) == before
    assert (await session.get_one(Service, made["id"])).title == "Cut"


async def test_a_service_sent_twice_with_a_key_is_added_once(http: httpx.AsyncClient, owner: Person) -> None:
    headers = {**owner.headers, "Idempotency-Key": "cut"}
    first, second = [await http.post("/api/v1/services", json=NEW, headers=headers) for _ in range(2)]
    assert (first.status_code, second.json()) == (201, first.json())
    listed = (await http.get("/api/v1/provider/services", headers=owner.headers)).json()["items"]
    assert [each["id"] for each in listed] == [first.json()["id"]]
