"""Our bookings in calendars at Google: nothing is written twice, lost or comes back."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import transaction
from appointly.database.statement import execute
from appointly.domain.google_events import event_id
from appointly.errors import GatewayFailed, NotFound
from appointly.models import ExternalCalendar, Provider
from appointly.operations.answer_appointment import confirm_appointment
from appointly.operations.delete_account import delete_account
from appointly.operations.external_calendars import read_calendar_now
from appointly.operations.google_calendars import Chosen
from appointly.operations.jobs import MOST_ATTEMPTS
from appointly.operations.remove_calendar import remove_calendar
from appointly.operations.reschedule import reschedule
from appointly.sandbox import google_store as store
from tasks import google as work
from tests.google import NORA, StandIn, google, stand_in_process
from tests.google_work import (
    DAY,
    FAMILY,
    HOUR,
    a_business,
    book,
    cancel,
    connect,
    hurry,
    jobs,
    no_tokens_yet,
    rows,
    run_due,
)
from tests.making import owner_of

__all__ = ["google", "no_tokens_yet", "stand_in_process"]


async def all_taken_out(google: StandIn, provider: Provider) -> None:
    """The leaving calendar has nothing of ours any more, and is gone here."""
    for _ in range(3):
        await hurry()
        await run_due()
    assert await google.standing() == {}
    assert await rows(provider) == []


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
    await all_taken_out(google, provider)
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
    await all_taken_out(google, provider)


async def test_a_deleted_account_takes_its_bookings_out_first(google: StandIn, database: str) -> None:
    provider, [first, *_] = await a_business()
    await connect(google, provider, Chosen(NORA, "Nora", writes=True), Chosen(FAMILY, "Family"))
    await book(first)
    await run_due()
    assert len(await google.standing()) == 1
    async with transaction() as session:
        await delete_account(session, owner_of(provider), now())
    assert [(each.name, each.leaving) for each in await rows(provider)] == [("Nora", True)]
    await all_taken_out(google, provider)


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
