"""What stands in somebody's private calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.feed_token import Feed, FeedKey
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound

BACK = timedelta(days=90)
CANCELLED_STAY = timedelta(days=30)  # long enough for every calendar to hear of it
MOST = 5000


@dataclass(frozen=True)
class FeedEvent:
    """One booking, as a calendar needs it. Instants in UTC."""

    id: UUID
    reference: str
    status: str
    sequence: int
    service_title: str
    provider_name: str
    customer_name: str
    token: str
    location: str
    address: str
    city: str
    start: datetime
    end: datetime
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Addresses:
    """What an account's addresses are made of; those of a business only where there is one."""

    version: int
    business: bool


@dataclass(frozen=True)
class _Owner:
    provider_id: UUID | None


_OWNER = """
SELECT provider.id AS provider_id FROM "user" LEFT JOIN provider ON provider.user_id = "user".id
WHERE "user".id = %(user_id)s AND feed_version = %(version)s AND disabled_at IS NULL
"""
_ADDRESSES = """
SELECT feed_version AS version, provider.id IS NOT NULL AS business
FROM "user" LEFT JOIN provider ON provider.user_id = "user".id WHERE "user".id = %(user_id)s
"""
# Where there are too many, what is nearest stays: first all that is ahead, then the latest that has been.
_EVENTS: LiteralString = """
SELECT appointment.id, reference, appointment.status, sequence, service.title AS service_title,
       provider.business_name AS provider_name, customer_name, token, service.location, provider.address,
       provider.city, start_time AS start, end_time AS "end", appointment.created_at, appointment.updated_at
FROM appointment
JOIN service ON service.id = appointment.service_id
JOIN provider ON provider.id = appointment.provider_id
WHERE {whose} = %(whose)s AND start_time > %(since)s
  AND (appointment.status IN ('pending', 'confirmed', 'completed', 'no_show')
       OR appointment.status <> 'held' AND appointment.updated_at > %(changed_since)s)
ORDER BY end_time <= %(now)s, abs(extract(epoch FROM start_time - %(now)s)), appointment.id
LIMIT %(most)s
"""


async def addresses_of(session: AsyncSession, actor: Actor) -> Addresses:
    """What the actor's own addresses are made of. Raises `NotSignedIn`."""
    require(actor, "feed.read", Whose(user_id=actor.user_id))
    found = await select(session, Addresses, _ADDRESSES, user_id=actor.user_id)
    if not found:
        raise NotFound
    return found[0]


async def feed_events(session: AsyncSession, key: FeedKey, now: datetime) -> list[FeedEvent]:
    """What the address shows: ninety days back and everything ahead, called-off ones for a month after they were.

    Raises `NotFound` for an address that was replaced, and for accounts that are closed or have no business.
    """
    owners = await select(session, _Owner, _OWNER, user_id=key.user_id, version=key.version)
    own = key.feed is Feed.OWN
    if not owners or not (own or owners[0].provider_id):
        raise NotFound
    return await select(
        session,
        FeedEvent,
        _EVENTS.format(whose="appointment.customer_id" if own else "appointment.provider_id"),
        whose=key.user_id if own else owners[0].provider_id,
        since=now - BACK,
        changed_since=now - CANCELLED_STAY,
        now=now,
        most=MOST,
    )
