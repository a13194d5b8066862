"""The page of one booking, for its customer."""

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading
from appointly.display.bookings import BookingView, Happened, heading_of, history_of, next_steps, view_of
from appointly.display.cancellations import CUSTOMERS, Ending, ending_of
from appointly.domain.rights import may
from appointly.errors import NotFound
from appointly.queries.bookings import booking_by_reference, booking_history
from appointly.state.booking_ends import BookingEnds
from appointly.state.booking_queue import BookingQueue
from appointly.state.booking_review import BookingReview
from appointly.state.live import watch
from appointly.state.moving import Moving
from appointly.visitor import current_actor


class BookingPage(rx.State):
    """What, when, where, and what can be done; changes by itself when the provider answers."""

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    booking: BookingView = BookingView()
    heading: str = ""
    ending: Ending = Ending()
    history: list[Happened] = []
    steps: list[str] = []
    is_provider: bool = False
    is_own: bool = False

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        await self._read(self._asked(), follow=True)

    @rx.event
    async def refresh(self) -> list[EventSpec]:
        """The booking has changed. A page that Redis forgot waits for its next event: that names the booking."""
        if self.booking.reference:
            await self._read(self.booking.reference)
        return [BookingReview.load(), BookingQueue.load(), BookingEnds.load()]  # type: ignore[operator]

    def _asked(self) -> str:
        """The reference in the address."""
        return str(self.router.url.path.rpartition("/")[2])

    async def _read(self, reference: str, *, follow: bool = False) -> None:
        actor, at = current_actor(), now()
        try:
            async with reading() as session:
                found = await booking_by_reference(session, actor, reference)
                if follow:
                    topics = (f"{kind}:{found.provider_id}" for kind in ("times", "queue"))
                    watch(self, BookingPage.refresh, f"booking:{found.id}", *topics)
                    found = await booking_by_reference(session, actor, reference)
                moves = await booking_history(session, actor, found.id)
                await Moving.follow(self, session, found, at)
        except NotFound:
            self.loaded, self.missing, self.booking, self.history, self.steps = True, True, BookingView(), [], []
            return
        self.booking = view_of(found, at)
        self.is_provider = actor.provider_id == found.provider_id
        self.is_own = not self.is_provider and may(actor, "no_show.dispute", found.whose)
        own = ("provider",) if self.is_provider else CUSTOMERS if self.is_own else ()
        self.heading = heading_of(self.booking, own=self.is_own)
        self.steps = next_steps(self.booking) if self.is_own else []
        self.ending = ending_of(found, moves[-1], own) if moves else Ending()
        self.history = history_of(moves, found.time_zone, at, own)
        self.loaded, self.missing = True, False
