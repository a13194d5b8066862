"""The demo's customer would rather come to the demo's provider at another time; the provider has yet to answer."""

from datetime import datetime
from typing import LiteralString

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.queries.availability import IS_FREE

# The wanted time is held, as for any wish.
WISH: LiteralString = f"""
WITH wanted AS (
    SELECT appointment.id AS appointment_id, appointment.start_time AS from_time, slot.id, slot.provider_id,
           slot.start_time, slot.end_time
    FROM appointment JOIN slot USING (service_id) JOIN service ON service.id = slot.service_id
    JOIN provider ON provider.id = slot.provider_id
    WHERE user_id = (SELECT id FROM "user" WHERE email = 'provider@demo.test')
      AND customer_email = 'customer@demo.test' AND appointment.status = 'confirmed'
      AND slot.start_time > appointment.start_time + interval '12 hours' AND {IS_FREE}
    ORDER BY slot.start_time LIMIT 1
), taken AS (
    UPDATE slot SET booked_count = booked_count + 1 FROM wanted WHERE slot.id = wanted.id
), kept AS (
    INSERT INTO hold (slot_id, provider_id, purpose, holder, expires_at, created_at)
    SELECT id, provider_id, 'reschedule', 'booking:' || appointment_id, %(now)s + interval '22 hours',
           %(now)s - interval '2 hours' FROM wanted
    RETURNING id, expires_at, created_at
)
INSERT INTO reschedule_request (appointment_id, provider_id, slot_id, hold_id, from_time, start_time, end_time, status,
    reason, answer, expires_at, created_at)
SELECT appointment_id, provider_id, wanted.id, kept.id, from_time, start_time, end_time, 'waiting',
    'My daughter has a play that morning. Would the next day do?', '', expires_at, created_at
FROM wanted, kept
"""  # noqa: S608


async def a_wish(session: AsyncSession, now: datetime) -> None:
    """To be made when all bookings are."""
    await execute(session, WISH, now=now)
