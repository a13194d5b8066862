"""The client of Google's calendars against the stand-in, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from appointly.domain.google_events import our_event
from appointly.errors import GatewayFailed, GoogleCalendarClosed
from appointly.gateways.google_calendar import READ, WRITE, GoogleSaid, google_calendar
from appointly.models.base import uuid7
from appointly.sandbox import google_store as store
from tests.google import NORA, StandIn, google, stand_in_process

__all__ = ["google", "stand_in_process"]
START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
VERIFIER = "v" * 64
HOLIDAYS = "en.german#holiday@group.v.calendar.google.com"


async def access(google: StandIn, scope: str = f"{READ} {WRITE}") -> str:
    return (await google_calendar().renew(await google.refresh_token(scope=scope))).access_token


def an_event(**more: Any) -> dict[str, Any]:
    made = our_event(uuid7(), START, START + HOUR, title="Cut · Ada", words="A3", place="", link="https://x.test/b")
    return made | more


async def test_permission_with_pkce(google: StandIn) -> None:
    address = google_calendar().consent_address("state", VERIFIER, write=True)
    tokens = await google_calendar().exchange(await google.code(address), VERIFIER)
    assert set(tokens.scope.split()) == {READ, WRITE}
    listed = await google_calendar().calendars(tokens.access_token)
    assert [(each.id, each.primary, each.writable) for each in listed] == [
        (NORA, True, True),
        (f"family.{NORA}", False, True),
        (HOLIDAYS, False, False),
    ]
    renewed = await google_calendar().renew(tokens.refresh_token)
    assert renewed.refresh_token == ""
    assert await google_calendar().calendars(renewed.access_token) == listed


async def test_a_code_is_good_once_and_with_its_verifier(google: StandIn) -> None:
    address = google_calendar().consent_address("state", VERIFIER, write=False)
    code = await google.code(address)
    with pytest.raises(GoogleCalendarClosed):
        await google_calendar().exchange(code, "w" * 64)
    code = await google.code(address)
    await google_calendar().exchange(code, VERIFIER)
    with pytest.raises(GoogleCalendarClosed):
        await google_calendar().exchange(code, VERIFIER)


async def test_a_permission_that_was_taken_back(google: StandIn) -> None:
    refresh = await google.refresh_token()
    token = (await google_calendar().renew(refresh)).access_token
    await store.forget_grants(NORA)
    with pytest.raises(GoogleCalendarClosed):
        await google_calendar().renew(refresh)
    with pytest.raises(GoogleSaid) as refused:
        await google_calendar().calendars(token)
    assert refused.value.answered == 401


async def test_events_by_pages_and_by_what_changed(google: StandIn) -> None:
    token, nora = await access(google), google_calendar()
    for number in range(7):
        await google.put(f"private{number}", START + number * HOUR, START + (number + 1) * HOUR)
    window = {"timeMin": START.isoformat(), "timeMax": (START + 8 * HOUR).isoformat(), "maxResults": "3"}
    found, asked = [], dict(window)
    while True:
        page = await nora.events(token, NORA, **asked)
        found += [event["id"] for event in page.items]
        if not page.next_page:
            break
        assert page.next_sync == ""
        asked["pageToken"] = page.next_page
    assert found == [f"private{number}" for number in range(7)]
    nothing = await nora.events(token, NORA, syncToken=page.next_sync)
    assert nothing.items == []
    await google.put("another", START, START + HOUR)
    changed = await nora.events(token, NORA, syncToken=nothing.next_sync)
    assert [event["id"] for event in changed.items] == ["another"]
    for bad in ({"syncToken": "nonsense"}, {"syncToken": changed.next_sync + "x"}):
        with pytest.raises(GoogleSaid) as refused:
            await nora.events(token, NORA, **bad)
        assert (refused.value.answered, refused.value.reason) == (410, "fullSyncRequired")
    with pytest.raises(GoogleSaid) as refused:
        await nora.events(token, NORA, syncToken=changed.next_sync, timeMin=START.isoformat())
    assert refused.value.answered == 400


async def test_writing_twice_is_writing_once(google: StandIn) -> None:
    token, event = await access(google), an_event()
    await google_calendar().write_event(token, NORA, event)
    await google_calendar().write_event(token, NORA, event | {"summary": "Moved"})
    assert {each["summary"] for each in (await google.standing()).values()} == {"Moved"}
    await google_calendar().delete_event(token, NORA, event["id"])
    await google_calendar().delete_event(token, NORA, event["id"])
    assert await google.standing() == {}
    await google_calendar().write_event(token, NORA, event)
    assert set(await google.standing()) == {event["id"]}


async def test_what_another_try_mends_and_what_not(google: StandIn) -> None:
    token = await access(google)
    for status, reason in (
        (403, "rateLimitExceeded"),
        (403, "userRateLimitExceeded"),
        (429, ""),
        (503, "backendError"),
    ):
        await google.order("POST", "/events", status, reason)
        with pytest.raises(GatewayFailed) as failed:
            await google_calendar().write_event(token, NORA, an_event())
        assert not isinstance(failed.value, GoogleSaid)
    for calendar, status in ((HOLIDAYS, 403), ("not.there@example.test", 404)):
        with pytest.raises(GoogleSaid) as refused:
            await google_calendar().write_event(token, calendar, an_event())
        assert refused.value.answered == status
    with pytest.raises(GoogleSaid) as refused:
        await google_calendar().write_event(await access(google, READ), NORA, an_event())
    assert (refused.value.answered, refused.value.reason) == (403, "insufficientPermissions")


@pytest.mark.parametrize("wrong", [{"colour": "red"}, {"id": "WXYZ!"}, {"end": {"dateTime": START.isoformat()}}])
async def test_the_stand_in_takes_nothing_wrong(google: StandIn, wrong: dict[str, Any]) -> None:
    with pytest.raises(GoogleSaid) as refused:
        await google_calendar().write_event(await access(google), NORA, an_event(**wrong))
    assert refused.value.answered == 400


@pytest.mark.parametrize(
    "change",
    [
        ("code_challenge_method=S256", "code_challenge_method=plain"),
        ("state=s", "state="),
        ("google-calendar", "other"),
    ],
)
async def test_the_stand_in_asks_for_what_google_asks_for(google: StandIn, change: tuple[str, str]) -> None:
    address = google_calendar().consent_address("s", VERIFIER, write=False).replace(*change)
    assert "Access blocked" in (await google.http.get(address)).text


async def test_silence_is_no_answer(google: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await access(google)
    monkeypatch.setattr(google_calendar().config, "google_calendar_api_base", "http://127.0.0.1:9")
    with pytest.raises(GatewayFailed):
        await google_calendar().calendars(token)
