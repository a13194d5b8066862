"""The check-in: the code at a provider's door, and the tickets of customers."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from appointly.api.bookings import MOVES, BookingOut, shown
from appointly.api.guard import GuardedRoute, access
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import street_and_city
from appointly.display.qr import qr_svg
from appointly.domain.check_in import read_code
from appointly.errors import DoorCodeInvalid
from appointly.operations.check_in import check_in
from appointly.operations.rotate_check_in_code import rotate_check_in_code
from appointly.printing import check_in_sheet
from appointly.queries.check_in import door, door_address, own_door
from appointly.settings import settings
from appointly.visitor import current_actor

bookings = APIRouter(prefix="/bookings", tags=["Bookings"], route_class=GuardedRoute)
own = APIRouter(prefix="/provider", tags=["Queue"], route_class=GuardedRoute)
ScannedCode = Annotated[str, Field(max_length=200)]


class CheckIn(BaseModel):
    """`code`: what the code at the door says after `id=`; the provider checks in without."""

    model_config = ConfigDict(extra="forbid")

    code: ScannedCode = ""


class Ticket(BaseModel):
    """`code`: what a customer's ticket says after `id=`."""

    model_config = ConfigDict(extra="forbid")

    code: ScannedCode


class DoorOut(BaseModel):
    """The address in the code at your door."""

    address: str


@bookings.post("/{booking_id}/check-in", response_model=BookingOut, responses=MOVES)
@access("public", "bookings:write")
async def post_check_in(booking_id: UUID, form: CheckIn | None = None) -> Response:
    """The customer has come: with the `code` at the door, or noted by the provider. Once more changes nothing."""
    code, actor = (form.code if form else ""), current_actor()
    async with transaction() as session:
        read = read_code(settings().require_secret(), code) if code else None
        gate = await door(session, read.id) if read and read.kind == "door" else None
        if code and (read is None or gate is None or gate.version != read.version):
            raise DoorCodeInvalid
        booking = await check_in(session, actor, booking_id, gate.id if gate else None, now())
        return answer(await shown(session, booking))


@own.post("/check-in", response_model=BookingOut, responses=MOVES)
@access("provider", "provider:write")
async def post_ticket(form: Ticket) -> Response:
    """Check in the customer whose ticket you have scanned. Once more changes nothing."""
    read = read_code(settings().require_secret(), form.code)
    if read is None or read.kind != "ticket":
        raise DoorCodeInvalid("This is not a customer's ticket, or it was changed.", fields={"code": "Not a ticket."})
    async with transaction() as session:
        booking = await check_in(session, current_actor(), read.id, None, now())
        return answer(await shown(session, booking))


@own.get("/check-in", response_model=DoorOut, responses=refusals(404))
@access("provider", "provider:read")
async def get_door() -> Response:
    """The address in the code at your door, to make a print of your own."""
    async with reading() as session:
        return answer({"address": door_address(await own_door(session, current_actor()))})


@own.post("/check-in/rotate", response_model=DoorOut, responses=refusals(404))
@access("provider", "provider:write")
async def post_rotate() -> Response:
    """Make a new code for your door: what was printed before is no longer good."""
    async with transaction() as session:
        await rotate_check_in_code(session, current_actor())
        return answer({"address": door_address(await own_door(session, current_actor()))})


@own.get("/check-in.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
@access("provider", "provider:read")
async def get_check_in_sheet() -> Response:
    """The sheet with your code, to hang at the door (A4)."""
    async with reading() as session:
        own_one = await own_door(session, current_actor())
    address, place = door_address(own_one), street_and_city(own_one.address, own_one.city)
    sheet = await asyncio.to_thread(check_in_sheet, name=own_one.name, place=place, address=address, qr=qr_svg(address))
    headers = {"Content-Disposition": 'inline; filename="check-in.pdf"', "Cache-Control": "private, no-store"}
    return Response(sheet, media_type="application/pdf", headers=headers)
