"""Gives one date of a provider hours of its own, or closes it."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import ValidationFailed
from appointly.models import DateOverride, Provider
from appointly.operations.hours import ClockRange, require_apart
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from appointly.validation import Line

FURTHEST = timedelta(days=2 * 366)


class DateHours(BaseModel):
    """The hours of a local date instead of its weekday's; no ranges close it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    ranges: Annotated[list[ClockRange], Field(max_length=24)] = Field(default_factory=list)
    reason: Annotated[Line, Field(max_length=200)] = ""


async def set_date_override(session: AsyncSession, actor: Actor, wanted: DateHours, now: datetime) -> Regenerated:
    """Replace the hours of a date that is not over and bring the free times in line. Booked times stay.

    Raises `Forbidden` and `ValidationFailed`.
    """
    require_apart(wanted.ranges, f"{wanted.date:%A}", "ranges")
    provider_id = await lock_own_provider(session, actor, "hours.edit")
    provider = await session.get_one(Provider, provider_id)
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    if not today <= wanted.date <= today + FURTHEST:
        raise ValidationFailed(fields={"date": "Please choose a date from today on, at most two years ahead."})
    await _clear(session, provider_id, wanted.date)
    spans: list[tuple[int, int] | tuple[None, None]] = [
        (entry.hours.opens_minute, entry.hours.closes_minute) for entry in wanted.ranges
    ]
    session.add_all(
        DateOverride(
            provider_id=provider_id,
            local_date=wanted.date,
            opens_minute=opens,
            closes_minute=closes,
            reason=wanted.reason,
        )
        for opens, closes in spans or [(None, None)]
    )
    return await _take_effect(session, provider_id, now)


async def clear_date_override(session: AsyncSession, actor: Actor, day: date, now: datetime) -> Regenerated:
    """Let a date have its weekday's hours again. Raises `Forbidden`; a date without its own hours is fine."""
    provider_id = await lock_own_provider(session, actor, "hours.edit")
    await _clear(session, provider_id, day)
    return await _take_effect(session, provider_id, now)


async def _clear(session: AsyncSession, provider_id: UUID, day: date) -> None:
    await execute(
        session,
        "DELETE FROM date_override WHERE provider_id = %(id)s AND local_date = %(day)s",
        id=provider_id,
        day=day,
    )


async def _take_effect(session: AsyncSession, provider_id: UUID, now: datetime) -> Regenerated:
    result = await regenerate_slots(session, now=now, provider_id=provider_id)
    announce_times(session, provider_id)
    return result
