"""CalDAV against a real Radicale in a process of its own, and against servers that answer as others do."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from appointly.domain.calendar import Reading, Span, Window
from appointly.errors import CalendarUnreadable
from appointly.gateways import caldav_events
from appointly.gateways.caldav import discover
from appointly.gateways.caldav_events import read
from appointly.settings import settings
from tests.calendars import Asked, calendar, event, reply, stranger

START = datetime(2027, 3, 20, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(days=30), "Europe/Berlin")
MAKE = """<?xml version="1.0"?><create xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<resourcetype><collection/><C:calendar/></resourcetype><displayname>{name}</displayname>
<C:supported-calendar-component-set><C:comp name="{holds}"/></C:supported-calendar-component-set>
</prop></set></create>"""
LOGIN = ("ada", "hunter2-app")


class Radicale:
    """Its address, and a way to put things into it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(base_url=address, auth=LOGIN, trust_env=False, timeout=60)

    def make(self, name: str, holds: str = "VEVENT") -> dict[str, str]:
        """A calendar; what it takes to read it."""
        made = self.client.request("MKCOL", f"/ada/{name}/", content=MAKE.format(name=name, holds=holds))
        assert made.status_code == 201, made.text
        return {"address": f"{self.address}/ada/{name}/", "user": LOGIN[0], "password": LOGIN[1]}

    def put(self, name: str, uid: str, day: int, *lines: str) -> None:
        """An event from nine to ten."""
        body = calendar(event(uid, f":202703{day}T090000Z", f":202703{day}T100000Z", *lines))
        assert self.client.put(f"/ada/{name}/{uid}.ics", content=body).is_success

    def delete(self, name: str, uid: str) -> None:
        assert self.client.delete(f"/ada/{name}/{uid}.ics").is_success


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    folder = tmp_path_factory.mktemp("radicale")
    (folder / "users").write_text(":".join(LOGIN) + "\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "storage-filesystem-folder": folder / "store",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": folder / "users",
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "radicale", "--config=", *given], stdout=log, stderr=log)
    wait_for(port, process, folder / "log")
    found = Radicale(f"http://127.0.0.1:{port}")
    yield found
    found.client.close()
    process.terminate()
    process.wait()


def wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    monkeypatch.setattr(settings(), "calendar_networks", "127.0.0.1/32")


def days(reading: Reading) -> list[int] | None:
    return None if reading.spans is None else [span.start.day for span in reading.spans]


@pytest.mark.parametrize("path", ["", "/", "/ada/", "/.well-known/caldav"])
async def test_calendars_are_found_from_any_address_of_the_server(radicale: Radicale, path: str) -> None:
    name = f"found{len(path)}"
    radicale.make(name)
    radicale.make(f"{name}-tasks", "VTODO")
    found = {each.name: each.address for each in await discover(radicale.address + path, *LOGIN)}
    assert found[name] == f"{radicale.address}/ada/{name}/"
    assert f"{name}-tasks" not in found


async def test_a_calendar_s_own_address_finds_itself(radicale: Radicale) -> None:
    secret = radicale.make("itself")
    assert [each.name for each in await discover(secret["address"], *LOGIN)] == ["itself"]


async def test_a_reading_and_the_changes_after_it(radicale: Radicale) -> None:
    secret = radicale.make("changes")
    radicale.put("changes", "one", 22)
    radicale.put("changes", "free", 23, "TRANSP:TRANSPARENT")
    radicale.put("changes", "weekly", 24, "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20270331T090000Z")
    first = await read(secret, {}, WINDOW)
    assert first.spans is not None
    assert first.spans[0] == Span(START.replace(day=22, hour=9), START.replace(day=22, hour=10))
    assert days(first) == [22, 24, 7]
    assert days(await read(secret, first.sync, WINDOW)) is None
    radicale.put("changes", "two", 25)
    second = await read(secret, first.sync, WINDOW)
    assert (days(second), second.partly) == ([22, 24, 25, 7], True)
    radicale.delete("changes", "one")
    third = await read(secret, second.sync, WINDOW)
    assert (days(third), third.partly) == ([24, 25, 7], True)
    assert third.sync["tag"] not in (first.sync["tag"], second.sync["tag"])
    assert "/" not in "".join(third.sync["known"])


async def test_events_that_come_into_the_window_and_leave_it(radicale: Radicale) -> None:
    secret = radicale.make("moving")
    radicale.put("moving", "in", 10)
    radicale.put("moving", "out", 25)
    first = await read(secret, {}, WINDOW)
    assert days(first) == [25]
    radicale.put("moving", "in", 26)
    radicale.put("moving", "out", 11)
    second = await read(secret, first.sync, WINDOW)
    assert (days(second), second.partly) == ([26], True)
    # What lies beyond the whole reading is read with the next whole one, which comes every day.
    hour, later = timedelta(hours=1), timedelta(hours=25)
    assert (await read(secret, second.sync, Window(START + hour, WINDOW.end + hour, WINDOW.time_zone))).spans is None
    third = await read(secret, second.sync, Window(START + later, WINDOW.end + later, WINDOW.time_zone))
    assert (days(third), third.partly) == ([26], False)


async def test_a_tag_the_server_does_not_know_any_more_means_a_whole_reading(radicale: Radicale) -> None:
    secret = radicale.make("forgotten")
    radicale.put("forgotten", "one", 22)
    first = await read(secret, {}, WINDOW)
    again = await read(secret, {**first.sync, "tag": "http://radicale.org/ns/sync/0123"}, WINDOW)
    assert (days(again), again.partly) == ([22], False)
    assert again.sync == first.sync


async def test_a_refused_password_and_a_missing_calendar(radicale: Radicale) -> None:
    secret = radicale.make("refused")
    for wrong in ({**secret, "password": "wrong"}, {**secret, "user": "bob"}):
        with pytest.raises(CalendarUnreadable, match="password was refused"):
            await read(wrong, {}, WINDOW)
    with pytest.raises(CalendarUnreadable, match="password was refused"):
        await discover(radicale.address, "ada", "wrong")
    with pytest.raises(CalendarUnreadable, match="no calendar at this address"):
        await read({**secret, "address": f"{radicale.address}/ada/nothing/"}, {}, WINDOW)


EMPTY = b'<?xml version="1.0"?><multistatus xmlns="DAV:"><response><href>/a/</href></response></multistatus>'
DATA = '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">{}</d:multistatus>'
FILE = "<d:response><d:href>/a/{0}.ics</d:href><d:propstat><d:prop><c:calendar-data>{1}</c:calendar-data></d:prop>\
<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
FULL = "<d:response><d:href>/a/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response>"


async def test_a_server_that_hands_out_pages_is_asked_for_each_part() -> None:
    """At most two events an answer, and 507 for the rest (RFC 6578, 3.6)."""
    events = {
        day: calendar(event(f"e{day}", f":202703{day}T090000Z", f":202703{day}T100000Z")) for day in range(20, 30)
    }

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if asked.method == "PROPFIND":
            return reply(handler, EMPTY, 207)
        first, last = (asked.body.decode().split(f'{name}="')[1][:8] for name in ("start", "end"))
        found = [FILE.format(day, text.decode()) for day, text in events.items() if first <= f"202703{day}" <= last]
        return reply(handler, DATA.format("".join(found[:2]) + (FULL if len(found) > 2 else "")).encode(), 207)

    with stranger(answer) as server:
        secret = {"address": f"{server.address}/a/", "user": "ada", "password": "x"}
        found = await read(secret, {}, WINDOW)
    assert days(found) == list(range(20, 30))
    assert found.sync == {"tag": ""}
    assert sum(asked.method == "REPORT" for asked in server.asked) > 5


def told(*responses: str, token: str = "") -> bytes:
    return DATA.format("".join(responses) + (f"<d:sync-token>{token}</d:sync-token>" if token else "")).encode()


def moved(day: int) -> str:
    return calendar(event(f"e{day}", f":202703{day}T090000Z", f":202703{day}T100000Z")).decode()


KNOWN = {
    "tag": "t0",
    "from": START.isoformat(),
    "to": WINDOW.end.isoformat(),
    "known": {sha256(b"/a/1.ics").hexdigest()[:24]: [[START.timestamp() + 3600, START.timestamp() + 7200]]},
}
GONE = "<d:response><d:href>/a/1.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
BARE = (
    "<d:response><d:href>/a/{}.ics</d:href><d:propstat><d:prop><d:getetag>x</d:getetag></d:prop>"
    "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
)


async def read_changes(*pages: bytes | int) -> tuple[Reading, list[str]]:
    """A reading with a token at a server that answers with these one after the other, and what it was asked."""
    left = list(pages)

    def answer(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        page = left.pop(0)
        reply(handler, *((b"", page) if isinstance(page, int) else (page, 207)))

    with stranger(answer) as server:
        secret = {"address": f"{server.address}/a/", "user": "ada", "password": "x"}
        found = await read(secret, KNOWN, WINDOW)
    assert not left
    return found, [asked.body.decode() for asked in server.asked]


async def test_changes_come_by_pages() -> None:
    first = told(FILE.format(2, moved(22)), FULL, token="t1 &amp; more")
    found, asked = await read_changes(first, told(FILE.format(3, moved(23)), GONE, token="t2"))
    assert (days(found), found.partly, found.sync["tag"]) == ([22, 23], True, "t2")
    assert "<d:sync-token>t1 &amp; more</d:sync-token>" in asked[1]


async def test_servers_that_tell_only_where_something_has_changed() -> None:
    found, asked = await read_changes(
        told(BARE.format("1"), BARE.format("%C3%A4"), token="t1"), told(GONE, FILE.format("ä", moved(24)))
    )
    assert days(found) == [24]
    assert "<d:href>/a/%C3%A4.ics</d:href>" in asked[1]


@pytest.mark.parametrize(
    "pages",
    [[403], [409], [507], [told()], [told(FULL, token="t0")], [told(FULL, token="t1"), told(FULL, token="t1")], [400]],
    ids=["forgotten", "in conflict", "too many", "no token", "in a circle", "in a circle later", "not known"],
)
async def test_changes_that_cannot_be_told_mean_a_whole_reading(pages: list[bytes | int]) -> None:
    state = BARE.format("").replace("<d:getetag>x</d:getetag>", "<d:sync-token>t9</d:sync-token>")
    found, _ = await read_changes(*pages, told(state), told(FILE.format(2, moved(25))))
    assert (days(found), found.partly, found.sync["tag"]) == ([25], False, "t9")
    assert list(found.sync["known"]) == [sha256(b"/a/2.ics").hexdigest()[:24]]


async def test_pages_without_end_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caldav_events, "MOST_PAGES", 3)
    pages = [told(FULL, token=f"t{number}") for number in range(1, 4)]
    found, _ = await read_changes(*pages, told(BARE.format("")), told())
    assert (found.spans, found.partly) == ([], False)


BILLION = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a xmlns="DAV:">&b;</a>"""


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"<html>", BILLION, b"\xff\xfe<\0", b"<a>" * 100_000, EMPTY.replace(b"/a/", b"//[")]
)
async def test_what_is_no_caldav_server_is_a_sentence(body: bytes) -> None:
    with stranger(lambda handler, _: reply(handler, body, 207)) as server, pytest.raises(CalendarUnreadable):
        await discover(server.address, *LOGIN)
    with stranger(lambda handler, _: reply(handler, body, 200)) as server, pytest.raises(CalendarUnreadable):
        await discover(server.address, *LOGIN)


async def test_a_server_that_leads_to_another_one_gets_the_password_alone() -> None:
    with stranger(lambda handler, _: reply(handler, b"", 401)) as other:

        def lead(handler: BaseHTTPRequestHandler, _: Asked) -> None:
            reply(handler, b"", 301, location=other.address)

        with stranger(lead) as server, pytest.raises(CalendarUnreadable, match="leads to another one"):
            await discover(server.address, *LOGIN)
    assert other.asked
    assert all("authorization" not in asked.headers for asked in other.asked)
