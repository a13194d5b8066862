"""Calendars at Google: what is read, what is written, and that nothing is written twice, lost or comes back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.calendar import Window
from appointly.domain.google_events import event_id
from appointly.errors import CalendarUnreadable, GatewayFailed, NotFound
from appointly.models import ExternalCalendar, Provider
from appointly.operations.answer_appointment import confirm_appointment
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.delete_account import delete_account
from appointly.operations.external_calendars import read_calendar_now
from appointly.operations.google_calendars import Chosen, Grant, choose_google_calendars
from appointly.operations.jobs import MOST_ATTEMPTS, ClaimedJob
from appointly.operations.remove_calendar import remove_calendar
from appointly.operations.reschedule import reschedule
from appointly.queries.google_calendars import GoogleRow, google_rows
from appointly.sandbox import google_store as store
from appointly.sandbox.google_calendar import READ, WRITE
from tasks import google as work
from tests.google import NORA, StandIn, google, stand_in_process
from tests.making import asking, make_provider, make_service, make_slots, owner_of

__all__ = ["google", "stand_in_process"]
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FAMILY = f"family.{NORA}"


@pytest.fixture(autouse=True)
def no_tokens_yet() -> None:
    work.known.clear()


async def connect(google: StandIn, provider: Provider, *chosen: Chosen, take_out: bool = False, **more: Any) -> Grant:
    """A provider lets us see calendars; what of our own work follows from it is done."""
    grant = Grant("a-grant", NORA, await google.refresh_token(**more), f"{READ} {WRITE}")
    wanted = chosen or (Chosen(NORA, "Nora", writes=True),)
    async with transaction() as session:
        await choose_google_calendars(session, owner_of(provider), grant, wanted, now(), take_out=take_out)
    return grant


async def a_business(count: int = 3) -> tuple[Provider, list[UUID]]:
    async with transaction() as session:
        provider = await make_provider(session)
        service = await make_service(session, provider)
        slots = await make_slots(session, service, count, (now() + 2 * DAY).replace(minute=0, second=0, microsecond=0))
    return provider, [slot.id for slot in slots]


async def book(slot_id: UUID) -> Booked:
    async with transaction() as session:
        return await book_appointment(session, Actor(), asking(slot_id), now())


async def cancel(provider: Provider, booked: Booked) -> None:
    async with transaction() as session:
        await cancel_appointments(session, owner_of(provider), [booked.id], "", now())


async def rows(provider: Provider) -> list[GoogleRow]:
    async with reading() as session:
        return await google_rows(session, provider.id)


async def jobs(kind: str = "google_event") -> list[ClaimedJob]:
    """The jobs of a kind that nobody has done, without claiming them."""
    query = "SELECT id, kind, payload, dedupe_key, attempts FROM job WHERE kind = %(kind)s AND done_at IS NULL"
    async with reading() as session:
        return await select(session, ClaimedJob, query, kind=kind)


async def run_due() -> None:
    """What a worker does."""
    from tasks.jobs import run_due as run  # the worker's settings are read when it is imported

    await run()


async def hurry() -> None:
    """What waits for another try is due."""
    async with transaction() as session:
        await execute(session, "UPDATE job SET due_at = now() - interval '1 second' WHERE done_at IS NULL")


def window(days: int = 30) -> Window:
    return Window(now() - DAY, now() + days * DAY, "Europe/Berlin")


# Reading


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


# Writing


async def test_bookings_appear_move_along_and_go(google: StandIn, database: str) -> None:
    provider, [first, second, _] = await a_business()
    early = await book(first)
    await connect(google, provider)
    await run_due()
    assert set(await google.standing()) == {event_id(early.id)}
    late = await book(second)
    await run_due()
    standing = await google.standing()
    assert set(standing) == {event_id(early.id), event_id(late.id)}
    event = standing[event_id(late.id)]
    assert event["summary"] == "Haircut · Grace Hopper"
    assert datetime.fromisoformat(event["start"]["dateTime"]) == late.start
    assert event["extendedProperties"]["private"] == {"appointly": str(late.id)}
    assert late.reference in event["description"]
    await cancel(provider, early)
    await run_due()
    assert set(await google.standing()) == {event_id(late.id)}
    assert await jobs() == []


async def test_a_move_to_another_time_is_followed(google: StandIn, database: str) -> None:
    provider, [first, _, last] = await a_business()
    await connect(google, provider)
    booked = await book(first)
    async with transaction() as session:
        await reschedule(session, owner_of(provider), booked.id, last, now())
    await run_due()
    [event] = (await google.standing()).values()
    assert datetime.fromisoformat(event["start"]["dateTime"]) == booked.start + HOUR
    assert len(await jobs()) == 0


async def test_a_booking_costs_nothing_without_such_a_calendar(google: StandIn, database: str) -> None:
    provider, [first, second, _] = await a_business()
    await book(first)
    assert await jobs() == []
    await connect(google, provider, Chosen(NORA, "Nora"))
    await book(second)
    assert await jobs() == []


async def test_requests_are_written_when_they_are_confirmed(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    async with transaction() as session:
        await execute(session, "UPDATE service SET approval = 'manual'")
    await connect(google, provider)
    booked = await book(first)
    await run_due()
    assert await google.standing() == {}
    async with transaction() as session:
        await confirm_appointment(session, owner_of(provider), booked.id, now())
    await run_due()
    assert set(await google.standing()) == {event_id(booked.id)}


async def test_killed_between_writing_and_noting(google: StandIn, database: str) -> None:
    """Google did it, and we never heard: the second try finds the first one's event."""
    provider, [first, *_] = await a_business()
    await connect(google, provider)
    booked = await book(first)
    await google.order("POST", "/events", 503, "backendError", after=True)
    await run_due()
    assert len(await jobs()) == 1
    await hurry()
    await run_due()
    assert await jobs() == []
    assert set(await google.standing()) == {event_id(booked.id)}
    asked = [line for line in await google.asked() if "/events" in line and not line.startswith("GET")]
    assert [line.partition(" ")[0] for line in asked] == ["POST", "POST", "PUT"]


async def test_late_and_doubled_jobs_do_not_raise_the_dead(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider)
    booked = await book(first)
    [old] = await jobs()
    await cancel(provider, booked)
    await run_due()
    await asyncio.gather(*(work.write_google_event(old) for _ in range(3)))
    assert await google.standing() == {}


@pytest.mark.parametrize("looks_again", [True, False])
async def test_overtaken_between_looking_and_writing(
    google: StandIn, database: str, monkeypatch: pytest.MonkeyPatch, looks_again: bool
) -> None:
    """One worker has looked and is slow; meanwhile another takes the cancelled booking out; then the first writes."""
    provider, [first, *_] = await a_business()
    await connect(google, provider)
    booked = await book(first)
    [slow] = await jobs()
    real, overtaken = work._write, False

    async def overtaken_write(secret: Any, wanted: Any) -> None:
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            await cancel(provider, booked)
            for job in await jobs():
                if job.id != slow.id:
                    await work.write_google_event(job)
        await real(secret, wanted)

    monkeypatch.setattr(work, "_write", overtaken_write)
    if not looks_again:  # the control: what would stand there for ever
        monkeypatch.setattr(work, "written", once(work.written))
    await work.write_google_event(slow)
    assert bool(await google.standing()) is not looks_again


def once(real: Any) -> Any:
    """`written`, which finds nothing for the slow worker the second time."""
    seen: list[Any] = []

    async def found(session: AsyncSession, *ids: UUID) -> Any:
        it = await real(session, *ids)
        if it and seen and it.status == "cancelled" and len(seen) >= 2:
            return None
        seen.append(it)
        return it

    return found


async def test_limits_are_waited_for(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider)
    await run_due()
    booked = await book(first)
    await google.order("POST", "/events", 403, "rateLimitExceeded")
    [job] = await jobs()
    with pytest.raises(GatewayFailed):
        await work.write_google_event(job)
    await run_due()
    assert set(await google.standing()) == {event_id(booked.id)}


async def test_two_workers_at_once(google: StandIn, database: str) -> None:
    provider, slots = await a_business(12)
    await connect(google, provider)
    booked = [await book(slot) for slot in slots]
    await asyncio.gather(*(run_due() for _ in range(3)))
    assert set(await google.standing()) == {event_id(each.id) for each in booked}
    written = [line for line in await google.asked() if line.startswith(("POST /calendars", "PUT /calendars"))]
    assert len(written) == 12


async def test_a_permission_taken_back_is_said_and_mended(google: StandIn, database: str) -> None:
    provider, [first, second, _] = await a_business()
    await connect(google, provider)
    await store.forget_grants(NORA)
    booked = await book(first)
    await run_due()
    [row] = await rows(provider)
    assert row.last_error == work.CLOSED
    assert await jobs() == []
    other = await book(second)
    await connect(google, provider)
    await run_due()
    [row] = await rows(provider)
    assert row.last_error == ""
    assert set(await google.standing()) == {event_id(booked.id), event_id(other.id)}


async def test_a_new_refresh_token_reaches_all_that_the_old_one_opened(google: StandIn, database: str) -> None:
    provider, _ = await a_business()
    grant = await connect(google, provider, Chosen(NORA, "Nora", writes=True), Chosen(FAMILY, "Family"))
    secrets = [row.facts for row in await rows(provider)]
    await google.order("POST", "rotate")
    # All workers hold the old one; one of them is told the new one, the others must not believe they were shut out.
    tokens = await asyncio.gather(*(work.access_of(secret, fresh=True) for secret in [*secrets, *secrets]))
    assert all(tokens)
    now_known = {row.facts["refresh_token"] for row in await rows(provider)}
    assert len(now_known) == 1
    assert now_known != {grant.refresh_token}


# Leaving


async def test_leaving_takes_our_bookings_along_if_wished(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await google.put("private0", now() + DAY, now() + DAY + HOUR)
    await connect(google, provider)
    await book(first)
    await run_due()
    [row] = await rows(provider)
    async with transaction() as session:
        await remove_calendar(session, owner_of(provider), row.id, now(), take_out=True)
    assert [each.leaving for each in await rows(provider)] == [True]
    for _ in range(3):
        await hurry()
        await run_due()
    assert await google.standing() == {}
    assert await rows(provider) == []
    assert (await store.event(NORA, NORA, "private0") or {})["status"] == "confirmed"


async def test_what_leaves_is_not_read_again_and_a_second_click_takes_no_shortcut(
    google: StandIn, database: str
) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider)
    await book(first)
    await run_due()
    [row] = await rows(provider)
    for _ in range(2):
        async with transaction() as session:
            await remove_calendar(session, owner_of(provider), row.id, now(), take_out=True)
    with pytest.raises(NotFound):
        async with transaction() as session:
            await read_calendar_now(session, owner_of(provider), row.id, now())
    assert [each.leaving for each in await rows(provider)] == [True]
    for _ in range(3):
        await hurry()
        await run_due()
    assert await google.standing() == {}
    assert await rows(provider) == []


async def test_a_deleted_account_takes_its_bookings_out_first(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider, Chosen(NORA, "Nora", writes=True), Chosen(FAMILY, "Family"))
    await book(first)
    await run_due()
    assert len(await google.standing()) == 1
    async with transaction() as session:
        await delete_account(session, owner_of(provider), now())
    assert [(each.name, each.leaving) for each in await rows(provider)] == [("Nora", True)]
    for _ in range(3):
        await hurry()
        await run_due()
    assert await google.standing() == {}
    assert await rows(provider) == []


async def test_a_secret_does_not_wait_for_ever_for_google(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider)
    await book(first)
    await run_due()
    [row] = await rows(provider)
    async with transaction() as session:
        await remove_calendar(session, owner_of(provider), row.id, now(), take_out=True)
    [job] = await jobs("google_leave")
    with pytest.raises(GatewayFailed):
        await work.leave_google(job)
    await work.leave_google(replace(job, attempts=MOST_ATTEMPTS))
    assert await rows(provider) == []


async def test_leaving_leaves_them_otherwise(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider)
    booked = await book(first)
    await run_due()
    [row] = await rows(provider)
    async with transaction() as session:
        await remove_calendar(session, owner_of(provider), row.id, now(), take_out=False)
    await cancel(provider, booked)
    await run_due()
    assert set(await google.standing()) == {event_id(booked.id)}
    assert await rows(provider) == []


async def test_one_calendar_is_written_into(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider, Chosen(NORA, "Nora", writes=True), Chosen(FAMILY, "Family"))
    booked = await book(first)
    await run_due()
    changed = (Chosen(NORA, "Nora"), Chosen(FAMILY, "Family", writes=True))
    await connect(google, provider, *changed, take_out=True)
    await run_due()
    assert await google.standing(NORA) == {}
    assert set(await google.standing(FAMILY)) == {event_id(booked.id)}
    assert {row.name: row.writes_back for row in await rows(provider)} == {"Nora": False, "Family": True}


async def test_nothing_secret_is_kept_in_the_open(google: StandIn, database: str, session: AsyncSession) -> None:
    provider, [first, *_] = await a_business()
    grant = await connect(google, provider)
    await book(first)
    kept = (await session.get_one(ExternalCalendar, (await rows(provider))[0].id)).model_dump()
    assert grant.refresh_token.encode() not in kept["secret"]
    assert grant.refresh_token not in str({name: value for name, value in kept.items() if name != "secret"})
    assert all(set(job.payload) == {"appointment_id", "calendar_id"} for job in await jobs())
    assert grant.refresh_token not in repr(await rows(provider))
