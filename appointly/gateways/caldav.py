"""Accounts at CalDAV servers (RFC 4791: Nextcloud, iCloud, Fastmail, Radicale and others), and their calendars."""

from dataclasses import dataclass
from urllib.parse import urljoin

from appointly.errors import CalendarUnreadable
from appointly.gateways.calendar_fetch import Login, good
from appointly.gateways.webdav import CALDAV, DAV, Resource, ask, properties_of, propfind, resources

WELL_KNOWN = "/.well-known/caldav"
MOST_FOUND = 50
WHO = "<d:current-user-principal/><c:calendar-home-set/><d:resourcetype/><d:displayname/>"
WHAT = "<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/>"
NOTHING_HERE = (404, 405)


@dataclass(frozen=True)
class FoundCalendar:
    """One of the calendars of an account: what its owner calls it, and where it is."""

    name: str
    address: str


async def discover(address: str, user: str, password: str) -> list[FoundCalendar]:
    """The calendars of an account, beginning at any address of the server. Raises `CalendarUnreadable`."""
    login = Login(user, password)
    start = await _first(address, login)
    if start.holds_events():
        return [_found(start)]
    home = start.link(f"{CALDAV}calendar-home-set")
    if not home and (principal := start.link(f"{DAV}current-user-principal")):
        home = (await properties_of(principal, WHO, login)).link(f"{CALDAV}calendar-home-set")
    if not home:
        raise CalendarUnreadable("The server does not tell where its calendars are. Please give a calendar's address.")
    found = [each for each in await propfind(home, WHAT, login, depth=1) if each.holds_events()]
    if not found:
        raise CalendarUnreadable("There is no calendar with events in this account.")
    return [_found(each) for each in found[:MOST_FOUND]]


async def _first(address: str, login: Login) -> Resource:
    """Who we are at the server: asked where its owner said, else where servers say it by agreement."""
    for place in (address, urljoin(address, WELL_KNOWN)):
        answer = await ask(place, "PROPFIND", f"<d:prop>{WHO}</d:prop>", login, depth=0)
        if answer.status in NOTHING_HERE:
            continue
        found = resources(answer.body, answer.address) if good(answer, 207) else []
        wanted = (f"{CALDAV}calendar-home-set", f"{DAV}current-user-principal")
        for each in found:
            if each.holds_events() or any(each.link(name) for name in wanted):
                return each
    raise CalendarUnreadable("There is no CalDAV server at this address.")


def _found(resource: Resource) -> FoundCalendar:
    name = resource.text(f"{DAV}displayname") or resource.address.rstrip("/").rpartition("/")[2]
    return FoundCalendar(" ".join("".join(c if c.isprintable() else " " for c in name).split())[:120], resource.address)
