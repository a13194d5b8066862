"""Businesses and all they offer, also what customers cannot find: for our team."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound

BUSINESSES: LiteralString = """
SELECT id, slug, business_name AS name, city, time_zone, suspended_at IS NOT NULL AS suspended FROM provider
"""
NAMED: LiteralString = f"""
{BUSINESSES} WHERE strpos(lower(business_name), lower(%(words)s)) > 0 OR slug = %(words)s
ORDER BY lower(business_name), slug LIMIT %(limit)s
"""
SERVICES: LiteralString = """
SELECT id, title, status FROM service WHERE provider_id = %(provider_id)s
ORDER BY array_position(ARRAY['active', 'paused', 'archived'], status), length(letter), letter
"""


@dataclass(frozen=True)
class Business:
    """A provider; `suspended` ones too."""

    id: UUID
    slug: str
    name: str
    city: str
    time_zone: str
    suspended: bool


@dataclass(frozen=True)
class Offer:
    """One of its services, active, paused or archived."""

    id: UUID
    title: str
    status: str


async def businesses(session: AsyncSession, actor: Actor, words: str, limit: int) -> list[Business]:
    """Those whose name holds the words, by name. Raises `Forbidden`."""
    require(actor, "business.find", Whose())
    return await select(session, Business, NAMED, words=words.strip(), limit=limit)


async def business_with_services(session: AsyncSession, actor: Actor, slug: str) -> tuple[Business, list[Offer]]:
    """One of them and all its services. Raises `Forbidden` and `NotFound`."""
    require(actor, "business.find", Whose())
    found = await select(session, Business, f"{BUSINESSES} WHERE slug = %(slug)s", slug=slug)
    if not found:
        raise NotFound("We could not find this business.")
    return found[0], await select(session, Offer, SERVICES, provider_id=found[0].id)
