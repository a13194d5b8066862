"""`/services`: search, details and free times."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits
from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import AvailabilityOut, Money, answer, money, refusals
from appointly.clock import now
from appointly.database import reading
from appointly.errors import NotFound
from appointly.queries.availability import availability_json
from appointly.queries.search import Found, search_services
from appointly.queries.search_request import SearchRequest
from appointly.queries.storefront import NextTime, ServicePage, next_times, service_page, slug_of_service

router = APIRouter(prefix="/services", tags=["Services"], route_class=GuardedRoute)
UNKNOWN = "We could not find this service."


class NextSlotOut(BaseModel):
    """The next time that can be booked, with the provider's offset."""

    id: UUID
    start: datetime


class ServiceOut(BaseModel):
    """A service as it stands in lists. `rating` is null without reviews, `next_slot` without a free time.

    `distance_km` is there where `near` was asked for.
    """

    id: UUID
    slug: str
    title: str
    category: str
    provider: str
    provider_slug: str
    city: str
    timezone: str
    price: Money
    duration_minutes: int
    rating: float | None
    reviews: int
    distance_km: float | None = None
    next_slot: NextSlotOut | None


class ServicesOut(BaseModel):
    items: list[ServiceOut]
    next_cursor: str | None


class QuestionOut(BaseModel):
    """What a customer is asked: a booking's `answers` are by `id`; of a `choice` one of `choices` word for word."""

    id: str
    label: str
    kind: Literal["text", "choice", "yes_no"] = "text"
    required: bool = False
    choices: list[str] = []


class ServiceDetailOut(ServiceOut):
    """All that is public about a service and its provider. `open`: whether it can be booked at the moment."""

    description: str
    tags: list[str]
    capacity: int
    approval: str
    reschedule: str
    location: str
    cancellation_policy: str
    min_notice_minutes: int
    horizon_days: int
    questions: list[QuestionOut]
    open: bool
    provider_id: UUID
    headline: str
    about: str
    address: str
    languages: list[str]
    latitude: float | None
    longitude: float | None


def next_slot(slot_id: UUID, start: datetime, time_zone: str) -> dict[str, object]:
    """A free time as it stands beside a service."""
    return {"id": slot_id, "start": start.astimezone(ZoneInfo(time_zone))}


def in_list(found: Found) -> dict[str, object]:
    """A service as the API lists it."""
    first = found.next_slots[0] if found.next_slots else None
    same = ("id", "slug", "title", "category", "provider", "provider_slug", "city", "duration_minutes", "rating")
    return {name: getattr(found, name) for name in same} | {
        "reviews": found.reviews,
        "timezone": found.time_zone,
        "price": money(found.price_amount, found.currency),
        "distance_km": None if found.distance_km is None else round(found.distance_km, 2),
        "next_slot": next_slot(first.id, first.start, found.time_zone) if first else None,
    }


def in_full(page: ServicePage, times: Sequence[NextTime]) -> dict[str, object]:
    """A service with everything public about it."""
    values = asdict(page)
    del values["unlisted"]
    price = money(values.pop("price_amount"), values.pop("currency"))
    following = next_slot(times[0].slot_id, times[0].start, page.time_zone) if times else None
    questions = [QuestionOut.model_validate(asked).model_dump() for asked in page.questions]
    return values | {
        "questions": questions,
        "timezone": values.pop("time_zone"),
        "price": price,
        "next_slot": following,
    }


@router.get("", response_model=ServicesOut, responses=refusals(422))
@access("public")
async def get_services(search: Annotated[SearchRequest, Query()]) -> Response:
    """Find services that can be booked.

    By words, category, city, price (minor units), day, time of day (`after` and `before`, `17:00`, local at each
    provider) and place (`near`, latitude and longitude `52.52,13.405`, `within` kilometres); sorted by relevance,
    price, the next free time or distance.
    """
    await limits.take("search")
    async with reading() as session:
        page = await search_services(session, search, now())
    return answer({"items": [in_list(found) for found in page.items], "next_cursor": page.next_cursor})


@router.get("/{service}", response_model=ServiceDetailOut, responses=refusals(404, 422))
@access("public")
async def get_service(service: Annotated[str, Path(max_length=200)]) -> Response:
    """Everything public about one service, by its id or its slug."""
    async with reading() as session:
        page = await service_page(session, await slug_of(session, service))
        if page is None:
            raise NotFound(UNKNOWN)
        times = await next_times(session, [page.id], 1, now())
    return answer(in_full(page, times.get(page.id, [])))


async def slug_of(session: AsyncSession, service: str) -> str:
    """The slug behind an id; what is no id is a slug already. Raises `NotFound`."""
    try:
        found = await slug_of_service(session, UUID(service))
    except ValueError:
        found = service if "\0" not in service else None
    if found is None:
        raise NotFound(UNKNOWN)
    return found


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
        raise NotFound(UNKNOWN)
    return answer(body)
