"""Some wait in the demo for the demo provider's classes: one is full, of the other a place is offered right now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.operations.offer_freed import offer_freed

# Who waits for which of the two days. The demo's customer waits the longest: the open offer is theirs.
WAITING = (
    ("Jonas Berg", "customer@demo.test", (0,)),
    ("Mira Santos", "mira.santos@demo.test", (0, 1)),
    ("Jonas Weber", "jonas.weber@demo.test", (1,)),
)
CLASSES = """
SELECT service_id, slot.provider_id, slot_date AS day
FROM slot JOIN service ON service.id = service_id JOIN provider ON provider.id = slot.provider_id
JOIN "user" AS owner ON owner.id = user_id
WHERE owner.email = 'provider@demo.test' AND slot.capacity > 1 AND booked_count >= slot.capacity - 1
  AND slot_date > (%(now)s AT TIME ZONE provider.time_zone)::date
ORDER BY start_time LIMIT 2
"""
JOIN = """
INSERT INTO waitlist_entry (
    service_id, provider_id, customer_id, customer_name, customer_email, customer_phone, dates, status, updated_at,
    created_at
)
VALUES (
    %(service_id)s, %(provider_id)s, (SELECT id FROM "user" WHERE email = %(email)s), %(name)s, %(email)s, '',
    %(dates)s::date[], 'waiting', %(at)s, %(at)s
)
"""


@dataclass(frozen=True)
class _Class:
    service_id: UUID
    provider_id: UUID
    day: date


async def some_wait(session: AsyncSession, now: datetime) -> None:
    """Put people in line for the next two classes, and offer the place that was cancelled in the first of them."""
    lessons = await select(session, _Class, CLASSES, now=now)
    for place, (name, email, days) in enumerate(WAITING):
        values = {"name": name, "email": email, "at": now - timedelta(hours=20 - 7 * place)}
        values |= {"service_id": lessons[0].service_id, "provider_id": lessons[0].provider_id}
        await execute(session, JOIN, dates=[lessons[each].day for each in days], **values)
    await offer_freed(session, [lessons[0].provider_id], now)
