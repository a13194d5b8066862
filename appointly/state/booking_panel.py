"""One booking beside the provider's list: what it is, what happened, and what can be done with it."""

from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.bookings import BookingView, Happened, history_of, view_of
from appointly.display.classes import with_class
from appointly.errors import AppointlyError, NotFound
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.queries.bookings import booking_by_reference, booking_history
from appointly.queries.classes import sizes_of
from appointly.state.base import Viewer
from appointly.state.moving import Moving
from appointly.visitor import current_actor

Verb = Literal["confirm", "decline", "complete", "no_show", "cancel"]
Words = Annotated[str, Field(max_length=1000)]
Said = Annotated[dict[str, Words], Field(max_length=1)]
DONE: dict[str, str] = {
    "confirm": "Confirmed. The customer gets a mail with the invitation.",
    "decline": "Declined. The customer gets a mail, and the time is free again.",
    "complete": "Marked as completed.",
    "no_show": "Noted that the customer did not come.",
    "cancel": "Cancelled. Both sides get a mail, and the time is free again.",
}


class BookingPanel(rx.State):
    """The booking that the address names (`?booking=…`); closed without one."""

    __access__ = "provider"

    booking: BookingView = BookingView()
    history: list[Happened] = []
    missing: bool = False
    asked_id: str = ""
    asked_about: str = ""

    @rx.event
    async def load(self) -> None:
        """The address has changed."""
        await self._read(str(self.router.url.query_parameters.get("booking", "")))

    @rx.event
    async def refresh(self) -> None:
        """The open booking may have changed."""
        await self._read(self.booking.reference)

    @classmethod
    async def follow(cls, page: rx.State) -> EventSpec | None:
        """What a page that has re-read returns, so that an open panel does too."""
        panel = await page.get_state(cls)
        return cls.refresh() if panel.booking.reference else None  # type: ignore[operator]

    @rx.event
    def ask(self, booking_id: UUID, about: Annotated[str, Field(max_length=400)]) -> None:
        """A dialog opens that asks for a reason; `about` is what it names."""
        self.asked_id, self.asked_about = str(booking_id), about

    @rx.event
    async def act(self, verb: Verb, booking_id: UUID) -> EventSpec:
        """Confirm, complete or note a no-show."""
        return await self._act(verb, booking_id, "")

    @rx.event
    async def act_with_reason(self, verb: Verb, booking_id: UUID, form: Said) -> EventSpec:
        """Decline or cancel, with what the dialog's form says to the customer."""
        return await self._act(verb, booking_id, next(iter(form.values()), ""))

    async def _act(self, verb: Verb, booking_id: UUID, reason: str) -> EventSpec:
        actor, at = current_actor(), now()
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
                        await cancel_appointments(session, actor, [booking_id], reason, at)
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        if self.booking.id == str(booking_id):
            await self._read(self.booking.reference)
        return Viewer.tell(DONE[verb], "success")  # type: ignore[operator]

    async def _read(self, reference: str) -> None:
        self.missing = False
        if not reference:
            self.booking, self.history = BookingView(), []
            return
        actor, at = current_actor(), now()
        try:
            async with reading() as session:
                found = await booking_by_reference(session, actor, reference)
                sizes = await sizes_of(session, [found.slot_id])
                moves = await booking_history(session, actor, found.id)
                await Moving.follow(self, session, found, at)
        except NotFound:
            self.booking, self.history, self.missing = BookingView(), [], True
            return
        self.booking = with_class(view_of(found, at), found, sizes)
        self.history = history_of(moves, found.time_zone, at)
