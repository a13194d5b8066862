"""Moving an appointment: choosing another time, what then happens, and a wish that waits for its answer.

One state for both sides: the operation knows who asks.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import long_day, moment, within, zone_name
from appointly.display.moves import WaitingView, told_before, waiting_view
from appointly.display.shapes import Month, Time, TimeGroup, month_of, times_of_day
from appointly.domain.actor import Actor
from appointly.domain.rights import may
from appointly.errors import AppointlyError, SlotTaken
from appointly.operations.answer_reschedule import withdraw_reschedule
from appointly.operations.reschedule import kept_until, require_movable, reschedule
from appointly.queries.bookings import Booking, booking_by_id
from appointly.queries.reschedules import (
    Reschedule,
    moves_at_once,
    own_slots,
    target,
    times_to_move_to,
    waiting_moves,
)
from appointly.state.base import Viewer
from appointly.visitor import current_actor

LEAF_DAYS = 366
TIMES, OUTCOME = "move-times", "move-outcome"  # what takes the focus in the dialog
Words = Annotated[str, Field(max_length=1000)]
Said = Annotated[dict[str, Words], Field(max_length=1)]
MonthName = Annotated[str, Field(pattern=r"^\d{4}-\d\d$")]


@dataclass(frozen=True)
class Moved:
    """The appointment that is about to move, and where to; `new` is empty until a time is chosen.

    `start` is where it is as far as the dialog has told, in ISO 8601.
    """

    id: str = ""
    start: str = ""
    service: str = ""
    customer: str = ""
    old: str = ""
    new: str = ""
    slot: str = ""
    zone: str = ""
    zone_name: str = ""
    by_provider: bool = False


class Moving(rx.State):
    """The dialog "Move to another time" and the wish that waits, of the booking that the page shows."""

    __access__ = "public"

    waiting: WaitingView = WaitingView()
    movable: bool = False
    moved: Moved = Moved()
    month: Month = Month("", [])
    day: str = ""
    day_title: str = ""
    times: list[TimeGroup] = []
    outcome: list[str] = []
    moves_at_once: bool = False
    problem: str = ""
    alternatives: list[Time] = []
    sending: bool = False
    round: int = 0  # the dialog is another one, and closed, after each move
    _shown_month: str = ""

    @classmethod
    async def follow(cls, page: rx.State, session: AsyncSession, booking: Booking, at: datetime) -> None:
        """What a page calls that has read a booking: whether it can move, what waits, which times are free now."""
        moving = await page.get_state(cls)
        await moving._follow(session, booking, at)

    async def _follow(self, session: AsyncSession, booking: Booking, at: datetime) -> None:
        actor = current_actor()
        waiting = (await waiting_moves(session, actor, [booking.id])).get(booking.id)
        self.waiting = waiting_view(waiting, at) if waiting else WaitingView()
        self.movable = can_move(booking, at)
        if self.moved.id == str(booking.id) and not self.sending:
            await self._notice_move(session, actor, booking, waiting, at)
            await self._show(session, actor, booking, waiting, at)

    async def _notice_move(
        self, session: AsyncSession, actor: Actor, booking: Booking, waiting: Reschedule | None, at: datetime
    ) -> bool:
        """Whether somebody else has moved it while the dialog was open: then it says so, and what would happen now."""
        if self.moved.start == booking.start.isoformat():
            return False
        chosen, self.alternatives = self.moved.slot, []
        self._name(booking, actor, at)
        self.moved = replace(self.moved, slot="", new="")
        if chosen and chosen != str(booking.slot_id):
            with suppress(AppointlyError):
                await self._choose(session, actor, booking, waiting, UUID(chosen), at)
        self.problem = f"It was moved meanwhile, to {within(self.moved.old)}."
        return True

    async def _moved_meanwhile(self, actor: Actor, at: datetime) -> bool:
        async with reading() as session:
            booking = await booking_by_id(session, actor, UUID(self.moved.id))
            waiting = (await waiting_moves(session, actor, [booking.id])).get(booking.id)
            return await self._notice_move(session, actor, booking, waiting, at)

    @rx.event
    async def begin(self, booking_id: UUID) -> EventSpec | None:
        """The dialog opens."""
        self._begin()
        return await self._read(booking_id)

    def _begin(self) -> None:
        self.day, self._shown_month, self.moved, self.problem, self.alternatives = "", "", Moved(), "", []

    async def _open_at(self, booking_id: UUID, day: date, slot_id: UUID | None) -> EventSpec | None:
        """The dialog opens with a day and a time of it chosen; without one it says whether the day has any."""
        self._begin()
        self.day = day.isoformat()
        told = await self._read(booking_id, slot_id)
        if self.moved.id and not slot_id:
            self.problem = (
                f"Please choose one of the free times on {long_day(day)}."
                if self.times
                else f"{self.moved.service} has no free time on {long_day(day)}. Please choose another day."
            )
        return told

    @rx.event
    async def show_month(self, month: MonthName) -> EventSpec | None:
        """Leaf to another month."""
        with suppress(ValueError):
            self._shown_month, self.day = date.fromisoformat(f"{month}-01").isoformat(), ""
        return await self._read()

    @rx.event
    async def show_day(self, chosen: date) -> EventSpec | None:
        """Show the times of another day."""
        self.day = chosen.isoformat()
        return await self._read()

    @rx.event
    async def pick(self, slot_id: UUID) -> EventSpec | None:
        """Choose a time: then stands there what will happen."""
        self.problem, self.alternatives = "", []
        return await self._read(slot_id=slot_id) or (rx.set_focus(OUTCOME) if self.moved.slot else None)

    @rx.event
    def unpick(self) -> EventSpec:
        """Choose another time after all."""
        self.moved = replace(self.moved, slot="", new="")
        return rx.set_focus(TIMES)

    @rx.event
    async def submit(self, form: Said) -> EventSpec | None:
        """Move, or ask for it."""
        if not self.moved.id or not self.moved.slot or self.sending:
            return None
        actor, at = current_actor(), now()
        self.sending = True
        try:
            if await self._moved_meanwhile(actor, at):
                return await self._read()
            async with transaction() as session:
                ids = UUID(self.moved.id), UUID(self.moved.slot)
                done = await reschedule(session, actor, *ids, at, next(iter(form.values()), ""))
        except SlotTaken as error:
            self.problem, self.alternatives = error.message, offered(error, self.moved.zone, at)
            self.moved = replace(self.moved, slot="", new="")
            return await self._read()
        except AppointlyError as error:
            self.problem = next(iter(error.fields.values()), error.message)
            return None
        finally:
            self.sending = False
        told = done_words(done, self.moved.by_provider)
        self.moved, self.round = Moved(), self.round + 1
        return Viewer.tell(told, "success")  # type: ignore[operator]

    @rx.event
    async def withdraw(self, request_id: UUID) -> EventSpec | None:
        """Take the wish back."""
        try:
            async with transaction() as session:
                await withdraw_reschedule(session, current_actor(), request_id, now())
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        return Viewer.tell("Withdrawn. Your appointment stays where it is.", "success")  # type: ignore[operator]

    async def _read(self, booking_id: UUID | None = None, slot_id: UUID | None = None) -> EventSpec | None:
        """Read the times of the booking in the dialog, or of another one; choose the slot where one is named."""
        if booking_id is None and not self.moved.id:
            return None
        actor, at = current_actor(), now()
        try:
            async with reading() as session:
                booking = await booking_by_id(session, actor, booking_id or UUID(self.moved.id))
                require_movable(booking, at)
                waiting = (await waiting_moves(session, actor, [booking.id])).get(booking.id)
                self._name(booking, actor, at)
                if slot_id:
                    await self._choose(session, actor, booking, waiting, slot_id, at)
                await self._show(session, actor, booking, waiting, at)
        except AppointlyError as error:
            self.moved, self.round = Moved(), self.round + 1
            return Viewer.tell(error.message)  # type: ignore[operator]
        return None

    def _name(self, booking: Booking, actor: Actor, at: datetime) -> None:
        self.moved = replace(
            self.moved,
            id=str(booking.id),
            start=booking.start.isoformat(),
            service=booking.service_title,
            customer=booking.customer_name,
            old=moment(booking.start, booking.time_zone, at),
            zone=booking.time_zone,
            zone_name=zone_name(booking.time_zone),
            by_provider=may(actor, "reschedule.answer", booking.whose),
        )
        self.moves_at_once = moves_at_once(actor, booking)

    async def _choose(
        self,
        session: AsyncSession,
        actor: Actor,
        booking: Booking,
        waiting: Reschedule | None,
        slot_id: UUID,
        at: datetime,
    ) -> None:
        wanted = await target(session, booking, slot_id, own_slots(actor, booking, waiting), at)
        if not wanted.free:
            self.problem = SlotTaken.message
            return
        mode = "provider" if self.moved.by_provider else "at_once" if self.moves_at_once else "ask"
        until = kept_until(booking, wanted, at)
        self.moved = replace(self.moved, slot=str(wanted.id), new=moment(wanted.start, booking.time_zone, at))
        self.outcome = told_before(mode, booking, wanted.start, until, at)
        self.day = wanted.slot_date.isoformat()

    async def _show(
        self, session: AsyncSession, actor: Actor, booking: Booking, waiting: Reschedule | None, at: datetime
    ) -> None:
        """The month and the times of a day in it: the wanted one, else the one nearest to the booking's own."""
        today = at.astimezone(ZoneInfo(booking.time_zone)).date()
        last = today + timedelta(days=LEAF_DAYS)
        shown = date.fromisoformat(self.day or self._shown_month or booking.slot_date.isoformat())
        first = min(max(shown, today), last).replace(day=1)
        found = await times_to_move_to(
            session,
            booking,
            own_slots(actor, booking, waiting),
            first,
            first + timedelta(days=31),
            at,
            freely=self.moved.by_provider,
        )
        free = {slot.date for slot in found if slot.date.month == first.month}
        self.month = month_of(first, free, today, last)
        if not self.day and free:
            self.day = min(free, key=lambda day: abs((day - max(shown, booking.slot_date)).days)).isoformat()
        self.day_title = long_day(date.fromisoformat(self.day)) if self.day else ""
        self.times = times_of_day([slot for slot in found if slot.date.isoformat() == self.day], booking.time_zone)


def can_move(booking: Booking, at: datetime) -> bool:
    """Whether the booking still lies ahead, so that there is something to move."""
    try:
        require_movable(booking, at)
    except AppointlyError:
        return False
    return True


def offered(error: SlotTaken, zone: str, at: datetime) -> list[Time]:
    """The nearest free times that a refusal names."""
    listed: Any = error.details.get("alternatives", [])
    return [Time(each["id"], moment(datetime.fromisoformat(each["start"]), zone, at)) for each in listed]


def done_words(done: Reschedule, by_provider: bool) -> str:
    """What has happened, in a sentence."""
    if done.status == "waiting":
        return "The provider is asked. Both sides get a mail, and this page shows the answer by itself."
    return "Moved. The customer gets a mail with the new time." if by_provider else "Moved. Both sides get a mail."
