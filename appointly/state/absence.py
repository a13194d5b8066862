"""Ill today: whom it concerns, what they are told, and one button for all of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.bookings import view_of
from appointly.display.formatting import count, moment
from appointly.errors import AppointlyError, ChangedMeanwhile, ValidationFailed
from appointly.operations.call_off_days import call_off_days
from appointly.queries.absences import Absence, Affected, Days, affected
from appointly.queries.alternatives import Alternative
from appointly.queries.bookings import Booking
from appointly.queries.dashboard import business
from appointly.queries.queue import day_of_line
from appointly.state.base import Viewer
from appointly.validation import parse
from appointly.visitor import current_actor

Day = Annotated[str, Field(max_length=20)]
Form = Annotated[dict[str, str | bool | None], Field(max_length=4)]  # the days too: every field with an id is sent


@dataclass(frozen=True)
class Concerned:
    """Somebody whose appointment is called off, and the other times that they are told."""

    customer: str
    initials: str
    tint: int
    what: str
    instead: list[str] = field(default_factory=list)


class AbsenceSheet(rx.State):
    """The sheet, for today at first; other days can be chosen."""

    __access__ = "provider"

    first: str = ""
    last: str = ""
    today: str = ""
    concerned: list[Concerned] = []
    summary: str = ""
    label: str = ""
    problem: str = ""
    done: str = ""
    _expected: list[str] = []

    @rx.event
    async def begin(self) -> None:
        """The sheet opens."""
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return
        async with reading() as session:
            today = await day_of_line(session, await business(session, actor.provider_id), at)
        self.first = self.last = self.today = today.isoformat()
        self.done = ""
        await self._read()

    @rx.event
    async def choose(self, name: Annotated[str, Field(pattern="^(first|last)$")], day: Day) -> None:
        """Other days. The last one is never before the first."""
        self.done = ""
        if name == "first":
            self.first, self.last = day, max(day, self.last)
        else:
            self.last = day
        await self._read()

    @rx.event
    async def call_off(self, form: Form) -> EventSpec | None:
        """Call off everything shown, block the days, tell everybody."""
        if self.done:
            return None
        try:
            wanted = {
                "first_date": self.first,
                "last_date": self.last,
                "reason": form.get("absence_words") or "",
                "block": bool(form.get("block")),
                "expected": self._expected,
            }
            absence = parse(Absence, wanted)
            async with transaction() as session:
                found = await call_off_days(session, current_actor(), absence, now())
        except ChangedMeanwhile as error:
            await self._read()
            self.problem = error.message
            return None
        except AppointlyError as error:
            self.problem = sentence_of(error)
            return None
        blocked = " The time is blocked." if absence.block else ""
        number = len(found.bookings)
        told = f"{count(number, 'appointment')} called off, and everybody was told." if number else "Nobody was booked."
        self.done = told + blocked
        await self._read()
        return Viewer.tell(self.done, "success")  # type: ignore[operator]

    async def _read(self) -> None:
        actor, at = current_actor(), now()
        self.problem, self.concerned, self._expected, self.summary, self.label = "", [], [], "", "Block the time"
        try:
            days = parse(Days, {"first_date": self.first, "last_date": self.last})
            async with reading() as session:
                found = await affected(session, actor, days, at)
        except AppointlyError as error:
            self.problem = sentence_of(error)
            return
        self.concerned = [concerned(booking, found, at) for booking in found.bookings]
        self._expected = [str(booking.id) for booking in found.bookings]
        number = len(found.bookings)
        self.summary = f"{count(number, 'appointment')} to come on these days." if number else "Nobody is booked."
        if number:
            self.label = f"Cancel {count(number, 'appointment')}"


def sentence_of(error: AppointlyError) -> str:
    """A refusal in one sentence."""
    return next(iter(error.fields.values()), error.message) if isinstance(error, ValidationFailed) else error.message


def concerned(booking: Booking, found: Affected, at: datetime) -> Concerned:
    """One line of the sheet."""
    view = view_of(booking, at)
    instead = [told(each, booking, at) for each in found.instead.get(booking.service_id, ())]
    return Concerned(view.customer, view.initials, view.tint, f"{view.when} · {view.service}", instead)


def told(each: Alternative, booking: Booking, at: datetime) -> str:
    """A time that the customer is told."""
    when = moment(each.start, each.time_zone, at)
    return when if each.provider == booking.provider_name else f"{when} at {each.provider}"
