"""Keeps stretches of a provider's time free of bookings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.slot_times import first_moment
from appointly.errors import NotFound, ValidationFailed
from appointly.models import BlockedTime, Provider
from appointly.models.base import uuid7
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.queries.hours import Blocked
from appointly.validation import Line

LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=3 * 366)
WEEK = timedelta(days=7)
MOST_WEEKS = 104
MOST_AHEAD = 2_000


class TimeToBlock(BaseModel):
    """From `start` to `end`, instants with their offset; every week on the provider's clock up to `repeat_until`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: AwareDatetime
    end: AwareDatetime
    reason: Annotated[Line, Field(max_length=200)] = ""
    repeat_until: date | None = None

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("The end must be after the start.")
        if self.end - self.start > LONGEST:
            raise ValueError("Please block at most a year at a time.")
        if self.repeat_until is not None and self.end - self.start > WEEK:
            raise ValueError("What repeats every week can last a week at most.")
        return self


async def add_blocked_time(session: AsyncSession, actor: Actor, wanted: TimeToBlock, now: datetime) -> UUID:
    """Block time of the actor's; free times that meet it can no longer be booked. The id of the (first) blocked time.

    Bookings that are there already stay. Raises `Forbidden` and `ValidationFailed`.
    """
    if wanted.end <= now:
        raise ValidationFailed(fields={"end": "This time is over. Please choose a later one."})
    if wanted.end > now + FURTHEST:
        raise ValidationFailed(fields={"end": "Please choose a time within the next three years."})
    provider_id = await lock_own_provider(session, actor, "blocked_time.edit")
    provider = await session.get_one(Provider, provider_id)
    spans = list(weekly(wanted, ZoneInfo(provider.time_zone)))
    await _require_room(session, provider_id, len(spans), now)
    series_id = uuid7() if len(spans) > 1 else None
    rows = [
        BlockedTime(
            provider_id=provider_id,
            start_time=start,
            end_time=end,
            reason=wanted.reason,
            series_id=series_id,
            created_at=now,
        )
        for start, end in spans
    ]
    session.add_all(rows)
    await session.flush()
    announce_times(session, provider_id)
    return rows[0].id


def weekly(wanted: TimeToBlock, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The spans to block: the first as it is, further ones at the same time of the clock. Raises `ValidationFailed`.

    A week in which the clock skips the whole span is left out.
    """
    yield wanted.start, wanted.end
    if wanted.repeat_until is None:
        return
    first, last = (each.astimezone(zone).replace(tzinfo=None) for each in (wanted.start, wanted.end))
    weeks = (wanted.repeat_until - first.date()) // WEEK
    if not 0 <= weeks < MOST_WEEKS:
        raise ValidationFailed(
            fields={"repeat_until": f"Please repeat from the first day on, at most {MOST_WEEKS} times."}
        )
    for week in range(1, weeks + 1):
        start, end = first_moment(first + week * WEEK, zone), first_moment(last + week * WEEK, zone)
        if start < end:
            yield start, end


@dataclass(frozen=True)
class _Count:
    number: int


async def _require_room(session: AsyncSession, provider_id: UUID, more: int, now: datetime) -> None:
    query = "SELECT count(*) AS number FROM blocked_time WHERE provider_id = %(provider_id)s AND end_time > %(now)s"
    [ahead] = await select(session, _Count, query, provider_id=provider_id, now=now)
    if ahead.number + more > MOST_AHEAD:
        raise ValidationFailed(f"At most {MOST_AHEAD:,} blocked times can lie ahead. Please remove some first.")


async def remove_blocked_time(session: AsyncSession, actor: Actor, blocked_id: UUID, now: datetime) -> None:
    """Give blocked time free again. Raises `Forbidden`, and `NotFound` for somebody else's."""
    provider_id = await lock_own_provider(session, actor, "blocked_time.edit")
    query = "DELETE FROM blocked_time WHERE id = %(id)s AND provider_id = %(provider_id)s"
    if not await execute(session, query, id=blocked_id, provider_id=provider_id):
        raise NotFound("We could not find this blocked time.")
    await offer_freed(session, [provider_id], now)
    announce_times(session, provider_id)


async def remove_blocked_series_of(session: AsyncSession, actor: Actor, blocked_id: UUID, now: datetime) -> int:
    """Give free this blocked time, and what is still to come of those it was repeated with; how many.

    Raises `Forbidden`, and `NotFound` for somebody else's.
    """
    provider_id = await lock_own_provider(session, actor, "blocked_time.edit")
    query = """
        DELETE FROM blocked_time USING blocked_time AS one
        WHERE one.id = %(id)s AND one.provider_id = %(provider_id)s
          AND (blocked_time.id = one.id OR blocked_time.provider_id = one.provider_id
               AND blocked_time.series_id = one.series_id AND blocked_time.end_time > %(now)s)
    """
    removed = await execute(session, query, id=blocked_id, provider_id=provider_id, now=now)
    if not removed:
        raise NotFound("We could not find this blocked time.")
    await offer_freed(session, [provider_id], now)
    announce_times(session, provider_id)
    return removed


async def put_back_blocked_times(
    session: AsyncSession, actor: Actor, removed: Sequence[Blocked], now: datetime
) -> None:
    """Block again what the actor has just removed; what is there already stays once. Raises `Forbidden`."""
    provider_id = await lock_own_provider(session, actor, "blocked_time.edit")
    await _require_room(session, provider_id, len(removed), now)
    for each in removed:
        query = """
            INSERT INTO blocked_time (id, provider_id, start_time, end_time, reason, series_id, created_at)
            VALUES (%(id)s, %(provider_id)s, %(start)s, %(end)s, %(reason)s, %(series_id)s, %(now)s)
            ON CONFLICT (id) DO NOTHING
        """
        values = {"id": each.id, "start": each.start, "end": each.end, "reason": each.reason}
        await execute(session, query, provider_id=provider_id, series_id=each.series_id, now=now, **values)
    announce_times(session, provider_id)
