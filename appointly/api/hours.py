"""`/provider/working-hours` and `/provider/blocked-times`: when the signed-in provider can be booked."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, Field
from pydantic_core import to_json
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.guard import GuardedRoute, access
from appointly.api.once import Key, once
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.rights import Whose, require
from appointly.operations.block_time import (
    TimeToBlock,
    add_blocked_time,
    remove_blocked_series_of,
    remove_blocked_time,
)
from appointly.operations.hours import WeekdayHours, clock_of
from appointly.operations.set_working_hours import MOST_RANGES, set_working_hours
from appointly.queries.dashboard import Business, business
from appointly.queries.hours import Blocked, blocked_time, blocked_times_page, working_hours
from appointly.visitor import current_actor

router = APIRouter(prefix="/provider", tags=["Your business"], route_class=GuardedRoute)
Week = Annotated[list[WeekdayHours], Field(max_length=MOST_RANGES)]


class WorkingHoursOut(BaseModel):
    """A range of a weekday, 1 Monday … 7 Sunday, on the provider's clock. One that closes earlier passes midnight."""

    weekday: int
    opens: str
    closes: str


class BlockedTimeOut(BaseModel):
    """Time kept free of bookings, with the provider's offset. What was repeated together shares a `series_id`."""

    id: UUID
    start: datetime
    end: datetime
    reason: str
    series_id: UUID | None


class BlockedTimesOut(BaseModel):
    items: list[BlockedTimeOut]
    next_cursor: str | None


async def own_business(session: AsyncSession, right: str) -> Business:
    """The business of the caller. Raises `NotFound` for accounts that have none."""
    actor = current_actor()
    shop = await business(session, actor.provider_id)
    require(actor, right, Whose(provider_id=shop.id))
    return shop


async def _week() -> list[WorkingHoursOut]:
    async with reading() as session:
        stored = await working_hours(session, (await own_business(session, "hours.read")).id)
    return [
        WorkingHoursOut(weekday=each.weekday, opens=clock_of(each.opens_minute), closes=clock_of(each.closes_minute))
        for each in stored
    ]


@router.get("/working-hours", responses=refusals(404))
@access("provider", "provider:read")
async def get_working_hours() -> list[WorkingHoursOut]:
    """Your week, in order; a weekday that is not in it is closed."""
    return await _week()


@router.put("/working-hours", responses=refusals(404))
@access("provider", "provider:write")
async def put_working_hours(week: Annotated[Week, Body()]) -> list[WorkingHoursOut]:
    """Replace your whole week. Ranges of a day may touch but not overlap; 24:00 ends a day.

    Free times follow at once; booked ones stay.
    """
    async with transaction() as session:
        await set_working_hours(session, current_actor(), week, now())
    return await _week()


def shown(blocked: Blocked, time_zone: str) -> dict[str, object]:
    """Blocked time as the API shows it."""
    zone = ZoneInfo(time_zone)
    return {
        "id": blocked.id,
        "start": blocked.start.astimezone(zone),
        "end": blocked.end.astimezone(zone),
        "reason": blocked.reason,
        "series_id": blocked.series_id,
    }


@router.get("/blocked-times", response_model=BlockedTimesOut, responses=refusals(404, 422))
@access("provider", "provider:read")
async def get_blocked_times(
    limit: Annotated[int, Query(ge=1, le=100)] = 50, cursor: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """Your blocked times that are not over, by start."""
    async with reading() as session:
        shop = await own_business(session, "blocked_time.read")
        page = await blocked_times_page(session, shop.id, now(), limit, cursor)
    items = [shown(each, shop.time_zone) for each in page.items]
    return answer({"items": items, "next_cursor": page.next_cursor})


@router.post("/blocked-times", status_code=201, response_model=BlockedTimeOut, responses=refusals(409))
@access("provider", "provider:write")
async def post_blocked_time(request: Request, wanted: TimeToBlock, key: Key = None) -> Response:
    """Block time; bookings in it stay. With `repeat_until` also at the same time of the following weeks.

    Answers the (first) blocked time; the others are in the list, with the same `series_id`.
    """
    at = now()
    async with transaction() as session:

        async def add() -> bytes:
            blocked_id = await add_blocked_time(session, current_actor(), wanted, at)
            shop = await own_business(session, "blocked_time.read")
            return to_json(shown(await blocked_time(session, shop.id, blocked_id), shop.time_zone))

        content = await once(session, request, key, add, at)
    return answer(content, 201)


@router.delete("/blocked-times/{blocked_id}", status_code=204, responses=refusals(404))
@access("provider", "provider:write")
async def delete_blocked_time(
    blocked_id: UUID, series: Annotated[bool, Query(description="All of its series that is still to come")] = False
) -> Response:
    """Give blocked time free again."""
    async with transaction() as session:
        if series:
            await remove_blocked_series_of(session, current_actor(), blocked_id, now())
        else:
            await remove_blocked_time(session, current_actor(), blocked_id, now())
    return Response(status_code=204)
