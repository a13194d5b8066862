"""What a planned mail about a place in line needs to know."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class PlaceNews:
    """Whose place it is, on which local dates, and the time that is offered if one is; instants in UTC."""

    kind: str
    entry_id: UUID
    recipient: str
    reader_zone: str
    customer_name: str
    service_title: str
    service_slug: str
    provider_name: str
    time_zone: str
    dates: list[date]
    start: datetime | None
    expires_at: datetime | None


NEWS = """
SELECT %(kind)s::text AS kind, entry.id AS entry_id, customer_email AS recipient,
       coalesce(reader.time_zone, provider.time_zone) AS reader_zone, customer_name, service.title AS service_title,
       service.slug AS service_slug, business_name AS provider_name, provider.time_zone, dates,
       offer.start_time AS start, offer.expires_at
FROM waitlist_entry AS entry
JOIN service ON service.id = entry.service_id
JOIN provider ON provider.id = entry.provider_id
LEFT JOIN "user" AS reader ON reader.email = customer_email
LEFT JOIN waitlist_offer AS offer ON offer.id = %(offer_id)s AND entry_id = entry.id
WHERE entry.id = %(entry_id)s
  AND CASE WHEN %(kind)s::text = 'offered' THEN offer.status = 'open' AND offer.expires_at > %(now)s
           WHEN %(kind)s::text = 'joined' THEN entry.status IN ('waiting', 'offered')
           ELSE true END
"""


async def news_of_place(
    session: AsyncSession, kind: str, entry_id: UUID, offer_id: UUID | None, now: datetime
) -> PlaceNews | None:
    """What to say; None where there is nothing to say any more: an offer that is over, an entry that is gone."""
    found = await select(session, PlaceNews, NEWS, kind=kind, entry_id=entry_id, offer_id=offer_id, now=now)
    return found[0] if found else None
