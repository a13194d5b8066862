"""Offers freed times to those who wait for them, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.waitlist import offer_until
from appointly.operations.own_provider import lock_providers
from appointly.operations.waitlist_mail import mail_waitlist
from appointly.queries.availability import IS_FREE


@dataclass(frozen=True)
class Waited:
    """A provider for whom somebody is in line."""

    provider_id: UUID


@dataclass(frozen=True)
class Next:
    """The first one in line for whom a time is free, and that time."""

    entry_id: UUID
    customer_id: UUID | None
    slot_id: UUID
    start: datetime


@dataclass(frozen=True)
class Ended:
    """A place in line whose offer is over."""

    id: UUID
    customer_id: UUID | None


@dataclass(frozen=True)
class Offered:
    """An offer that was made."""

    id: UUID


# What was freed at a time that hours and rules no longer have is nobody's any more.
WITHDRAW = "DELETE FROM slot WHERE provider_id = ANY(%(provider_ids)s) AND withdrawn AND booked_count = 0"
WAITED = """
SELECT DISTINCT provider_id FROM waitlist_entry
WHERE provider_id = ANY(%(provider_ids)s) AND status IN ('waiting', 'offered')
"""
# An offer is over when its time is up, or when its place was let go with the holds that have run out.
EXPIRE = """
WITH ended AS (
    UPDATE waitlist_offer SET status = 'expired'
    FROM waitlist_entry
    WHERE waitlist_entry.id = entry_id AND provider_id = %(provider_id)s AND waitlist_entry.status = 'offered'
      AND waitlist_offer.status = 'open' AND hold_id IS NULL
    RETURNING entry_id
)
UPDATE waitlist_entry SET status = 'waiting', updated_at = %(now)s FROM ended WHERE id = entry_id
RETURNING id, customer_id
"""
# Whoever waits, with each free time on a date they wait for that they were not offered before.
COULD_BE_OFFERED: LiteralString = f"""
FROM waitlist_entry AS entry
JOIN service ON service.id = entry.service_id
JOIN provider ON provider.id = entry.provider_id
JOIN slot ON slot.service_id = entry.service_id AND slot.slot_date = ANY(entry.dates)
WHERE entry.status = 'waiting' AND service.status = 'active' AND suspended_at IS NULL AND {IS_FREE}
  AND NOT EXISTS (SELECT FROM waitlist_offer WHERE entry_id = entry.id
                  AND waitlist_offer.start_time = slot.start_time)
"""
NEXT: LiteralString = f"""
SELECT entry.id AS entry_id, entry.customer_id, slot.id AS slot_id, slot.start_time AS start
{COULD_BE_OFFERED} AND entry.provider_id = %(provider_id)s
ORDER BY entry.created_at, entry.id, slot.start_time LIMIT 1
"""
OFFER = """
WITH kept AS (
    UPDATE slot SET booked_count = booked_count + 1 WHERE id = %(slot_id)s RETURNING id, provider_id, start_time
), hold AS (
    INSERT INTO hold (slot_id, provider_id, purpose, holder, expires_at, created_at)
    SELECT id, provider_id, 'offer', %(entry_id)s::text, %(until)s, %(now)s FROM kept
    RETURNING id
), moved AS (
    UPDATE waitlist_entry SET status = 'offered', updated_at = %(now)s WHERE id = %(entry_id)s
)
INSERT INTO waitlist_offer (entry_id, slot_id, hold_id, start_time, status, expires_at, created_at)
SELECT %(entry_id)s, kept.id, hold.id, start_time, 'open', %(until)s, %(now)s FROM kept, hold
RETURNING id
"""
MISSED: LiteralString = f"SELECT DISTINCT entry.provider_id {COULD_BE_OFFERED} LIMIT %(limit)s"


async def offer_freed(session: AsyncSession, provider_ids: Sequence[UUID], now: datetime) -> int:
    """Keep each free time of these providers for the first in line who wait for it, and tell them; how many offers.

    To be called by whoever frees time, in the same transaction and with the providers' locks held, so that nobody else
    sees the time in between. Where nobody waits it is two looks into small indexes.
    """
    made = 0
    if not provider_ids:
        return made
    await execute(session, WITHDRAW, provider_ids=list(provider_ids))
    for waited in await select(session, Waited, WAITED, provider_ids=list(provider_ids)):
        for ended in await select(session, Ended, EXPIRE, provider_id=waited.provider_id, now=now):
            _tell(session, waited.provider_id, ended.id, ended.customer_id)
        while found := await select(session, Next, NEXT, provider_id=waited.provider_id, now=now):
            await _offer(session, waited.provider_id, found[0], now)
            made += 1
    return made


async def _offer(session: AsyncSession, provider_id: UUID, chosen: Next, now: datetime) -> None:
    until = offer_until(chosen.start, now)
    [offer] = await select(
        session, Offered, OFFER, entry_id=chosen.entry_id, slot_id=chosen.slot_id, until=until, now=now
    )
    await mail_waitlist(session, "offered", chosen.entry_id, now, offer_id=offer.id)
    announce(session, f"times:{provider_id}")
    _tell(session, provider_id, chosen.entry_id, chosen.customer_id)


def _tell(session: AsyncSession, provider_id: UUID, entry_id: UUID, customer_id: UUID | None) -> None:
    """Let the pages that show this place in line re-read."""
    announce(session, f"provider:{provider_id}", f"waitlist:{entry_id}")
    if customer_id:
        announce(session, f"customer:{customer_id}")


async def offer_missed(session: AsyncSession, now: datetime) -> int:
    """Offer what is free for somebody in line though nobody said so, such as a time that came within the horizon.

    One provider at a time: 0 when there is none left.
    """
    missed = await select(session, Waited, MISSED, now=now, limit=1)
    for each in missed:
        await lock_providers(session, [each.provider_id])
        await offer_freed(session, [each.provider_id], now)
    return len(missed)
