"""The busy times of a calendar behind CalDAV: all of them, or what has changed since the last time.

What is remembered of a calendar's files is where each was, as a hash, and when it is busy.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from appointly.calendar_events import busy_spans_of
from appointly.domain.calendar import Reading, Span, Window, merged
from appointly.errors import CalendarUnreadable
from appointly.gateways.calendar_fetch import MOST_BYTES, Login, good
from appointly.gateways.webdav import CALDAV, DAV, NAMESPACES, SERVER, XML, ask, document, properties_of, resources

SHORTEST_PART = timedelta(days=1)
WHOLE_EVERY = timedelta(days=1)  # servers have been seen to forget changes
MOST_PAGES = 40
MOST_ASKED = 100  # files in one request
MOST_KNOWN = 3000
FULL = 507
DATA = "<d:getetag/><c:calendar-data/>"
QUERY = f"""{XML}<c:calendar-query {NAMESPACES}><d:prop>{DATA}</d:prop><c:filter><c:comp-filter name="VCALENDAR">
<c:comp-filter name="VEVENT"><c:time-range start="{{start:%Y%m%dT%H%M%SZ}}" end="{{end:%Y%m%dT%H%M%SZ}}"/>
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""
CHANGES = f"""{XML}<d:sync-collection {NAMESPACES}><d:sync-token>{{token}}</d:sync-token>
<d:sync-level>1</d:sync-level><d:prop>{DATA}</d:prop></d:sync-collection>"""
THESE = f"{XML}<c:calendar-multiget {NAMESPACES}><d:prop>{DATA}</d:prop>{{hrefs}}</c:calendar-multiget>"

Files = dict[str, str | None]  # by address; None: not there any more
Known = dict[str, list[list[float]]]  # by the hash of an address: begins and ends, in seconds since 1970


async def read(secret: Mapping[str, Any], sync: Mapping[str, Any], window: Window) -> Reading:
    """The busy times of one calendar. Where the server tells what has changed, only that is read.

    Raises `CalendarUnreadable`.
    """
    address, login = secret["address"], Login(secret["user"], secret["password"])
    window = replace(window, owners=window.owners | {secret["user"]})
    if "known" in sync and window.start - _instant(sync["from"]) < WHOLE_EVERY:
        told = await _changes(address, login, sync["tag"])
        if told is not None:
            token, files = told
            # As far as the whole reading went, and no further, whatever is in the window by now.
            changed = await _known(files, replace(window, end=_instant(sync["to"])))
            known = {**sync["known"], **changed}
            return _reading({**sync, "tag": token}, known, partly=True) if files else Reading(None, sync)
    # Taken before the events: what changes in between is read twice, not missed.
    state = await properties_of(address, "<d:sync-token/><s:getctag/>", login)
    token = state.text(f"{DAV}sync-token")
    tag = token or state.text(f"{SERVER}getctag")
    if tag and tag == sync.get("tag") and "known" not in sync:
        return Reading(None, sync)
    known = await _known(await _everything(address, login, window.start, window.end), window)
    span = {"from": window.start.isoformat(), "to": window.end.isoformat()} if token else {}
    return _reading({"tag": tag, **span}, known, partly=False)


def _reading(sync: dict[str, Any], known: Known, *, partly: bool) -> Reading:
    """What is busy by what is known; the next time changes are asked for if that can be kept."""
    busy = {place: spans for place, spans in known.items() if spans}
    found = merged(Span(*(_moment(each) for each in pair)) for spans in busy.values() for pair in spans)
    keeps = "to" in sync and sum(map(len, busy.values())) <= MOST_KNOWN
    kept = {name: it for name, it in sync.items() if name != "known"} | ({"known": busy} if keeps else {})
    return Reading(found, kept, partly)


async def _known(files: Files, window: Window) -> Known:
    there = [text.encode() for text in files.values() if text]
    spans = iter(await busy_spans_of(there, window))
    return {
        sha256(unquote(urlsplit(place).path).encode()).hexdigest()[:24]: [
            [span.start.timestamp(), span.end.timestamp()] for span in (next(spans) if text else [])
        ]
        for place, text in files.items()
    }


async def _changes(address: str, login: Login, token: str) -> tuple[str, Files] | None:
    """What has changed since `token` (RFC 6578), by pages, and the token to ask with next; None: read everything."""
    changed: Files = {}
    bare: list[str] = []
    for _ in range(MOST_PAGES):
        answer = await ask(address, "REPORT", CHANGES.format(token=escape(token)), login, depth=0)
        if answer.status != 207:
            return None
        more, before = False, token
        for each in resources(answer.body, answer.address):
            if each.status == FULL:
                more = True
            elif each.status in (404, 410):
                changed[each.address] = None
            elif text := each.text(f"{CALDAV}calendar-data"):
                changed[each.address] = text
            elif not each.address.endswith("/"):
                bare.append(each.address)
        token = (document(answer.body).findtext(f"{DAV}sync-token") or "").strip()
        _require_room(changed)
        if not token or (more and token == before):
            return None
        if not more:
            return token, changed | await _these(address, login, bare)
    return None


async def _these(address: str, login: Login, places: list[str]) -> Files:
    """The files at these addresses, for servers that tell what has changed and not into what."""
    found: Files = dict.fromkeys(places)
    for first in range(0, len(places), MOST_ASKED):
        hrefs = "".join(f"<d:href>{escape(urlsplit(it).path)}</d:href>" for it in places[first : first + MOST_ASKED])
        answer = good(await ask(address, "REPORT", THESE.format(hrefs=hrefs), login, depth=1), 207)
        found |= {it.address: it.text(f"{CALDAV}calendar-data") for it in resources(answer.body, answer.address)}
        _require_room(found)
    return found


async def _everything(address: str, login: Login, start: datetime, end: datetime) -> Files:
    """The calendar's files with events between the two. A server that hands out pages is asked for each half."""
    answer = good(await ask(address, "REPORT", QUERY.format(start=start, end=end), login, depth=1), 207)
    found = resources(answer.body, answer.address)
    if not any(each.status == FULL for each in found):
        return {each.address: each.text(f"{CALDAV}calendar-data") for each in found}
    if end - start <= SHORTEST_PART:
        raise CalendarUnreadable("The server does not hand out all events of a day.")
    half = start + (end - start) / 2
    files = await _everything(address, login, start, half) | await _everything(address, login, half, end)
    _require_room(files)
    return files


def _require_room(files: Files) -> None:
    if sum(len(text or "") for text in files.values()) > MOST_BYTES:
        raise CalendarUnreadable(f"It is larger than {MOST_BYTES // 1024**2} MB, which is more than we read.")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
