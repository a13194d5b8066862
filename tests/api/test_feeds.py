"""Private calendars: who reads them, what stands in them, and that an address dies when it should."""

import asyncio
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from icalendar import Calendar
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.clock import now
from appointly.database import transaction
from appointly.database.embedded import Servers
from appointly.database.statement import execute
from appointly.display.feed import feed_file, folded
from appointly.domain.actor import Actor
from appointly.domain.feed_token import Feed, FeedKey, feed_token, read_feed_token
from appointly.models import Provider
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.delete_account import delete_account
from appointly.queries.feeds import FeedEvent
from appointly.settings import settings
from tests.making import asking, make_provider, make_service, make_slots, owner_of
from tests.people import Person, person, signed_in
from tests.processes import TEST_SECRET, start_web

HOSTILE_NAMES = [
    'BEGIN:VALARM\\nTRIGGER:-PT5M; a, b: \\ "q"',
    "Ada\\r\\nEND:VEVENT",
    "Zoë 🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊 O’Brien",
    "مرحبا بالعالم مرحبا بالعالم مرحبا بالعالم مرحبا بالعالم",
]


async def booked_by(session: AsyncSession, actor: Actor, **service: Any) -> tuple[Provider, Booked]:
    provider = await make_provider(session)
    [slot] = await make_slots(session, await make_service(session, provider, **service), 1, now() + timedelta(days=1))
    return provider, await book_appointment(session, actor, asking(slot), now())


async def ada_and_her_booking(**service: Any) -> tuple[Person, Provider, Booked]:
    ada = await person()
    async with transaction() as session:
        provider, booked = await booked_by(session, Actor("customer", ada.user_id), **service)
    return ada, provider, booked


async def addresses(http: httpx.AsyncClient, who: Person) -> dict[str, str]:
    answer = await http.get("/api/v1/account/feeds", headers=who.headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return {name: urlsplit(address).path for name, address in answer.json().items() if address}


async def events(http: httpx.AsyncClient, path: str) -> list[Any]:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"].startswith("private")
    assert_well_formed(answer.content)
    calendar = Calendar.from_ical(answer.content)
    assert calendar.errors == []
    return list(calendar.walk("VEVENT"))


def assert_well_formed(content: bytes) -> None:
    """What strict readers ask: CRLF alone, lines of at most 75 octets in whole letters, each with a name, balanced."""
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)
    open_parts = []
    for line in lines[:-1]:
        assert len(line) <= 75
        line.decode()
        if line.startswith(b" "):
            continue
        assert re.match(rb"[A-Z-]+[:;]", line), line
        if line.startswith(b"BEGIN:"):
            open_parts.append(line[6:])
        if line.startswith(b"END:"):
            assert open_parts.pop() == line[4:]
    assert open_parts == []


async def test_a_customer_s_calendar(http: httpx.AsyncClient, database: str) -> None:
    ada, provider, booked = await ada_and_her_booking(title="Cut, wash; dry")
    found = await addresses(http, ada)
    assert set(found) == {"own"}
    [event] = await events(http, found["own"])
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{booked.id}@appointly", 0, "CONFIRMED")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        booked.start.replace(microsecond=0),
        booked.end.replace(microsecond=0),
    )
    assert event["DTSTART"].dt.utcoffset() == timedelta()
    assert event["SUMMARY"] == f"Cut, wash; dry · {provider.business_name}"
    assert event["URL"] == settings().base_url + routes.booking(booked.reference)
    assert "VALARM" not in (await http.get(found["own"])).text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in (await http.get(found["own"])).text


async def test_a_business_has_two(http: httpx.AsyncClient, database: str) -> None:
    async with transaction() as session:
        provider, booked = await booked_by(session, Actor())
    owner = await signed_in(provider.user_id, "")
    found = await addresses(http, owner)
    assert await events(http, found["own"]) == []
    [named], [nameless] = await events(http, found["business"]), await events(http, found["business_without_names"])
    assert named["SUMMARY"] == "Haircut · Grace Hopper"
    assert nameless["SUMMARY"] == f"Haircut · {booked.token}"
    assert named["UID"] == nameless["UID"] == f"{booked.id}@appointly"
    for path in (found["business"], found["business_without_names"]):
        text = (await http.get(path)).text
        assert "grace@example.test" not in text
    assert "Grace" not in (await http.get(found["business_without_names"])).text


async def test_what_is_called_off_stays_for_a_month_as_cancelled(http: httpx.AsyncClient, database: str) -> None:
    ada, provider, booked = await ada_and_her_booking(approval="manual")
    path = (await addresses(http, ada))["own"]
    [event] = await events(http, path)
    assert event["STATUS"] == "TENTATIVE"
    before = await http.get(path)
    async with transaction() as session:
        await cancel_appointments(session, owner_of(provider), [booked.id], "", now())
    [event] = await events(http, path)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert (await http.get(path, headers={"if-none-match": before.headers["etag"]})).status_code == 200
    async with transaction() as session:
        await execute(session, "UPDATE appointment SET updated_at = now() - interval '31 days'")
    assert await events(http, path) == []


async def test_a_hold_for_payment_and_old_bookings_are_not_in_it(http: httpx.AsyncClient, database: str) -> None:
    ada, _, _ = await ada_and_her_booking()
    path = (await addresses(http, ada))["own"]
    async with transaction() as session:
        await execute(session, "UPDATE appointment SET status = 'held', hold_expires_at = now() + interval '1 h'")
    assert await events(http, path) == []
    back: LiteralString = """
        UPDATE appointment SET status = 'completed', hold_expires_at = NULL,
               start_time = start_time - {0}, end_time = end_time - {0}
    """
    async with transaction() as session:
        await execute(session, back.format("interval '80 days'"))
    assert len(await events(http, path)) == 1
    async with transaction() as session:
        await execute(session, back.format("interval '20 days'"))
    assert await events(http, path) == []


async def test_the_same_content_is_sent_once(http: httpx.AsyncClient, database: str) -> None:
    ada, _, _ = await ada_and_her_booking()
    path = (await addresses(http, ada))["own"]
    first = await http.get(path)
    tag = first.headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await http.get(path, headers={"if-none-match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await http.get(path, headers={"if-none-match": '"other"'})).content == first.content
    head = await http.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, tag)


async def test_new_addresses_kill_the_old_ones(http: httpx.AsyncClient, database: str) -> None:
    ada, _, _ = await ada_and_her_booking()
    old = await addresses(http, ada)
    answer = await http.post("/api/v1/account/feeds/rotate", headers=ada.headers)
    assert answer.status_code == 200
    new = await addresses(http, ada)
    assert urlsplit(answer.json()["own"]).path == new["own"] != old["own"]
    assert (await http.get(old["own"])).status_code == 404
    assert len(await events(http, new["own"])) == 1


async def test_of_two_rotations_at_once_the_last_addresses_are_good(http: httpx.AsyncClient, database: str) -> None:
    ada, _, _ = await ada_and_her_booking()
    old = await addresses(http, ada)
    await asyncio.gather(*(http.post("/api/v1/account/feeds/rotate", headers=ada.headers) for _ in range(4)))
    assert (await http.get(old["own"])).status_code == 404
    assert (await http.get((await addresses(http, ada))["own"])).status_code == 200


async def test_signed_out_it_goes_on_and_ends_with_the_account(http: httpx.AsyncClient, database: str) -> None:
    ada, provider, _ = await ada_and_her_booking()
    own = (await addresses(http, ada))["own"]
    business = (await addresses(http, await signed_in(provider.user_id, "")))["business"]
    async with transaction() as session:
        await execute(session, "DELETE FROM login_session")
    assert len(await events(http, own)) == 1
    async with transaction() as session:
        await execute(session, 'UPDATE "user" SET disabled_at = now() WHERE id = %(id)s', id=provider.user_id)
        await delete_account(session, Actor("customer", ada.user_id), now())
    gone, disabled, unknown = [await http.get(path) for path in (own, business, "/calendar/nothing.ics")]
    assert gone.status_code == disabled.status_code == unknown.status_code == 404
    assert gone.content == disabled.content == unknown.content


async def test_no_other_token_is_good(http: httpx.AsyncClient, database: str) -> None:
    ada, _, _ = await ada_and_her_booking()
    good = (await addresses(http, ada))["own"].removeprefix("/calendar/").removesuffix(".ics")
    secret = settings().require_secret()
    forged = [
        feed_token("another secret", FeedKey(ada.user_id, Feed.OWN, 1)),
        feed_token(secret, FeedKey(uuid4(), Feed.OWN, 1)),
        feed_token(secret, FeedKey(ada.user_id, Feed.OWN, 2)),
        feed_token(secret, FeedKey(ada.user_id, Feed.BUSINESS, 1)),  # a customer has no business
        *(good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in range(len(good))),
        good[:-1],
        good + "A",
        "é" * 56,
        "%00" * 56,
        "A" * 56,
        "=" * 56,
    ]
    for token in forged:
        assert (await http.get(f"/calendar/{token}.ics")).status_code == 404, token
    assert (await http.get(f"/calendar/{good}.ics")).status_code == 200


async def test_addresses_are_their_owner_s_alone(http: httpx.AsyncClient, database: str) -> None:
    for method, path in (("GET", "/api/v1/account/feeds"), ("POST", "/api/v1/account/feeds/rotate")):
        assert (await http.request(method, path)).status_code == 401


@pytest.mark.parametrize("place", range(len(HOSTILE_NAMES)))
async def test_hostile_names_stay_within_their_line(http: httpx.AsyncClient, database: str, place: int) -> None:
    name = HOSTILE_NAMES[place].replace("\\r", "\r").replace("\\n", "\n")
    async with transaction() as session:
        provider, _ = await booked_by(session, Actor())
        await execute(session, "UPDATE appointment SET customer_name = %(name)s", name=name)
        await execute(session, "UPDATE provider SET address = %(name)s, city = %(name)s", name=name)
        await execute(session, "UPDATE service SET title = %(name)s", name=name)
    found = await addresses(http, await signed_in(provider.user_id, ""))
    [event] = await events(http, found["business"])
    shown = name.replace("\r\n", "\n")
    assert event["SUMMARY"] == f"{shown} · {shown}"
    assert event["LOCATION"] == shown
    assert event.subcomponents == []


def test_folding_keeps_letters_whole() -> None:
    for length in range(200):
        line = "SUMMARY:" + "x" * (length % 3) + "🦊é" * (length // 4)
        parts = list(folded(line))
        assert b"".join([parts[0], *(part[1:] for part in parts[1:])]).decode() == line
        assert all(len(part) <= 75 and part.decode() for part in parts)


def test_five_thousand_bookings_are_quickly_written() -> None:
    at = now()
    event = FeedEvent(
        uuid4(), "R", "confirmed", 0, "Cut", "Studio", "Ada", "A1", "provider", "Street 1", "Berlin", at, at, at, at
    )
    began = time.process_time()
    feed_file(Feed.BUSINESS, [event] * 5000, "https://example.test")
    assert time.process_time() - began < 1


def test_a_token_says_what_it_was_made_for() -> None:
    for feed in Feed:
        key = FeedKey(uuid4(), feed, 2**31)
        token = feed_token(TEST_SECRET, key)
        assert re.fullmatch(r"[\w-]{56}", token, re.ASCII)
        assert read_feed_token(TEST_SECRET, token) == key


async def test_a_business_of_thousands_keeps_what_is_ahead(
    http: httpx.AsyncClient, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointly.queries.feeds.MOST", 3)
    async with transaction() as session:
        provider = await make_provider(session)
        slots = await make_slots(session, await make_service(session, provider), 3, now() + timedelta(days=1))
        past = await make_slots(session, await make_service(session, provider, "B"), 3, now() - timedelta(days=2))
        made = [
            await book_appointment(session, Actor(), asking(slot), slot.start_time - timedelta(hours=1))
            for slot in (*slots, *past)
        ]
    found = await addresses(http, await signed_in(provider.user_id, ""))
    assert [event["UID"] for event in await events(http, found["business"])] == [
        f"{each.id}@appointly" for each in made[:3]
    ]


async def test_no_log_holds_an_address(worker_servers: Servers, tmp_path: Path, database: str) -> None:
    ada = await person()
    tokens = [feed_token(TEST_SECRET, FeedKey(ada.user_id, Feed.OWN, version)) for version in (1, 2)]
    web, site = start_web(worker_servers, tmp_path / "web.log")
    try:
        async with httpx.AsyncClient(timeout=60) as client:
            statuses = [(await client.get(site.url + routes.feed(token))).status_code for token in tokens]
        assert statuses == [200, 404]
    finally:
        web.stop()
    said = (tmp_path / "web.log").read_text()
    assert all(token not in said for token in tokens)
