"""A customer's own bookings."""

from dataclasses import replace

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading
from appointly.display.bookings import BookingView, view_of
from appointly.display.formatting import moment_within
from appointly.display.waitlist import PlaceView, place_view
from appointly.domain.actor import Actor
from appointly.queries.bookings import bookings_of_customer
from appointly.queries.reschedules import waiting_moves
from appointly.queries.waitlist import places_of_customer
from appointly.state.live import watch
from appointly.state.open_drafts import OpenDrafts
from appointly.visitor import current_actor

PAGE = 10


class Account(rx.State):
    """What is to come, what is offered, what is waited for and what is past; changes by itself."""

    __access__ = "signed_in"

    loaded: bool = False
    upcoming: list[BookingView] = []
    past: list[BookingView] = []
    offers: list[PlaceView] = []
    waits: list[PlaceView] = []
    more_upcoming: bool = False
    more_past: bool = False
    _upcoming_shown: int = PAGE
    _past_shown: int = PAGE

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        actor = current_actor()
        watch(self, Account.refresh, f"customer:{actor.user_id}")
        self._upcoming_shown = self._past_shown = PAGE
        await self._read(actor)

    @rx.event
    async def refresh(self) -> EventSpec:
        """One of the bookings has changed, or one was begun elsewhere."""
        await self._read(current_actor())
        return OpenDrafts.load  # type: ignore[return-value]

    @rx.event
    async def show_more(self, past: bool) -> None:
        """Show the next page of one of the lists, at most a hundred."""
        if past:
            self._past_shown = min(self._past_shown + PAGE, 100)
        else:
            self._upcoming_shown = min(self._upcoming_shown + PAGE, 100)
        await self._read(current_actor())

    async def _read(self, actor: Actor) -> None:
        at = now()
        own = replace(actor, managed=frozenset())
        async with reading() as session:
            coming = await bookings_of_customer(session, own, at, limit=self._upcoming_shown)
            past = await bookings_of_customer(session, own, at, past=True, limit=self._past_shown)
            wishes = await waiting_moves(session, own, [booking.id for booking in coming.items])
            waiting = await places_of_customer(session, own)
        places = [place_view(place, at) for place in waiting.items]
        self.offers = [place for place in places if place.offered]
        self.waits = [place for place in places if not place.offered]
        wanted = {each: moment_within(wish.start, wish.time_zone, at) for each, wish in wishes.items()}
        self.upcoming = [replace(view_of(booking, at), wish=wanted.get(booking.id, "")) for booking in coming.items]
        self.past = [view_of(booking, at) for booking in past.items]
        self.more_upcoming, self.more_past = bool(coming.next_cursor), bool(past.next_cursor)
        self.loaded = True
