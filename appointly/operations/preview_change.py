"""What a change of a provider's does to what is offered: measured by making it, kept or undone afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.engine import JOBS, TOPICS
from appointly.database.statement import rollback
from appointly.domain.actor import Actor
from appointly.domain.slot_times import openings, runs
from appointly.operations.own_provider import lock_own_provider
from appointly.queries.offered import BookedTime, FreeTime, OpenHours, booked_times, free_times, open_hours

NAMED = 12  # how many of the free times that go are named
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """How many free times go and come, the first of those that go, and which bookings it leaves behind.

    `outside` holds the bookings to come that lie outside the open hours afterwards and did not before. They stay.
    """

    go: int = 0
    come: int = 0
    gone: tuple[FreeTime, ...] = ()
    outside: tuple[BookedTime, ...] = ()


async def measure_change(
    session: AsyncSession, actor: Actor, change: Callable[[], Awaitable[object]], now: datetime
) -> Change:
    """Make `change`, an operation of this session, and say what it did to the actor's free times and bookings.

    The provider is locked first, so nobody books in between. Raises `Forbidden`, and what `change` raises.
    """
    provider_id = await lock_own_provider(session, actor, "provider.edit")
    free = {each.id: each for each in await free_times(session, provider_id, now)}
    outside = {each.id for each in await _outside(session, provider_id, now)}
    await change()
    free_after = {each.id for each in await free_times(session, provider_id, now)}
    gone = [each for each in free.values() if each.id not in free_after]
    return Change(
        go=len(gone),
        come=len(free_after - free.keys()),
        gone=tuple(gone[:NAMED]),
        outside=tuple(each for each in await _outside(session, provider_id, now) if each.id not in outside),
    )


async def preview_change(
    session: AsyncSession, actor: Actor, change: Callable[[], Awaitable[object]], now: datetime
) -> Change:
    """What `change` would do, told by making it and undoing everything: nothing is stored, announced or enqueued.

    The session's transaction must hold nothing else; it has ended, and let go of its locks, when this returns.
    Raises as `measure_change`.
    """
    try:
        return await measure_change(session, actor, change, now)
    finally:
        await rollback(session)
        session.info.pop(TOPICS, None)
        session.info.pop(JOBS, None)


async def _outside(session: AsyncSession, provider_id: UUID, now: datetime) -> list[BookedTime]:
    """The bookings to come that lie outside the open hours, or meet blocked time."""
    booked = await booked_times(session, provider_id, now)
    if not booked:
        return []
    # Hours that run past midnight may have begun a day before; zones differ from UTC by up to a day.
    first, last = booked[0].start.date() - 2 * DAY, max(each.end for each in booked).date() + DAY
    hours = await open_hours(session, provider_id, first, now)
    opened = [
        (run[0].opens, max(opening.closes for opening in run))
        for run in runs(openings(first, last, hours.zone, hours.week, hours.overrides))
    ]
    return [each for each in booked if not lies_open(each, opened, hours)]


def lies_open(booked: BookedTime, opened: list[tuple[datetime, datetime]], hours: OpenHours) -> bool:
    """Whether a booking lies within one of the spans `opened` and clear of blocked time."""
    return any(opens <= booked.start and booked.end <= closes for opens, closes in opened) and not any(
        blocked.start < booked.end and booked.start < blocked.end for blocked in hours.blocked
    )
