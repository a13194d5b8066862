"""What customers say after an appointment, and what providers answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from appointly import limits
from appointly.api.guard import GuardedRoute, access
from appointly.api.services import UNKNOWN, slug_of
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.reviews import changes_until, shown_name
from appointly.errors import NotFound
from appointly.operations.answer_review import NewAnswer, NewReport, answer_review, report_review
from appointly.operations.write_review import NewReview, ReviewChanges, change_review, delete_review, write_review
from appointly.queries.reviews import Own, Said, reviews_of_service, spread_of_service
from appointly.queries.storefront import service_page
from appointly.visitor import current_actor

router = APIRouter(tags=["Reviews"], route_class=GuardedRoute)


class OwnReviewOut(BaseModel):
    """What you said; it can be changed until `changes_until`."""

    id: UUID
    stars: int
    words: str
    answer: str
    created_at: datetime
    changes_until: datetime


class ReviewOut(BaseModel):
    """A review as everybody reads it; `customer` is a first name and an initial."""

    id: UUID
    stars: int
    words: str
    customer: str
    answer: str
    answered_at: datetime | None
    created_at: datetime


class ReviewsOut(BaseModel):
    """Some reviews, the newest first. `rating` is the average of all of them, null without any; `stars` the spread."""

    rating: float | None
    count: int
    stars: dict[str, int]
    items: list[ReviewOut]
    next_cursor: str | None


def own(review: Own) -> dict[str, object]:
    """The customer's own review as the API shows it."""
    same = ("id", "stars", "words", "answer", "created_at")
    return {name: getattr(review, name) for name in same} | {"changes_until": changes_until(review.created_at)}


def public(said: Said) -> dict[str, object]:
    """A review as the API shows it to everybody."""
    same = ("id", "stars", "words", "answer", "answered_at", "created_at")
    return {name: getattr(said, name) for name in same} | {"customer": shown_name(said.customer)}


@router.post(
    "/bookings/{booking_id}/review", status_code=201, response_model=OwnReviewOut, responses=refusals(404, 409)
)
@access("public", "bookings:write")
async def post_review(booking_id: UUID, form: NewReview) -> Response:
    """Say how a completed appointment was, once, up to 90 days after it; for its customer, also by the mailed link."""
    async with transaction() as session:
        review = await write_review(session, current_actor(), booking_id, form, now())
    return answer(own(review), 201)


@router.patch("/bookings/{booking_id}/review", response_model=OwnReviewOut, responses=refusals(404, 409))
@access("public", "bookings:write")
async def patch_review(booking_id: UUID, form: ReviewChanges) -> Response:
    """Change what you said, within 14 days; what is not given stays."""
    async with transaction() as session:
        review = await change_review(session, current_actor(), booking_id, form, now())
    return answer(own(review))


@router.delete("/bookings/{booking_id}/review", status_code=204, responses=refusals(404, 409))
@access("public", "bookings:write")
async def remove_review(booking_id: UUID) -> Response:
    """Take back what you said."""
    async with transaction() as session:
        await delete_review(session, current_actor(), booking_id)
    return Response(status_code=204)


@router.get("/services/{service}/reviews", response_model=ReviewsOut, responses=refusals(404, 422))
@access("public")
async def get_reviews(
    service: Annotated[str, Path(max_length=200)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """What customers said about a service, by its id or slug, the newest first; also stars without words."""
    await limits.take("search")
    async with reading() as session:
        page = await service_page(session, await slug_of(session, service))
        if page is None:
            raise NotFound(UNKNOWN)
        said = await reviews_of_service(session, page.id, limit=limit, cursor=cursor, silent=True)
        spread = await spread_of_service(session, page.id)
    counts = (spread.ones, spread.twos, spread.threes, spread.fours, spread.fives)
    return answer(
        {
            "rating": spread.average,
            "count": spread.count,
            "stars": {str(stars): number for stars, number in enumerate(counts, start=1)},
            "items": [public(each) for each in said.items],
            "next_cursor": said.next_cursor,
        }
    )


@router.post("/reviews/{review_id}/answer", status_code=204, responses=refusals(404))
@access("provider", "provider:write")
async def post_answer(review_id: UUID, form: NewAnswer) -> Response:
    """Answer a review of your business; a second answer replaces the first one."""
    async with transaction() as session:
        await answer_review(session, current_actor(), review_id, form, now())
    return Response(status_code=204)


@router.post("/reviews/{review_id}/report", status_code=204, responses=refusals(404, 409))
@access("provider", "provider:write")
async def post_report(review_id: UUID, form: NewReport) -> Response:
    """Report a review of your business to our team, once, and say why."""
    async with transaction() as session:
        await report_review(session, current_actor(), review_id, form, now())
    return Response(status_code=204)
