"""An appointment that is being dragged over the provider's calendar."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import BeforeValidator, Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading
from appointly.display.formatting import clock_time
from appointly.display.timeline import minute_of, pixels
from appointly.domain.rights import may
from appointly.errors import AppointlyError
from appointly.queries.availability import FreeSlot
from appointly.queries.bookings import booking_by_reference
from appointly.queries.reschedules import own_slots, times_to_move_to, waiting_moves
from appointly.state.base import Viewer
from appointly.state.moving import Moving
from appointly.state.provider_bookings import ProviderCalendar
from appointly.visitor import current_actor

Reference = Annotated[str, Field(min_length=1, max_length=20)]
MaybeSlot = Annotated[UUID | None, BeforeValidator(lambda given: given or None)]


@dataclass(frozen=True)
class Target:
    """A time where it may land, in its column to scale."""

    day: str
    slot: str
    label: str
    top: str
    height: str


class CalendarMove(rx.State):
    """Where it may land in the week that is shown; nothing moves before the dialog has asked."""

    __access__ = "provider"

    targets: list[Target] = []

    @rx.event
    async def take(self, reference: Reference) -> EventSpec | None:
        """A drag begins."""
        calendar, actor, at = await self.get_state(ProviderCalendar), current_actor(), now()
        if not calendar.columns:
            return None
        first, last = (date.fromisoformat(calendar.columns[place].date) for place in (0, -1))
        try:
            async with reading() as session:
                booking = await booking_by_reference(session, actor, reference)
                waiting = (await waiting_moves(session, actor, [booking.id])).get(booking.id)
                freely = may(actor, "reschedule.answer", booking.whose)
                own = own_slots(actor, booking, waiting)
                found = await times_to_move_to(session, booking, own, first, last, at, freely=freely)
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        self.targets = targets_of(found, booking.time_zone, calendar.first_minute)
        return None

    @rx.event
    def leave(self) -> None:
        """The drag is over."""
        self.targets = []

    @rx.event
    async def drop(self, reference: Reference, day: date, slot: MaybeSlot) -> EventSpec | None:
        """Dropped on a day, next to a free time of it or where there is none: the dialog asks, or says why not."""
        moving = await self.get_state(Moving)
        try:
            async with reading() as session:
                booking = await booking_by_reference(session, current_actor(), reference)
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        return await moving._open_at(booking.id, day, slot)


def targets_of(slots: list[FreeSlot], zone: str, first: int) -> list[Target]:
    """The slots to scale; each as high as it is long, or until the next one begins."""
    placed = [(slot, minute_of(slot.start, slot.date, zone), minute_of(slot.end, slot.date, zone)) for slot in slots]
    ends = [
        min(end, following) if one.date == other.date else end
        for (one, _, end), (other, following, _) in pairwise(placed)
    ]
    return [
        Target(
            day=slot.date.isoformat(),
            slot=str(slot.id),
            label=clock_time(slot.start, zone),
            top=pixels(begin - first),
            height=pixels(until - begin - 1),
        )
        for (slot, begin, _), until in zip(placed, [*ends, *(end for _, _, end in placed[-1:])], strict=True)
    ]
