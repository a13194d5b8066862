"""Google's calendars: read as busy time, and written into.

Access tokens live an hour and are kept by the process alone. A refresh is done by one worker at a time for each
permission, because Google may hand out a new refresh token with it, which makes the old one worthless.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from appointly import routes
from appointly.database import bus, reading, transaction
from appointly.display.feed import place_for_provider
from appointly.domain.calendar import Reading, Window
from appointly.domain.google_events import busy_spans, event_id, is_ours, our_event
from appointly.errors import CalendarUnreadable, GatewayFailed, GoogleCalendarClosed
from appointly.gateways.google_calendar import GoogleSaid, google_calendar
from appointly.operations.google_calendars import forget_google_calendar, keep_renewed, note_closed
from appointly.operations.jobs import MOST_ATTEMPTS, ClaimedJob
from appointly.queries.google_calendars import Written, google_row, google_rows, jobs_left, written
from appointly.settings import settings

Answer = TypeVar("Answer")
Secret = Mapping[str, Any]
SPARE_SECONDS = 120
REFRESH_SECONDS = 30
MOST_PAGES = 40
FIELDS = (
    "items(id,status,transparency,start,end,eventType,iCalUID,attendees(self,responseStatus),"
    "extendedProperties/private),nextPageToken,nextSyncToken,timeZone"
)
CLOSED = "Google no longer lets us in. Connect again."
GONE = "This calendar is not there any more at Google."
SHUT = "Google does not let us write into this calendar."
LATER = "Google does not answer, or asks us to wait. We try again by ourselves."
known: dict[str, tuple[str, float]] = {}


async def access_of(secret: Secret, *, fresh: bool = False) -> str:
    """An access token for a calendar's secret. Raises `GoogleCalendarClosed` and `GatewayFailed`."""
    if not fresh and (token := _remembered(secret)):
        return token
    async with bus.client().lock(f"google-refresh:{secret['grant']}", timeout=REFRESH_SECONDS):
        async with reading() as session:
            rows = await google_rows(session, UUID(secret["provider"]))
        same = [row for row in rows if row.facts["grant"] == secret["grant"]]
        newest = same[0].facts if same else secret
        if not fresh and (token := _remembered(newest)):
            return token
        refresh = newest["refresh_token"]
        tokens = await google_calendar().renew(refresh)
        if tokens.refresh_token and tokens.refresh_token != refresh:
            async with transaction() as session:
                await keep_renewed(session, same, refresh, tokens.refresh_token)
            refresh = tokens.refresh_token
    known[refresh] = tokens.access_token, time.monotonic() + tokens.expires_in - SPARE_SECONDS
    return tokens.access_token


def _remembered(secret: Secret) -> str:
    token, until = known.get(secret["refresh_token"], ("", 0.0))
    return token if until > time.monotonic() else ""


async def with_access(secret: Secret, ask: Callable[[str], Awaitable[Answer]]) -> Answer:
    """Carry out `ask` with an access token, once more with a fresh one where Google does not know it any more."""
    try:
        return await ask(await access_of(secret))
    except GoogleSaid as refusal:
        if refusal.answered != 401:
            raise
    try:
        return await ask(await access_of(secret, fresh=True))
    except GoogleSaid as refusal:
        raise GoogleCalendarClosed if refusal.answered == 401 else refusal from None


async def read(secret: Secret, sync: Mapping[str, Any], window: Window) -> Reading:
    """The busy times of one of Google's calendars. Raises `CalendarUnreadable`."""
    try:
        if "token" in sync and (token := await _unchanged(secret, sync["token"])):
            return Reading(None, {"token": token})
        return await _everything(secret, window)
    except GoogleCalendarClosed:
        raise CalendarUnreadable(CLOSED) from None
    except GoogleSaid as refusal:
        raise CalendarUnreadable(GONE if refusal.answered == 404 else "Google refuses to show it.") from None
    except GatewayFailed:
        raise CalendarUnreadable(LATER) from None


async def _unchanged(secret: Secret, token: str) -> str:
    """The token to ask with the next time, if nothing but our own events has changed since this one; else nothing."""
    asked = {"syncToken": token, "fields": FIELDS, "maxResults": "250"}
    for _ in range(MOST_PAGES):
        try:
            page = await with_access(
                secret, lambda access: google_calendar().events(access, secret["calendar"], **asked)
            )
        except GoogleSaid as refusal:
            if refusal.answered in (400, 410):
                return ""
            raise
        if not all(_leaves_it(event) for event in page.items):
            return ""
        if not page.next_page:
            return page.next_sync
        asked["pageToken"] = page.next_page
    return ""


def _leaves_it(event: Mapping[str, Any]) -> bool:
    """Whether such a change leaves the busy times as they are. Of an event that was deleted we know the id alone."""
    return event.get("status") != "cancelled" and is_ours(event)


async def _everything(secret: Secret, window: Window) -> Reading:
    asked = {
        "timeMin": window.start.isoformat(),
        "timeMax": window.end.isoformat(),
        "fields": FIELDS,
        "maxResults": "2500",
    }
    spans = []
    for _ in range(MOST_PAGES):
        page = await with_access(secret, lambda access: google_calendar().events(access, secret["calendar"], **asked))
        spans += busy_spans(page.items, page.time_zone)
        if not page.next_page:
            return Reading(spans, {"token": page.next_sync} if page.next_sync else {})
        asked["pageToken"] = page.next_page
    raise CalendarUnreadable("It has more events than we can read.")


async def write_google_event(job: ClaimedJob) -> None:
    """Let a calendar have a booking as it is now, or not have it.

    Afterwards it looks again: whatever was changed meanwhile, by whoever, the last one to write has seen it.
    """
    appointment_id, calendar_id = UUID(job.payload["appointment_id"]), UUID(job.payload["calendar_id"])
    done: Written | None = None
    while True:
        async with reading() as session:
            wanted = await written(session, appointment_id, calendar_id)
            row = await google_row(session, calendar_id)
        if wanted is None or row is None or wanted == done:
            return
        try:
            await _write(row.facts, wanted)
        except GoogleCalendarClosed:
            words = CLOSED
        except GoogleSaid as refusal:
            words = GONE if refusal.answered == 404 else SHUT
        else:
            done = wanted
            continue
        # Another try would not help. When it is connected again, all bookings are written anew.
        async with transaction() as session:
            await note_closed(session, row.id, row.provider_id, words)
        return


async def _write(secret: Secret, wanted: Written) -> None:
    google, calendar = google_calendar(), secret["calendar"]
    if not wanted.there:
        await with_access(secret, lambda access: google.delete_event(access, calendar, event_id(wanted.id)))
        return
    link = settings().base_url.rstrip("/") + routes.booking_panel(wanted.reference)
    event = our_event(
        wanted.id,
        wanted.start,
        wanted.end,
        title=f"{wanted.service_title} · {wanted.customer_name}",
        words=f"Reference {wanted.reference}, token {wanted.token}.\n{link}",
        place=place_for_provider(wanted),
        link=link,
    )
    await with_access(secret, lambda access: google.write_event(access, calendar, event))


async def leave_google(job: ClaimedJob) -> None:
    """Forget a calendar whose bookings were to be taken out first, once they are; its secret is not kept for ever."""
    calendar_id = UUID(job.payload["calendar_id"])
    async with reading() as session:
        row = await google_row(session, calendar_id)
        left = await jobs_left(session, calendar_id)
    if row is None or not row.leaving:
        return
    if left and row.last_error != CLOSED and job.attempts < MOST_ATTEMPTS:
        raise GatewayFailed(f"{left} bookings are still to be taken out.")
    async with transaction() as session:
        await forget_google_calendar(session, calendar_id, row.provider_id)
