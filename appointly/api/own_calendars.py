"""`/provider/calendars`: the signed-in provider's own calendars elsewhere. Their secrets never come back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from appointly import limits
from appointly.api.guard import GuardedRoute, access
from appointly.api.hours import own_business
from appointly.api.shapes import refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.rights import Whose, require
from appointly.gateways.caldav import FoundCalendar, discover
from appointly.operations.external_calendars import (
    AccountToSearch,
    CalendarNewName,
    CalendarToAdd,
    add_calendar,
    read_calendar_now,
    rename_calendar,
)
from appointly.operations.remove_calendar import remove_calendar
from appointly.queries.external_calendars import OwnCalendar, own_calendar, own_calendars
from appointly.visitor import current_actor

router = APIRouter(prefix="/provider/calendars", tags=["Your business"], route_class=GuardedRoute)


class CalendarOut(BaseModel):
    """A calendar elsewhere. `host` is where it is, `error` why the last reading failed; `busy` counts busy times."""

    id: UUID
    kind: Literal["ics", "caldav", "google"]
    name: str
    shown: str
    reading: bool
    busy: int
    busy_until: datetime | None
    last_read_at: datetime | None
    next_reading_at: datetime
    error: str | None
    failures: int


class CalendarsOut(BaseModel):
    items: list[CalendarOut]


class FoundOut(BaseModel):
    items: list[FoundCalendar]


def _shown(calendar: OwnCalendar) -> CalendarOut:
    return CalendarOut.model_validate(
        {
            "last_read_at": calendar.last_synced_at,
            "next_reading_at": calendar.due_at,
            "error": calendar.last_error or None,
            **{name: getattr(calendar, name) for name in ("id", "kind", "name", "shown", "reading", "busy")},
            "busy_until": calendar.busy_until,
            "failures": calendar.failures,
        }
    )


async def _one(calendar_id: UUID) -> CalendarOut:
    async with reading() as session:
        shop = await own_business(session, "calendar.read")
        return _shown(await own_calendar(session, current_actor(), shop.id, calendar_id, now()))


@router.get("", responses=refusals(404))
@access("provider", "provider:read")
async def get_calendars() -> CalendarsOut:
    """Your own calendars: what is busy there is not offered here."""
    async with reading() as session:
        shop = await own_business(session, "calendar.read")
        found = await own_calendars(session, current_actor(), shop.id, now())
    return CalendarsOut(items=[_shown(each) for each in found])


@router.post("", status_code=201, responses=refusals(404, 409))
@access("provider", "provider:write")
async def post_calendar(wanted: CalendarToAdd) -> CalendarOut:
    """Add a calendar by its address (`ics`), or one of a `caldav` account. It is read at once, in the background."""
    actor = current_actor()
    await limits.take("calendar", str(actor.user_id))
    async with transaction() as session:
        calendar_id = await add_calendar(session, actor, wanted, now())
    return await _one(calendar_id)


@router.patch("/{calendar_id}", responses=refusals(404))
@access("provider", "provider:write")
async def patch_calendar(calendar_id: UUID, wanted: CalendarNewName) -> CalendarOut:
    """Rename a calendar."""
    async with transaction() as session:
        await rename_calendar(session, current_actor(), calendar_id, wanted.name)
    return await _one(calendar_id)


@router.delete("/{calendar_id}", status_code=204, responses=refusals(404))
@access("provider", "provider:write")
async def delete_calendar(calendar_id: UUID) -> Response:
    """Forget a calendar and its busy times; bookings that we wrote into it leave it first."""
    async with transaction() as session:
        await remove_calendar(session, current_actor(), calendar_id, now(), take_out=True)
    return Response(status_code=204)


@router.post("/{calendar_id}/sync", status_code=202, responses=refusals(404))
@access("provider", "provider:write")
async def post_sync(calendar_id: UUID) -> CalendarOut:
    """Have a calendar read as soon as possible, in the background."""
    actor = current_actor()
    await limits.take("calendar", str(actor.user_id))
    async with transaction() as session:
        await read_calendar_now(session, actor, calendar_id, now())
    return await _one(calendar_id)


@router.post("/discover", responses=refusals(404))
@access("provider", "provider:write")
async def post_discover(account: AccountToSearch) -> FoundOut:
    """The calendars of a CalDAV account, to choose one from. Nothing is kept."""
    actor = current_actor()
    require(actor, "calendar.edit", Whose(provider_id=actor.provider_id))
    await limits.take("calendar", str(actor.user_id))
    return FoundOut(items=await discover(account.address, account.user, account.password))
