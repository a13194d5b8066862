"""`/provider/why-not`: which rule hides a time."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import SlotOut, answer, refusals
from appointly.clock import now
from appointly.database import reading
from appointly.display.why_not import why_view
from appointly.queries.why_not_offered import why_not_offered
from appointly.visitor import current_actor

router = APIRouter(prefix="/provider", tags=["Your business"], route_class=GuardedRoute)


class ReasonOut(BaseModel):
    """What hides the time, and the page where its provider can change that; null where nobody can."""

    code: str
    sentence: str
    link: str | None


class WhyNotOut(BaseModel):
    """`start` is null where the clock skips it. `nearest` are the free times around it, the nearest first."""

    service_id: UUID
    timezone: str
    start: datetime | None
    offered: bool
    unlisted: bool
    reasons: list[ReasonOut]
    nearest: list[SlotOut]


@router.get("/why-not", response_model=WhyNotOut, responses=refusals(403, 404, 422))
@access("signed_in", "provider:read")
async def get_why_not(
    service_id: UUID,
    start: Annotated[datetime, Query(description="RFC 3339; without an offset it is the provider's wall clock")],
) -> Response:
    """Why nobody can book a service at a time, or that somebody can. For its provider and for our team."""
    actor, at = current_actor(), now()
    async with reading() as session:
        found = await why_not_offered(session, actor, service_id, start, at)
    zone = ZoneInfo(found.time_zone)
    view = why_view(found, at, own=actor.kind == "provider")
    return answer(
        {
            "service_id": found.service_id,
            "timezone": found.time_zone,
            "start": found.start.astimezone(zone) if found.start else None,
            "offered": found.offered,
            "unlisted": found.unlisted,
            "reasons": [
                {"code": each.code, "sentence": each.sentence, "link": each.href or None} for each in view.reasons
            ],
            "nearest": [
                {
                    "id": slot.id,
                    "date": slot.date,
                    "start": slot.start.astimezone(zone),
                    "end": slot.end.astimezone(zone),
                    "token": slot.token,
                    "remaining": slot.remaining,
                }
                for slot in found.nearest
            ],
        }
    )
