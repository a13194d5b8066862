"""The day's line: for everybody, and for the provider who runs it; and the check-in."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.guard import GuardedRoute, access
from appointly.api.once import Key, once
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.domain.queue import Turn
from appointly.errors import NotFound
from appointly.operations import run_queue
from appointly.operations.add_walk_in import WalkIn, add_walk_in
from appointly.operations.announce_delay import Delay, announce_delay
from appointly.queries.dashboard import business
from appointly.queries.queue import InLine, Line, line_of, shop_by_slug
from appointly.visitor import current_actor

public = APIRouter(prefix="/providers", tags=["Queue"], route_class=GuardedRoute)
own = APIRouter(prefix="/provider/queue", tags=["Queue"], route_class=GuardedRoute)


class TokenOut(BaseModel):
    """A token of the line. `estimate` is when its turn is likely to come, with the provider's offset."""

    token: str
    estimate: datetime | None


class QueueOut(BaseModel):
    """A provider's line of today: no names. `serving` is null while nobody is served."""

    date: date
    timezone: str
    delay_minutes: int
    note: str
    serving: str | None
    waiting: list[TokenOut]
    skipped: list[str]


class PlaceOut(TokenOut):
    """A token as its provider sees it. `id` is the appointment's, or a walk-in's ticket's."""

    id: UUID
    turn: Turn
    names: list[str]
    service: str
    walk_in: bool
    checked_in: bool


class OwnQueueOut(BaseModel):
    """The provider's own line of today, in order."""

    date: date
    timezone: str
    delay_minutes: int
    note: str
    items: list[PlaceOut]


class Next(BaseModel):
    """`serving`: the id of whom you saw being served, null for nobody. If it is another by now, nobody is called."""

    model_config = ConfigDict(extra="forbid")

    serving: UUID | None = None


class TicketOut(BaseModel):
    id: UUID
    token: str


class DelayOut(BaseModel):
    """`told`: how many customers get a mail."""

    minutes: int
    note: str
    told: int


def token_out(line: Line, place: InLine) -> dict[str, object]:
    """One token, as everybody sees it."""
    zone = ZoneInfo(line.shop.time_zone)
    return {"token": place.entry.token, "estimate": place.begins and place.begins.astimezone(zone)}


def day_out(line: Line) -> dict[str, object]:
    """What both views have in common."""
    note = line.said.note if line.said else ""
    return {"date": line.date, "timezone": line.shop.time_zone, "delay_minutes": line.delay, "note": note}


async def own_line(session: AsyncSession, actor: Actor) -> Response:
    """The actor's own line, as it is now."""
    line = await line_of(session, await business(session, actor.provider_id), actor, now())
    items = [
        token_out(line, place)
        | {
            "id": place.entry.id,
            "turn": place.turn,
            "names": [name for name in place.entry.names if name],
            "service": place.entry.service,
            "walk_in": not place.entry.booked,
            "checked_in": place.entry.booked and place.entry.here > 0,
        }
        for place in line.places
    ]
    return answer(day_out(line) | {"items": items})


@public.get("/{slug}/queue", response_model=QueueOut, responses=refusals(404, 422))
@access("public")
async def get_queue(slug: str) -> Response:
    """Whose turn it is, who is next, and when: tokens alone."""
    async with reading() as session:
        shop = await shop_by_slug(session, slug)
        if shop is None:
            raise NotFound("We could not find this provider.")
        line = await line_of(session, shop, current_actor(), now())
    serving = line.serving
    return answer(
        day_out(line)
        | {
            "serving": serving.entry.token if serving else None,
            "waiting": [token_out(line, place) for place in line.of(Turn.WAITING)],
            "skipped": [place.entry.token for place in line.of(Turn.SKIPPED)],
        }
    )


@own.get("", response_model=OwnQueueOut, responses=refusals(404))
@access("provider", "provider:read")
async def get_own_queue() -> Response:
    """Your line of today, with names."""
    async with reading() as session:
        return await own_line(session, current_actor())


async def changed(change: Callable[[AsyncSession, Actor, datetime], Awaitable[object]]) -> Response:
    """Change the line, and show it."""
    actor = current_actor()
    async with transaction() as session:
        await change(session, actor, now())
        return await own_line(session, actor)


CHANGES = refusals(404, 409)


@own.post("/next", response_model=OwnQueueOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_next(form: Next) -> Response:
    """Finish whoever is served and call the next. Sent twice, it calls one: the second gets `queue_moved_on`."""
    return await changed(lambda session, actor, at: run_queue.call_next(session, actor, form.serving, at))


@own.post("/walk-ins", status_code=201, response_model=TicketOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_walk_in(request: Request, form: WalkIn, key: Key = None) -> Response:
    """Somebody came without an appointment: they get the next token of today ("W3").

    With an `Idempotency-Key` the same request can be sent again: they get one token.
    """
    at = now()
    async with transaction() as session:

        async def add() -> bytes:
            ticket = await add_walk_in(session, current_actor(), form, at)
            return to_json({"id": ticket.id, "token": ticket.token})

        content = await once(session, request, key, add, at)
    return answer(content, 201)


@own.post("/delay", response_model=DelayOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_delay(form: Delay) -> Response:
    """Say how late you run: estimates move, and everybody who waits with an appointment of today gets a mail."""
    async with transaction() as session:
        told = await announce_delay(session, current_actor(), form, now())
    return answer({"minutes": form.minutes, "note": form.note, "told": told})


async def changed_place(
    entry_id: UUID, verb: Callable[[AsyncSession, Actor, UUID, datetime], Awaitable[None]]
) -> Response:
    """The same for one place of it."""
    return await changed(lambda session, actor, at: verb(session, actor, entry_id, at))


@own.post("/{entry_id}/call", response_model=OwnQueueOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_call(entry_id: UUID) -> Response:
    """Finish whoever is served, and call this one out of turn."""
    return await changed_place(entry_id, run_queue.call)


@own.post("/{entry_id}/skip", response_model=OwnQueueOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_skip(entry_id: UUID) -> Response:
    """Pass this one over; it can be called later."""
    return await changed_place(entry_id, run_queue.skip)


@own.post("/{entry_id}/done", response_model=OwnQueueOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_done(entry_id: UUID) -> Response:
    """This one has been served: its appointment is completed."""
    return await changed_place(entry_id, run_queue.finish)


@own.post("/{entry_id}/undo", response_model=OwnQueueOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_undo(entry_id: UUID) -> Response:
    """Let this one wait again: called, passed over, or the last that was finished."""
    return await changed_place(entry_id, run_queue.put_back)


@own.post("/{entry_id}/remove", response_model=OwnQueueOut, responses=CHANGES)
@access("provider", "provider:write")
async def post_remove(entry_id: UUID) -> Response:
    """A walk-in has left, or was added by mistake; their token is not given again today."""
    return await changed_place(entry_id, run_queue.remove)
