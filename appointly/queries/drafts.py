"""Bookings that are not made yet: what somebody has chosen and typed, and the time that is kept for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.queries.availability import IN_THE_WAY

MOST = 10
MINE: LiteralString = "(booking_draft.user_id = %(user_id)s OR booking_draft.browser_hash = %(browser)s)"
DRAFT: LiteralString = f"""
SELECT booking_draft.id, booking_draft.slot_id, start_time AS start, hold.id AS hold_id, expires_at AS until,
       customer_name, customer_email, customer_phone, notes, answers
FROM booking_draft LEFT JOIN hold ON hold.id = hold_id AND expires_at > %(now)s
LEFT JOIN slot ON slot.id = booking_draft.slot_id
WHERE booking_draft.service_id = %(service_id)s AND {MINE}
"""  # noqa: S608
# A hold that has run out and was not swept yet still counts for its holder: nobody else has the place.
OWN_HOLDS: LiteralString = f"""
SELECT hold.id, booking_draft.service_id, hold.slot_id, slot.provider_id, slot.start_time AS start,
       slot.end_time AS "end", expires_at AS until, time_zone
FROM booking_draft JOIN hold ON hold.id = hold_id JOIN slot ON slot.id = hold.slot_id
JOIN provider ON provider.id = slot.provider_id
WHERE {MINE}
"""  # noqa: S608
OPEN: LiteralString = f"""
SELECT booking_draft.id, service.slug, title, business_name AS provider, service.provider_id,
       booking_draft.service_id, time_zone,
       slot.start_time AS start, hold.expires_at AS until, customer_name <> '' AND customer_email <> '' AS filled,
       hold.id IS NOT NULL
       OR coalesce(slot.start_time > %(now)s AND NOT ({IN_THE_WAY})
                   AND booked_count - (SELECT count(*) FROM hold AS old WHERE old.slot_id = slot.id
                                       AND old.expires_at <= %(now)s) < slot.capacity, false) AS free
FROM booking_draft
JOIN service ON service.id = booking_draft.service_id JOIN provider ON provider.id = service.provider_id
LEFT JOIN slot ON slot.id = booking_draft.slot_id
LEFT JOIN hold ON hold.id = hold_id AND hold.expires_at > %(now)s
WHERE {MINE} AND service.status = 'active' AND suspended_at IS NULL
ORDER BY hold.id IS NULL, booking_draft.updated_at DESC
LIMIT %(most)s
"""  # noqa: S608


@dataclass(frozen=True)
class Draft:
    """What was chosen and typed, as it was typed. `slot_id` is None where the chosen time is not offered any more,
    `hold_id` where it is not kept (any more)."""

    id: UUID
    slot_id: UUID | None
    start: datetime | None
    hold_id: UUID | None
    until: datetime | None
    customer_name: str
    customer_email: str
    customer_phone: str
    notes: str
    answers: dict[str, Any]


@dataclass(frozen=True)
class OwnHold:
    """A time that is kept for the person who asks; instants in UTC, `time_zone` the provider's."""

    id: UUID
    service_id: UUID
    slot_id: UUID
    provider_id: UUID
    start: datetime
    end: datetime
    until: datetime
    time_zone: str


@dataclass(frozen=True)
class OpenDraft:
    """A booking somebody may continue: kept while `until` is to come; `start` is None where the time has vanished."""

    id: UUID
    slug: str
    title: str
    provider: str
    provider_id: UUID
    service_id: UUID
    time_zone: str
    start: datetime | None
    until: datetime | None
    filled: bool
    free: bool


def mine(actor: Actor) -> dict[str, object]:
    """Whose drafts `MINE` finds: the account's, else those of the browser."""
    return {"user_id": actor.user_id, "browser": None if actor.user_id else actor.browser or None}


async def draft_of(session: AsyncSession, actor: Actor, service_id: UUID, now: datetime) -> Draft | None:
    """What this person has begun to book of a service."""
    found = await select(session, Draft, DRAFT, service_id=service_id, now=now, **mine(actor))
    return found[0] if found else None


async def own_hold(session: AsyncSession, actor: Actor, slot_id: UUID) -> OwnHold | None:
    """The hold that this person has of a slot."""
    query = f"{OWN_HOLDS} AND hold.slot_id = %(slot_id)s"
    found = await select(session, OwnHold, query, slot_id=slot_id, **mine(actor))
    return found[0] if found else None


async def own_holds(session: AsyncSession, actor: Actor, now: datetime) -> list[OwnHold]:
    """Every time that is kept for this person, the first to run out first."""
    query = f"{OWN_HOLDS} AND expires_at > %(now)s ORDER BY expires_at"
    return await select(session, OwnHold, query, now=now, **mine(actor))


async def open_drafts(session: AsyncSession, actor: Actor, now: datetime) -> list[OpenDraft]:
    """What this person may continue: first what is kept, then the latest."""
    return await select(session, OpenDraft, OPEN, now=now, most=MOST, **mine(actor))
