"""Calendars at Google: what is read, and what is said where it cannot be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appointly.clock import now
from appointly.domain.calendar import Window
from appointly.errors import CalendarUnreadable
from appointly.sandbox import google_store as store
from tasks import google as work
from tests.google import NORA, StandIn, google, stand_in_process
from tests.google_work import DAY, HOUR, no_tokens_yet

__all__ = ["google", "no_tokens_yet", "stand_in_process"]


def window(days: int = 30) -> Window:
    return Window(now() - DAY, now() + days * DAY, "Europe/Berlin")


async def secret_of(google: StandIn, calendar: str = NORA) -> dict[str, Any]:
    refresh = await google.refresh_token()
    for event in await store.events(NORA, NORA):
        await store.keep(NORA, NORA, event["id"], event | {"status": "cancelled"})
    no_business = "00000000-0000-0000-0000-000000000000"
    return {"calendar": calendar, "account": NORA, "grant": "g", "provider": no_business, "refresh_token": refresh}


async def test_only_what_keeps_somebody_busy_is_read(google: StandIn) -> None:
    secret, at = await secret_of(google), (now() + DAY).replace(minute=0, second=0, microsecond=0)
    await google.put("busy0", at, at + HOUR)
    await google.put("free0", at, at + 9 * HOUR, transparency="transparent")
    await google.put("cancelled0", at, at + 9 * HOUR, status="cancelled")
    await google.put("tentative0", at + HOUR, at + 2 * HOUR, status="tentative")
    me = {"self": True, "responseStatus": "declined"}
    await google.put("declined0", at, at + 9 * HOUR, attendees=[{"email": "b@x.test"}, me])
    others = [{"self": True, "responseStatus": "accepted"}, {"responseStatus": "declined"}]
    await google.put("accepted0", at + 4 * HOUR, at + 5 * HOUR, attendees=others)
    await google.put("office0", at, at + 9 * HOUR, eventType="workingLocation")
    await google.put("ours0", at, at + 9 * HOUR, extendedProperties={"private": {"appointly": "x"}})
    await google.put("feed0", at, at + 9 * HOUR, iCalUID="0190@appointly")
    await google.put("far0", at + 400 * DAY, at + 401 * DAY)
    found = await work.read(secret, {}, window())
    assert found.spans is not None
    assert sorted((span.start, span.end) for span in found.spans) == [
        (at, at + HOUR),
        (at + HOUR, at + 2 * HOUR),
        (at + 4 * HOUR, at + 5 * HOUR),
    ]


async def test_whole_days_are_meant_in_the_calendar_s_zone(google: StandIn) -> None:
    secret = await secret_of(google)
    day = (now() + 3 * DAY).date()
    whole = {"start": {"date": day.isoformat()}, "end": {"date": (day + DAY).isoformat()}, "status": "confirmed"}
    await store.keep(NORA, NORA, "whole0", whole)
    found = await work.read(secret, {}, window())
    assert found.spans is not None
    [span] = found.spans
    local = datetime.combine(day, datetime.min.time())
    assert span.start.astimezone(UTC).date() in (day, day - DAY)
    assert timedelta(hours=23) <= span.end - span.start <= timedelta(hours=25)
    assert span.start.tzinfo is UTC
    assert local.replace(tzinfo=UTC) - span.start in (HOUR, 2 * HOUR)


async def test_unchanged_is_said_and_changes_are_read(google: StandIn) -> None:
    secret, at = await secret_of(google), now() + DAY
    await google.put("busy0", at, at + HOUR)
    first = await work.read(secret, {}, window())
    await google.forget_what_was_asked()
    again = await work.read(secret, first.sync, window())
    assert again.spans is None
    assert len(await google.asked()) == 1
    await google.put("ours0", at, at + HOUR, extendedProperties={"private": {"appointly": "x"}})
    ours = await work.read(secret, again.sync, window())
    assert ours.spans is None
    await google.put("more0", at + HOUR, at + 2 * HOUR)
    changed = await work.read(secret, ours.sync, window())
    assert changed.spans is not None
    assert len(changed.spans) == 2
    await google.put("more0", at, at + HOUR, status="cancelled")
    gone = await work.read(secret, changed.sync, window())
    assert gone.spans is not None
    assert len(gone.spans) == 1


@pytest.mark.parametrize("path", ["sync-token", "/events"])
async def test_a_token_that_is_worth_nothing_makes_everything_read(google: StandIn, path: str) -> None:
    secret, at = await secret_of(google), now() + DAY
    await google.put("busy0", at, at + HOUR)
    first = await work.read(secret, {}, window())
    await google.order("GET", path, 410, "fullSyncRequired")
    again = await work.read(secret, first.sync, window())
    assert again.spans == first.spans


async def test_many_pages(google: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, at = await secret_of(google), now() + DAY
    for number in range(9):
        await google.put(f"busy{number}", at + 2 * number * HOUR, at + (2 * number + 1) * HOUR)
    monkeypatch.setattr("appointly.sandbox.google_calendar.MOST_RESULTS", 2)
    real = work.google_calendar().events

    async def small(access: str, calendar: str, **asked: str) -> Any:
        return await real(access, calendar, **asked | {"maxResults": "2"})

    monkeypatch.setattr(work.google_calendar(), "events", small)
    found = await work.read(secret, {}, window())
    assert found.spans is not None
    assert len(found.spans) == 9
    assert (await work.read(secret, found.sync, window())).spans is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (("GET", "/events", 404, "notFound"), work.GONE),
        (("GET", "/events", 403, "forbidden"), "Google refuses to show it."),
        (("GET", "/events", 403, "rateLimitExceeded"), work.LATER),
        (("GET", "/events", 500, "backendError"), work.LATER),
        (("POST", "/token", 400, "invalid_grant"), work.CLOSED),
        (("POST", "/token", 503, ""), work.LATER),
    ],
)
async def test_failures_in_words(google: StandIn, fault: tuple[Any, ...], words: str) -> None:
    secret = await secret_of(google)
    await google.order(*fault)
    with pytest.raises(CalendarUnreadable) as unreadable:
        await work.read(secret, {}, window())
    assert unreadable.value.message == words


async def test_an_access_token_that_google_forgot_is_renewed(google: StandIn) -> None:
    secret = await secret_of(google)
    await work.read(secret, {}, window())
    await google.order("GET", "/events", 401, "authError")
    assert (await work.read(secret, {}, window())).spans == []
    assert (await google.asked()).count("POST /token refresh_token") == 2
