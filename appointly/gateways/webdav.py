"""WebDAV (RFC 4918), as far as calendars need it: what a resource is, and how to read a multistatus."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from appointly.errors import CalendarUnreadable
from appointly.gateways.calendar_fetch import Fetched, Login, fetch, good

DAV, CALDAV, SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
NAMESPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
XML = '<?xml version="1.0" encoding="utf-8"?>'


@dataclass(frozen=True)
class Resource:
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


async def properties_of(address: str, properties: str, login: Login) -> Resource:
    """The properties of one resource."""
    found = await propfind(address, properties, login, depth=0)
    if not found:
        raise CalendarUnreadable("The server answers nothing about this calendar.")
    return found[0]


async def propfind(address: str, properties: str, login: Login, depth: int) -> list[Resource]:
    """The properties of a resource, and with `depth` 1 of what is in it."""
    answer = good(await ask(address, "PROPFIND", f"<d:prop>{properties}</d:prop>", login, depth), 207)
    return resources(answer.body, answer.address)


async def ask(address: str, method: str, body: str, login: Login, depth: int) -> Fetched:
    """One request with a body of XML."""
    if method == "PROPFIND":
        body = f"{XML}<d:propfind {NAMESPACES}>{body}</d:propfind>"
    headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)}
    return await fetch(address, method=method, headers=headers, content=body.encode(), login=login)


def document(body: bytes) -> Element:
    """What was answered, as XML. Documents that define entities are refused: they can grow without end."""
    try:
        text = body.decode()
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError
        return ElementTree.fromstring(text)  # noqa: S314 - nothing is defined in it, and it is of limited size
    except (ValueError, ElementTree.ParseError):
        raise CalendarUnreadable("The server does not answer as a CalDAV server.") from None


def resources(body: bytes, address: str) -> list[Resource]:
    """The answers of a multistatus (RFC 4918, 13)."""
    found = []
    for response in document(body).iter(f"{DAV}response"):
        properties: dict[str, Element] = {}
        for part in response.iter(f"{DAV}propstat"):
            if _status(part) == 200:
                properties |= {each.tag: each for prop in part.iter(f"{DAV}prop") for each in prop}
        place = _joined(address, response.findtext(f"{DAV}href"))
        found.append(Resource(place, _status(response), properties))
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
