"""A business with a calendar at Google, and what a worker does for it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.models import Provider
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.google_calendars import Chosen, Grant, choose_google_calendars
from appointly.operations.jobs import ClaimedJob
from appointly.queries.google_calendars import GoogleRow, google_rows
from appointly.sandbox.google_calendar import READ, WRITE
from tasks import google as work
from tests.google import NORA, StandIn
from tests.making import asking, make_provider, make_service, make_slots, owner_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FAMILY = f"family.{NORA}"


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


@pytest.fixture(autouse=True)
def no_tokens_yet() -> None:
    work.known.clear()
