"""Somebody without an appointment takes a token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.errors import NotFound, QueueFull
from appointly.operations.own_provider import lock_own_provider
from appointly.operations.run_queue import RIGHT
from appointly.queries.dashboard import business
from appointly.queries.queue import day_of_line
from appointly.validation import Line

MOST_A_DAY = 500


class WalkIn(BaseModel):
    """Who came, if they say so, and what for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(max_length=120)] = ""
    service_id: UUID | None = None


@dataclass(frozen=True)
class Ticket:
    """A walk-in's place in the line."""

    id: UUID
    token: str


@dataclass(frozen=True)
class _Number:
    number: int


COUNT = """
INSERT INTO queue_day (provider_id, queue_date, walk_ins, delay_minutes, note, updated_at)
VALUES (%(provider_id)s, %(day)s, 1, 0, '', %(now)s)
ON CONFLICT (provider_id, queue_date) DO UPDATE SET walk_ins = queue_day.walk_ins + 1
RETURNING walk_ins AS number
"""
TAKE = """
INSERT INTO queue_ticket (provider_id, queue_date, token, service_id, customer_name, status, created_at)
VALUES (%(provider_id)s, %(day)s, 'W' || %(number)s::int, %(service_id)s,
        %(name)s, 'waiting', %(now)s)
RETURNING id, token
"""
OWN_SERVICE = "SELECT FROM service WHERE id = %(service_id)s AND provider_id = %(provider_id)s"


async def add_walk_in(session: AsyncSession, actor: Actor, walk_in: WalkIn, now: datetime) -> Ticket:
    """Put somebody into the actor's own line of today, behind the walk-ins before them and where no appointment has to
    wait for them. Their token ("W3") is never given twice that day.

    Raises `Forbidden`, `NotFound` for a service that is not the actor's, `QueueFull`.
    """
    provider_id = await lock_own_provider(session, actor, RIGHT)
    shop = await business(session, provider_id)
    if walk_in.service_id and not await execute(
        session, OWN_SERVICE, service_id=walk_in.service_id, provider_id=provider_id
    ):
        raise NotFound("This service is not one of yours.")
    values = {"provider_id": provider_id, "day": await day_of_line(session, shop, now), "now": now}
    [counted] = await select(session, _Number, COUNT, **values)
    if counted.number > MOST_A_DAY:
        raise QueueFull
    [ticket] = await select(
        session, Ticket, TAKE, number=counted.number, service_id=walk_in.service_id, name=walk_in.name, **values
    )
    announce(session, f"queue:{provider_id}", f"provider:{provider_id}")
    return ticket
