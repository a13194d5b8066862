"""A provider's hours and blocked times over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from appointly.clock import now
from appointly.database import transaction
from appointly.models import Provider
from tests.hostile import VALUES, fingerprint
from tests.making import make_provider, make_service
from tests.people import Person, person, signed_in

HOURS, BLOCKED = "/api/v1/provider/working-hours", "/api/v1/provider/blocked-times"
MONDAY = {"weekday": 1, "opens": "09:00", "closes": "12:00"}


@pytest.fixture
async def provider(database: str) -> Provider:
    async with transaction() as session:
        provider = await make_provider(session)
        await make_service(session, provider)
    return provider


@pytest.fixture
async def owner(provider: Provider) -> Person:
    return await signed_in(provider.user_id, "owner")


def block(**values: Any) -> dict[str, Any]:
    start = (now() + timedelta(days=2)).replace(microsecond=0)
    return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat(), **values}


async def test_a_week_is_put_and_read_back_in_the_same_words(http: httpx.AsyncClient, owner: Person) -> None:
    assert (await http.get(HOURS, headers=owner.headers)).json() == []
    week = [
        MONDAY,
        {"weekday": 1, "opens": "12:00", "closes": "24:00"},
        {"weekday": 5, "opens": "22:00", "closes": "02:00"},
        {"weekday": 7, "opens": "00:00", "closes": "24:00"},
    ]
    answer = await http.put(HOURS, json=week, headers=owner.headers)
    assert (answer.status_code, answer.json()) == (200, week)
    assert (await http.get(HOURS, headers=owner.headers)).json() == week
    assert (await http.put(HOURS, json=[], headers=owner.headers)).json() == []


@pytest.mark.parametrize(
    "week",
    [
        [MONDAY, {"weekday": 1, "opens": "11:00", "closes": "13:00"}],
        [{**MONDAY, "weekday": 0}],
        [{**MONDAY, "weekday": 8}],
        [{**MONDAY, "weekday": "Monday"}],
        [{**MONDAY, "opens": "9:00"}],
        [{**MONDAY, "closes": "09:00"}],
        [{**MONDAY, "closes": "24:01"}],
        [{**MONDAY, "opens": "24:00"}],
        [{**MONDAY, "provider_id": str(uuid4())}],
        [{"weekday": 1}],
        [{"weekday": 1 + n % 7, "opens": f"0{n // 60}:{n % 60:02}", "closes": "23:59"} for n in range(101)],
        MONDAY,
    ],
)
async def test_weeks_that_are_none_change_nothing(
    http: httpx.AsyncClient, owner: Person, database: str, week: object
) -> None:
    await http.put(HOURS, json=[MONDAY], headers=owner.headers)
    before = fingerprint(database)
    answer = await http.put(HOURS, json=week, headers=owner.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert fingerprint(database) == before


async def test_the_corpus_changes_no_hours(http: httpx.AsyncClient, owner: Person, database: str) -> None:
    await http.get(HOURS, headers=owner.headers)
    before = fingerprint(database)
    for value in VALUES:
        for body in (value, [value], [{**MONDAY, "opens": value}], [{**MONDAY, "weekday": value}]):
            try:
                answer = await http.put(HOURS, json=body, headers=owner.headers)
            except UnicodeEncodeError:
                continue
            assert answer.status_code in (400, 422) or body == [], body
    assert fingerprint(database) == before


async def test_time_is_blocked_listed_page_by_page_and_given_back(http: httpx.AsyncClient, owner: Person) -> None:
    first = await http.post(BLOCKED, json=block(reason="Dentist"), headers=owner.headers)
    assert first.status_code == 201
    assert first.json()["start"].endswith(("+01:00", "+02:00")), "with the provider's offset"
    until = (now() + timedelta(days=24)).date().isoformat()
    again = await http.post(BLOCKED, json=block(repeat_until=until), headers=owner.headers)
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await http.get(BLOCKED, params={"limit": 2, "cursor": cursor}, headers=owner.headers)).json()
        found += page["items"]
        cursor = page["next_cursor"]
    assert [each["series_id"] == again.json()["series_id"] for each in found].count(True) == 4
    assert len(found) == 5
    assert (await http.delete(f"{BLOCKED}/{first.json()['id']}", headers=owner.headers)).status_code == 204
    twice = await http.delete(f"{BLOCKED}/{first.json()['id']}", headers=owner.headers)
    assert (twice.status_code, twice.json()["code"]) == (404, "not_found")
    series = await http.delete(f"{BLOCKED}/{again.json()['id']}?series=true", headers=owner.headers)
    assert series.status_code == 204
    assert (await http.get(BLOCKED, headers=owner.headers)).json() == {"items": [], "next_cursor": None}


async def test_what_is_another_providers_is_not_there(http: httpx.AsyncClient, owner: Person) -> None:
    async with transaction() as session:
        other = await make_provider(session, "Other")
    stranger = await signed_in(other.user_id, "other")
    made = (await http.post(BLOCKED, json=block(), headers=owner.headers)).json()
    for query in ("", "?series=true"):
        answer = await http.delete(f"{BLOCKED}/{made['id']}{query}", headers=stranger.headers)
        assert answer.status_code == 404
    assert (await http.get(BLOCKED, headers=stranger.headers)).json()["items"] == []
    assert len((await http.get(BLOCKED, headers=owner.headers)).json()["items"]) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"end": "2026-01-01T00:00:00Z"},
        {"start": "2026-12-01T10:00:00"},
        {"end": "9999-12-31T23:59:59Z"},
        {"start": "0001-01-01T00:00:00Z"},
        {"repeat_until": "0001-01-01"},
        {"repeat_until": "9999-12-31"},
        {"reason": "x" * 201},
        {"reason": "two\nlines"},
        {"provider_id": str(uuid4())},
    ],
)
async def test_time_that_cannot_be_blocked(
    http: httpx.AsyncClient, owner: Person, database: str, values: dict[str, str]
) -> None:
    await http.get(BLOCKED, headers=owner.headers)
    before = fingerprint(database)
    answer = await http.post(BLOCKED, json=block(**values), headers=owner.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert fingerprint(database) == before


async def test_an_account_without_a_business_has_none_of_this(http: httpx.AsyncClient) -> None:
    nobody = await person("New Provider", "provider")
    assert (await http.get(HOURS, headers=nobody.headers)).status_code == 404
    assert (await http.get(BLOCKED, headers=nobody.headers)).status_code == 404
    assert (await http.put(HOURS, json=[], headers=nobody.headers)).status_code == 403
    assert (await http.post(BLOCKED, json=block(), headers=nobody.headers)).status_code == 403


async def test_blocked_time_sent_twice_with_a_key_is_blocked_once(http: httpx.AsyncClient, owner: Person) -> None:
    headers = {**owner.headers, "Idempotency-Key": "dentist"}
    wanted = block(reason="Dentist")
    first, second = [await http.post(BLOCKED, json=wanted, headers=headers) for _ in range(2)]
    assert (first.status_code, second.json()) == (201, first.json())
    assert len((await http.get(BLOCKED, headers=owner.headers)).json()["items"]) == 1
