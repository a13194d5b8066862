"""`/waitlist`: wait for a full day, and answer what is offered; `/provider/waitlist`: who waits."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from appointly import limits
from appointly.api.bookings import BookedOut, booked_json
from appointly.api.guard import GuardedRoute, access
from appointly.api.hours import own_business
from appointly.api.sessions import remember
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.operations.answer_offer import Taking, leave_waitlist, pass_offer, remove_from_waitlist, take_offer
from appointly.operations.join_waitlist import WaitRequest, join_waitlist
from appointly.queries.waitlist import Place, place_by_id, places_at_provider, places_of_customer
from appointly.visitor import current_actor, current_visitor

router = APIRouter(tags=["Waiting list"], route_class=GuardedRoute)


class OfferOut(BaseModel):
    """A time that is kept until `expires_at`; both with the provider's offset."""

    start: datetime
    expires_at: datetime


class PlaceOut(BaseModel):
    """A place in line. `ahead` wait longer for one of the same dates; `offer` is set while a time is kept."""

    id: UUID
    status: Literal["waiting", "offered", "taken", "left", "over"]
    service_id: UUID
    service: str
    provider: str
    timezone: str
    dates: list[date]
    ahead: int
    customer_name: str
    customer_email: str
    customer_phone: str
    offer: OfferOut | None
    created_at: datetime


class PlacesOut(BaseModel):
    items: list[PlaceOut]
    next_cursor: str | None


def shown(place: Place) -> dict[str, object]:
    """A place in line as the API shows it."""
    zone = ZoneInfo(place.time_zone)
    same = ("id", "status", "service_id", "dates", "ahead", "customer_name", "customer_email", "customer_phone")
    offer = None
    if place.hold_id and place.start and place.expires_at:
        offer = {"start": place.start.astimezone(zone), "expires_at": place.expires_at.astimezone(zone)}
    return {name: getattr(place, name) for name in same} | {
        "service": place.service_title,
        "provider": place.provider_name,
        "timezone": place.time_zone,
        "offer": offer,
        "created_at": place.created_at,
    }


Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.post("/waitlist", status_code=201, response_model=PlaceOut, responses=refusals(404, 409))
@access("public", "bookings:write")
async def post_waitlist(form: WaitRequest) -> Response:
    """Wait for a free time on one of `dates`, which are all full now. The first in line is offered what becomes free.

    `day_not_full` names the dates that have free times, `already_waiting` says that the address is on the list.
    """
    caller = current_visitor()
    await limits.take("booking", form.customer_email)
    async with transaction() as session:
        entry_id = await join_waitlist(session, caller.actor, form, now())
        place = await place_by_id(session, replace(caller.actor, managed=frozenset([entry_id])), entry_id)
    response = answer(shown(place), 201)
    if caller.session_id is None:
        remember(response, caller, entry_id)
    return response


@router.get("/waitlist", response_model=PlacesOut, responses=refusals(422))
@access("signed_in", "bookings:read")
async def get_waitlist(limit: Limit = 20, cursor: Cursor = None) -> Response:
    """Where one is in line oneself, the longest wait first."""
    async with reading() as session:
        page = await places_of_customer(session, current_actor(), limit=limit, cursor=cursor)
    return answer({"items": [shown(place) for place in page.items], "next_cursor": page.next_cursor})


@router.get("/waitlist/{entry_id}", response_model=PlaceOut, responses=refusals(404, 422))
@access("public", "bookings:read")
async def get_place(entry_id: UUID) -> Response:
    """One place in line, for whoever waits there (also by the link from the mail)."""
    async with reading() as session:
        return answer(shown(await place_by_id(session, current_actor(), entry_id)))


@router.delete("/waitlist/{entry_id}", status_code=204, responses=refusals(404, 409))
@access("public", "bookings:write")
async def delete_place(entry_id: UUID) -> Response:
    """Leave the list. A time that was kept goes to the next one."""
    async with transaction() as session:
        await leave_waitlist(session, current_actor(), entry_id, now())
    return Response(status_code=204)


@router.post(
    "/waitlist/{entry_id}/accept", status_code=201, response_model=BookedOut, responses=refusals(404, 409, 410)
)
@access("public", "bookings:write")
async def post_accept(entry_id: UUID, form: Taking | None = None) -> Response:
    """Book the time that is kept. `offer_ended`: it came too late, and the place in line stays."""
    caller = current_visitor()
    async with transaction() as session:
        booked = await take_offer(session, caller.actor, entry_id, form or Taking(), now())
    response = answer(booked_json(booked), 201)
    if caller.session_id is None:
        remember(response, caller, booked.id)
    return response


@router.post("/waitlist/{entry_id}/pass", response_model=PlaceOut, responses=refusals(404, 409, 410))
@access("public", "bookings:write")
async def post_pass(entry_id: UUID) -> Response:
    """Let the next one in line have the time; the place in line stays, for other times."""
    async with transaction() as session:
        return answer(shown(await pass_offer(session, current_actor(), entry_id, now())))


@router.get("/provider/waitlist", response_model=PlacesOut, responses=refusals(404, 422))
@access("provider", "bookings:read")
async def get_provider_waitlist(limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Who waits for a time at one's business, the longest wait first."""
    async with reading() as session:
        await own_business(session, "waitlist.see")
        page = await places_at_provider(session, current_actor(), limit=limit, cursor=cursor)
    return answer({"items": [shown(place) for place in page.items], "next_cursor": page.next_cursor})


@router.delete("/provider/waitlist/{entry_id}", status_code=204, responses=refusals(404, 409))
@access("provider", "bookings:write")
async def delete_from_waitlist(entry_id: UUID) -> Response:
    """Take somebody off one's list. They are told by mail."""
    async with transaction() as session:
        await remove_from_waitlist(session, current_actor(), entry_id, now())
    return Response(status_code=204)
