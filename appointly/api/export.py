"""All of one person's data as a zip: JSON for programs, CSV for tables, ICS for calendars, and a word about each."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from icalendar import vText
from icalendar.parser import Contentline

from appointly.database import reading
from appointly.domain.actor import Actor
from appointly.queries.own_data import Row, pages_of, parts_of

IN_MEMORY = 4 * 1024 * 1024
TABLES = ("bookings", "customers_bookings")
ENDED = ("declined", "cancelled", "expired")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with what a spreadsheet takes a text for a formula
ABOUT = {
    "account": "your name, address and time zone",
    "sign_ins": "where you are signed in",
    "google_accounts": "Google accounts that open your account",
    "api_tokens": "tokens of your programs (not the tokens themselves, which we do not keep)",
    "bookings": "what you have booked",
    "bookings_begun": "what you have begun to book, and not booked yet",
    "booking_history": "every change of these bookings",
    "wishes_for_another_time": "other times you asked for, and the answers",
    "messages": "what we have sent you about them",
    "reviews": "what you said about them, and what was answered",
    "reports": "what you have asked our team to look at",
    "waiting_lists": "what you waited for, and what you were offered",
    "business": "your business as it describes itself",
    "services": "what you offer",
    "working_hours": "your week, in minutes after midnight; 1 is Monday",
    "exceptions": "dates with other hours",
    "blocked_times": "times you have blocked",
    "calendars_elsewhere": "your own calendars elsewhere, without what it takes to read them",
    "walk_ins": "who took a token of yours without an appointment",
    "pictures": "pictures you have uploaded: /media/<id> is where they are shown",
    "customers_bookings": "what your customers have booked, with what they told you",
    "customers_reviews": "what your customers said afterwards, and what you answered",
}
Part = Callable[[IO[bytes], list[Row], bool], None]


async def export(actor: Actor, now: datetime) -> IO[bytes]:
    """The archive, at its beginning. Read a thousand rows at a time, written beside the event loop."""
    parts = parts_of(actor)
    archive: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `chunks`
    try:
        with ZipFile(archive, "w", ZIP_DEFLATED) as target:
            target.writestr("README.txt", readme(parts, now))
            for part in parts:
                await _add(target, actor, part, f"{part}.json", _json, now)
                if part in TABLES:
                    await _add(target, actor, part, f"{part}.csv", _csv, now)
                    await _add(target, actor, part, f"{part}.ics", _ics, now)
        archive.seek(0)
    except BaseException:
        archive.close()
        raise
    return archive


async def chunks(archive: IO[bytes]) -> AsyncIterator[bytes]:
    """The archive in pieces; closed at the end."""
    try:
        while piece := await asyncio.to_thread(archive.read, 256 * 1024):
            yield piece
    finally:
        archive.close()


def readme(parts: Sequence[str], now: datetime) -> str:
    """What is in the archive."""
    lines = [f"{part}.json: {ABOUT[part]}" for part in parts]
    tables = ", ".join(f"{part}.csv and {part}.ics" for part in parts if part in TABLES)
    return "\n".join(
        [
            f"Your data at Appointly, {now:%d %B %Y, %H:%M} UTC.",
            "",
            *lines,
            "",
            f"The same bookings as tables and for calendars: {tables}.",
            "Times are in UTC. Amounts are in the smallest unit of their currency: 4500 EUR is 45 euros.",
            "",
        ]
    )


async def _add(target: ZipFile, actor: Actor, part: str, name: str, write: Part, now: datetime) -> None:
    """One file; while it is open no other can be."""
    entry = ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    with target.open(entry, "w") as member:
        first = True
        async with reading() as session:
            async for rows in pages_of(session, actor, part):
                await asyncio.to_thread(write, member, rows, first)
                first = False
        member.write({"json": b"\n]\n", "ics": b"END:VCALENDAR\r\n"}.get(name.rpartition(".")[2], b""))


def _json(member: IO[bytes], rows: list[Row], first: bool) -> None:
    text = ",\n".join(row.line for row in rows)
    member.write((("[\n" if first else ",\n" if rows else "") + text).encode())


def _csv(member: IO[bytes], rows: list[Row], first: bool) -> None:
    text = io.StringIO()
    table = csv.writer(text)
    for row in rows:
        values: dict[str, Any] = json.loads(row.line)
        if first:
            table.writerow(values)
            first = False
        table.writerow(_cells(values.values()))
    member.write(text.getvalue().encode())


def _cells(values: Iterable[Any]) -> list[str]:
    texts = (json.dumps(value) if isinstance(value, dict) else str("" if value is None else value) for value in values)
    return [f"'{text}" if text.startswith(FORMULA) else text for text in texts]


def _ics(member: IO[bytes], rows: list[Row], first: bool) -> None:
    """Written by hand: a library's events would take ten times as long, and a hundred thousand may be asked for."""
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Appointly//Export//EN", "VERSION:2.0"] if first else []
    for row in rows:
        values = json.loads(row.line)
        if values["status"] not in ENDED:
            lines += [
                "BEGIN:VEVENT",
                f"UID:{values['id']}@appointly",
                f"DTSTAMP:{_stamp(values['created_at'])}",
                f"DTSTART:{_stamp(values['start'])}",
                f"DTEND:{_stamp(values['end'])}",
                _words("SUMMARY", f"{values['service']} · {values['provider']}"),
                _words("DESCRIPTION", f"{values['reference']}: {values['customer_name']}"),
                "END:VEVENT",
            ]
    member.write("".join(f"{line}\r\n" for line in lines).encode())


def _stamp(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%Y%m%dT%H%M%SZ}"


def _words(name: str, text: str) -> str:
    """Escaped and folded."""
    line = Contentline(f"{name}:{vText(text).to_ical().decode()}")  # type: ignore[no-untyped-call]
    return line.to_ical().decode()  # type: ignore[no-untyped-call]
