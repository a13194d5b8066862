"""What a provider does about a review: answer it, and report one that should not be there."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.reviews import CHANGE_FOR
from appointly.errors import ReviewReported
from appointly.operations.own_provider import lock_own_provider
from appointly.queries.reviews import Target, review_received
from appointly.validation import Paragraphs


class NewAnswer(BaseModel):
    """What everybody reads below the review."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Annotated[Paragraphs, Field(min_length=1, max_length=2000)]


class NewReport(BaseModel):
    """Why the review should not be there, for our team alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Annotated[Paragraphs, Field(min_length=1, max_length=1000)]


ANSWER = """
UPDATE review SET answer = %(words)s, answered_at = coalesce(answered_at, %(now)s) WHERE id = %(id)s
"""
REPORT = """
INSERT INTO flag (kind, appointment_id, review_id, raised_by, reason, status, decision, created_at)
SELECT 'review', %(appointment_id)s, %(review_id)s, %(raised_by)s, %(reason)s, 'open', '', %(now)s
WHERE NOT EXISTS (
    SELECT FROM flag JOIN review ON review.id = review_id
    WHERE review_id = %(review_id)s AND (flag.status = 'open' OR decided_at >= review.created_at + %(changeable)s)
)
"""


async def answer_review(session: AsyncSession, actor: Actor, review_id: UUID, answer: NewAnswer, now: datetime) -> None:
    """Answer a review of the own business, or change that answer. Raises `Forbidden` and `NotFound`."""
    await lock_own_provider(session, actor, "review.answer")
    review = await review_received(session, actor, review_id)
    await execute(session, ANSWER, id=review.id, words=answer.words, now=now)
    announce(session, f"reviews:{review.provider_id}")
    _announce(session, review)


async def report_review(session: AsyncSession, actor: Actor, review_id: UUID, report: NewReport, now: datetime) -> None:
    """Ask an admin to look at a review, once; again where it could still be changed after the last decision.

    Raises `Forbidden`, `NotFound` and `ReviewReported`.
    """
    await lock_own_provider(session, actor, "review.report")
    review = await review_received(session, actor, review_id)
    values = {"appointment_id": review.appointment_id, "raised_by": actor.user_id, "reason": report.reason, "now": now}
    if not await execute(session, REPORT, review_id=review.id, changeable=CHANGE_FOR, **values):
        raise ReviewReported
    announce(session, "flags")
    _announce(session, review)


def _announce(session: AsyncSession, review: Target) -> None:
    announce(session, f"provider:{review.provider_id}", f"booking:{review.appointment_id}")
