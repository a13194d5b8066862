"""What the customer says about one appointment, on its page."""

from typing import Annotated

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.reviews import OwnReview, own_review
from appointly.domain.rights import may
from appointly.errors import AppointlyError, NotFound, ValidationFailed
from appointly.operations.write_review import (
    NewReview,
    ReviewChanges,
    change_review,
    delete_review,
    write_review,
)
from appointly.queries.bookings import booking_by_reference
from appointly.queries.reviews import review_of
from appointly.state.base import Viewer
from appointly.validation import parse
from appointly.visitor import current_actor

Form = Annotated[dict[str, str | None], Field(max_length=4)]
NO_STARS = "Please choose one to five stars."


class BookingReview(rx.State):
    """The question "How was it?", or what was answered. The address names the booking."""

    __access__ = "public"

    review: OwnReview = OwnReview()
    changing: bool = False
    stars_problem: str = ""
    words_problem: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens, or its booking has changed."""
        await self._read()

    @rx.event
    def change(self, changing: bool) -> None:
        """Open what was said for changes, or leave it as it is."""
        self.changing = changing and self.review.can_change
        self.stars_problem = self.words_problem = ""

    @rx.event
    async def send(self, form: Form) -> EventSpec | None:
        """Say it, or say it anew."""
        actor, at = current_actor(), now()
        said = {"stars": form.get("stars") or "", "words": form.get("words") or ""}
        try:
            async with transaction() as session:
                booking = await booking_by_reference(session, actor, self._asked())
                if self.review.id:
                    await change_review(session, actor, booking.id, parse(ReviewChanges, said), at)
                else:
                    await write_review(session, actor, booking.id, parse(NewReview, said), at)
        except ValidationFailed as error:
            self.stars_problem = NO_STARS if "stars" in error.fields else ""
            self.words_problem = error.fields.get("words", "")
            return None
        except AppointlyError as error:
            await self._read()
            return Viewer.tell(error.message)  # type: ignore[operator]
        self.change(False)  # type: ignore[operator]
        await self._read()
        return Viewer.tell("Thank you. Everybody can read it now.", "success")  # type: ignore[operator]

    @rx.event
    async def delete(self) -> EventSpec:
        """Take it back, after the dialog has asked."""
        actor = current_actor()
        try:
            async with transaction() as session:
                booking = await booking_by_reference(session, actor, self._asked())
                await delete_review(session, actor, booking.id)
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        self.change(False)  # type: ignore[operator]
        await self._read()
        return Viewer.tell("Your review is deleted.", "success")  # type: ignore[operator]

    def _asked(self) -> str:
        """The reference in the address."""
        return str(self.router.url.path.rpartition("/")[2])

    async def _read(self) -> None:
        actor = current_actor()
        try:
            async with reading() as session:
                booking = await booking_by_reference(session, actor, self._asked())
                found = await review_of(session, actor, booking.id)
        except NotFound:
            self.review = OwnReview()
            return
        self.review = own_review(booking, found, may(actor, "review.write", booking.whose), now())
        self.changing = self.changing and self.review.can_change
