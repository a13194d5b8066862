"""`/provider`: the signed-in provider's own business."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel

from appointly import routes
from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.errors import NotFound
from appointly.operations.edit_provider import ProviderChanges, edit_provider
from appointly.operations.make_provider import NewProvider, make_provider
from appointly.queries.profiles import own_profile
from appointly.settings import settings
from appointly.visitor import current_actor

router = APIRouter(prefix="/provider", tags=["Your business"], route_class=GuardedRoute)


class ProviderOut(BaseModel):
    """A business as its owner sees it. `url` is its public page; `onboarded_at` is null until it can be booked."""

    id: UUID
    slug: str
    url: str
    business_name: str
    category: str
    headline: str
    about: str
    city: str
    address: str
    latitude: float | None
    longitude: float | None
    timezone: str
    currency: str
    phone: str
    languages: list[str]
    links: list[str]
    places: list[str]
    travel_radius_km: int | None
    onboarded_at: datetime | None


async def _own() -> ProviderOut:
    async with reading() as session:
        found = await own_profile(session, current_actor(), now())
    if found is None:
        raise NotFound("Your account has no business yet.")
    values = {name: getattr(found, name) for name in ProviderOut.model_fields if hasattr(found, name)}
    url = f"{settings().base_url.rstrip('/')}{routes.provider(found.slug)}"
    return ProviderOut(url=url, timezone=found.time_zone, **values)


@router.get("", responses=refusals(404))
@access("provider", "provider:read")
async def get_provider() -> ProviderOut:
    """Your business as you have described it."""
    return await _own()


@router.post("", status_code=201, responses=refusals(409))
@access("provider", "provider:write")
async def post_provider(form: NewProvider) -> ProviderOut:
    """Begin your business. An account has one: a second request changes nothing and is refused."""
    async with transaction() as session:
        await make_provider(session, current_actor(), form, now())
    return await _own()


@router.patch("")
@access("provider", "provider:write")
async def patch_provider(changes: Annotated[ProviderChanges, Body()]) -> ProviderOut:
    """Change what your business tells about itself; what is not given stays.

    With another time zone free times move with it; booked ones keep their moment.
    """
    async with transaction() as session:
        await edit_provider(session, current_actor(), changes, now())
    return await _own()
