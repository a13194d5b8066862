"""Many at one desk at once: tokens, calls and scans, each with a control that fails without its guard."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.engine import engine
from appointly.domain.actor import GUEST
from appointly.errors import QueueMovedOn
from appointly.models import Appointment, Provider, QueueTicket
from appointly.operations import add_walk_in, check_in, move_appointments, own_provider, run_queue
from appointly.operations.book_appointment import Booked, book_appointment
from tests.invariants import broken_invariants
from tests.making import NOW, TOMORROW_NINE, asking, make_provider, make_service, make_slots, owner_of

CROWD = 8
NINE = TOMORROW_NINE
Work = Callable[[AsyncSession, int], Awaitable[object]]


@pytest.fixture
async def desk(session: AsyncSession) -> tuple[Provider, list[Booked]]:
    provider = await make_provider(session, time_zone="UTC")
    slots = await make_slots(session, await make_service(session, provider))
    booked = [await book_appointment(session, GUEST, asking(slot), NOW) for slot in slots]
    await session.commit()
    return provider, booked


async def rush(work: Work) -> list[object]:
    """The crowd at once, each on a connection of its own; what each got."""
    ready = asyncio.Barrier(CROWD)

    async def one(number: int) -> object:
        async with AsyncSession(engine()) as session:
            await session.connection()
            await ready.wait()
            result = await work(session, number)
            await session.commit()
            return result

    return await asyncio.gather(*map(one, range(CROWD)), return_exceptions=True)


def calls(provider: Provider) -> Work:
    return lambda session, _: run_queue.call_next(session, owner_of(provider), None, NINE)


async def test_the_same_click_many_times_calls_one(session: AsyncSession, desk: tuple[Provider, list[Booked]]) -> None:
    provider, _ = desk
    results = await rush(calls(provider))
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, QueueMovedOn) for result in results) == CROWD - 1
    tickets = (await session.exec(select(QueueTicket))).all()
    assert [(ticket.token, ticket.status) for ticket in tickets] == [("A1", "serving")]
    assert await broken_invariants(session) == []


async def test_control_without_what_was_seen_the_clicks_run_through_the_line(
    session: AsyncSession, desk: tuple[Provider, list[Booked]]
) -> None:
    provider, booked = desk

    async def blind(session: AsyncSession, _: int) -> object:
        line = await run_queue.lock_line(session, owner_of(provider), NINE)
        seen = line.serving.entry.id if line.serving else None
        return await run_queue.call_next(session, owner_of(provider), seen, NINE)

    assert set(await rush(blind)) == {None}
    done = await session.exec(select(Appointment).where(Appointment.status == "completed"))
    assert len(done.all()) == len(booked) - 1


def walks_in(provider: Provider) -> Work:
    return lambda session, number: add_walk_in.add_walk_in(
        session, owner_of(provider), add_walk_in.WalkIn(name=f"Guest {number}"), NINE
    )


async def test_walk_ins_at_once_get_different_tokens(
    session: AsyncSession, desk: tuple[Provider, list[Booked]]
) -> None:
    results = await rush(walks_in(desk[0]))
    tokens = sorted(result.token for result in results if isinstance(result, add_walk_in.Ticket))
    assert tokens == [f"W{number}" for number in range(1, CROWD + 1)]


async def test_control_with_tokens_counted_without_lock_they_meet(
    session: AsyncSession, desk: tuple[Provider, list[Booked]], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch)
    naive = "SELECT number FROM (SELECT (count(*) + 1)::int AS number, pg_sleep(0.2) FROM queue_ticket) AS counted"
    monkeypatch.setattr(add_walk_in, "COUNT", naive)
    results = await rush(walks_in(desk[0]))
    assert sum(isinstance(result, add_walk_in.Ticket) for result in results) < CROWD


def scans(booked: Booked) -> Work:
    return lambda session, number: check_in.check_in(
        session, owner_of_booking(booked), booked.id, None, NINE + timedelta(seconds=number)
    )


def owner_of_booking(booked: Booked):  # type: ignore[no-untyped-def]
    return check_in.Actor(kind="provider", provider_id=booked.provider_id)


async def test_many_scans_check_in_once(session: AsyncSession, desk: tuple[Provider, list[Booked]]) -> None:
    results = await rush(scans(desk[1][0]))
    seen = {result.checked_in_at for result in results}  # type: ignore[attr-defined]
    assert len(seen) == 1


async def test_control_without_the_condition_the_last_scan_counts(
    session: AsyncSession, desk: tuple[Provider, list[Booked]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_in, "CHECK_IN", check_in.CHECK_IN.replace("AND checked_in_at IS NULL", ""))
    results = await rush(scans(desk[1][0]))
    seen = {result.checked_in_at for result in results}  # type: ignore[attr-defined]
    assert len(seen) > 1


def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk looks at its provider, but locks nothing."""

    async def look(session: AsyncSession, statement: str, /, **values: object) -> int:
        return await move_appointments.execute(session, statement.removesuffix(" FOR NO KEY UPDATE"), **values)  # type: ignore[arg-type]

    monkeypatch.setattr(own_provider, "execute", look)
