"""What the API's answers look like, for the OpenAPI document; and small builders of their parts."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel
from pydantic_core import to_json


class Money(BaseModel):
    """An amount in the currency's minor units."""

    amount: int
    currency: str


class UserOut(BaseModel):
    """The signed-in person."""

    id: UUID
    email: str
    name: str
    role: Literal["customer", "provider", "admin"]
    provider_id: UUID | None = None


class SignedInOut(BaseModel):
    """`access_token` is a bearer token for a quarter of an hour; it ends earlier when the person signs out.

    `refresh_token` is traded for the next pair, once.
    """

    user: UserOut
    access_token: str
    refresh_token: str


class OtpSessionOut(BaseModel):
    """A code is on its way by mail. `otp_session` goes back with it, and is as secret as a password."""

    otp_session: str


class MeOut(BaseModel):
    user: UserOut


def money(amount: int, currency: str) -> dict[str, object]:
    """Money as the API shows it."""
    return {"amount": amount, "currency": currency}


class PaymentOut(BaseModel):
    """`at_appointment`: paid on the spot. `not_required`: it is free."""

    status: Literal["not_required", "at_appointment"]
    checkout_url: str | None


def payment(amount: int) -> dict[str, object]:
    """How a booking is paid."""
    return {"status": "at_appointment" if amount else "not_required", "checkout_url": None}


class SlotOut(BaseModel):
    """A free time: `date` is local at the provider, `token` the place in the day's queue."""

    id: UUID
    date: date
    start: datetime
    end: datetime
    token: str
    remaining: int


class AvailabilityOut(BaseModel):
    service_id: UUID
    timezone: str
    slots: list[SlotOut]


def answer(content: object, status: int = 200) -> Response:
    """JSON without a second validation of what we made ourselves."""
    return Response(content if isinstance(content, bytes) else to_json(content), status, media_type="application/json")


def refusals(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The refusals of a route, for its OpenAPI entry."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": "Refused", "content": {"application/problem+json": schema}} for status in statuses}
