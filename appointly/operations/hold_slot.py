"""Keeps a place of a slot for somebody, and lets it go again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, rollback, select
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import lock_providers
from appointly.queries.availability import IN_THE_WAY


@dataclass(frozen=True)
class Held:
    """A place that is kept, or was."""

    id: UUID
    slot_id: UUID
    provider_id: UUID


LOCK_OF_SLOT = "SELECT FROM provider WHERE id = (SELECT provider_id FROM slot WHERE id = %(slot_id)s) FOR NO KEY UPDATE"
HOLD: LiteralString = f"""
WITH taken AS (
    UPDATE slot SET booked_count = booked_count + 1
    WHERE id = %(slot_id)s AND booked_count < capacity AND NOT ({IN_THE_WAY})
    RETURNING id, provider_id
)
INSERT INTO hold (slot_id, provider_id, purpose, holder, expires_at, created_at)
SELECT id, provider_id, %(purpose)s, %(holder)s, %(until)s, %(now)s FROM taken
RETURNING id, slot_id, provider_id
"""  # noqa: S608
# Where the service has fewer places by now than this time was booked with, a place that is freed is nobody's.
PLACES_LEFT: LiteralString = """
least(slot.capacity, greatest((SELECT capacity FROM service WHERE service.id = slot.service_id), {booked}))
"""
RELEASE: LiteralString = f"""
WITH gone AS (
    DELETE FROM hold WHERE id = ANY(%(ids)s) RETURNING id, slot_id, provider_id
), freed AS (
    UPDATE slot SET booked_count = booked_count - ended.number,
        capacity = {PLACES_LEFT.format(booked="booked_count - ended.number")}
    FROM (SELECT slot_id, count(*) AS number FROM gone GROUP BY slot_id) AS ended
    WHERE slot.id = ended.slot_id
)
SELECT id, slot_id, provider_id FROM gone
"""  # noqa: S608
OVERDUE = """
SELECT id, slot_id, provider_id FROM hold WHERE expires_at <= %(now)s ORDER BY expires_at LIMIT %(limit)s
"""
RUN_OUT = """
SELECT hold.id, hold.slot_id, hold.provider_id FROM slot AS wanted
JOIN hold ON hold.provider_id = wanted.provider_id AND expires_at <= %(now)s
JOIN slot ON slot.id = hold.slot_id AND slot.occupies && wanted.occupies
WHERE wanted.id = %(slot_id)s
"""


async def hold_slot(
    session: AsyncSession, slot_id: UUID, purpose: str, holder: str, until: datetime, now: datetime
) -> Held | None:
    """Keep one place of the slot until `until`, if it is free; None where it is not. What ran out gives way at once.

    Whether the time may be booked at all (notice, horizon, a paused service) is the caller's to ask. Locks the
    provider, and comes before other writes: where somebody booked without that lock, the whole transaction is undone.
    """
    await execute(session, LOCK_OF_SLOT, slot_id=slot_id)
    values = {"slot_id": slot_id, "purpose": purpose, "holder": holder, "until": until, "now": now}
    try:
        held = await select(session, Held, HOLD, **values)
        if not held and await release_run_out(session, slot_id, now):
            held = await select(session, Held, HOLD, **values)
    except ExclusionViolation:
        # Only somebody who did not take the lock can cause this; PostgreSQL has given the transaction up already.
        await rollback(session)
        held = []
    for each in held:
        announce(session, f"times:{each.provider_id}")
    return held[0] if held else None


async def release_run_out(session: AsyncSession, slot_id: UUID, now: datetime) -> int:
    """Let go of what has run out and is in this slot's way, so that nobody waits for the sweep; how many there were.

    Those that the sweep lets go of while we wait for the lock count too: the time may be free now. Locks the provider
    where there are any, so it comes before other writes.
    """
    found = await select(session, Held, RUN_OUT, slot_id=slot_id, now=now)
    if found:
        await lock_providers(session, [found[0].provider_id])
        await release_holds(session, [each.id for each in found], now)
    return len(found)


async def release_holds(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> list[Held]:
    """Let go of these holds; those that are gone already are left out. The providers' locks are to be held.

    What is free again is offered to those who wait for it.
    """
    released = await drop_holds(session, ids)
    await offer_freed(session, [each.provider_id for each in released], now)
    return released


async def drop_holds(session: AsyncSession, ids: Sequence[UUID]) -> list[Held]:
    """`release_holds` for who takes another time first: what is free after that is theirs to offer."""
    released = await select(session, Held, RELEASE, ids=list(ids)) if ids else []
    for each in released:
        announce(session, f"times:{each.provider_id}")
    return released


async def expire_holds(session: AsyncSession, now: datetime, limit: int = 100) -> int:
    """Let go of up to `limit` holds that have run out; how many had."""
    overdue = await select(session, Held, OVERDUE, now=now, limit=limit)
    if overdue:
        await lock_providers(session, [each.provider_id for each in overdue])
        await release_holds(session, [each.id for each in overdue], now)
    return len(overdue)
