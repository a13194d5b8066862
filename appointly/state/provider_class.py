"""One class of a provider's: who comes."""

from dataclasses import dataclass
from uuid import UUID

import reflex as rx
from reflex_base.event import EventSpec

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.bookings import BookingView, view_of
from appointly.display.formatting import clock_time
from appointly.domain.check_in import on_its_day
from appointly.errors import AppointlyError, ChangedMeanwhile, NotFound
from appointly.operations.cancel_appointments import MOST_AT_ONCE, cancel_appointments
from appointly.operations.check_in import check_in
from appointly.queries.classes import participants
from appointly.state.base import Viewer
from appointly.state.booking_panel import BookingPanel
from appointly.state.live import watch
from appointly.visitor import current_actor


@dataclass(frozen=True)
class Participant:
    """One booking of the class; `here` says when its customer has checked in, which can be noted on the day alone."""

    booking: BookingView
    here: str
    can_check_in: bool


class ProviderClass(rx.State):
    """The participants list of one time, by the slot's id in the address; changes by itself."""

    __access__ = "provider"

    loaded: bool = False
    missing: bool = False
    title: str = ""
    when: str = ""
    places: str = ""
    kept: str = ""
    here: str = ""
    token: str = ""
    people: list[Participant] = []
    listed: str = ""
    path: str = ""
    can_cancel: bool = False

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        actor = current_actor()
        if actor.provider_id is not None:
            watch(self, ProviderClass.refresh, f"provider:{actor.provider_id}")
        await self._read()

    @rx.event
    async def refresh(self) -> list[EventSpec]:
        """Somebody has booked, cancelled or checked in."""
        await self._read()
        return await BookingPanel.follow(self)

    @rx.event
    async def cancel_all(self) -> EventSpec | None:
        """Call the whole class off, after the dialog has said what that means: everybody the page shows, or nobody."""
        actor, seen = current_actor(), {one.booking.reference for one in self.people}
        try:
            async with transaction() as session:
                _, found = await participants(session, actor, self._asked())
                live = [booking for booking in found if booking.status in ("pending", "confirmed")]
                if not {booking.reference for booking in live} <= seen:
                    raise ChangedMeanwhile("Somebody has booked meanwhile. Nothing was cancelled yet.")
                at, ids = now(), [booking.id for booking in live]
                for first in range(0, len(ids), MOST_AT_ONCE):
                    await cancel_appointments(session, actor, ids[first : first + MOST_AT_ONCE], "", at)
        except AppointlyError as error:
            await self._read()
            return Viewer.tell(error.message)  # type: ignore[operator]
        await self._read()
        return None

    @rx.event
    async def check_in(self, booking_id: UUID) -> EventSpec | None:
        """One of them has come."""
        answer = None
        try:
            async with transaction() as session:
                await check_in(session, current_actor(), booking_id, None, now())
        except AppointlyError as error:
            answer = Viewer.tell(error.message)  # type: ignore[operator]
        await self._read()
        return answer

    def _asked(self) -> UUID:
        try:
            return UUID(str(self.router.url.path.rpartition("/")[2]))
        except ValueError:
            raise NotFound("We could not find this class.") from None

    async def _read(self) -> None:
        actor, at = current_actor(), now()
        self.loaded = True
        try:
            async with reading() as session:
                size, found = await participants(session, actor, self._asked())
        except NotFound:
            self.missing, self.people, self.listed, self.can_cancel = True, [], "", False
            return
        first, zone = view_of(found[0], at), found[0].time_zone
        self.path = routes.class_list(size.id)
        self.missing, self.title, self.when = False, first.service, f"{first.date}, {first.starts} – {first.ends}"
        self.places = f"{size.booked} of {size.capacity}"
        self.kept = f"{size.kept} more kept for people who are booking" if size.kept else ""
        self.people = [
            Participant(
                view_of(each, at),
                clock_time(each.checked_in_at, zone) if each.checked_in_at else "",
                each.checked_in_at is None and each.status == "confirmed" and on_its_day(each, at) and each.end > at,
            )
            for each in found
        ]
        self.here = f"{sum(one.here != '' for one in self.people)} here" if any(one.here for one in self.people) else ""
        self.token = f"Token {first.token}"
        self.listed = "\n".join([f"{self.title}, {self.when}", *(_line(each) for each in self.people)])
        self.can_cancel = any(each.status in ("pending", "confirmed") for each in found)


def _line(one: Participant) -> str:
    return ", ".join(part for part in (one.booking.customer, one.booking.phone, one.booking.email) if part)
