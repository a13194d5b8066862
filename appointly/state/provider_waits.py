"""Who waits for a time at the provider's."""

from dataclasses import dataclass, field
from uuid import UUID

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.waitlist import PlaceView, place_view
from appointly.errors import AppointlyError
from appointly.operations.answer_offer import remove_from_waitlist
from appointly.queries.waitlist import places_at_provider
from appointly.state.base import Viewer
from appointly.visitor import current_actor

MOST = 200


@dataclass(frozen=True)
class WaitGroup:
    """Those who wait for one service, the longest wait first."""

    service: str
    places: list[PlaceView] = field(default_factory=list)


class ProviderWaits(rx.State):
    """The waiting lists of the business; the page's own state has it read again when something changes."""

    __access__ = "provider"

    number: int = 0
    groups: list[WaitGroup] = []
    asked: PlaceView = PlaceView()

    @rx.event
    async def load(self) -> None:
        """The page opens, or something of this provider has changed."""
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return
        async with reading() as session:
            found = await places_at_provider(session, actor, limit=MOST)
        services = dict.fromkeys(place.service_title for place in found.items)
        self.number = len(found.items)
        self.groups = [
            WaitGroup(title, [place_view(place, at) for place in found.items if place.service_title == title])
            for title in services
        ]

    @rx.event
    def ask(self, entry_id: UUID) -> None:
        """The dialog opens: who it is about, and what is kept for them."""
        listed = [place for group in self.groups for place in group.places if place.id == str(entry_id)]
        self.asked = listed[0] if listed else PlaceView()

    @rx.event
    async def remove(self, entry_id: UUID) -> EventSpec | None:
        """Take somebody off the list, after the dialog has said what that means; they get a mail."""
        try:
            async with transaction() as session:
                await remove_from_waitlist(session, current_actor(), entry_id, now())
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        return ProviderWaits.load  # type: ignore[return-value]
