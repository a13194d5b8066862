"""Strangers' calendars read in a process that cannot harm this one: it is killed if it takes too long."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from appointly.domain.calendar import Span, Window
from appointly.errors import CalendarUnreadable

AT_ONCE = 2  # a process of its own takes up to a core and a gigabyte
SECONDS = 20
PROGRAM = [sys.executable, "-I", str(Path(__file__).with_name("parse_events.py"))]
SENTENCES = {
    "no_calendar": "The address answers with something that is not a calendar.",
    "too_often": "It holds an event that repeats every minute or second. Please remove it there.",
    "too_many": "It holds more events than we can read.",
    "damaged": "What it answers is not a calendar we can read.",
}
threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="calendar")


async def busy_spans(content: bytes, window: Window) -> list[Span]:
    """What is busy in the calendar (iCalendar, one or several after each other) within the window.

    Left out are cancelled and transparent events, invitations that its owners have declined, and what we have put
    there. Raises `CalendarUnreadable`.
    """
    [found] = await busy_spans_of([content], window)
    return found


async def busy_spans_of(files: Sequence[bytes], window: Window) -> list[list[Span]]:
    """The same for each of several files, at once. Raises `CalendarUnreadable`."""
    if not files:
        return []
    return await asyncio.get_running_loop().run_in_executor(threads, _busy_spans_of, files, window)


def _busy_spans_of(files: Sequence[bytes], window: Window) -> list[list[Span]]:
    asked = {"start": window.start.timestamp(), "end": window.end.timestamp(), "time_zone": window.time_zone}
    asked |= {"owners": [each.lower() for each in window.owners]}
    head = json.dumps({**asked, "sizes": [len(each) for each in files]}).encode() + b"\n"
    try:
        done = subprocess.run(
            PROGRAM, input=head + b"".join(files), capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise CalendarUnreadable("It takes too long to read: it holds too many events.") from None
    if done.returncode:
        word = (done.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
        raise CalendarUnreadable(SENTENCES.get(word, SENTENCES["damaged" if done.returncode > 0 else "too_many"]))
    return [
        [Span(*(datetime.fromtimestamp(each, UTC) for each in pair)) for pair in found]
        for found in json.loads(done.stdout)
    ]
