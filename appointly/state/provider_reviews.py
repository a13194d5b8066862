"""What customers said about a business, for its owner."""

from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.reviews import ReceivedView, StarsView, received_of, stars_of
from appointly.errors import AppointlyError, ValidationFailed
from appointly.operations.answer_review import NewAnswer, NewReport, answer_review, report_review
from appointly.queries.dashboard import business
from appointly.queries.reviews import Which, received_reviews, spread_of_provider
from appointly.state.base import Viewer
from appointly.state.live import watch
from appointly.validation import parse
from appointly.visitor import current_actor

PAGE = 20
MOST = 200
Form = Annotated[dict[str, str | None], Field(max_length=2)]


class ProviderReviews(rx.State):
    """The list: all, or those without an answer, as the address says (`?show=unanswered`)."""

    __access__ = "provider"

    loaded: bool = False
    show: Which = "all"
    stars: StarsView = StarsView()
    reviews: list[ReceivedView] = []
    more: bool = False
    answering: str = ""
    reporting: str = ""
    about: str = ""
    problem: str = ""
    _limit: int = PAGE

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or its address changes."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, ProviderReviews.refresh, f"provider:{actor.provider_id}")
        show = self.router.url.query_parameters.get("show", "")
        wanted: Which = "unanswered" if show == "unanswered" else "all"
        if wanted != self.show:
            self._limit, self.answering = PAGE, ""
        self.show = wanted
        await self._read()
        return None

    @rx.event
    async def refresh(self) -> None:
        """Something of this provider has changed."""
        await self._read()

    @rx.event
    async def show_more(self) -> None:
        """The next page of the list."""
        self._limit = min(self._limit + PAGE, MOST)
        await self._read()

    @rx.event
    def begin(self, review_id: Annotated[str, Field(max_length=40)]) -> None:
        """Open the field for an answer below one of the reviews; none with an empty id."""
        self.answering, self.problem = review_id, ""

    @rx.event
    def ask(self, review_id: UUID, about: Annotated[str, Field(max_length=400)]) -> None:
        """The dialog that reports a review opens; `about` is what it names."""
        self.reporting, self.about = str(review_id), about

    @rx.event
    async def answer(self, review_id: UUID, form: Form) -> EventSpec | None:
        """Answer a review, or change the answer."""
        words = {"words": form.get("answer") or ""}
        try:
            async with transaction() as session:
                await answer_review(session, current_actor(), review_id, parse(NewAnswer, words), now())
        except ValidationFailed as error:
            self.problem = error.fields.get("words", error.message)
            return None
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        self.answering = self.problem = ""
        await self._read()
        return Viewer.tell("Your answer stands below the review.", "success")  # type: ignore[operator]

    @rx.event
    async def report(self, review_id: UUID, form: Form) -> EventSpec:
        """Report a review to our team."""
        reason = {"reason": form.get("reason") or ""}
        try:
            async with transaction() as session:
                await report_review(session, current_actor(), review_id, parse(NewReport, reason), now())
        except ValidationFailed as error:
            return Viewer.tell(f"Nothing was reported. {error.fields.get('reason', '')}".strip())  # type: ignore[operator]
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        await self._read()
        return Viewer.tell("Thank you. Our team looks at it.", "success")  # type: ignore[operator]

    async def _read(self) -> None:
        actor, at = current_actor(), now()
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            page = await received_reviews(session, actor, shop.id, which=self.show, limit=self._limit)
            spread = await spread_of_provider(session, shop.id)
        self.stars = stars_of(spread)
        self.reviews = [received_of(review, shop.time_zone, at) for review in page.items]
        self.more, self.loaded = page.next_cursor is not None and self._limit < MOST, True
