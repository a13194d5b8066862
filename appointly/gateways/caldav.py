"""Calendars behind CalDAV (RFC 4791), as Nextcloud, iCloud, Fastmail, Radicale and others speak it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from appointly.calendar_events import busy_spans
from appointly.domain.calendar import Reading, Window
from appointly.errors import CalendarUnreadable
from appointly.gateways.calendar_fetch import Login, fetch, good

DAV, CALDAV, SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
WELL_KNOWN = "/.well-known/caldav"
MOST_FOUND = 50
SHORTEST_PAGE = timedelta(days=1)
NAMESPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
WHO = "<d:current-user-principal/><c:calendar-home-set/><d:resourcetype/><d:displayname/>"
WHAT = "<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/>"
QUERY = f"""<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query {NAMESPACES}><d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR">
<c:comp-filter name="VEVENT"><c:time-range start="{{start:%Y%m%dT%H%M%SZ}}" end="{{end:%Y%m%dT%H%M%SZ}}"/>
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""
EMPTY = "BEGIN:VCALENDAR\r\nEND:VCALENDAR"
NOTHING_HERE = (404, 405)


@dataclass(frozen=True)
class FoundCalendar:
    """One of the calendars of an account: what its owner calls it, and where it is."""

    name: str
    address: str


@dataclass(frozen=True)
class _Resource:
    """One answer of a multistatus: where, and its properties."""

    address: str
    status: int
    properties: Mapping[str, Element]

    def text(self, name: str) -> str:
        """The words of a property."""
        found = self.properties.get(name)
        return (found.text or "").strip() if found is not None else ""

    def link(self, name: str) -> str:
        """Where a property leads."""
        found = self.properties.get(name)
        href = found.find(f"{DAV}href") if found is not None else None
        return _joined(self.address, href.text) if href is not None else ""

    def holds_events(self) -> bool:
        """Whether it is a calendar with events, and not one of tasks alone."""
        kind = self.properties.get(f"{DAV}resourcetype")
        parts = self.properties.get(f"{CALDAV}supported-calendar-component-set")
        named = {each.get("name") for each in parts} if parts is not None else {"VEVENT"}
        return kind is not None and kind.find(f"{CALDAV}calendar") is not None and "VEVENT" in named


async def discover(address: str, user: str, password: str) -> list[FoundCalendar]:
    """The calendars of an account, beginning at any address of the server. Raises `CalendarUnreadable`."""
    login = Login(user, password)
    start = await _first(address, login)
    if start.holds_events():
        return [_found(start)]
    home = start.link(f"{CALDAV}calendar-home-set")
    if not home and (principal := start.link(f"{DAV}current-user-principal")):
        home = (await _one(principal, WHO, login)).link(f"{CALDAV}calendar-home-set")
    if not home:
        raise CalendarUnreadable("The server does not tell where its calendars are. Please give a calendar's address.")
    found = [each for each in await _propfind(home, WHAT, login, depth=1) if each.holds_events()]
    if not found:
        raise CalendarUnreadable("There is no calendar with events in this account.")
    return [_found(each) for each in found[:MOST_FOUND]]


async def _first(address: str, login: Login) -> _Resource:
    """Who we are at the server: asked where its owner said, else where servers say it by agreement."""
    for place in (address, urljoin(address, WELL_KNOWN)):
        answer = await _ask(place, "PROPFIND", f"<d:prop>{WHO}</d:prop>", login, depth=0)
        if answer.status in NOTHING_HERE:
            continue
        resources = _resources(answer.body, answer.address) if good(answer, 207) else []
        wanted = (f"{CALDAV}calendar-home-set", f"{DAV}current-user-principal")
        for each in resources:
            if each.holds_events() or any(each.link(name) for name in wanted):
                return each
    raise CalendarUnreadable("There is no CalDAV server at this address.")


def _found(resource: _Resource) -> FoundCalendar:
    name = resource.text(f"{DAV}displayname") or resource.address.rstrip("/").rpartition("/")[2]
    return FoundCalendar(" ".join("".join(c if c.isprintable() else " " for c in name).split())[:120], resource.address)


async def read(secret: Mapping[str, Any], sync: Mapping[str, Any], window: Window) -> Reading:
    """The busy times of one calendar; its events are asked for only where its tag is another than last time.

    Raises `CalendarUnreadable`.
    """
    login = Login(secret["user"], secret["password"])
    # Taken before the events: what changes in between is read twice, not missed.
    state = await _one(secret["address"], "<d:sync-token/><s:getctag/>", login)
    tag = state.text(f"{DAV}sync-token") or state.text(f"{SERVER}getctag")
    if tag and tag == sync.get("tag"):
        return Reading(None, sync)
    events = await _events(secret["address"], login, window.start, window.end)
    return Reading(await busy_spans(events, window), {"tag": tag})


async def _events(address: str, login: Login, start: datetime, end: datetime) -> bytes:
    """The calendar's events between the two, one calendar file after the other.

    A server that does not hand out all at once (507, RFC 6578) is asked for each half.
    """
    answer = good(await _ask(address, "REPORT", QUERY.format(start=start, end=end), login, depth=1), 207)
    resources = _resources(answer.body, answer.address)
    if any(each.status == 507 for each in resources):
        if end - start <= SHORTEST_PAGE:
            raise CalendarUnreadable("The server does not hand out all events of a day.")
        half = start + (end - start) / 2
        return await _events(address, login, start, half) + await _events(address, login, half, end)
    files = [each.text(f"{CALDAV}calendar-data") for each in resources]
    return "".join(f"{each}\r\n" for each in files or [EMPTY]).encode()


async def _one(address: str, properties: str, login: Login) -> _Resource:
    """The properties of one resource."""
    found = await _propfind(address, properties, login, depth=0)
    if not found:
        raise CalendarUnreadable("The server answers nothing about this calendar.")
    return found[0]


async def _propfind(address: str, properties: str, login: Login, depth: int) -> list[_Resource]:
    answer = good(await _ask(address, "PROPFIND", f"<d:prop>{properties}</d:prop>", login, depth), 207)
    return _resources(answer.body, answer.address)


async def _ask(address: str, method: str, body: str, login: Login, depth: int) -> Any:
    if method == "PROPFIND":
        body = f'<?xml version="1.0" encoding="utf-8"?><d:propfind {NAMESPACES}>{body}</d:propfind>'
    headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)}
    return await fetch(address, method=method, headers=headers, content=body.encode(), login=login)


def _resources(body: bytes, address: str) -> list[_Resource]:
    """A multistatus (RFC 4918, 13). Documents that define entities are refused: they can grow without end."""
    try:
        text = body.decode()
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError
        root = ElementTree.fromstring(text)  # noqa: S314 - nothing is defined in it, and it is of limited size
    except (ValueError, ElementTree.ParseError):
        raise CalendarUnreadable("The server does not answer as a CalDAV server.") from None
    found = []
    for response in root.iter(f"{DAV}response"):
        properties: dict[str, Element] = {}
        for part in response.iter(f"{DAV}propstat"):
            if _status(part) == 200:
                properties |= {each.tag: each for prop in part.iter(f"{DAV}prop") for each in prop}
        place = _joined(address, response.findtext(f"{DAV}href"))
        found.append(_Resource(place, _status(response), properties))
    return found


def _joined(address: str, href: str | None) -> str:
    try:
        return urljoin(address, (href or "").strip())
    except ValueError:
        raise CalendarUnreadable("The server does not answer as a CalDAV server.") from None


def _status(part: Element) -> int:
    """The number in "HTTP/1.1 200 OK"; 200 where nothing is said."""
    words = (part.findtext(f"{DAV}status") or "HTTP/1.1 200").split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
