"""Somebody waits in the demo, where a day of the demo's business is full."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.queries.waitlist import full_days

WAITING = (("Mira Santos", "mira.santos@demo.test"), ("Jonas Weber", "jonas.weber@demo.test"))
SERVICES = """
SELECT service.id, service.provider_id, (%(now)s AT TIME ZONE provider.time_zone)::date AS today
FROM service JOIN provider ON provider.id = provider_id JOIN "user" AS owner ON owner.id = user_id
WHERE owner.email = 'provider@demo.test' ORDER BY service.letter
"""
JOIN = """
INSERT INTO waitlist_entry (
    service_id, provider_id, customer_name, customer_email, customer_phone, dates, status, updated_at, created_at
)
VALUES (%(service)s, %(provider)s, %(name)s, %(email)s, '', ARRAY[%(day)s::date], 'waiting', %(at)s, %(at)s)
"""


@dataclass(frozen=True)
class _Service:
    id: UUID
    provider_id: UUID
    today: date


async def some_wait(session: AsyncSession, now: datetime) -> None:
    """Put two people in line for the last full day of the first service that has one."""
    for service in await select(session, _Service, SERVICES, now=now):
        for day in (await full_days(session, service.id, service.today, 30, now))[-1:]:
            for number, (name, email) in enumerate(WAITING):
                at = now - timedelta(hours=20 - 7 * number)
                values = {"service": service.id, "provider": service.provider_id, "name": name, "email": email}
                await execute(session, JOIN, day=day, at=at, **values)
            return
