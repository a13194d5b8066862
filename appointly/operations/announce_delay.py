"""The day runs late, or no longer does: the estimates move, and those who wait are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.queue import Turn
from appointly.models.base import uuid7
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.operations.run_queue import lock_line, tell
from appointly.queries.queue import Line
from appointly.validation import Number, Paragraphs

LONGEST_DELAY = 600


class Delay(BaseModel):
    """By how many minutes, 0 for "on time again", and the provider's own words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minutes: Annotated[Number, Field(ge=0, le=LONGEST_DELAY)]
    note: Annotated[Paragraphs, Field(max_length=300)] = ""


@dataclass(frozen=True)
class _Told:
    id: UUID


SAY = """
INSERT INTO queue_day (provider_id, queue_date, delay_minutes, note, walk_ins, updated_at)
VALUES (%(provider_id)s, %(day)s, %(minutes)s, %(note)s, 0, %(now)s)
ON CONFLICT (provider_id, queue_date) DO UPDATE
SET delay_minutes = excluded.delay_minutes, note = excluded.note, updated_at = excluded.updated_at
"""
# Those who believe in a delay: it was the last thing they were told of the time they have now.
TOLD = """
SELECT appointment.id FROM appointment, LATERAL (
    SELECT kind FROM message WHERE appointment_id = appointment.id AND message.start_time = appointment.start_time
        AND kind IN ('delayed', 'back_on_time')
    ORDER BY message.created_at DESC, message.id DESC LIMIT 1
) AS latest
WHERE appointment.id = ANY(%(ids)s) AND latest.kind = 'delayed'
"""


async def announce_delay(session: AsyncSession, actor: Actor, delay: Delay, now: datetime) -> int:
    """Say how late the actor's own day runs; how many customers get a mail about it.

    A longer delay (or other words) is told to everybody who still waits with an appointment of today; a shorter one, or
    none, to those who had been told of one. The same once more is told to nobody. Raises `Forbidden`.
    """
    line = await lock_line(session, actor, now)
    if (delay.minutes, delay.note) == (line.delay, line.said.note if line.said else ""):
        return 0
    await execute(
        session, SAY, provider_id=line.shop.id, day=line.date, minutes=delay.minutes, note=delay.note, now=now
    )
    about, ids = uuid7(), await _listeners(session, line, delay)
    kind = "delayed" if delay.minutes else "back_on_time"
    detail: dict[str, object] = {"minutes": delay.minutes, "before": line.delay, "reason": delay.note}
    await plan_mails(session, [Mail(each, kind, about=about, detail=detail) for each in ids], now)
    tell(session, line)
    return len(ids)


async def _listeners(session: AsyncSession, line: Line, delay: Delay) -> list[UUID]:
    ids = [each for place in line.of(Turn.WAITING, Turn.SKIPPED, Turn.OVERDUE) for each in place.entry.expected]
    if delay.minutes and delay.minutes >= line.delay:
        return ids
    return [told.id for told in await select(session, _Told, TOLD, ids=ids)]
