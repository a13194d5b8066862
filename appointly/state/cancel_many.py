"""Several appointments called off at once: chosen from a list that says what each would mean."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.bookings import view_of
from appointly.display.cancellations import outcome_sentence
from appointly.display.formatting import count
from appointly.errors import AppointlyError, ValidationFailed
from appointly.operations.cancel_appointments import MOST_AT_ONCE, cancel_appointments
from appointly.queries.bookings import bookings_of_provider
from appointly.queries.cancellations import preview
from appointly.queries.dashboard import business
from appointly.state.base import Viewer
from appointly.visitor import current_actor

AHEAD = timedelta(days=60)
Form = Annotated[dict[str, str | None], Field(max_length=MOST_AT_ONCE + 2)]


@dataclass(frozen=True)
class Candidate:
    """A booking that could be called off; `first` of its day in the list."""

    id: str
    day: str
    times: str
    customer: str
    service: str
    outcome: str
    chosen: bool
    first: bool


class CancelMany(rx.State):
    """What is to come, today or all of it, each with its box."""

    __access__ = "provider"

    candidates: list[Candidate] = []
    chosen: int = 0
    label: str = ""
    problem: str = ""
    scope: Literal["today", "all"] = "all"
    _refunds: dict[str, int] = {}

    @rx.event
    async def begin(self, scope: Literal["today", "all"]) -> None:
        """The dialog opens."""
        self.scope, self.problem = scope, ""
        await self._read(set())

    @rx.event
    def toggle(self, booking_id: Annotated[str, Field(max_length=40)], on: bool) -> None:
        """One more, or one less."""
        self._choose({each.id for each in self.candidates if (on if each.id == booking_id else each.chosen)})

    @rx.event
    def toggle_day(self, day: Annotated[str, Field(max_length=40)]) -> None:
        """All of a day; none of it where all were chosen already."""
        of_day = {each.id for each in self.candidates if each.day == day}
        chosen = {each.id for each in self.candidates if each.chosen}
        self._choose(chosen - of_day if of_day <= chosen else chosen | of_day)

    @rx.event
    async def cancel(self, form: Form) -> EventSpec | None:
        """Call off all that are chosen, or none."""
        ids = [UUID(each.id) for each in self.candidates if each.chosen]
        if not ids:
            self.problem = "Please choose at least one."
            return None
        shown = {booking_id: self._refunds[str(booking_id)] for booking_id in ids}
        try:
            async with transaction() as session:
                await cancel_appointments(session, current_actor(), ids, form.get("many-reason") or "", now(), shown)
        except AppointlyError as error:
            self.problem = error.fields.get("reason", error.message) if error.fields else error.message
            if not isinstance(error, ValidationFailed):
                await self._read({str(booking_id) for booking_id in ids})
            return None
        await self._read(set())
        return Viewer.tell(f"{count(len(ids), 'booking')} cancelled. Everybody gets a mail.", "success")  # type: ignore[operator]

    def _choose(self, chosen: set[str]) -> None:
        self.candidates = [replace(each, chosen=each.id in chosen) for each in self.candidates]
        self.chosen = sum(each.chosen for each in self.candidates)
        self.label = f"Cancel {count(self.chosen, 'appointment')}" if self.chosen else "Cancel appointments"
        self.problem = ""

    async def _read(self, chosen: set[str]) -> None:
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            today = at.astimezone(ZoneInfo(shop.time_zone)).date()
            last = today if self.scope == "today" else today + AHEAD
            page = await bookings_of_provider(session, actor, shop.id, today, last, limit=500)
        live = [each for each in page.items if each.status in ("pending", "confirmed") and each.start > at]
        shown = [preview(actor, each, at) for each in live[:MOST_AT_ONCE]]
        self._refunds = {str(each.booking.id): each.outcome.refund for each in shown}
        found: list[Candidate] = []
        for each in shown:
            view = view_of(each.booking, at)
            first = not found or found[-1].day != view.day
            times = f"{view.starts} – {view.ends}"
            sentence = outcome_sentence(each, at) if each.booking.paid_amount else ""
            found.append(Candidate(view.id, view.day, times, view.customer, view.service, sentence, False, first))
        problem, self.candidates = self.problem, found
        self._choose(chosen)
        self.problem = problem
