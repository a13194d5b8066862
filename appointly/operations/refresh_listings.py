"""Moves services whose next free time has passed to where they belong among the others."""

from datetime import datetime
from typing import LiteralString

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute

# Whoever frees time holds the provider's lock; busy providers wait for the next time.
REFRESH: LiteralString = """
WITH stale AS (
    SELECT service_id, listing.provider_id, %(now)s + make_interval(mins => min_notice_minutes) AS since
    FROM listing JOIN service ON service.id = service_id
    WHERE next_free_at < %(now)s + make_interval(mins => min_notice_minutes)
    ORDER BY listing.provider_id LIMIT %(count)s
), idle AS MATERIALIZED (
    SELECT id FROM provider WHERE id IN (SELECT provider_id FROM stale) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE listing SET next_free_at = first_free(listing.service_id, since), days = free_days(listing.service_id, since)
FROM stale JOIN idle ON idle.id = stale.provider_id WHERE listing.service_id = stale.service_id
"""


async def refresh_listings(session: AsyncSession, now: datetime, count: int = 500) -> int:
    """Look up the next free time of up to `count` services whose noted one has passed; how many were.

    Only the order of search results hangs on it: what is shown as free is always read from the slots.
    """
    return await execute(session, REFRESH, now=now, count=count)
