"""A provider's own profile: everything the owner has told, and what is still missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require


@dataclass(frozen=True)
class OwnProfile:
    """A business as its owner sees it. `coming` counts booked appointments that lie ahead."""

    id: UUID
    slug: str
    business_name: str
    category: str
    headline: str
    about: str
    city: str
    address: str
    latitude: float | None
    longitude: float | None
    time_zone: str
    currency: str
    phone: str
    languages: list[str]
    links: list[str]
    places: list[str]
    travel_radius_km: int | None
    picture: str
    onboarded_at: datetime | None
    checklist_hidden: bool
    has_hours: bool
    has_service: bool
    email_verified: bool
    coming: int


_OWN: LiteralString = """
SELECT provider.id, slug, business_name, category, headline, about, city, address, latitude, longitude,
       provider.time_zone, currency, phone, languages, links, places, travel_radius_km, picture, onboarded_at,
       checklist_hidden_at IS NOT NULL AS checklist_hidden,
       EXISTS (SELECT FROM working_hours WHERE provider_id = provider.id) AS has_hours,
       EXISTS (SELECT FROM service WHERE provider_id = provider.id AND status = 'active') AS has_service,
       email_verified_at IS NOT NULL AS email_verified,
       (SELECT count(*) FROM appointment WHERE provider_id = provider.id AND start_time > %(now)s
          AND status IN ('held', 'pending', 'confirmed')) AS coming
FROM provider JOIN "user" ON "user".id = user_id
WHERE user_id = %(user_id)s
"""


async def own_profile(session: AsyncSession, actor: Actor, now: datetime) -> OwnProfile | None:
    """The actor's business; None before it was made."""
    require(actor, "account.read", Whose(user_id=actor.user_id))
    found = await select(session, OwnProfile, _OWN, user_id=actor.user_id, now=now)
    return found[0] if found else None
