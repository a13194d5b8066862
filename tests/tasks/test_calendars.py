"""Providers' calendars read by the tasks: beside other work, in a rhythm, and again when a worker was killed."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlmodel import select

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.database.statement import execute
from appointly.models import ExternalBusy, ExternalCalendar, Job, Provider
from appointly.operations.external_calendars import CalendarToAdd, add_calendar, read_calendar_now
from appointly.queries.external_calendars import OwnCalendar, own_calendars
from appointly.settings import settings
from tests.calendars import Asked, calendar, event, reply, stranger
from tests.making import make_provider, make_service, owner_of
from tests.tasks.conftest import Gate, StartWorker
from tests.tasks.test_worker import all_done, until


def at(hours: float) -> str:
    moment: datetime = now() + timedelta(hours=hours)
    return f":{moment:%Y%m%dT%H%M%SZ}"


def feed() -> bytes:
    return calendar(event("a", at(24), at(25)), event("b", at(48), at(49)))


@pytest.fixture(autouse=True)
async def loopback(monkeypatch: pytest.MonkeyPatch, database: str) -> AsyncIterator[None]:
    monkeypatch.setattr(settings(), "calendar_networks", "127.0.0.1/32")
    yield
    await settled()


def tasks() -> Any:
    """Imported when the broker is known."""
    return import_module("tasks.calendars")


async def settled() -> None:
    """Every reading of this process has ended."""
    while under_way := tasks().under_way:
        await asyncio.gather(*under_way, return_exceptions=True)


async def add(address: str, **values: object) -> tuple[Provider, UUID]:
    async with transaction() as session:
        provider = await make_provider(session)
        await make_service(session, provider)
        typed = {"kind": "ics", "name": "Family", "address": f"{address}/private-a1b2/basic.ics", **values}
        return provider, await add_calendar(session, owner_of(provider), CalendarToAdd.model_validate(typed), now())


async def read_again(provider: Provider, calendar_id: UUID) -> None:
    async with transaction() as session:
        await read_calendar_now(session, owner_of(provider), calendar_id, now())
    await tasks().begin()
    await settled()


async def shown(provider: Provider) -> OwnCalendar:
    async with reading() as session:
        [found] = await own_calendars(session, owner_of(provider), provider.id, now())
    return found


async def test_a_reading_and_those_after_it_ask_for_changes_alone() -> None:
    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        known = asked.headers.get("if-none-match") == '"1"'
        reply(handler, b"" if known else feed(), 304 if known else 200, etag='"1"')

    with stranger(answer) as server:
        provider, calendar_id = await add(server.address)
        await tasks().begin()
        assert (await shown(provider)).reading
        await settled()
        first = await shown(provider)
        assert (first.busy, first.last_error, first.reading) == (2, "", False)
        await read_again(provider, calendar_id)
        second = await shown(provider)
        assert (second.busy, second.last_error) == (2, "")
        assert second.last_synced_at > first.last_synced_at  # type: ignore[operator]
        # The provider takes bookings further ahead, or lives by another clock: unchanged is no answer any more.
        for change in (
            "UPDATE service SET horizon_days = 90",
            "UPDATE provider SET time_zone = 'America/New_York'",
        ):
            async with transaction() as session:
                await execute(session, change)
            await read_again(provider, calendar_id)
    assert ["if-none-match" in asked.headers for asked in server.asked] == [False, True, False, False]
    assert (await shown(provider)).busy == 2


async def test_what_was_read_in_part_reaches_no_further_than_before() -> None:
    multistatus = '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">{}</d:multistatus>'
    file = "<d:response><d:href>/{0}.ics</d:href><d:propstat><d:prop>{1}</d:prop></d:propstat></d:response>"
    data = "<c:calendar-data>{}</c:calendar-data>"
    state = file.format("", "<d:sync-token>t1</d:sync-token>")
    whole = file.format("a", data.format(feed().decode()))
    part = (
        file.format("b", data.format(calendar(event("c", at(72), at(73))).decode())) + "<d:sync-token>t2</d:sync-token>"
    )

    def answer(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        told = state if asked.method == "PROPFIND" else part if b"sync-collection" in asked.body else whole
        reply(handler, multistatus.format(told).encode(), 207)

    async def kept() -> dict[str, Any]:
        async with transaction() as session:
            return (await session.exec(select(ExternalCalendar))).one().sync

    with stranger(answer) as server:
        provider, calendar_id = await add(server.address, kind="caldav", user="ada", password="hunter2-app")
        await tasks().begin()
        await settled()
        first = await kept()
        assert (await shown(provider)).busy == 2
        await read_again(provider, calendar_id)
        second = await kept()
    assert (await shown(provider)).busy == 3
    assert (first["until"], first["asked"]["tag"]) == (second["until"], "t1")
    assert second["asked"]["tag"] == "t2"


async def test_what_goes_wrong_is_a_sentence_and_the_last_copy_stays() -> None:
    page = [False]

    def answer(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        reply(handler, b"<!DOCTYPE html><title>Sign in</title>" if page[0] else feed())

    with stranger(answer) as server:
        provider, calendar_id = await add(server.address)
        await tasks().begin()
        await settled()
        page[0] = True
        await read_again(provider, calendar_id)
    found = await shown(provider)
    assert (found.last_error, found.failures) == ("The address answers with a page, not a calendar.", 1)
    assert found.busy == 2


async def test_a_slow_calendar_keeps_no_other_waiting() -> None:
    leave = threading.Event()

    def slow(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        leave.wait(30)
        reply(handler, feed())

    with stranger(slow) as tar, stranger(lambda handler, _: reply(handler, feed())) as server:
        held = [(await add(tar.address))[0] for _ in range(tasks().AT_ONCE - 1)]
        quick, _ = await add(server.address)
        await tasks().begin()

        async def quick_is_read() -> bool:
            return not (await shown(quick)).reading

        await until(quick_is_read)
        assert (await shown(quick)).busy == 2
        assert all([(await shown(each)).reading for each in held])
        leave.set()
        await settled()
        assert [(await shown(each)).busy for each in held] == [2] * len(held)


async def test_no_secret_is_logged_or_in_a_job(caplog: pytest.LogCaptureFixture) -> None:
    secrets = ("hunter2-app", "private-a1b2")
    with structlog.testing.capture_logs() as logged, caplog.at_level(logging.DEBUG):
        with stranger(lambda handler, _: reply(handler, b"", 401)) as server:
            provider, _ = await add(server.address, kind="caldav", user="ada", password=secrets[0])
            await tasks().begin()
            await settled()
        assert (await shown(provider)).last_error == "The password was refused."
        async with transaction() as session:
            jobs = (await session.exec(select(Job))).all()
            rows = (await session.exec(select(ExternalCalendar))).all()
    told = f"{logged}{caplog.text}{jobs}{rows}{await shown(provider)}"
    assert not any(secret in told for secret in secrets)


async def test_another_secret_key_is_said_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    provider, _ = await add("https://calendar.example")
    monkeypatch.setattr(settings(), "secret_key", "another secret key that is long enough")
    await tasks().begin()
    await settled()
    assert "add it again" in (await shown(provider)).last_error


async def test_a_reading_of_a_removed_calendar_leaves_nothing() -> None:
    arrived, leave = threading.Event(), threading.Event()

    def slow(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        arrived.set()
        leave.wait(30)
        reply(handler, feed())

    with stranger(slow) as server:
        _, calendar_id = await add(server.address)
        await tasks().begin()
        await asyncio.to_thread(arrived.wait, 30)
        async with transaction() as session:
            await execute(session, "DELETE FROM external_calendar WHERE id = %(id)s", id=calendar_id)
        leave.set()
        await settled()
    async with transaction() as session:
        assert (await session.exec(select(ExternalBusy))).all() == []


async def test_a_killed_worker_s_reading_is_done_again(gate: Gate, work: StartWorker) -> None:
    arrived, dead = threading.Semaphore(0), threading.Event()

    def answer(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        arrived.release()
        if not dead.is_set():
            dead.wait(60)
            return
        reply(handler, feed())

    with stranger(answer) as server:
        worker = work(APPOINTLY_CALENDAR_NETWORKS="127.0.0.1/32")
        provider, _ = await add(server.address)
        await asyncio.to_thread(arrived.acquire, timeout=60)
        worker.process.kill()
        dead.set()
        assert (await shown(provider)).reading
        async with transaction() as session:
            await execute(session, "UPDATE external_calendar SET lease_until = now()")
        await tasks().begin()
        await settled()
    assert (await shown(provider)).busy == 2
    await until(all_done)
