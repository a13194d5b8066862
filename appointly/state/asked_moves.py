"""Customers' wishes for another time, for their provider to answer."""

from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import transaction
from appointly.display.moves import AskedView, asked_view
from appointly.errors import AppointlyError
from appointly.operations.answer_reschedule import accept_reschedule, decline_reschedule
from appointly.queries.dashboard import Business
from appointly.queries.reschedules import asked_moves
from appointly.state.base import Viewer
from appointly.visitor import current_actor

Words = Annotated[str, Field(max_length=1000)]
Said = Annotated[dict[str, Words], Field(max_length=1)]
SHOWN = 10


class AskedMoves(rx.State):
    """What waits, the most urgent first; the page that shows it re-reads it."""

    __access__ = "provider"

    asked: list[AskedView] = []
    number: int = 0
    about_id: str = ""
    about: str = ""

    @classmethod
    async def follow(cls, page: rx.State, session: AsyncSession, shop: Business) -> None:
        """What a page calls that has read the rest of the provider's day."""
        moves, at = await page.get_state(cls), now()
        found = await asked_moves(session, current_actor(), shop.id, at, SHOWN)
        moves.asked, moves.number = [asked_view(each, shop.time_zone, at) for each in found], len(found)

    @rx.event
    def ask(self, request_id: UUID, about: Annotated[str, Field(max_length=400)]) -> None:
        """The dialog opens that declines with a word; `about` is what it names."""
        self.about_id, self.about = str(request_id), about

    @rx.event
    async def accept(self, request_id: UUID) -> EventSpec:
        """The appointment gets the new time."""
        try:
            async with transaction() as session:
                await accept_reschedule(session, current_actor(), request_id, now())
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        return Viewer.tell("Accepted. The appointment has its new time, and the customer gets a mail.", "success")  # type: ignore[operator]

    @rx.event
    async def decline(self, request_id: UUID, form: Said) -> EventSpec:
        """The appointment stays where it is; what the form says is mailed to the customer."""
        try:
            async with transaction() as session:
                await decline_reschedule(session, current_actor(), request_id, now(), next(iter(form.values()), ""))
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        return Viewer.tell("Declined. The appointment stays where it is; the customer gets a mail.", "success")  # type: ignore[operator]
