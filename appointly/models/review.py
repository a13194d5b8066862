"""What a customer says after the appointment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length


class Review(SQLModel, table=True):
    """One a completed appointment: one to five stars and words, and the provider's answer.

    A hidden one was taken down by an admin: nobody else sees it, and it counts no more.
    """

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars_in_range"),
        length("words", 0, 2000),
        length("answer", 0, 2000),
        Index("ix_review_best", "created_at", postgresql_where=text("stars = 5 AND hidden_at IS NULL")),
    )

    id: UUID = identifier()
    appointment_id: UUID = Field(foreign_key="appointment.id", unique=True)
    service_id: UUID = Field(foreign_key="service.id", index=True)
    stars: int
    words: str = ""
    answer: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    hidden_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
