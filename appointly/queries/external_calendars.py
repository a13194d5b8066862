"""Providers' own calendars elsewhere, as their owners see them, and what collides with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound


@dataclass(frozen=True)
class OwnCalendar:
    """A calendar without its secret. `busy` counts the busy times to come, the last of which ends at `busy_until`.

    `reading`: a reading is under way or about to begin. `failures` counts those since the last good one.
    `leaving`: it goes as soon as our bookings are out of it.
    """

    id: UUID
    kind: str
    name: str
    shown: str
    writes_back: bool
    leaving: bool
    busy: int
    busy_until: datetime | None
    reading: bool
    due_at: datetime
    last_synced_at: datetime | None
    last_error: str
    failures: int


@dataclass(frozen=True)
class Collision:
    """An appointment to come at a time at which the provider's own calendar is busy: one booking, or a whole class.

    `places` are those of a class, else 1; `slot_id` leads to it, `reference` to its first booking.
    """

    slot_id: UUID
    reference: str
    customer_name: str
    booked: int
    places: int
    service: str
    start: datetime
    end: datetime
    calendar: str


CALENDARS: LiteralString = """
SELECT id, kind, name, shown, writes_back, sync ? 'leaving' AS leaving, busy.count AS busy, busy.until AS busy_until,
       due_at <= %(now)s OR coalesce(lease_until > %(now)s, false) AS reading,
       due_at, last_synced_at, last_error, failures
FROM external_calendar, LATERAL (
    SELECT count(*), max(end_time) AS until FROM external_busy WHERE calendar_id = external_calendar.id
      AND end_time > %(now)s
) AS busy
WHERE provider_id = %(provider_id)s
"""
COLLISIONS: LiteralString = """
SELECT slot.id AS slot_id, (array_agg(reference ORDER BY appointment.id))[1] AS reference,
       (array_agg(customer_name ORDER BY appointment.id))[1] AS customer_name, count(DISTINCT appointment.id) AS booked,
       slot.capacity AS places, service.title AS service, slot.start_time AS start, slot.end_time AS "end",
       min(external_calendar.name) AS calendar
FROM appointment JOIN service ON service.id = appointment.service_id JOIN slot ON slot.id = appointment.slot_id
JOIN external_busy ON external_busy.provider_id = appointment.provider_id
  AND tstzrange(external_busy.start_time, external_busy.end_time)
      && tstzrange(appointment.start_time, appointment.end_time)
JOIN external_calendar ON external_calendar.id = calendar_id
WHERE appointment.provider_id = %(provider_id)s AND appointment.end_time > %(now)s
  AND appointment.status IN ('pending', 'confirmed')
GROUP BY slot.id, service.title
ORDER BY slot.start_time LIMIT 50
"""


async def own_calendars(session: AsyncSession, actor: Actor, provider_id: UUID, now: datetime) -> list[OwnCalendar]:
    """The provider's calendars, the oldest first. Raises `NotSignedIn` and `Forbidden`."""
    require(actor, "calendar.read", Whose(provider_id=provider_id))
    return await select(session, OwnCalendar, f"{CALENDARS} ORDER BY created_at, id", provider_id=provider_id, now=now)


async def own_calendar(
    session: AsyncSession, actor: Actor, provider_id: UUID, calendar_id: UUID, now: datetime
) -> OwnCalendar:
    """One of the provider's calendars. Raises `NotFound`, `NotSignedIn` and `Forbidden`."""
    require(actor, "calendar.read", Whose(provider_id=provider_id))
    query: LiteralString = f"{CALENDARS} AND id = %(id)s"
    for found in await select(session, OwnCalendar, query, provider_id=provider_id, id=calendar_id, now=now):
        return found
    raise NotFound("We could not find this calendar.")


async def collisions(session: AsyncSession, actor: Actor, provider_id: UUID, now: datetime) -> list[Collision]:
    """The appointments to come that meet busy time of the provider's own calendars, by start; at most fifty."""
    require(actor, "calendar.read", Whose(provider_id=provider_id))
    return await select(session, Collision, COLLISIONS, provider_id=provider_id, now=now)
