"""Reads providers' own calendars elsewhere.

A kind of calendar is one function in READERS, `async def read(secret, sync, window) -> Reading`: `secret` is what
`keep_calendar` was given, `sync` what the last good reading of the same window and zone has returned (else empty: read
everything), the answer all busy spans of the window, or `spans=None` where nothing has changed since `sync`. It raises
`CalendarUnreadable` with a sentence for the owner. It may take as long as it likes within SECONDS.

Each process reads some at once, beside its other work: no calendar keeps a mail or another calendar waiting. Whoever
dies in the middle leaves a lease that ends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from appointly.clock import now
from appointly.database import transaction
from appointly.domain.calendar import Reading, Window
from appointly.encrypted import decrypt
from appointly.errors import CalendarUnreadable, SettingsInvalid
from appointly.gateways import caldav_events, ics
from appointly.operations.external_calendars import (
    PURPOSE,
    Claimed,
    claim_due_calendars,
    note_failure,
    note_reading,
)
from appointly.operations.jobs import ClaimedJob
from tasks import google
from tasks.celery_app import app, run

AT_ONCE = 8  # of one process; most of the time they wait for others
SECONDS = 90  # less than the lease
SPARE = timedelta(days=7)  # so far beyond the window is read, so that "unchanged" is an answer for a week
log = structlog.get_logger()

Read = Callable[[Mapping[str, Any], Mapping[str, Any], Window], Awaitable[Reading]]
READERS: dict[str, Read] = {"ics": ics.read, "caldav": caldav_events.read, "google": google.read}
under_way: set["asyncio.Task[None]"] = set()


@app.task(name="read_calendars")
def read_calendars() -> None:
    """Begin to read what is due."""
    run(begin())


async def read_calendars_soon(_: ClaimedJob) -> None:
    """A calendar was added, or its owner wants it read."""
    await begin()


async def begin() -> None:
    """Start as many readings as this process has room for, and return at once."""
    room = AT_ONCE - len(under_way)
    if room <= 0:
        return
    async with transaction() as session:
        claimed = await claim_due_calendars(session, now(), room)
    for calendar in claimed:
        task = asyncio.get_running_loop().create_task(_read(calendar))
        under_way.add(task)
        task.add_done_callback(_ended)


def _ended(task: "asyncio.Task[None]") -> None:
    under_way.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("calendar_not_noted", error=repr(error))  # its lease ends, and it is read again


async def _read(calendar: Claimed) -> None:
    at = now()
    window = _window(calendar, at)
    try:
        async with asyncio.timeout(SECONDS):
            secret = decrypt(PURPOSE, calendar.secret)
            reading = await READERS[calendar.kind](secret, _still_good(calendar, at), window)
    except CalendarUnreadable as error:
        await _failed(calendar, error.message, timedelta(seconds=error.wait))
    except TimeoutError:
        await _failed(calendar, "The server does not answer in time.")
    except SettingsInvalid:
        await _failed(calendar, "We cannot open what we kept of it any more. Please remove it and add it again.")
    except Exception as error:
        log.error("calendar_failed", calendar=str(calendar.id), error=type(error).__name__)
        await _failed(calendar, "It cannot be read, and it is our fault. We try again.")
    else:
        until = _last(calendar.sync) if reading.spans is None or reading.partly else window.end
        sync = {"asked": dict(reading.sync), "until": until.isoformat(), "zone": window.time_zone}
        async with transaction() as session:
            await note_reading(session, calendar, Reading(reading.spans, sync), now())


async def _failed(calendar: Claimed, sentence: str, wait: timedelta = timedelta(0)) -> None:
    log.info("calendar_unreadable", calendar=str(calendar.id), reason=sentence)
    async with transaction() as session:
        await note_failure(session, calendar, sentence, now(), wait)


def _needed(calendar: Claimed, at: datetime) -> datetime:
    """The last moment that can be booked, and a day for the zones."""
    return at + timedelta(days=calendar.horizon_days + 1)


def _window(calendar: Claimed, at: datetime) -> Window:
    owners = frozenset({calendar.email})
    return Window(at - timedelta(days=1), _needed(calendar, at) + SPARE, calendar.time_zone, owners)


def _last(sync: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(sync["until"])


def _still_good(calendar: Claimed, at: datetime) -> Mapping[str, Any]:
    """What to ask for changes with; nothing where the last reading was for another zone or not far enough."""
    sync = calendar.sync
    good = sync and sync["zone"] == calendar.time_zone and _last(sync) >= _needed(calendar, at)
    asked: Mapping[str, Any] = sync["asked"] if good else {}
    return asked
