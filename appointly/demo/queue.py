"""The demo provider's line of today: some are served, one is in the chair, the next has come, and a walk-in."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute

TODAY = """
    appointment.provider_id = (SELECT provider.id FROM provider JOIN "user" ON "user".id = user_id
                               WHERE email = 'provider@demo.test')
    AND slot_date = (%(now)s::timestamptz AT TIME ZONE (SELECT time_zone FROM provider WHERE id = provider_id))::date
"""
TICKETS = f"""
INSERT INTO queue_ticket (provider_id, queue_date, token, appointment_id, customer_name, status, called_at, finished_at,
                          created_at)
SELECT provider_id, slot_date, token, id, '', CASE status WHEN 'completed' THEN 'done' ELSE 'serving' END,
       start_time + interval '2 minutes',
       CASE status WHEN 'completed' THEN least(end_time + interval '3 minutes', %(now)s) END, start_time
FROM appointment
WHERE {TODAY} AND start_time + interval '2 minutes' < %(now)s
  AND (status = 'completed' OR status = 'confirmed' AND end_time > %(now)s)
"""  # noqa: S608
HERE = f"""
UPDATE appointment SET checked_in_at = %(now)s - interval '6 minutes'
WHERE id = (SELECT id FROM appointment WHERE {TODAY} AND status = 'confirmed' AND start_time > %(now)s
            ORDER BY start_time LIMIT 1)
"""  # noqa: S608
WALK_IN = f"""
WITH day AS (
    INSERT INTO queue_day (provider_id, queue_date, delay_minutes, note, walk_ins, updated_at)
    SELECT provider_id, slot_date, 0, '', 1, %(now)s FROM appointment WHERE {TODAY} LIMIT 1
    RETURNING provider_id, queue_date
)
INSERT INTO queue_ticket (provider_id, queue_date, token, service_id, customer_name, status, created_at)
SELECT provider_id, queue_date, 'W1', (
    SELECT id FROM service WHERE service.provider_id = day.provider_id ORDER BY duration_minutes LIMIT 1
), 'Ines', 'waiting', %(now)s - interval '11 minutes' FROM day
"""  # noqa: S608


async def todays_line(session: AsyncSession, now: datetime) -> None:
    """To be made when all bookings are."""
    for statement in (TICKETS, HERE, WALK_IN):
        await execute(session, statement, now=now)
