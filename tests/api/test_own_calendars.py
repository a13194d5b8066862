"""A provider's own calendars over HTTP: what was given to read them never comes back."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from appointly.database import transaction
from appointly.models import Provider
from appointly.settings import settings
from tests.calendars import stranger
from tests.hostile import VALUES, fingerprint
from tests.making import make_provider, make_service
from tests.people import Person, person, signed_in

CALENDARS = "/api/v1/provider/calendars"
SECRET = "https://calendar.example/private-a1b2c3/basic.ics"
ICS = {"kind": "ics", "name": "Family", "address": SECRET}


@pytest.fixture
async def provider(database: str) -> Provider:
    async with transaction() as session:
        provider = await make_provider(session)
        await make_service(session, provider)
    return provider


@pytest.fixture
async def owner(provider: Provider) -> Person:
    return await signed_in(provider.user_id, "owner")


async def test_a_calendar_from_its_making_to_its_end(http: httpx.AsyncClient, owner: Person) -> None:
    assert (await http.get(CALENDARS, headers=owner.headers)).json() == {"items": []}
    made = await http.post(CALENDARS, json=ICS, headers=owner.headers)
    assert made.status_code == 201
    found: dict[str, Any] = made.json()
    told = {name: found[name] for name in ("kind", "name", "shown", "reading", "busy", "last_read_at", "error")}
    assert told == {
        "kind": "ics",
        "name": "Family",
        "shown": "calendar.example",
        "reading": True,
        "busy": 0,
        "last_read_at": None,
        "error": None,
    }
    one = f"{CALENDARS}/{found['id']}"
    renamed = await http.patch(one, json={"name": "Work"}, headers=owner.headers)
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Work")
    assert (await http.post(f"{one}/sync", headers=owner.headers)).status_code == 202
    listed = await http.get(CALENDARS, headers=owner.headers)
    assert [each["name"] for each in listed.json()["items"]] == ["Work"]
    assert "private-a1b2c3" not in made.text + renamed.text + listed.text
    assert (await http.delete(one, headers=owner.headers)).status_code == 204
    assert (await http.delete(one, headers=owner.headers)).status_code == 404
    assert (await http.patch(one, json={"name": "Work"}, headers=owner.headers)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("webcal://p01-calendars.icloud.com/published/2/abc", "p01-calendars.icloud.com"),
        ("WEBCALS://calendar.example/x.ics", "calendar.example"),
        ("calendar.google.com/calendar/ical/a%40b.test/private-1/basic.ics", "calendar.google.com"),
        (" https://outlook.office365.com/owa/calendar/1@b/2/calendar.ics#top ", "outlook.office365.com"),
    ],
)
async def test_addresses_as_people_copy_them(http: httpx.AsyncClient, owner: Person, typed: str, kept: str) -> None:
    made = await http.post(CALENDARS, json={**ICS, "address": typed}, headers=owner.headers)
    assert (made.status_code, made.json()["shown"]) == (201, kept)


async def test_bad_input_is_a_sentence_and_changes_nothing(
    http: httpx.AsyncClient, owner: Person, database: str
) -> None:
    before = fingerprint(database)
    for field in ICS:
        for value in VALUES:
            if field == "name" and isinstance(value, str) and 0 < len(value.strip()) <= 120:
                continue  # a name like any other
            if field == "address" and isinstance(value, str) and "@" not in value and value.strip().isalnum():
                continue  # the name of a host, for all one can see
            answer = await http.post(CALENDARS, content=as_json({**ICS, field: value}), headers=owner.headers)
            if answer.status_code == 201:
                await http.delete(f"{CALENDARS}/{answer.json()['id']}", headers=owner.headers)
            assert answer.status_code in (201, 400, 422), (field, value)
    for wrong in (
        {**ICS, "address": "ftp://calendar.example/a.ics"},
        {**ICS, "address": "javascript:alert(1)"},
        {**ICS, "address": "https://"},
        {**ICS, "address": "https://a b/"},
        {**ICS, "address": "https://[::1/"},
        {**ICS, "kind": "google"},
        {**ICS, "provider_id": str(uuid4())},
    ):
        assert (await http.post(CALENDARS, json=wrong, headers=owner.headers)).status_code == 422, wrong
    assert {name: value for name, value in fingerprint(database).items() if name == "external_calendar"} == {
        name: value for name, value in before.items() if name == "external_calendar"
    }


def as_json(value: object) -> bytes:
    """JSON as a stranger may write it, with what Python's own writer refuses."""
    return json.dumps(value, default=str).encode(errors="surrogatepass")


async def test_others_do_not_come_in(http: httpx.AsyncClient, owner: Person, database: str) -> None:
    assert (await http.get(CALENDARS)).status_code == 401
    customer = await person()
    assert (await http.get(CALENDARS, headers=customer.headers)).status_code == 403
    newcomer = await person("No Business", "provider", email="no@example.com")
    assert (await http.get(CALENDARS, headers=newcomer.headers)).status_code == 404
    assert (await http.post(CALENDARS, json=ICS, headers=newcomer.headers)).status_code == 403


async def test_a_search_says_why_it_found_nothing_and_is_limited(
    http: httpx.AsyncClient, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {"address": "http://127.0.0.1:1/", "user": "ada", "password": "hunter2-app"}
    answer = await http.post(f"{CALENDARS}/discover", json=account, headers=owner.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "calendar_unreadable")
    assert "private network" in answer.json()["detail"]
    monkeypatch.setattr(settings(), "calendar_networks", "127.0.0.1/32")
    with stranger(lambda handler, _: handler.send_error(401)) as server:
        account["address"] = server.address
        refused = await http.post(f"{CALENDARS}/discover", json=account, headers=owner.headers)
        assert refused.json()["detail"] == "The password was refused."
        assert "hunter2" not in refused.text
        statuses = []
        while 429 not in statuses:
            answer = await http.post(f"{CALENDARS}/discover", json=account, headers=owner.headers)
            statuses.append(answer.status_code)
            assert len(statuses) < 100
