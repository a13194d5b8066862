"""What a provider offers, as they see it themselves: also what is paused, unlisted or archived."""

# ruff: noqa: S608 - the statement is put together from constants

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import Forbidden, NotFound
from appointly.queries.availability import IS_FREE

OWN: LiteralString = f"""
SELECT service.id, service.slug, letter, title, description, service.category, tags, price_amount, service.currency,
       duration_minutes, buffer_before_minutes, buffer_after_minutes, slot_interval_minutes, max_appointments_per_day,
       spread, capacity, min_notice_minutes, horizon_days, approval, answer_within_hours, reschedule, location,
       deposit_percent, cancellation_policy, questions, service.picture, unlisted, status, service.created_at,
       ever_booked, coming, next_month, soon.start_time AS next_free
FROM service JOIN provider ON provider.id = provider_id CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS ever_booked,
           count(*) FILTER (WHERE keeps AND start_time > %(now)s) AS coming,
           count(*) FILTER (WHERE keeps AND start_time > %(now)s AND start_time < %(now)s + interval '30 days')
               AS next_month
    FROM (SELECT start_time, appointment.status NOT IN ('declined', 'cancelled', 'expired') AS keeps
          FROM appointment WHERE service_id = service.id) AS booked
) AS counted LEFT JOIN LATERAL (
    SELECT slot.start_time FROM slot WHERE slot.service_id = service.id AND service.status = 'active' AND {IS_FREE}
    ORDER BY slot.start_time LIMIT 1
) AS soon ON true
WHERE provider_id = %(provider_id)s AND (%(service_id)s::uuid IS NULL OR service.id = %(service_id)s)
ORDER BY array_position(ARRAY['active', 'paused', 'archived'], service.status), length(letter), letter
"""


@dataclass(frozen=True)
class OwnService:
    """A service as its row says, and what hangs on it.

    `coming` and `next_month` count live appointments ahead, of all time and of 30 days; `next_free` is in UTC.
    """

    id: UUID
    slug: str
    letter: str
    title: str
    description: str
    category: str
    tags: list[str]
    price_amount: int
    currency: str
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    slot_interval_minutes: int | None
    max_appointments_per_day: int | None
    spread: str
    capacity: int
    min_notice_minutes: int
    horizon_days: int
    approval: str
    reschedule: str
    answer_within_hours: int
    location: str
    deposit_percent: int
    cancellation_policy: str
    questions: list[dict[str, Any]]
    picture: str
    unlisted: bool
    status: str
    created_at: datetime
    ever_booked: bool
    coming: int
    next_month: int
    next_free: datetime | None


async def own_services(session: AsyncSession, actor: Actor, now: datetime) -> list[OwnService]:
    """Everything the actor's business offers or has offered: active, paused, archived. Raises `Forbidden`."""
    return await select(session, OwnService, OWN, provider_id=_business(actor), service_id=None, now=now)


async def own_service(session: AsyncSession, actor: Actor, service_id: UUID, now: datetime) -> OwnService:
    """One of them. Raises `Forbidden`, and `NotFound` for somebody else's."""
    found = await select(session, OwnService, OWN, provider_id=_business(actor), service_id=service_id, now=now)
    if not found:
        raise NotFound("We could not find this service.")
    return found[0]


def _business(actor: Actor) -> UUID:
    if actor.provider_id is None:
        raise Forbidden("Only providers may do this. Tell us about your business first.")
    require(actor, "service.edit", Whose(provider_id=actor.provider_id))
    return actor.provider_id
