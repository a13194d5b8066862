"""Begins the business of an account."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.domain.slug import slug
from appointly.errors import BusinessExists, Forbidden
from appointly.models.base import uuid7
from appointly.operations.provider_fields import (
    About,
    Address,
    BusinessName,
    CategorySlug,
    City,
    Headline,
    Zone,
    currency_of,
    require_same_clock,
)

LONGEST_SLUG = 100
TRIES = 20
_ADD = """
INSERT INTO provider (id, user_id, slug, business_name, category, headline, about, city, address, time_zone, currency,
                      phone, picture, created_at)
VALUES (%(id)s, %(user_id)s, %(slug)s, %(business_name)s, %(category)s, %(headline)s, %(about)s, %(city)s, %(address)s,
        %(timezone)s, %(currency)s, '', '', %(now)s)
ON CONFLICT DO NOTHING
"""


class BusinessStart(BaseModel):
    """The first that an owner tells: enough for a business to exist."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    business_name: BusinessName
    category: CategorySlug
    timezone: Zone
    headline: Headline = ""


class NewProvider(BusinessStart):
    """A business with the place where it is."""

    city: City
    about: About = ""
    address: Address = ""


async def make_provider(session: AsyncSession, actor: Actor, form: BusinessStart, now: datetime) -> UUID:
    """Make the actor's business and give it an address of its own, which stays when its name changes. Its id.

    Prices are in the money of its time zone. Raises `Forbidden` for accounts that are no provider's,
    `ValidationFailed`, and `BusinessExists` for those who have one: also when two tabs try at once.
    """
    require(actor, "provider.make", Whose(user_id=actor.user_id))
    if actor.kind != "provider":
        raise Forbidden("Only providers may do this. Become a provider first.")
    await require_same_clock(session, form.timezone, now)
    values = {"about": "", "city": "", "address": ""} | form.model_dump()
    new, owner = uuid7(), actor.user_id
    for candidate in slugs(form.business_name, form.category, values["city"]):
        added = await execute(
            session, _ADD, id=new, user_id=owner, slug=candidate, now=now, currency=currency_of(form.timezone), **values
        )
        if added:
            return new
        if await execute(session, "SELECT FROM provider WHERE user_id = %(user_id)s", user_id=owner):
            break
    raise BusinessExists


def slugs(name: str, category: str, city: str) -> Iterator[str]:
    """Addresses to try: the name, the name with the city, then with letters that nobody has."""
    base = slug(name)[:LONGEST_SLUG].strip("-") or category
    yield base
    if slug(city):
        yield f"{base}-{slug(city)}"[:LONGEST_SLUG].strip("-")
    for _ in range(TRIES):
        yield f"{base}-{secrets.token_hex(3)}"
