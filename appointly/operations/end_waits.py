"""Ends places in line where there is nothing left to wait for."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import select
from appointly.operations.hold_slot import release_holds
from appointly.operations.own_provider import lock_providers
from appointly.operations.waitlist_mail import mail_waitlist


@dataclass(frozen=True)
class Waited:
    """A provider at whom a wait is over."""

    provider_id: UUID


@dataclass(frozen=True)
class Ended:
    """A place that is over, the hold of its offer if one was open, and whether the service is no longer offered."""

    id: UUID
    customer_id: UUID | None
    hold_id: UUID | None
    withdrawn: bool


NOTHING_LEFT: LiteralString = """
waitlist_entry.status IN ('waiting', 'offered') AND service.id = waitlist_entry.service_id
AND provider.id = waitlist_entry.provider_id
AND (%(closing)s OR service.status = 'archived'
     OR (SELECT max(day) FROM unnest(dates) AS day) < (%(now)s AT TIME ZONE time_zone)::date)
"""
FIND: LiteralString = f"""
SELECT waitlist_entry.provider_id FROM waitlist_entry, service, provider WHERE {NOTHING_LEFT} LIMIT 1
"""  # noqa: S608
END: LiteralString = f"""
WITH ended AS (
    UPDATE waitlist_entry SET status = 'over', updated_at = %(now)s FROM service, provider
    WHERE waitlist_entry.provider_id = %(provider_id)s AND {NOTHING_LEFT}
    RETURNING waitlist_entry.id, customer_id, %(closing)s OR service.status = 'archived' AS withdrawn
), closed AS (
    UPDATE waitlist_offer SET status = 'passed', hold_id = NULL FROM ended
    WHERE entry_id = ended.id AND waitlist_offer.status = 'open'
)
SELECT ended.id, customer_id, hold_id, withdrawn
FROM ended LEFT JOIN waitlist_offer ON entry_id = ended.id AND waitlist_offer.status = 'open'
"""  # noqa: S608


async def end_waits_at(session: AsyncSession, provider_id: UUID, now: datetime, *, closing: bool = False) -> None:
    """End the waits for dates that are over and for services that are archived; all of them when the business closes.

    Those who wait for what is no longer offered get a mail. The provider's lock is to be held.
    """
    ended = await select(session, Ended, END, provider_id=provider_id, now=now, closing=closing)
    for each in ended:
        announce(session, f"waitlist:{each.id}", f"provider:{provider_id}")
        if each.customer_id:
            announce(session, f"customer:{each.customer_id}")
        if each.withdrawn:
            await mail_waitlist(session, "withdrawn", each.id, now)
    await release_holds(session, [each.hold_id for each in ended if each.hold_id], now)


async def end_waits(session: AsyncSession, now: datetime) -> int:
    """The same wherever there is such a wait, one provider at a time: 0 when there is none left."""
    found = await select(session, Waited, FIND, now=now, closing=False)
    for each in found:
        await lock_providers(session, [each.provider_id])
        await end_waits_at(session, each.provider_id, now)
    return len(found)
