"""`/holds`: keep a time while somebody decides, and let it go."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from appointly.api.guard import GuardedRoute, access
from appointly.api.sessions import set_visitor_cookie
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.domain.holds import holder_of
from appointly.keeping import keep_time
from appointly.operations.booking_draft import release_own_hold
from appointly.queries.drafts import OwnHold, own_holds
from appointly.visitor import browser_hash, current_actor

router = APIRouter(prefix="/holds", tags=["Bookings"], route_class=GuardedRoute)


class HoldForm(BaseModel):
    """The time to keep, as the availability names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slot_id: UUID


class HoldOut(BaseModel):
    """A time that is kept until `expires_at`. `start` and `end` carry the provider's offset."""

    id: UUID
    slot_id: UUID
    service_id: UUID
    start: datetime
    end: datetime
    expires_at: datetime


class HoldsOut(BaseModel):
    items: list[HoldOut]


def shown(kept: OwnHold) -> dict[str, object]:
    """A hold as the API shows it."""
    zone = ZoneInfo(kept.time_zone)
    return {
        "id": kept.id,
        "slot_id": kept.slot_id,
        "service_id": kept.service_id,
        "start": kept.start.astimezone(zone),
        "end": kept.end.astimezone(zone),
        "expires_at": kept.until,
    }


@router.get("", response_model=HoldsOut)
@access("public", "bookings:read")
async def get_holds() -> Response:
    """The times that are kept for your account, or for a guest's browser; the first to run out first."""
    async with reading() as session:
        kept = await own_holds(session, current_actor(), now())
    return answer({"items": [shown(each) for each in kept]})


@router.post("", status_code=201, response_model=HoldOut, responses=refusals(404, 409))
@access("public", "bookings:write")
async def post_hold(form: HoldForm) -> Response:
    """Keep a free time for ten minutes, half an hour where the service costs something.

    For the account, or for a guest's browser, known by a cookie. Another time of the same service is let go; the same
    time keeps its end. `POST /bookings` with this slot uses the hold. Three times at most are kept for one person:
    `too_many_holds`.
    """
    actor, response = current_actor(), Response()
    if not holder_of(actor):
        actor = Actor(managed=actor.managed, browser=browser_hash(set_visitor_cookie(response)))
    made = answer(shown(await keep_time(actor, form.slot_id, now())), 201)
    made.raw_headers += [header for header in response.raw_headers if header[0] == b"set-cookie"]
    return made


@router.delete("/{hold_id}", status_code=204, responses=refusals(404, 422))
@access("public", "bookings:write")
async def delete_hold(hold_id: UUID) -> Response:
    """Let go of one's own hold; the time is free for others at once."""
    async with transaction() as session:
        await release_own_hold(session, current_actor(), hold_id, now())
    return Response(status_code=204)
