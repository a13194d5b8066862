"""The line over HTTP: public tokens, the provider's own line, walk-ins, delays, and the check-in."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from appointly.clock import now
from appointly.database import transaction
from appointly.domain.check_in import door_code, ticket_code
from appointly.models import Provider
from appointly.operations.book_appointment import book_appointment
from tests.making import asking, customer, make_provider, make_service, make_slots, make_user
from tests.people import Person, signed_in
from tests.processes import TEST_SECRET


class Day:
    """Three appointments of today at a provider, the second a signed-in customer's."""

    provider: Provider
    owner: Person
    ada: Person
    ids: list[str]
    service_id: str


@pytest.fixture
async def day(database: str) -> Day:
    day, at = Day(), now()
    zone = "Etc/GMT-6" if at.hour >= 18 or at.hour < 2 else "UTC"  # so that the next two hours are today's
    async with transaction() as session:
        day.provider = await make_provider(session, time_zone=zone)
        service = await make_service(session, day.provider)
        slots = await make_slots(session, service, 3, at + timedelta(minutes=1), zone)
        user = await make_user(session)
        actors = [customer(await make_user(session)), customer(user), customer(await make_user(session))]
        booked = [
            await book_appointment(session, actor, asking(slot, customer_name="Zebulon"), at)
            for actor, slot in zip(actors, slots, strict=True)
        ]
    day.ids, day.service_id = [str(each.id) for each in booked], str(service.id)
    day.owner = await signed_in(day.provider.user_id, "owner")
    day.ada = await signed_in(user.id, user.email)
    return day


async def test_the_line_from_call_to_call(http: httpx.AsyncClient, day: Day) -> None:
    public, own = f"/api/v1/providers/{day.provider.slug}/queue", "/api/v1/provider/queue"
    line = (await http.get(public)).json()
    assert (line["serving"], [each["token"] for each in line["waiting"]]) == (None, ["A1", "A2", "A3"])
    assert line["waiting"][0]["estimate"] < line["waiting"][1]["estimate"]
    answer = await http.post(f"{own}/next", json={"serving": None}, headers=day.owner.headers)
    assert (answer.status_code, [each["turn"] for each in answer.json()["items"]]) == (
        200,
        ["serving", "waiting", "waiting"],
    )
    again = await http.post(f"{own}/next", json={"serving": None}, headers=day.owner.headers)
    assert (again.status_code, again.json()["code"]) == (409, "queue_moved_on")
    for verb, entry, turns in (
        ("done", 0, ["done", "waiting", "waiting"]),
        ("undo", 0, ["waiting", "waiting", "waiting"]),
        ("skip", 1, ["waiting", "skipped", "waiting"]),
        ("call", 2, ["waiting", "skipped", "serving"]),
    ):
        answer = await http.post(f"{own}/{day.ids[entry]}/{verb}", headers=day.owner.headers)
        assert [each["turn"] for each in answer.json()["items"]] == turns, verb
    ticket = await http.post(f"{own}/walk-ins", json={"service_id": day.service_id}, headers=day.owner.headers)
    assert (ticket.status_code, ticket.json()["token"]) == (201, "W1")
    mistyped = (await http.post(f"{own}/walk-ins", json={}, headers=day.owner.headers)).json()["id"]
    for entry, status in ((mistyped, 200), (mistyped, 404), (day.ids[0], 404)):
        assert (await http.post(f"{own}/{entry}/remove", headers=day.owner.headers)).status_code == status
    told = await http.post(f"{own}/delay", json={"minutes": 15, "note": "Sorry"}, headers=day.owner.headers)
    assert told.json() == {"minutes": 15, "note": "Sorry", "told": 2}
    found = await http.get(public)
    line = found.json()
    assert (line["serving"], line["skipped"], line["delay_minutes"], line["note"]) == ("A3", ["A2"], 15, "Sorry")
    assert "Zebulon" not in found.text
    assert "Zebulon" in (await http.get(own, headers=day.owner.headers)).text


async def test_nobody_else_runs_the_line(http: httpx.AsyncClient, day: Day) -> None:
    async with transaction() as session:
        other = await make_provider(session, "Elsewhere")
    stranger = await signed_in(other.user_id, "other")
    for verb in ("call", "skip", "done", "undo", "remove"):
        path = f"/api/v1/provider/queue/{day.ids[0]}/{verb}"
        assert (await http.post(path)).status_code == 401
        assert (await http.post(path, headers=day.ada.headers)).status_code == 403
        assert (await http.post(path, headers=stranger.headers)).status_code == 404
    for path, body in (("next", {}), ("walk-ins", {}), ("delay", {"minutes": 5})):
        assert (await http.post(f"/api/v1/provider/queue/{path}", json=body)).status_code == 401
    items = (await http.get("/api/v1/provider/queue", headers=day.owner.headers)).json()["items"]
    assert [each["turn"] for each in items] == ["waiting"] * 3
    assert (await http.get("/api/v1/providers/nobody/queue")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("walk-ins", {"name": "x" * 121}, "name"),
        ("walk-ins", {"name": "a\nb"}, "name"),
        ("delay", {"minutes": -1}, "minutes"),
        ("delay", {"minutes": 601}, "minutes"),
        ("delay", {"minutes": True}, "minutes"),
        ("delay", {"minutes": 5, "note": "x" * 301}, "note"),
        ("next", {"serving": "x"}, "serving"),
    ],
)
async def test_what_cannot_be(
    http: httpx.AsyncClient, day: Day, path: str, body: dict[str, object], field: str
) -> None:
    answer = await http.post(f"/api/v1/provider/queue/{path}", json=body, headers=day.owner.headers)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


async def test_checking_in(http: httpx.AsyncClient, day: Day) -> None:
    path, good = f"/api/v1/bookings/{day.ids[1]}/check-in", door_code(TEST_SECRET, day.provider.id, 1)
    for code, refusal in (
        ("", "wrong_door"),
        ("D.x.1.y", "door_code_invalid"),
        (good[:-1] + ("A" if good[-1] != "A" else "B"), "door_code_invalid"),
        (door_code(TEST_SECRET, day.provider.id, 2), "door_code_invalid"),
        (ticket_code(TEST_SECRET, day.provider.id), "door_code_invalid"),
    ):
        answer = await http.post(path, json={"code": code}, headers=day.ada.headers)
        assert answer.json()["code"] == refusal, code
    assert (await http.post(path, json={"code": good})).status_code == 404, "a guest without the link"
    answer = await http.post(path, json={"code": good}, headers=day.ada.headers)
    first = answer.json()["checked_in_at"]
    assert (answer.status_code, bool(first)) == (200, True)
    again = await http.post(path, json={"code": good}, headers=day.ada.headers)
    assert again.json()["checked_in_at"] == first
    noted = await http.post(f"/api/v1/bookings/{day.ids[0]}/check-in", headers=day.owner.headers)
    assert noted.json()["checked_in_at"]


async def test_a_walk_in_sent_twice_with_a_key_gets_one_token(http: httpx.AsyncClient, day: Day) -> None:
    headers = {**day.owner.headers, "Idempotency-Key": "walk-in-1"}
    url = "/api/v1/provider/queue/walk-ins"
    first, second = [await http.post(url, json={"name": "Grace"}, headers=headers) for _ in range(2)]
    assert (first.status_code, second.json()) == (201, first.json())
    other = await http.post(url, json={"name": "Ada"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    without = await http.post(url, json={"name": "Grace"}, headers=day.owner.headers)
    assert without.json()["token"] == "W2"


async def test_the_provider_scans_a_ticket_and_changes_the_door(http: httpx.AsyncClient, day: Day) -> None:
    ticket = {"code": ticket_code(TEST_SECRET, UUID(day.ids[0]))}
    for _ in range(2):
        checked = await http.post("/api/v1/provider/check-in", json=ticket, headers=day.owner.headers)
        assert (checked.status_code, bool(checked.json()["checked_in_at"])) == (200, True)
    async with transaction() as session:
        other = await make_provider(session, "Other Studio")
    stranger = await signed_in(other.user_id, "stranger")
    foreign = await http.post("/api/v1/provider/check-in", json=ticket, headers=stranger.headers)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")
    before = (await http.get("/api/v1/provider/check-in", headers=day.owner.headers)).json()["address"]
    no_ticket = {"code": before.partition("id=")[2]}
    refused = await http.post("/api/v1/provider/check-in", json=no_ticket, headers=day.owner.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "door_code_invalid")
    after = (await http.post("/api/v1/provider/check-in/rotate", headers=day.owner.headers)).json()["address"]
    assert after != before
    url, old = f"/api/v1/bookings/{day.ids[1]}/check-in", {"code": before.partition("id=")[2]}
    assert (await http.post(url, json=old, headers=day.ada.headers)).status_code == 422
    assert (await http.post(url, json={"code": after.partition("id=")[2]}, headers=day.ada.headers)).status_code == 200


async def test_one_s_bookings_of_a_status_a_time_or_a_day(http: httpx.AsyncClient, day: Day) -> None:
    async def found(**wanted: str) -> list[str]:
        answer = await http.get("/api/v1/bookings", params=wanted, headers=day.owner.headers)
        return [each["id"] for each in answer.json()["items"]]

    every = day.ids[::-1]
    assert await found() == await found(status="confirmed") == await found(service_id=day.service_id) == every
    assert await found(status="cancelled") == await found(service_id=str(UUID(int=1))) == []
    slot = (await http.get(f"/api/v1/bookings/{day.ids[1]}", headers=day.owner.headers)).json()
    assert await found(slot_id=slot["slot_id"]) == [day.ids[1]]
    today = slot["start"][:10]
    assert await found(first_date=today, last_date=today) == every
    assert await found(last_date="2020-01-01") == []
    assert (
        await found(q=slot["reference"].lower()) == await found(q=slot["reference"], status="confirmed") == [day.ids[1]]
    )
    assert await found(q="nobody of this name") == []
    for q in ("x" * 101, "a\nb"):
        assert (await http.get("/api/v1/bookings", params={"q": q}, headers=day.owner.headers)).status_code == 422
    assert (await http.get("/api/v1/bookings?status=lost", headers=day.owner.headers)).status_code == 422
