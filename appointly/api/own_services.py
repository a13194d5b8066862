"""What a provider offers, for programs: added, changed, taken away; and the list of it all."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from appointly import routes
from appointly.api.guard import GuardedRoute, access
from appointly.api.once import Key, once
from appointly.api.services import QuestionOut
from appointly.api.shapes import Money, answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.operations.add_service import add_service
from appointly.operations.delete_service import delete_service
from appointly.operations.edit_service import edit_service
from appointly.operations.service_form import ServiceChanges, ServiceForm
from appointly.queries.own_services import OwnService, own_service, own_services
from appointly.queries.paging import cursor_after, read_cursor
from appointly.settings import settings
from appointly.visitor import current_actor

router = APIRouter(tags=["Your business"], route_class=GuardedRoute)


class OwnServiceOut(BaseModel):
    """A service as its owner sees it. `letter` begins its tokens; `bookings` counts the live ones ahead.

    Null in `max_appointments_per_day` is no limit, in `slot_interval_minutes` the whole length with both buffers.
    """

    id: UUID
    slug: str
    url: str
    letter: str
    status: Literal["active", "paused", "archived"]
    title: str
    description: str
    category: str
    tags: list[str]
    price: Money
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    max_appointments_per_day: int | None
    capacity: int
    min_notice_minutes: int
    horizon_days: int
    slot_interval_minutes: int | None
    spread: Literal["pack", "even"]
    approval: Literal["instant", "manual"]
    reschedule: Literal["instant", "manual"]
    answer_within_hours: int
    location: Literal["provider", "customer", "online"]
    deposit_percent: int
    cancellation_policy: Literal["flexible", "moderate", "strict"]
    questions: list[QuestionOut]
    picture: str
    unlisted: bool
    bookings: int
    next_free: datetime | None
    created_at: datetime


class OwnServicesOut(BaseModel):
    items: list[OwnServiceOut]
    next_cursor: str | None


def shown(service: OwnService) -> OwnServiceOut:
    """The service as the API shows it to its owner."""
    values = {name: getattr(service, name) for name in OwnServiceOut.model_fields if hasattr(service, name)}
    return OwnServiceOut.model_validate(
        values
        | {
            "url": f"{settings().base_url.rstrip('/')}{routes.service(service.slug)}",
            "price": Money(amount=service.price_amount, currency=service.currency),
            "bookings": service.coming,
        }
    )


async def _own(service_id: UUID) -> OwnServiceOut:
    async with reading() as session:
        return shown(await own_service(session, current_actor(), service_id, now()))


@router.get("/provider/services", responses=refusals(403, 422))
@access("provider", "provider:read")
async def get_own_services(
    limit: Annotated[int, Query(ge=1, le=100)] = 50, cursor: Annotated[str, Query(max_length=400)] = ""
) -> OwnServicesOut:
    """Everything your business offers or has offered, oldest first: also what is paused, unlisted or archived."""
    after = read_cursor(cursor) if cursor else None
    async with reading() as session:
        found = await own_services(session, current_actor(), now())
    found = sorted(found, key=lambda each: (each.created_at, each.id))
    rest = [each for each in found if after is None or (each.created_at, each.id) > after]
    page = rest[:limit]
    following = cursor_after(page[-1].created_at, page[-1].id) if len(rest) > limit else None
    return OwnServicesOut(items=[shown(each) for each in page], next_cursor=following)


@router.post("/services", status_code=201, response_model=OwnServiceOut, responses=refusals(409))
@access("provider", "provider:write")
async def post_service(request: Request, form: ServiceForm, key: Key = None) -> Response:
    """Offer something new. Its free times follow from your hours at once.

    With an `Idempotency-Key` the same request can be sent again: it adds one service.
    """
    actor, at = current_actor(), now()
    async with transaction() as session:

        async def add() -> bytes:
            service_id = await add_service(session, actor, form, at)
            return shown(await own_service(session, actor, service_id, at)).model_dump_json().encode()

        content = await once(session, request, key, add, at)
    return answer(content, 201)


@router.patch("/services/{service_id}", responses=refusals(404))
@access("provider", "provider:write")
async def patch_service(service_id: UUID, changes: ServiceChanges) -> OwnServiceOut:
    """Change a service; what is not given stays. A question sent with its id keeps it.

    Free times follow at once. What is booked keeps its time, price and policy. `status` pauses, resumes or archives.
    """
    async with transaction() as session:
        await edit_service(session, current_actor(), service_id, changes, now())
    return await _own(service_id)


@router.delete("/services/{service_id}", status_code=204, response_class=Response, responses=refusals(404, 409))
@access("provider", "provider:write")
async def delete_own_service(service_id: UUID) -> None:
    """Delete a service nobody has ever booked. For one that was, PATCH its `status` to `archived`."""
    async with transaction() as session:
        await delete_service(session, current_actor(), service_id)
