"""`/services`: search, details and free times."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import AvailabilityOut, answer, refusals
from appointly.clock import now
from appointly.database import reading
from appointly.errors import NotFound
from appointly.queries.availability import availability_json

router = APIRouter(prefix="/services", tags=["Services"], route_class=GuardedRoute)


@router.get("/{service_id}/availability", response_model=AvailabilityOut, responses=refusals(404, 422))
@access("public")
async def get_availability(
    service_id: UUID,
    date: Annotated[date, Query(description="The first day, local at the provider")],
    days: Annotated[int, Query(ge=1, le=62)] = 1,
) -> Response:
    """The free times of a service, by start, with the provider's offset."""
    async with reading() as session:
        body = await availability_json(session, service_id, date, days, now())
    if body is None:
        raise NotFound("We could not find this service.")
    return answer(body)
