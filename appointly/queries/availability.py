"""The times that can be booked."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class FreeSlot:
    """One time that can be booked; `date` is the provider's local date, the instants are UTC."""

    id: UUID
    date: date
    start: datetime
    end: datetime
    token: str
    remaining: int


NEAREST = """
SELECT free.id, free.slot_date AS date, free.start_time AS start, free.end_time AS "end",
       service.letter || free.token AS token, free.capacity - free.booked_count AS remaining
FROM slot AS wanted
JOIN service ON service.id = wanted.service_id
JOIN slot AS free ON free.service_id = wanted.service_id
WHERE wanted.id = %(slot_id)s AND NOT free.booked
  AND free.start_time > greatest(%(now)s, %(now)s + make_interval(mins => service.min_notice_minutes))
  AND NOT EXISTS (
      SELECT FROM slot other WHERE other.provider_id = free.provider_id AND other.booked_count > 0
      AND other.occupies && free.occupies AND other.id <> free.id
  ) AND NOT EXISTS (
      SELECT FROM blocked_time WHERE blocked_time.provider_id = free.provider_id
      AND tstzrange(blocked_time.start_time, blocked_time.end_time) && free.occupies
  )
ORDER BY abs(extract(epoch FROM free.start_time - wanted.start_time)), free.start_time
LIMIT %(count)s
"""


async def nearest_free(session: AsyncSession, slot_id: UUID, count: int, now: datetime) -> list[FreeSlot]:
    """The free times of the same service nearest to this slot's."""
    return await select(session, FreeSlot, NEAREST, slot_id=slot_id, count=count, now=now)
