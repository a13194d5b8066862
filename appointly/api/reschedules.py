"""`/bookings/{id}/reschedule` and `/reschedules`: move a booking to another time, or ask for it and answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from appointly.api.bookings import MOVES, Reason, RescheduleOut, reschedule_out
from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import answer
from appointly.clock import now
from appointly.database import transaction
from appointly.operations.answer_reschedule import accept_reschedule, decline_reschedule, withdraw_reschedule
from appointly.operations.reschedule import reschedule
from appointly.visitor import current_actor

router = APIRouter(tags=["Bookings"], route_class=GuardedRoute)


class Wish(BaseModel):
    """The wanted slot of the same service, and why, if anybody should know."""

    model_config = ConfigDict(extra="forbid")

    slot_id: UUID
    reason: Reason = ""


class Answer(BaseModel):
    """A word with the answer."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=2000)] = ""


@router.post("/bookings/{booking_id}/reschedule", status_code=201, response_model=RescheduleOut, responses=MOVES)
@access("public", "bookings:write")
async def post_reschedule(booking_id: UUID, form: Wish) -> Response:
    """Move a booking to another free time of its service.

    Its provider moves it at once, and so does the customer where the service allows: `status` is `accepted`. Else the
    provider is asked: `waiting`, the new time is kept until `expires_at`, and the old one stays until it is accepted.
    """
    async with transaction() as session:
        asked = await reschedule(session, current_actor(), booking_id, form.slot_id, now(), form.reason)
    return answer(reschedule_out(asked), 201)


@router.post("/reschedules/{request_id}/accept", response_model=RescheduleOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_accept(request_id: UUID, form: Answer | None = None) -> Response:
    """The provider says yes: the booking has the new time, the old one is free. Twice is once."""
    async with transaction() as session:
        accepted = await accept_reschedule(session, current_actor(), request_id, now(), form.reason if form else "")
    return answer(reschedule_out(accepted))


@router.post("/reschedules/{request_id}/decline", response_model=RescheduleOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_decline(request_id: UUID, form: Answer | None = None) -> Response:
    """The provider says no: the booking stays where it is, the new time is free again."""
    async with transaction() as session:
        declined = await decline_reschedule(session, current_actor(), request_id, now(), form.reason if form else "")
    return answer(reschedule_out(declined))


@router.delete("/reschedules/{request_id}", status_code=204, responses=MOVES)
@access("public", "bookings:write")
async def delete_reschedule(request_id: UUID) -> Response:
    """The customer takes the wish back."""
    async with transaction() as session:
        await withdraw_reschedule(session, current_actor(), request_id, now())
    return Response(status_code=204)
