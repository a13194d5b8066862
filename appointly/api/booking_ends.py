"""`/bookings/{id}/…`: what calling off would give back, a slip of the hand undone, a no-show disputed or taken back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from appointly.api.bookings import MOVES, BookingOut, moved, shown
from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import Money, answer, money
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.cancellations import outcome_sentence
from appointly.operations.flags import dispute_no_show, take_back_no_show
from appointly.operations.undo_finish import undo_finish
from appointly.queries.bookings import booking_by_id
from appointly.queries.cancellations import previews
from appointly.visitor import current_actor

router = APIRouter(prefix="/bookings", tags=["Bookings"], route_class=GuardedRoute)


class CancellationOut(BaseModel):
    """What calling off would give back now; from `until` on it would be less, null: never. `sentence` says it."""

    refund: Money
    until: datetime | None
    sentence: str


class Dispute(BaseModel):
    """What really happened."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/{booking_id}/cancellation", response_model=CancellationOut, responses=MOVES)
@access("public", "bookings:read")
async def get_cancellation(booking_id: UUID) -> Response:
    """What would happen if you called this booking off now. Changes nothing.

    Send the amount back as `expected_refund` with the cancellation, and nothing else can happen.
    """
    at = now()
    async with reading() as session:
        [found] = await previews(session, current_actor(), [booking_id], at)
    until = found.outcome.until
    return answer(
        {
            "refund": money(found.outcome.refund, found.booking.currency),
            "until": until and until.astimezone(ZoneInfo(found.booking.time_zone)),
            "sentence": outcome_sentence(found, at),
        }
    )


@router.post("/{booking_id}/undo", response_model=BookingOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_undo(booking_id: UUID) -> Response:
    """Completed or marked as a no-show by mistake: confirmed again, within ten minutes."""
    return await moved(booking_id, undo_finish)


@router.post("/{booking_id}/take-back-no-show", response_model=BookingOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_take_back_no_show(booking_id: UUID) -> Response:
    """The provider agrees that the customer came: the appointment is completed."""
    return await moved(booking_id, take_back_no_show)


@router.post("/{booking_id}/dispute", response_model=BookingOut, responses=MOVES)
@access("public", "bookings:write")
async def post_dispute(booking_id: UUID, form: Dispute) -> Response:
    """The customer says that they came after all: once, within two weeks."""
    async with transaction() as session:
        await dispute_no_show(session, current_actor(), booking_id, form.reason, now())
        return answer(await shown(session, await booking_by_id(session, current_actor(), booking_id)))
