"""After the end: did they come? Asked until it is answered, a fortnight at most."""

from typing import Literal
from uuid import UUID

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.bookings import BookingView, view_of
from appointly.errors import AppointlyError
from appointly.operations.finish_appointment import finish_appointments
from appointly.operations.undo_finish import undo_finish
from appointly.queries.bookings import provider_ended
from appointly.state.base import Viewer
from appointly.visitor import current_actor

SHOWN = 20


class HowItWent(rx.State):
    """The oldest first; what was said last can be undone."""

    __access__ = "provider"

    bookings: list[BookingView] = []
    asks: bool = False
    several: bool = False
    more: bool = False
    said: str = ""
    _last: list[str] = []

    @rx.event
    async def load(self) -> None:
        """The page opens, or something of this provider has changed."""
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return
        async with reading() as session:
            found = await provider_ended(session, actor, actor.provider_id, at, SHOWN + 1)
        self.asks, self.several = len(found) > 0, len(found) > 1
        self.bookings, self.more = [view_of(each, at) for each in found[:SHOWN]], len(found) > SHOWN

    @rx.event
    async def finish(self, booking_id: UUID, end: Literal["completed", "no_show"]) -> EventSpec | None:
        """They came, or they did not."""
        said = (
            "Noted: they came." if end == "completed" else "Noted: they did not come. They hear of it in ten minutes."
        )
        return await self._finish([booking_id], end, said)

    @rx.event
    async def all_came(self) -> EventSpec | None:
        """Everybody on the list came."""
        ids = [UUID(each.id) for each in self.bookings]
        return await self._finish(ids, "completed", f"Noted: all {len(ids)} came.") if ids else None

    @rx.event
    async def undo(self) -> EventSpec | None:
        """Take back what was said last."""
        actor, at, ids = current_actor(), now(), self._last
        self.said, self._last = "", []
        try:
            async with transaction() as session:
                for booking_id in ids:
                    await undo_finish(session, actor, UUID(booking_id), at)
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        await self.load()  # type: ignore[operator]
        return None

    async def _finish(self, ids: list[UUID], end: Literal["completed", "no_show"], said: str) -> EventSpec | None:
        try:
            async with transaction() as session:
                await finish_appointments(session, current_actor(), ids, end, now())
        except AppointlyError as error:
            await self.load()  # type: ignore[operator]
            twice = self._last == [str(each) for each in ids]  # the second of two clicks
            return None if twice else Viewer.tell(error.message)  # type: ignore[operator]
        self.said, self._last = said, [str(each) for each in ids]
        await self.load()  # type: ignore[operator]
        return None
