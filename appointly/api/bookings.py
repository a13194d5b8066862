"""`/bookings`: book, look, confirm, decline, complete, cancel."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits
from appointly.api.guard import GuardedRoute, access
from appointly.api.once import Key, once
from appointly.api.sessions import remember
from appointly.api.shapes import Money, PaymentOut, answer, money, payment, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.book_appointment import Booked, BookingRequest
from appointly.operations.booking_draft import book_chosen
from appointly.operations.cancel_appointments import Cancelled, cancel_appointments
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.queries.bookings import Booking, booking_by_id, bookings_of
from appointly.queries.find_bookings import LONGEST
from appointly.queries.reschedules import Reschedule, waiting_moves
from appointly.validation import Line
from appointly.visitor import current_actor, current_visitor

router = APIRouter(prefix="/bookings", tags=["Bookings"], route_class=GuardedRoute)
Reason = Annotated[str, Field(max_length=2000)]


class BookedOut(BaseModel):
    """A booking just made. `start` and `end` carry the provider's offset; `token` is the place in the queue."""

    id: UUID
    reference: str
    status: Literal["held", "pending", "confirmed"]
    slot_id: UUID
    service_id: UUID
    start: datetime
    end: datetime
    timezone: str
    token: str
    price: Money
    payment: PaymentOut


class RescheduleOut(BaseModel):
    """A wish for another time, or a move that was made at once; `start` and `end` are the new ones."""

    id: UUID
    booking_id: UUID
    status: Literal["waiting", "accepted", "declined", "withdrawn", "expired"]
    slot_id: UUID | None
    start: datetime
    end: datetime
    reason: str
    answer: str
    expires_at: datetime


class BookingOut(BaseModel):
    """One booking, as its customer and its provider see it.

    `answer_by`: until when the provider can answer a request. `reschedule`: the wish for another time that waits.
    """

    id: UUID
    reference: str
    status: Literal["held", "pending", "confirmed", "completed", "no_show", "declined", "cancelled", "expired"]
    slot_id: UUID | None
    service_id: UUID
    service: str
    provider: str
    start: datetime
    end: datetime
    timezone: str
    token: str
    location: str
    address: str
    customer_name: str
    customer_email: str
    customer_phone: str
    notes: str
    answers: dict[str, object]
    price: Money
    payment: PaymentOut
    cancellation_policy: str
    reschedule: RescheduleOut | None
    answer_by: datetime | None
    checked_in_at: datetime | None
    created_at: datetime


class BookingsOut(BaseModel):
    items: list[BookingOut]
    next_cursor: str | None


class Wanted(BaseModel):
    """Which bookings to list; dates are local at the provider, both included."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[Line, Field(max_length=LONGEST)] = ""
    status: Status | None = None
    service_id: UUID | None = None
    slot_id: UUID | None = None
    first_date: date | None = None
    last_date: date | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=200)] = None


class Cancellation(BaseModel):
    """Why, if anybody should know."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""


class OneCancellation(Cancellation):
    """`expected_refund` is the amount that was shown, in minor units: another one would be refused."""

    expected_refund: Annotated[int, Field(ge=0)] | None = None


class Cancellations(Cancellation):
    """All of them or none. `expected_refunds` are the amounts that were shown, by id."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    expected_refunds: Annotated[dict[UUID, int], Field(max_length=100)] = {}


class CancelledOut(BaseModel):
    """What was called off, and what is paid back."""

    id: UUID
    reference: str
    status: Literal["cancelled"]
    refund: Money


class CancellationsOut(BaseModel):
    items: list[CancelledOut]


def booked_json(booked: Booked) -> bytes:
    """A fresh booking as the API shows it."""
    zone = ZoneInfo(booked.time_zone)
    return to_json(
        {
            "id": booked.id,
            "reference": booked.reference,
            "status": booked.status,
            "slot_id": booked.slot_id,
            "service_id": booked.service_id,
            "start": booked.start.astimezone(zone),
            "end": booked.end.astimezone(zone),
            "timezone": booked.time_zone,
            "token": booked.token,
            "price": money(booked.price_amount, booked.currency),
            "payment": payment(booked.price_amount),
        }
    )


def reschedule_out(request: Reschedule) -> dict[str, object]:
    """A wish for another time as the API shows it."""
    zone = ZoneInfo(request.time_zone)
    same = ("id", "status", "slot_id", "reason", "answer", "expires_at")
    return {name: getattr(request, name) for name in same} | {
        "booking_id": request.appointment_id,
        "start": request.start.astimezone(zone),
        "end": request.end.astimezone(zone),
    }


async def shown(session: AsyncSession, booking: Booking) -> dict[str, object]:
    """A booking as the API shows it."""
    [only] = await all_shown(session, [booking])
    return only


async def all_shown(session: AsyncSession, bookings: Sequence[Booking]) -> list[dict[str, object]]:
    """The same for several, with the wishes for another time that wait."""
    waiting = await waiting_moves(session, current_actor(), [booking.id for booking in bookings])
    return [_shown(booking, waiting.get(booking.id)) for booking in bookings]


def _shown(booking: Booking, waiting: Reschedule | None) -> dict[str, object]:
    zone = ZoneInfo(booking.time_zone)
    same = ("id", "reference", "status", "slot_id", "service_id", "token", "location", "address", "customer_name")
    more = (
        "customer_email",
        "customer_phone",
        "notes",
        "answers",
        "cancellation_policy",
        "answer_by",
        "checked_in_at",
        "created_at",
    )
    return {name: getattr(booking, name) for name in same + more} | {
        "service": booking.service_title,
        "provider": booking.provider_name,
        "start": booking.start.astimezone(zone),
        "end": booking.end.astimezone(zone),
        "timezone": booking.time_zone,
        "price": money(booking.price_amount, booking.currency),
        "payment": payment(booking.price_amount),
        "reschedule": reschedule_out(waiting) if waiting else None,
    }


@router.post("", status_code=201, response_model=BookedOut, responses=refusals(404, 409))
@access("public", "bookings:write")
async def post_booking(request: Request, form: BookingRequest, key: Key = None) -> Response:
    """Book a free time, as a guest or as the signed-in customer.

    With an `Idempotency-Key` the same request can be sent again: it books once and gets the first answer again.
    A time that is kept for the caller (`POST /holds`) becomes the booking's. A taken time is refused with `slot_taken`
    and the three nearest free ones as `alternatives`.
    """
    caller, at = current_visitor(), now()
    await limits.take("booking", form.customer_email)
    async with transaction() as session:

        async def book() -> bytes:
            return booked_json(await book_chosen(session, caller.actor, form, at))

        content = await once(session, request, key, book, at, form.customer_email)
    response = answer(content, 201)
    if caller.session_id is None:
        remember(response, caller, BookedOut.model_validate_json(content).id)
    return response


@router.get("", response_model=BookingsOut, responses=refusals(422))
@access("signed_in", "bookings:read")
async def get_bookings(wanted: Annotated[Wanted, Query()]) -> Response:
    """One's own bookings, as customer or as provider, the latest start first; for an admin everybody's.

    `q` finds by a part of the customer's name, mail address or telephone number, of the reference, or of the provider's
    name. Of one status, one service, one time (everybody who comes to a class) or between two dates, if that is asked
    for.
    """
    which = wanted.model_dump(exclude={"limit", "cursor"})
    async with reading() as session:
        page = await bookings_of(session, current_actor(), limit=wanted.limit, cursor=wanted.cursor, **which)
        return answer({"items": await all_shown(session, page.items), "next_cursor": page.next_cursor})


@router.get("/{booking_id}", response_model=BookingOut, responses=refusals(404, 422))
@access("public", "bookings:read")
async def get_booking(booking_id: UUID) -> Response:
    """One booking, for its customer (also by the link from the mail), its provider and admins."""
    async with reading() as session:
        return answer(await shown(session, await booking_by_id(session, current_actor(), booking_id)))


Verb = Callable[[AsyncSession, Actor, UUID, datetime], Awaitable[Booking]]


async def moved(booking_id: UUID, verb: Verb) -> Response:
    """Let the provider move a booking, and show it."""
    async with transaction() as session:
        booking = await verb(session, current_actor(), booking_id, now())
        return answer(await shown(session, booking))


MOVES = refusals(404, 409)


@router.post("/{booking_id}/confirm", response_model=BookingOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_confirm(booking_id: UUID) -> Response:
    """The provider says yes."""
    return await moved(booking_id, confirm_appointment)


@router.post("/{booking_id}/decline", response_model=BookingOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_decline(booking_id: UUID, form: Cancellation | None = None) -> Response:
    """The provider says no; the time is free again."""
    reason = form.reason if form else ""
    async with transaction() as session:
        booking = await decline_appointment(session, current_actor(), booking_id, now(), reason)
        return answer(await shown(session, booking))


@router.post("/{booking_id}/complete", response_model=BookingOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_complete(booking_id: UUID) -> Response:
    """The customer was served."""
    return await moved(booking_id, complete_appointment)


@router.post("/{booking_id}/no-show", response_model=BookingOut, responses=MOVES)
@access("signed_in", "bookings:write")
async def post_no_show(booking_id: UUID) -> Response:
    """The customer did not come."""
    return await moved(booking_id, mark_no_show)


def cancelled_out(cancelled: Cancelled) -> dict[str, object]:
    """What was called off, as the API shows it."""
    refund = money(cancelled.refund_amount, cancelled.currency)
    return {"id": cancelled.id, "reference": cancelled.reference, "status": cancelled.status, "refund": refund}


async def cancelled(ids: list[UUID], reason: str, expected: dict[UUID, int]) -> list[dict[str, object]]:
    """Call off all of `ids` or none."""
    async with transaction() as session:
        done = await cancel_appointments(session, current_actor(), ids, reason, now(), expected)
    return [cancelled_out(each) for each in done]


@router.post("/cancel", response_model=CancellationsOut, responses=MOVES)
@access("public", "bookings:write")
async def post_cancel_all(form: Cancellations) -> Response:
    """Cancel several bookings, all of them or none."""
    return answer({"items": await cancelled(form.ids, form.reason, form.expected_refunds)})


@router.post("/{booking_id}/cancel", response_model=CancelledOut, responses=MOVES)
@access("public", "bookings:write")
async def post_cancel(booking_id: UUID, form: OneCancellation | None = None) -> Response:
    """Cancel one booking, as its customer, its provider or an admin."""
    form = form or OneCancellation()
    expected = {} if form.expected_refund is None else {booking_id: form.expected_refund}
    [done] = await cancelled([booking_id], form.reason, expected)
    return answer(done)
