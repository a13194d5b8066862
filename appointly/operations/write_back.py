"""Has a provider's own Google calendar follow their bookings: jobs that are written with each change.

A job names the booking alone. Whoever carries it out writes what is true by then, so that late, doubled and overtaken
jobs do no harm.
"""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import jobs_written
from appointly.database.statement import execute

# For a statement that changes appointments: `rows` are those, with provider_id and their new sequence. It costs one
# look into an index where the provider has no such calendar.
WRITE_BACK: LiteralString = """
INSERT INTO job (kind, payload, dedupe_key, due_at, attempts, last_error, created_at)
SELECT 'google_event', jsonb_build_object('appointment_id', changed.id, 'calendar_id', calendar.id),
       'google_event:' || calendar.id || ':' || changed.id || ':' || changed.sequence, %(now)s, 0, '', %(now)s
FROM {rows} AS changed
JOIN external_calendar AS calendar ON calendar.provider_id = changed.provider_id AND calendar.writes_back
WHERE {when}
ON CONFLICT (dedupe_key) DO NOTHING
"""
# All of a calendar's bookings to come, once more, whatever was written before.
_ALL = """
INSERT INTO job (kind, payload, dedupe_key, due_at, attempts, last_error, created_at)
SELECT 'google_event', jsonb_build_object('appointment_id', appointment.id, 'calendar_id', calendar.id),
       'google_event:' || calendar.id || ':' || appointment.id || ':at:' || %(now)s::timestamptz,
       %(now)s, 0, '', %(now)s
FROM external_calendar AS calendar
JOIN appointment ON appointment.provider_id = calendar.provider_id
WHERE calendar.id = %(calendar_id)s AND appointment.status = 'confirmed' AND appointment.end_time > %(now)s
ON CONFLICT (dedupe_key) DO NOTHING
"""


async def write_all(session: AsyncSession, calendar_id: UUID, now: datetime) -> None:
    """Let the calendar have all bookings to come, or none of them where it is not written to any more."""
    if await execute(session, _ALL, calendar_id=calendar_id, now=now):
        jobs_written(session)
