"""`/provider/absences`: whole days called off, with other times for everybody it concerns."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.bookings import BookingOut, all_shown
from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.operations.call_off_days import call_off_days
from appointly.queries.absences import Absence, Affected, Days, affected
from appointly.queries.alternatives import Alternative
from appointly.queries.bookings import Booking, bookings_by_ids
from appointly.validation import parse
from appointly.visitor import current_actor

router = APIRouter(prefix="/provider/absences", tags=["Your business"], route_class=GuardedRoute)


class AlternativeOut(BaseModel):
    """A free time that the customer is told: of the same service, else of a similar one by somebody else."""

    slot_id: UUID
    service: str
    provider: str
    start: datetime
    timezone: str


class AffectedOut(BaseModel):
    """One booking it concerns, and what its customer is told."""

    booking: BookingOut
    alternatives: list[AlternativeOut]


class AbsenceOut(BaseModel):
    """From when to when, and whom it concerns, by start."""

    start: datetime
    end: datetime
    items: list[AffectedOut]


def alternative(each: Alternative) -> dict[str, object]:
    """A free time as the API shows it."""
    start = each.start.astimezone(ZoneInfo(each.time_zone))
    same = {name: getattr(each, name) for name in ("slot_id", "service", "provider")}
    return same | {"start": start, "timezone": each.time_zone}


async def shown(session: AsyncSession, found: Affected, bookings: Sequence[Booking]) -> dict[str, object]:
    """Whom it concerns, as the API shows it."""
    items = [
        {"booking": out, "alternatives": [alternative(each) for each in found.instead.get(booking.service_id, ())]}
        for booking, out in zip(bookings, await all_shown(session, bookings), strict=True)
    ]
    return {"start": found.start, "end": found.end, "items": items}


@router.get("/preview", response_model=AbsenceOut, responses=refusals(403, 422))
@access("provider", "bookings:read")
async def get_preview(first_date: Annotated[date, Query()], last_date: Annotated[date, Query()]) -> Response:
    """Whom it concerns if you cannot work on these days, and what they are told. Changes nothing."""
    days = parse(Days, {"first_date": first_date, "last_date": last_date})
    async with reading() as session:
        found = await affected(session, current_actor(), days, now())
        return answer(await shown(session, found, found.bookings))


@router.post("", response_model=AbsenceOut, status_code=201, responses=refusals(409))
@access("provider", "bookings:write")
async def post_absence(form: Absence) -> Response:
    """Call off everything of these days that has not begun, and block them. Each customer gets a mail with other times.

    All or nothing, and a second time changes nothing.
    """
    actor = current_actor()
    async with transaction() as session:
        found = await call_off_days(session, actor, form, now())
        bookings = await bookings_by_ids(session, actor, [booking.id for booking in found.bookings])
        return answer(await shown(session, found, bookings), 201)
