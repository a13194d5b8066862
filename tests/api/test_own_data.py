"""One's own data over HTTP: taken along as a zip, taken away for good."""

import csv
import io
import json
from zipfile import ZipFile

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import bus, transaction
from appointly.domain.actor import Actor
from appointly.models import Appointment, Provider
from appointly.models.base import uuid7
from appointly.operations.book_appointment import book_appointment
from appointly.operations.finish_appointment import mark_no_show
from appointly.operations.flags import dispute_no_show
from tests.making import NOW, asking, make_provider, make_service, make_slots, owner_of
from tests.people import PASSWORD, Person, person, signed_in

SAME = {"origin": "http://127.0.0.1:8000"}


async def booked(session: AsyncSession, ada: Person, name: str = "Ada", count: int = 2) -> Provider:
    """Bookings of somebody at a new business."""
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider), count)
    await session.commit()
    async with transaction() as own:
        for slot in slots:
            request = asking(slot, customer_name=name, customer_email=ada.email, notes="Zoë\n🦊")
            await book_appointment(own, Actor("customer", ada.user_id), request, NOW)
    return provider


async def taken(http: httpx.AsyncClient, who: Person) -> ZipFile:
    answer = await http.get("/session/export", headers={"cookie": who.cookie})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    return ZipFile(io.BytesIO(answer.content))


async def test_everything_of_a_customer(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada = await person()
    await booked(session, ada)
    await booked(session, await person("Grace Hopper"), "Grace")
    archive = await taken(http, ada)
    assert archive.testzip() is None
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Grace" not in everything
    assert b"argon2" not in everything
    assert b"token_hash" not in everything
    bookings = json.loads(archive.read("bookings.json"))
    assert [(each["service"], each["notes"]) for each in bookings] == [("Haircut", "Zoë\n🦊")] * 2
    assert [row["reference"] for row in csv.DictReader(io.StringIO(archive.read("bookings.csv").decode()))] == [
        each["reference"] for each in bookings
    ]
    events = Calendar.from_ical(archive.read("bookings.ics")).walk("VEVENT")
    assert [str(event["description"])[:8] for event in events] == [each["reference"][:8] for each in bookings]
    assert json.loads(archive.read("account.json"))[0]["email"] == "ada@example.com"
    assert b"sign_ins.json: where you are signed in" in archive.read("README.txt")


async def test_what_was_said_of_a_no_show(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada, grace = await person(), await person("Grace Hopper")
    provider = await booked(session, ada, count=1)
    [appointment] = await session.exec(select(Appointment))
    async with transaction() as own:
        await mark_no_show(own, owner_of(provider), appointment.id, appointment.start_time)
        by_link = Actor(managed=frozenset([appointment.id]))
        await dispute_no_show(own, by_link, appointment.id, "I came at ten", appointment.end_time)
    [report] = json.loads((await taken(http, ada)).read("reports.json"))
    assert (report["reference"], report["kind"], report["reason"]) == (
        appointment.reference,
        "no_show",
        "I came at ten",
    )
    assert json.loads((await taken(http, grace)).read("reports.json")) == []


async def test_everything_of_a_provider(http: httpx.AsyncClient, session: AsyncSession) -> None:
    provider = await booked(session, await person(), "=HYPERLINK(1)")
    owner = await signed_in(provider.user_id, "owner@example.test")
    archive = await taken(http, owner)
    assert json.loads(archive.read("services.json"))[0]["title"] == "Haircut"
    assert len(json.loads(archive.read("customers_bookings.json"))) == 2
    assert json.loads(archive.read("bookings.json")) == []
    table = list(csv.DictReader(io.StringIO(archive.read("customers_bookings.csv").decode())))
    assert table[0]["customer_name"] == "'=HYPERLINK(1)"  # a spreadsheet must not take it for a formula


async def test_more_than_a_page(
    http: httpx.AsyncClient, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointly.queries.own_data.PAGE", 2)
    for count in (4, 5):
        ada = await person("Ada Lovelace", email=f"ada{count}@example.com")
        await booked(session, ada, count=count)
        archive = await taken(http, ada)
        assert len(json.loads(archive.read("bookings.json"))) == count
        assert len(archive.read("bookings.csv").decode().split("confirmed")) == count + 1
        assert len(Calendar.from_ical(archive.read("bookings.ics")).walk("VEVENT")) == count


async def test_one_at_a_time_and_only_ones_own(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada = await person()
    assert (await http.get("/session/export")).status_code == 401
    await bus.client().set(f"export:{ada.user_id}", 1)
    refused = await http.get("/session/export", headers={"cookie": ada.cookie})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    await bus.client().delete(f"export:{ada.user_id}")
    for _ in range(2):
        await taken(http, ada)


async def leave(http: httpx.AsyncClient, who: Person, **form: str) -> str:
    values = {"own_password": PASSWORD, "word": "delete", **form}
    answer = await http.post("/session/delete-account", data=values, headers={**SAME, "cookie": who.cookie})
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_leaving(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada = await person()
    other = await signed_in(ada.user_id, ada.email)
    await booked(session, ada)
    assert await leave(http, ada, word="") == "/account/settings?delete=not_confirmed#delete"
    assert await leave(http, ada, own_password="wrong") == "/account/settings?delete=password_wrong#delete"
    assert (await http.get("/api/v1/auth/me", headers=other.headers)).status_code == 200
    assert await leave(http, ada, word=" Delete ") == "/account-deleted"
    for who in (ada, other):
        assert (await http.get("/api/v1/auth/me", headers=who.headers)).status_code == 401
        assert await leave(http, who) == "/login"
    again = await http.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert again.json()["code"] == "credentials_invalid"
    anew = {"email": ada.email, "password": PASSWORD, "name": "Ada", "role": "customer"}
    assert (await http.post("/api/v1/auth/signup", json=anew)).status_code == 201


async def test_leaving_needs_a_password_and_this_site(http: httpx.AsyncClient, session: AsyncSession) -> None:
    ada = await person()
    elsewhere = {"origin": "https://evil.test", "cookie": ada.cookie}
    values = {"own_password": PASSWORD, "word": "delete"}
    assert (await http.post("/session/delete-account", data=values, headers=elsewhere)).status_code == 403
    await session.exec(text('UPDATE "user" SET password_hash = NULL'))  # type: ignore[call-overload]
    await session.commit()
    assert await leave(http, ada) == "/account/settings?delete=password_missing#delete"
    assert (await http.get("/api/v1/auth/me", headers=ada.headers)).status_code == 200
    assert await leave(http, Person(uuid7(), uuid7(), "", "appointly_session=nobody", "")) == "/login"
