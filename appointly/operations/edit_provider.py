"""Changes what a business tells about itself."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import ValidationFailed
from appointly.models import Provider
from appointly.operations.change_time_zone import change_time_zone
from appointly.operations.own_provider import lock_own_provider
from appointly.operations.provider_fields import (
    About,
    Address,
    BusinessName,
    CategorySlug,
    City,
    Currency,
    Headline,
    Languages,
    Links,
    Places,
    Zone,
    require_same_clock,
)
from appointly.validation import Number, PhoneNumber


class ProviderChanges(BaseModel):
    """What is to be different; what is not given stays. Latitude and longitude go together, in degrees."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    business_name: BusinessName = ""
    category: CategorySlug = ""
    headline: Headline = ""
    about: About = ""
    timezone: Zone = ""
    currency: Currency = ""
    city: City = ""
    address: Address = ""
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None
    places: Places = []
    travel_radius_km: Annotated[Number | None, Field(ge=1, le=500)] = None
    languages: Languages = []
    links: Links = []
    phone: Annotated[PhoneNumber, Field(max_length=40)] = ""


async def edit_provider(session: AsyncSession, actor: Actor, changes: ProviderChanges, now: datetime) -> None:
    """Change the actor's business. Its address on this site stays whatever it is called.

    With another time zone the free times follow by difference; booked ones keep their instant. Raises `Forbidden` and
    `ValidationFailed`.
    """
    provider_id = await lock_own_provider(session, actor, "provider.edit")
    provider = await session.get_one(Provider, provider_id)
    wanted: dict[str, Any] = changes.model_dump(exclude_unset=True)
    zone = wanted.pop("timezone", provider.time_zone)
    if wanted.get("currency", provider.currency) != provider.currency and await execute(
        session, "SELECT FROM service WHERE provider_id = %(id)s LIMIT 1", id=provider_id
    ):
        raise ValidationFailed(fields={"currency": "The prices of your services are in this currency already."})
    for name, value in wanted.items():
        setattr(provider, name, value)
    require_whole(provider)
    session.add(provider)
    await session.flush()
    announce(session, f"provider:{provider_id}")
    if zone != provider.time_zone:
        await require_same_clock(session, zone, now)
        await change_time_zone(session, actor, zone, now)


def require_whole(provider: Provider) -> None:
    """Raise `ValidationFailed` for half a point on the map, or visits without a distance; drop a distance unused."""
    if (provider.latitude is None) != (provider.longitude is None):
        raise ValidationFailed(fields={"latitude": "Please give latitude and longitude together, or neither."})
    if "customer" not in provider.places:
        provider.travel_radius_km = None
    elif provider.travel_radius_km is None:
        raise ValidationFailed(fields={"travel_radius_km": "Please say how far you travel, in kilometres."})
