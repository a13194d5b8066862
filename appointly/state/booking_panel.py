"""One booking beside the provider's list: what it is, what happened, and what can be done with it."""

from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.bookings import BookingView, Happened, history_of, view_of
from appointly.display.cancellations import MissedView, missed_view, outcome_sentence
from appointly.display.classes import with_class
from appointly.display.formatting import clock_time, count
from appointly.errors import AppointlyError, InvalidTransition, NotFound
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.finish_appointment import UNDO_WITHIN, complete_appointment, mark_no_show
from appointly.operations.flags import DISPUTE_WITHIN, take_back_no_show
from appointly.operations.undo_finish import undo_finish
from appointly.queries.bookings import booking_by_reference, booking_history
from appointly.queries.cancellations import previews
from appointly.queries.classes import participants, sizes_of
from appointly.queries.flags import missed
from appointly.state.base import Viewer
from appointly.state.moving import Moving
from appointly.visitor import current_actor

Verb = Literal["confirm", "decline", "complete", "no_show", "undo", "take_back", "cancel"]
Words = Annotated[str, Field(max_length=1000)]
Said = Annotated[dict[str, Words], Field(max_length=1)]
OTHERS = 8  # of a class, beside the one that is open; its own page has them all
FINISHED = {("confirmed", "completed"), ("confirmed", "no_show")}
DONE: dict[str, str] = {
    "confirm": "Confirmed. The customer gets a mail with the invitation.",
    "decline": "Declined. The customer gets a mail, and the time is free again.",
    "complete": "Marked as completed.",
    "no_show": "Noted that the customer did not come.",
    "undo": "Undone: the appointment is confirmed again.",
    "take_back": "Noted that the customer came. They get a mail.",
    "cancel": "Cancelled. The customer gets a mail, and the time is free again.",
}


class BookingPanel(rx.State):
    """The booking that the address names (`?booking=…`); closed without one."""

    __access__ = "provider"

    booking: BookingView = BookingView()
    history: list[Happened] = []
    others: list[BookingView] = []
    more_others: str = ""
    missing: bool = False
    missed: MissedView = MissedView()
    asked_id: str = ""
    asked_about: str = ""
    asked_outcome: str = ""
    undo_until: str = ""
    _refund: int = 0
    _done: str = ""

    @rx.event
    async def load(self) -> None:
        """The address has changed."""
        await self._read(str(self.router.url.query_parameters.get("booking", "")))

    @rx.event
    async def refresh(self) -> None:
        """The open booking may have changed."""
        await self._read(self.booking.reference)

    @classmethod
    async def follow(cls, page: rx.State) -> list[EventSpec]:
        """What a page that has re-read returns, so that an open panel does too."""
        panel = await page.get_state(cls)
        return [cls.refresh()] if panel.booking.reference else []  # type: ignore[operator]

    @rx.event
    async def ask(self, booking_id: UUID, about: Annotated[str, Field(max_length=400)]) -> None:
        """A dialog opens that asks for a reason; `about` is what it names. Says what calling off would mean."""
        self.asked_id, self.asked_about, self.asked_outcome, self._refund = str(booking_id), about, "", 0
        at = now()
        try:
            async with reading() as session:
                [shown] = await previews(session, current_actor(), [booking_id], at)
        except AppointlyError:
            return
        self.asked_outcome, self._refund = outcome_sentence(shown, at), shown.outcome.refund

    @rx.event
    async def act(self, verb: Verb, booking_id: UUID) -> EventSpec | None:
        """Confirm, complete or note a no-show."""
        return await self._act(verb, booking_id, "")

    @rx.event
    async def act_with_reason(self, verb: Verb, booking_id: UUID, form: Said) -> EventSpec | None:
        """Decline or cancel, with what the dialog's form says to the customer."""
        return await self._act(verb, booking_id, next(iter(form.values()), ""))

    async def _act(self, verb: Verb, booking_id: UUID, reason: str) -> EventSpec | None:
        actor, at = current_actor(), now()
        before, self._done = self._done, f"{verb} {booking_id}"
        try:
            async with transaction() as session:
                match verb:
                    case "confirm":
                        await confirm_appointment(session, actor, booking_id, at)
                    case "decline":
                        await decline_appointment(session, actor, booking_id, at, reason)
                    case "complete":
                        await complete_appointment(session, actor, booking_id, at)
                    case "no_show":
                        await mark_no_show(session, actor, booking_id, at)
                    case "cancel":
                        shown = {booking_id: self._refund} if self.asked_id == str(booking_id) else None
                        await cancel_appointments(session, actor, [booking_id], reason, at, shown)
                    case "undo":
                        await undo_finish(session, actor, booking_id, at)
                    case "take_back":
                        await take_back_no_show(session, actor, booking_id, at)
        except InvalidTransition as error:
            twice = self._done == before  # the second of two clicks: the news of the first stands
            return None if twice else Viewer.tell(error.message)  # type: ignore[operator]
        except AppointlyError as error:
            self._done = ""
            return Viewer.tell(error.message)  # type: ignore[operator]
        if self.booking.id == str(booking_id):
            await self._read(self.booking.reference)
        return Viewer.tell(DONE[verb], "success")  # type: ignore[operator]

    async def _read(self, reference: str) -> None:
        self.missing, self.undo_until, self.missed = False, "", MissedView()
        if not reference:
            self.booking, self.history = BookingView(), []
            return
        actor, at = current_actor(), now()
        try:
            async with reading() as session:
                found = await booking_by_reference(session, actor, reference)
                sizes = await sizes_of(session, [found.slot_id])
                people = (await participants(session, actor, found.slot_id))[1] if found.slot_id in sizes else []
                moves = await booking_history(session, actor, found.id)
                told = await missed(session, actor, found.id)
                await Moving.follow(self, session, found, at)
        except NotFound:
            self.booking, self.history, self.missing = BookingView(), [], True
            return
        self.booking = with_class(view_of(found, at), found, sizes)
        self.history = history_of(moves, found.time_zone, at)
        others = [each for each in people if each.id != found.id] if self.booking.places else []
        self.others = [view_of(each, at) for each in others[:OTHERS]]
        self.more_others = f"and {count(len(others) - OTHERS, 'more', 'more')}" if len(others) > OTHERS else ""
        if found.status == "no_show" or told.dispute:
            self.missed = missed_view(found, told, DISPUTE_WITHIN, at, own=False)
        last = moves[-1]
        if (last.from_status, last.to_status) in FINISHED and last.at + UNDO_WITHIN > at:
            self.undo_until = clock_time(last.at + UNDO_WITHIN, found.time_zone)
