"""What must be true of the database after anything at all."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.lifecycle import LEGAL_MOVES

LEGAL = ["moved", *(f"{before or ''}>{after}" for before, after in LEGAL_MOVES)]

BROKEN = """
SELECT 'slot ' || slot.id || ' counts ' || booked_count || ' of ' || live || ' appointments and ' || kept || ' holds'
    AS what
FROM slot,
     LATERAL (SELECT count(*) AS live FROM appointment
              WHERE slot_id = slot.id AND status NOT IN ('declined', 'cancelled', 'expired')) AS appointments,
     LATERAL (SELECT count(*) AS kept FROM hold WHERE slot_id = slot.id) AS holds
WHERE booked_count <> live + kept OR booked_count > slot.capacity
UNION ALL
SELECT 'slots ' || one.id || ' and ' || other.id || ' overlap'
FROM slot AS one JOIN slot AS other ON one.provider_id = other.provider_id AND one.id < other.id
    AND one.occupies && other.occupies
WHERE one.booked_count > 0 AND other.booked_count > 0
UNION ALL
SELECT 'appointment ' || id || ' is ' || status || ' after ' || coalesce(string_agg(step, ', '), 'nothing')
FROM (
    SELECT appointment.id, status, to_status,
           CASE WHEN moved_to IS NULL THEN coalesce(from_status, '') || '>' || to_status ELSE 'moved' END AS step,
           coalesce(from_status, '') IS DISTINCT FROM coalesce(lag(to_status) OVER history, '') AS jumped,
           row_number() OVER (history ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
               = count(appointment_event.id) OVER (PARTITION BY appointment.id) AS last
    FROM appointment LEFT JOIN appointment_event ON appointment_id = appointment.id
    WINDOW history AS (PARTITION BY appointment.id ORDER BY appointment_event.id)
) AS steps
GROUP BY id, status
HAVING bool_or(step IS NULL OR NOT step = ANY(%(legal)s) OR jumped) OR NOT bool_or(last AND to_status = status)
UNION ALL
SELECT 'message ' || message.id || ' is planned without a job'
FROM message LEFT JOIN job ON dedupe_key = 'mail:' || message.id WHERE message.status = 'planned' AND job.id IS NULL
UNION ALL
SELECT purpose || ' hold ' || hold.id || ' belongs to nobody' FROM hold
WHERE NOT EXISTS (SELECT FROM booking_draft WHERE hold_id = hold.id)
  AND NOT EXISTS (SELECT FROM reschedule_request WHERE hold_id = hold.id AND status = 'waiting')
  AND NOT EXISTS (SELECT FROM waitlist_offer WHERE hold_id = hold.id AND status = 'open')
UNION ALL
SELECT 'reschedule request ' || request.id || ' waits for ' || appointment.status FROM reschedule_request AS request
JOIN appointment ON appointment.id = appointment_id
WHERE request.status = 'waiting' AND appointment.status NOT IN ('pending', 'confirmed')
UNION ALL
SELECT 'appointment ' || appointment.id || ' is not at the time of its slot'
FROM appointment JOIN slot ON slot.id = slot_id
WHERE appointment.status IN ('held', 'pending', 'confirmed')
  AND (appointment.start_time, appointment.end_time) <> (slot.start_time, slot.end_time)
UNION ALL
SELECT 'appointment ' || id || ' has no message' FROM appointment
WHERE NOT EXISTS (SELECT FROM message WHERE appointment_id = appointment.id)
"""


@dataclass(frozen=True)
class Broken:
    what: str


async def broken_invariants(session: AsyncSession) -> list[str]:
    """Counts that do not count live appointments, overlaps, histories of illegal moves, lost mails: each in words."""
    return [broken.what for broken in await select(session, Broken, BROKEN, legal=LEGAL)]
