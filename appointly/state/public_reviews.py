"""The stars and the reviews of a public page: the newest, more of them on demand, and what is said meanwhile."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from appointly.clock import now
from appointly.database import reading
from appointly.display.reviews import Quote, StarsView, quotes_of, stars_of
from appointly.queries.paging import Page
from appointly.queries.reviews import Said, Spread
from appointly.state.live import once

REVIEWS, MOST_REVIEWS = 6, 120


@dataclass(frozen=True)
class Subject:
    """What the reviews of a page are about, and the queries that read them."""

    id: UUID
    provider_id: UUID
    said: Callable[..., Awaitable[Page[Said]]]
    spread: Callable[..., Awaitable[Spread]]

    @property
    def topic(self) -> str:
        """What is announced when something was said, changed, answered or taken down at this provider."""
        return f"reviews:{self.provider_id}"

    async def read(self, limit: int) -> tuple[Page[Said], Spread]:
        """The newest reviews, and all stars."""
        async with reading() as session:
            return await self.said(session, self.id, limit=limit), await self.spread(session, self.id)


class PublicReviews(rx.State, mixin=True):
    """For the state of a page that has said by `_subject` what its reviews are about."""

    stars: StarsView = StarsView()
    reviews: list[Quote] = []
    more_reviews: bool = False
    _reviews_about: str = ""
    _reviews_after: str = ""

    def _subject(self) -> Subject | None:
        """None as long as nothing is shown."""
        raise NotImplementedError

    @rx.event
    async def show_more_reviews(self) -> None:
        """Add the next reviews below those that are shown."""
        subject = self._subject()
        if subject is None or not self.more_reviews:
            return
        async with reading() as session:
            said = await subject.said(session, subject.id, limit=REVIEWS, cursor=self._reviews_after or None)
        self._put_reviews(self.reviews + quotes_of(said.items, now()), said.next_cursor)

    async def _show_reviews(self) -> None:
        """Read what was said; of the same subject as far as it is shown already."""
        if subject := self._subject():
            if str(subject.id) != self._reviews_about:
                self._reviews_about, self.reviews = str(subject.id), []
            self._put_all(*await subject.read(max(REVIEWS, len(self.reviews))))

    async def _refresh_reviews(self) -> None:
        """Show what was said meanwhile. All open pages of this worker share one reading."""
        if subject := self._subject():
            limit = max(REVIEWS, len(self.reviews))
            self._put_all(*await once(subject.topic, (subject, limit), lambda: subject.read(limit)))

    def _put_all(self, said: Page[Said], spread: Spread) -> None:
        if (stars := stars_of(spread)) != self.stars:
            self.stars = stars
        self._put_reviews(quotes_of(said.items, now()), said.next_cursor)

    def _put_reviews(self, reviews: list[Quote], cursor: str | None) -> None:
        """Assigns only what is different, so that nothing is sent in vain."""
        if reviews != self.reviews:
            self.reviews = reviews
        self._reviews_after = cursor or ""
        self.more_reviews = bool(cursor) and len(reviews) < MOST_REVIEWS
