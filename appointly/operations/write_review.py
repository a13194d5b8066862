"""What a customer says about a completed appointment: once, to be changed for a while, to be deleted at any time."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.reviews import require_changeable, require_reviewable
from appointly.domain.rights import may
from appointly.errors import Forbidden, NotFound, ReviewExists, ReviewHidden
from appointly.operations.move_appointments import lock_bookings
from appointly.queries.bookings import Booking
from appointly.queries.reviews import Own, review_of
from appointly.validation import Number, Paragraphs

WORDS = 2000

WRITE = """
INSERT INTO review (appointment_id, service_id, stars, words, created_at)
VALUES (%(appointment_id)s, %(service_id)s, %(stars)s, %(words)s, %(now)s)
ON CONFLICT (appointment_id) DO NOTHING
"""


class NewReview(BaseModel):
    """One to five stars, and words for those who want."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stars: Annotated[Number, Field(ge=1, le=5)]
    words: Annotated[Paragraphs, Field(max_length=WORDS)] = ""


class ReviewChanges(BaseModel):
    """The same; what is not given stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stars: Annotated[Number, Field(ge=1, le=5)] | None = None
    words: Annotated[Paragraphs, Field(max_length=WORDS)] | None = None


async def write_review(
    session: AsyncSession, actor: Actor, appointment_id: UUID, review: NewReview, now: datetime
) -> Own:
    """Review a completed appointment, for its customer. Its provider is locked, so that nobody undoes it meanwhile.

    Raises `NotFound`, `Forbidden`, `ReviewTooEarly`, `ReviewClosed`, `ReviewExists`.
    """
    booking = await _lock(session, actor, appointment_id)
    require_reviewable(booking.status, booking.end, now)
    values = {"service_id": booking.service_id, "stars": review.stars, "words": review.words, "now": now}
    if not await execute(session, WRITE, appointment_id=booking.id, **values):
        raise ReviewExists
    return await _told(session, actor, booking)


async def change_review(
    session: AsyncSession, actor: Actor, appointment_id: UUID, changes: ReviewChanges, now: datetime
) -> Own:
    """Change stars, words or both, within 14 days. Raises `NotFound`, `Forbidden`, `ReviewFinal`, `ReviewHidden`."""
    booking = await _lock(session, actor, appointment_id)
    review = await _existing(session, actor, booking)
    require_changeable(review.created_at, review.hidden, now)
    query = """
        UPDATE review SET stars = coalesce(%(stars)s, stars), words = coalesce(%(words)s, words) WHERE id = %(id)s
    """
    await execute(session, query, id=review.id, stars=changes.stars, words=changes.words)
    return await _told(session, actor, booking)


async def delete_review(session: AsyncSession, actor: Actor, appointment_id: UUID) -> None:
    """Take one's review back, with its answer and its report. Raises `NotFound`, `Forbidden`, `ReviewHidden`."""
    booking = await _lock(session, actor, appointment_id)
    review = await _existing(session, actor, booking)
    if review.hidden:
        raise ReviewHidden  # else the same words would come back in a new one
    await execute(session, "DELETE FROM review WHERE id = %(id)s", id=review.id)
    _announce(session, booking)


async def _lock(session: AsyncSession, actor: Actor, appointment_id: UUID) -> Booking:
    [booking] = await lock_bookings(session, actor, [appointment_id])
    if not may(actor, "review.write", booking.whose):
        raise Forbidden("Only the customer can review an appointment.")
    return booking


async def _existing(session: AsyncSession, actor: Actor, booking: Booking) -> Own:
    review = await review_of(session, actor, booking.id)
    if review is None:
        raise NotFound("There is no review of this appointment.")
    return review


async def _told(session: AsyncSession, actor: Actor, booking: Booking) -> Own:
    _announce(session, booking)
    return await _existing(session, actor, booking)


def _announce(session: AsyncSession, booking: Booking) -> None:
    announce(session, f"provider:{booking.provider_id}", f"booking:{booking.id}", f"reviews:{booking.provider_id}")
