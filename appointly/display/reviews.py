"""Reviews and stars in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appointly.display.formatting import count, day, initials, moment, rating, tint, within
from appointly.domain.reviews import changes_until, closes_at, require_reviewable, shown_name
from appointly.errors import AppointlyError
from appointly.queries.bookings import Booking
from appointly.queries.reviews import Own, Received, Said, Spread


@dataclass(frozen=True)
class Quote:
    """What somebody said after an appointment, and what the provider answered."""

    id: str
    words: str
    name: str
    initials: str
    tint: int
    about: str
    stars: int
    when: str = ""
    provider: str = ""
    answer: str = ""
    answered: str = ""


@dataclass(frozen=True)
class Share:
    """A line of the spread: how many gave this number of stars, and how wide its bar is."""

    stars: int
    count: str
    width: str


@dataclass(frozen=True)
class StarsView:
    """The stars of a service or a business. `average` is empty without reviews."""

    average: str = ""
    count: str = ""
    unanswered: str = ""
    shares: list[Share] = field(default_factory=list)


@dataclass(frozen=True)
class ReceivedView(Quote):
    """A review as its business sees it; `report` is open, upheld, dismissed or empty."""

    reference: str = ""
    appointment: str = ""
    report: str = ""
    reportable: bool = False


@dataclass(frozen=True)
class OwnReview:
    """The review of one appointment, and what its customer may do about it. `asks`: nothing was said yet, and can be.

    `note` says until when; `name` is how everybody reads the customer's.
    """

    asks: bool = False
    id: str = ""
    stars: int = 0
    words: str = ""
    answer: str = ""
    provider: str = ""
    name: str = ""
    note: str = ""
    hidden: bool = False
    can_change: bool = False
    can_delete: bool = False


def quote_of(said: Said, now: datetime) -> Quote:
    """One review."""
    return Quote(**_shared(said, now))


def quotes_of(reviews: Iterable[Said], now: datetime) -> list[Quote]:
    """Reviews; of the customer's name the first word and one letter are shown."""
    return [quote_of(said, now) for said in reviews]


def received_of(review: Received, zone: str, now: datetime) -> ReceivedView:
    """One review, for the business it is about."""
    return ReceivedView(
        **_shared(review, now),
        reference=review.reference,
        appointment=moment(review.start, zone, now),
        report=review.report or "",
        reportable=review.reportable,
    )


def _shared(said: Said, now: datetime) -> dict[str, Any]:
    name = shown_name(said.customer)
    return {
        "id": str(said.id),
        "words": said.words,
        "name": name,
        "initials": initials(name) if said.customer else "",
        "tint": tint(name),
        "about": said.title,
        "stars": said.stars,
        "when": day(said.created_at.date(), now.date()),
        "provider": said.provider,
        "answer": said.answer,
        "answered": day(said.answered_at.date(), now.date()) if said.answered_at else "",
    }


def stars_of(spread: Spread) -> StarsView:
    """The average and its spread, five stars first."""
    lines = zip(range(5, 0, -1), (spread.fives, spread.fours, spread.threes, spread.twos, spread.ones), strict=True)
    return StarsView(
        average=rating(spread.average),
        count=count(spread.count, "review"),
        unanswered=str(spread.unanswered or ""),
        shares=[Share(stars, f"{number:,}", f"{100 * number / max(spread.count, 1):.0f}%") for stars, number in lines],
    )


def own_review(booking: Booking, review: Own | None, may_write: bool, now: datetime) -> OwnReview:
    """What the page of a booking shows about its review."""
    name = shown_name(booking.customer_name)
    if review is None:
        try:
            require_reviewable(booking.status, booking.end, now)
        except AppointlyError:
            return OwnReview()
        until = within(day(closes_at(booking.end).date(), now.date()))
        return OwnReview(asks=may_write, name=name, provider=booking.provider_name, note=until)
    can_change = may_write and not review.hidden and now < changes_until(review.created_at)
    return OwnReview(
        id=str(review.id),
        stars=review.stars,
        words=review.words,
        answer=review.answer,
        provider=booking.provider_name,
        name=name,
        note=within(day(changes_until(review.created_at).date(), now.date())) if can_change else "",
        hidden=review.hidden,
        can_change=can_change,
        can_delete=may_write and not review.hidden,
    )
