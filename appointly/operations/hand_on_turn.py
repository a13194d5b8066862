"""A group that has been called stays called when one of it does not come any more."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.queries.bookings import Booking

# The ticket names one of those who share the token: another one of them, unless they bring a ticket of their own.
HAND_ON = """
UPDATE queue_ticket SET appointment_id = other.id
FROM unnest(%(ids)s::uuid[], %(slot_ids)s::uuid[]) AS gone (id, slot_id), LATERAL (
    SELECT appointment.id FROM appointment
    WHERE appointment.slot_id = gone.slot_id AND appointment.id <> ALL(%(ids)s)
      AND appointment.status IN ('confirmed', 'completed', 'no_show')
      AND NOT EXISTS (SELECT FROM queue_ticket AS own WHERE own.appointment_id = appointment.id)
    ORDER BY appointment.created_at, appointment.id LIMIT 1
) AS other
WHERE queue_ticket.appointment_id = gone.id
"""


async def hand_on_turn(session: AsyncSession, leaving: Sequence[Booking]) -> None:
    """Let the tickets of those who leave their times be those of the others there. `leaving` is as it was before."""
    ids, slot_ids = [booking.id for booking in leaving], [booking.slot_id for booking in leaving]
    await execute(session, HAND_ON, ids=ids, slot_ids=slot_ids)
