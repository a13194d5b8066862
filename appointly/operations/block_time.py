"""Keeps a stretch of a provider's time free of bookings."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import NotFound, ValidationFailed
from appointly.models import BlockedTime
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.validation import Line

LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=3 * 366)


class TimeToBlock(BaseModel):
    """From `start` to `end`, instants with their offset."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: AwareDatetime
    end: AwareDatetime
    reason: Annotated[Line, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("The end must be after the start.")
        if self.end - self.start > LONGEST:
            raise ValueError("Please block at most a year at a time.")
        return self


async def add_blocked_time(session: AsyncSession, actor: Actor, wanted: TimeToBlock, now: datetime) -> UUID:
    """Block time of the actor's; free times that meet it can no longer be booked. The id of the blocked time.

    Bookings that are there already stay. Raises `Forbidden` and `ValidationFailed`.
    """
    if wanted.end <= now:
        raise ValidationFailed(fields={"end": "This time is over. Please choose a later one."})
    if wanted.end > now + FURTHEST:
        raise ValidationFailed(fields={"end": "Please choose a time within the next three years."})
    provider_id = await lock_own_provider(session, actor, "blocked_time.edit")
    blocked = BlockedTime(
        provider_id=provider_id, start_time=wanted.start, end_time=wanted.end, reason=wanted.reason, created_at=now
    )
    session.add(blocked)
    await session.flush()
    announce_times(session, provider_id)
    return blocked.id


async def remove_blocked_time(session: AsyncSession, actor: Actor, blocked_id: UUID) -> None:
    """Give blocked time free again. Raises `Forbidden`, and `NotFound` for somebody else's."""
    provider_id = await lock_own_provider(session, actor, "blocked_time.edit")
    removed = await execute(
        session,
        "DELETE FROM blocked_time WHERE id = %(id)s AND provider_id = %(provider_id)s",
        id=blocked_id,
        provider_id=provider_id,
    )
    if not removed:
        raise NotFound("We could not find this blocked time.")
    announce_times(session, provider_id)
