"""How one booking can end, on its page: called off with the outcome shown before, or a no-show that is disputed."""

from typing import Annotated

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.cancellations import MissedView, missed_view, outcome_sentence
from appointly.domain.rights import may
from appointly.errors import AppointlyError, Forbidden, InvalidTransition, NotFound, NotSignedIn, ValidationFailed
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.flags import DISPUTE_WITHIN, dispute_no_show
from appointly.queries.bookings import booking_by_reference
from appointly.queries.cancellations import preview
from appointly.queries.flags import missed
from appointly.state.base import Viewer
from appointly.visitor import current_actor

TITLE = "booking-title"  # takes the focus when its booking ends: the button that had it is gone
Form = Annotated[dict[str, str | None], Field(max_length=2)]


class BookingEnds(rx.State):
    """What calling off would mean now, and what was said about a no-show. The address names the booking."""

    __access__ = "public"

    outcome: str = ""
    missed: MissedView = MissedView()
    problem: str = ""
    _refund: int = 0

    @rx.event
    async def load(self) -> None:
        """The page opens, or its booking has changed."""
        self.problem = ""
        await self._read()

    @rx.event
    async def cancel(self) -> EventSpec | list[EventSpec]:
        """Call this booking off, after the dialog has said what that means; with another outcome it is not."""
        actor, at = current_actor(), now()
        try:
            async with transaction() as session:
                booking = await booking_by_reference(session, actor, self._asked())
                shown = {booking.id: self._refund} if self.outcome else None
                await cancel_appointments(session, actor, [booking.id], "", at, shown)
        except AppointlyError as error:
            await self._read()
            return Viewer.tell(error.message)  # type: ignore[operator]
        return [Viewer.dismiss_notice(), rx.set_focus(TITLE)]  # type: ignore[operator]

    @rx.event
    async def dispute(self, form: Form) -> EventSpec | None:
        """Say that one came after all."""
        actor, at, self.problem = current_actor(), now(), ""
        try:
            async with transaction() as session:
                booking = await booking_by_reference(session, actor, self._asked())
                await dispute_no_show(session, actor, booking.id, form.get("dispute") or "", at)
        except ValidationFailed as error:
            self.problem = error.fields.get("reason", error.message)
            return None
        except AppointlyError as error:
            said = self.missed.said
            await self._read()
            return None if said else Viewer.tell(error.message)  # type: ignore[operator]  # pressed twice is once
        await self._read()
        return Viewer.tell("Thank you. We look into it, and you get a mail.", "success")  # type: ignore[operator]

    def _asked(self) -> str:
        """The reference in the address."""
        return str(self.router.url.path.rpartition("/")[2])

    async def _read(self) -> None:
        actor, at = current_actor(), now()
        self.outcome, self._refund, self.missed = "", 0, MissedView()
        try:
            async with reading() as session:
                booking = await booking_by_reference(session, actor, self._asked())
                told = await missed(session, actor, booking.id)
            if booking.status == "no_show" or told.dispute:
                own = may(actor, "no_show.dispute", booking.whose)
                self.missed = missed_view(booking, told, DISPUTE_WITHIN, at, own=own)
            shown = preview(actor, booking, at)
        except (NotFound, Forbidden, NotSignedIn, InvalidTransition):
            return
        self.outcome, self._refund = outcome_sentence(shown, at), shown.outcome.refund
