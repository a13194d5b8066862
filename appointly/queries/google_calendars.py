"""Calendars at Google that were connected, and what stands in those that bookings are written into."""

from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.encrypted import decrypt
from appointly.operations.external_calendars import PURPOSE
from appointly.queries.feeds import FeedEvent


@dataclass(frozen=True)
class GoogleRow:
    """A connected calendar with its secret. While it is `leaving`, its bookings are taken out; then it goes."""

    id: UUID
    provider_id: UUID
    name: str
    secret: bytes = field(repr=False)
    writes_back: bool
    leaving: bool
    last_error: str

    @property
    def facts(self) -> dict[str, Any]:
        """`account`, `calendar` (its id at Google), `refresh_token`, `scope`, `grant` (the permission's name)."""
        return decrypt(PURPOSE, self.secret)


@dataclass(frozen=True)
class Written(FeedEvent):
    """A booking and a calendar that it may stand in. Two are equal where the same should be written."""

    writes_back: bool
    secret: bytes = field(compare=False, repr=False)

    @property
    def there(self) -> bool:
        """Whether the booking should be in the calendar now."""
        return self.writes_back and self.status in ("confirmed", "completed", "no_show")


ROWS: LiteralString = """
SELECT id, provider_id, name, secret, writes_back, coalesce((sync ->> 'leaving')::boolean, false) AS leaving, last_error
FROM external_calendar WHERE kind = 'google'
"""
_WRITTEN = """
SELECT appointment.id, reference, appointment.status, sequence, service.title AS service_title,
       provider.business_name AS provider_name, customer_name, token, service.location, provider.address,
       provider.city, start_time AS start, end_time AS "end", appointment.created_at, appointment.updated_at,
       calendar.writes_back, calendar.secret
FROM appointment
JOIN service ON service.id = appointment.service_id
JOIN provider ON provider.id = appointment.provider_id
JOIN external_calendar AS calendar ON calendar.provider_id = appointment.provider_id
WHERE appointment.id = %(appointment_id)s AND calendar.id = %(calendar_id)s AND calendar.kind = 'google'
"""


async def google_rows(session: AsyncSession, provider_id: UUID) -> list[GoogleRow]:
    """All that a provider has connected. Whoever calls has checked the right."""
    query: LiteralString = f"{ROWS} AND provider_id = %(provider_id)s ORDER BY created_at, name, id"
    return await select(session, GoogleRow, query, provider_id=provider_id)


async def own_google_rows(session: AsyncSession, actor: Actor) -> list[GoogleRow]:
    """The same for the actor's own business. Raises `NotSignedIn` and `Forbidden`."""
    require(actor, "calendar.read", Whose(provider_id=actor.provider_id))
    assert actor.provider_id is not None  # noqa: S101 - only owners have this right
    return await google_rows(session, actor.provider_id)


async def google_row(session: AsyncSession, calendar_id: UUID) -> GoogleRow | None:
    """One of them, for the product's own work."""
    found = await select(session, GoogleRow, f"{ROWS} AND id = %(id)s", id=calendar_id)
    return found[0] if found else None


async def written(session: AsyncSession, appointment_id: UUID, calendar_id: UUID) -> Written | None:
    """The booking as it is now, and the calendar; None where one of them is gone."""
    found = await select(session, Written, _WRITTEN, appointment_id=appointment_id, calendar_id=calendar_id)
    return found[0] if found else None


@dataclass(frozen=True)
class _Count:
    count: int


async def jobs_left(session: AsyncSession, calendar_id: UUID) -> int:
    """How many bookings are still to be written into, or taken out of, this calendar."""
    query = """
        SELECT count(*) FROM job WHERE kind = 'google_event' AND done_at IS NULL AND dead_at IS NULL
          AND payload ->> 'calendar_id' = %(calendar_id)s::text
    """
    [found] = await select(session, _Count, query, calendar_id=calendar_id)
    return found.count
