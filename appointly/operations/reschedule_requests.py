"""Ends wishes for another time, and lets go of the times that were kept for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.operations.hold_slot import release_holds


@dataclass(frozen=True)
class Closed:
    """A request that has just ended."""

    id: UUID
    appointment_id: UUID
    hold_id: UUID | None
    from_time: datetime
    start: datetime


CLOSE = """
WITH waiting AS (
    SELECT id, hold_id FROM reschedule_request WHERE appointment_id = ANY(%(ids)s) AND status = 'waiting' FOR UPDATE
)
UPDATE reschedule_request AS request
SET status = %(status)s, answer = %(answer)s, hold_id = NULL, decided_at = %(now)s
FROM waiting WHERE request.id = waiting.id
RETURNING request.id, appointment_id, waiting.hold_id, from_time, start_time AS start
"""


async def close_requests(
    session: AsyncSession, appointment_ids: Sequence[UUID], status: str, now: datetime, answer: str = ""
) -> list[Closed]:
    """Let the requests of these appointments that still wait be `status`; the times kept for them are free again.

    The providers' locks are to be held. Those that ended before are left out; of accepted ones the kept place is the
    appointment's by now.
    """
    closed = await select(session, Closed, CLOSE, ids=list(appointment_ids), status=status, answer=answer, now=now)
    await release_holds(session, [each.hold_id for each in closed if each.hold_id], now)
    return closed
