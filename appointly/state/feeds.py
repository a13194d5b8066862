"""The addresses of one's private calendars."""

import reflex as rx
from reflex_base.event import EventSpec

from appointly.database import reading, transaction
from appointly.display.feed import feed_addresses
from appointly.domain.feed_token import Feed
from appointly.errors import NotSignedIn
from appointly.operations.rotate_feeds import rotate_feeds
from appointly.queries.feeds import addresses_of
from appointly.state.settings_page import say
from appointly.visitor import current_actor


def field_of(feed: Feed) -> str:
    """The id of the field that an address is put into."""
    return f"feed-{feed.name.lower().replace('_', '-')}"


class Feeds(rx.State):
    """Addresses are secrets: they go straight into the page, and none is kept in the state."""

    __access__ = "signed_in"

    business: bool = False
    shown: bool = False

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        actor = current_actor()
        self.shown = False
        self.business = actor.provider_id is not None

    @rx.event
    async def show(self) -> list[EventSpec]:
        """Put the addresses into the page."""
        self.shown = True
        return await self._in_place()

    @rx.event
    async def rotate(self) -> list[EventSpec]:
        """New addresses in place of those that are shown."""
        if not self.shown:
            return []
        async with transaction() as session:
            await rotate_feeds(session, current_actor())
        said = "The old addresses show nothing any more. Subscribe to the new ones in your calendar."
        return [*await self._in_place(), say(said)]

    async def _in_place(self) -> list[EventSpec]:
        actor = current_actor()
        if actor.user_id is None:
            raise NotSignedIn
        async with reading() as session:
            found = feed_addresses(actor.user_id, await addresses_of(session, actor))
        self.business = Feed.BUSINESS in found
        return [
            rx.set_value(place, address)
            for feed, address in found.items()
            for place in (field_of(feed), f"copy-{field_of(feed)}", f"open-{field_of(feed)}")
        ]
