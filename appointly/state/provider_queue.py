"""The provider runs the day's line."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import count, long_day, zone_name
from appointly.display.queue import Row, late, row_of, rows_of
from appointly.domain.actor import Actor
from appointly.domain.queue import Turn
from appointly.errors import AppointlyError, QueueMovedOn, ValidationFailed
from appointly.operations import run_queue
from appointly.operations.add_walk_in import WalkIn, add_walk_in
from appointly.operations.announce_delay import Delay, announce_delay
from appointly.operations.check_in import check_in
from appointly.queries.dashboard import business
from appointly.queries.queue import Line, line_of, offered
from appointly.state.base import Viewer, again
from appointly.state.live import MINUTE, watch
from appointly.validation import parse
from appointly.visitor import current_actor

Typed = Annotated[dict[str, Annotated[str, Field(max_length=1000)]], Field(max_length=4)]
Verb = Literal["call", "skip", "done", "undo", "check_in", "remove"]


async def _check_in(session: AsyncSession, actor: Actor, entry_id: UUID, at: datetime) -> None:
    await check_in(session, actor, entry_id, None, at)


VERBS: dict[str, Callable[[AsyncSession, Actor, UUID, datetime], Awaitable[None]]] = {
    "call": run_queue.call,
    "skip": run_queue.skip,
    "done": run_queue.finish,
    "undo": run_queue.put_back,
    "check_in": _check_in,
    "remove": run_queue.remove,
}


class ProviderQueue(rx.State):
    """Today's line in order, and what can be done with each in it. Changes by itself."""

    __access__ = "provider"

    loaded: bool = False
    slug: str = ""
    date: str = ""
    zone: str = ""
    zone_name: str = ""
    serving: Row = Row()
    seen: str = ""
    next_token: str = ""
    waiting: list[Row] = []
    overdue: list[Row] = []
    skipped: list[Row] = []
    done: list[Row] = []
    services: list[list[str]] = []
    delay: str = ""
    delay_minutes: str = ""
    note: str = ""
    version: int = 0
    walk_in_problem: str = ""
    delay_problem: str = ""
    note_problem: str = ""
    walk_ins: int = 0
    asked: Row = Row()

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or returns after a dropped connection."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, ProviderQueue.refresh, f"provider:{actor.provider_id}", f"queue:{actor.provider_id}", MINUTE)
        self.walk_in_problem = self.delay_problem = self.note_problem = ""
        await self._read(actor)
        return None

    @rx.event
    async def refresh(self) -> None:
        """The line has changed, or a minute has passed."""
        await self._read(current_actor())

    @rx.event
    async def call_next(self, seen: str) -> EventSpec | None:
        """Finish whoever the page shows as served, and call the next. `seen` is that one's id, empty for nobody."""
        try:
            known = UUID(seen) if seen else None
        except ValueError:
            raise QueueMovedOn from None
        return await self._try(lambda session, actor, at: run_queue.call_next(session, actor, known, at))

    @rx.event
    async def act(self, verb: Verb, entry_id: UUID) -> EventSpec | None:
        """Call, skip, finish, put back, check in or remove one of the line."""
        return await self._try(lambda session, actor, at: VERBS[verb](session, actor, entry_id, at))

    @rx.event
    def ask(self, entry_id: UUID) -> None:
        """The dialog opens: which walk-in it is about."""
        listed = [row for row in [self.serving, *self.waiting, *self.skipped] if row.id == str(entry_id)]
        self.asked = listed[0] if listed else Row()

    async def _try(self, change: Callable[[AsyncSession, Actor, datetime], Awaitable[object]]) -> EventSpec | None:
        actor, answer = current_actor(), None
        try:
            async with transaction() as session:
                await change(session, actor, now())
        except QueueMovedOn:
            pass  # the second of two clicks, or of two tabs: the page shows how it stands
        except AppointlyError as error:
            answer = Viewer.tell(error.message)  # type: ignore[operator]
        await self._read(actor)
        return answer

    @rx.event
    async def add(self, form: Typed) -> EventSpec | None:
        """Somebody without an appointment: `name` and `service_id`, both optional."""
        if again(form, self.walk_ins):
            return None
        actor = current_actor()
        try:
            walk_in = parse(WalkIn, {name: form[name] for name in WalkIn.model_fields if form.get(name)})
            async with transaction() as session:
                ticket = await add_walk_in(session, actor, walk_in, now())
        except ValidationFailed as error:
            self.walk_in_problem = next(iter(error.fields.values()), error.message)
            return None
        except AppointlyError as error:
            self.walk_in_problem = error.message
            return None
        self.walk_in_problem, self.walk_ins = "", self.walk_ins + 1
        await self._read(actor)
        return Viewer.tell(f"Their token is {ticket.token}.", "success")  # type: ignore[operator]

    @rx.event
    async def announce(self, form: Typed) -> EventSpec | None:
        """Running late: `minutes` and `note`."""
        if again(form, self.version):
            return None
        return await self._announce({"minutes": form.get("minutes", "").strip(), "note": form.get("note", "")})

    @rx.event
    async def on_time(self) -> EventSpec | None:
        """The day is on time again."""
        if not self.delay:
            return None
        return await self._announce({"minutes": 0})

    async def _announce(self, said: dict[str, object]) -> EventSpec | None:
        actor = current_actor()
        self.delay_problem = self.note_problem = ""
        try:
            delay = parse(Delay, said)
            async with transaction() as session:
                told = await announce_delay(session, actor, delay, now())
        except ValidationFailed as error:
            self.delay_problem, self.note_problem = error.fields.get("minutes", ""), error.fields.get("note", "")
            return None
        except AppointlyError as error:
            self.delay_problem = error.message
            return None
        self.version += 1
        await self._read(actor)
        return Viewer.tell(f"Noted. {told_words(told)}", "success")  # type: ignore[operator]

    async def _read(self, actor: Actor) -> None:
        at = now()
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            line = await line_of(session, shop, actor, at)
            services = await offered(session, shop.id)
        self._show(line, at)
        self.services = [[str(each.id), each.title] for each in services]
        self.slug, self.date = shop.slug, long_day(line.date)
        self.zone, self.zone_name = shop.time_zone, zone_name(shop.time_zone)
        self.loaded = True

    def _show(self, line: Line, at: datetime) -> None:
        self.serving = row_of(line, line.serving, at) if line.serving else Row()
        self.seen = self.serving.id
        self.waiting = rows_of(line, line.of(Turn.WAITING), at)
        self.overdue = rows_of(line, line.of(Turn.OVERDUE), at)
        self.skipped = rows_of(line, line.of(Turn.SKIPPED), at)
        self.done = rows_of(line, reversed(line.of(Turn.DONE)), at)
        self.next_token = self.waiting[0].token if self.waiting else ""
        self.delay, self.note = late(line.delay), line.said.note if line.said else ""
        self.delay_minutes = str(line.delay) if line.delay else ""


def told_words(told: int) -> str:
    """Who gets a mail about it."""
    return f"{count(told, 'customer')} will get a mail." if told else "Nobody had to be told."
