"""Something an admin should look at: a no-show that is disputed, a review that was reported."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length, one_of

FLAG_KINDS = ("no_show", "review")
FLAG_STATUSES = ("open", "upheld", "dismissed")


class Flag(SQLModel, table=True):
    """One open one a matter. `upheld` means that whoever raised it was right."""

    __tablename__ = "flag"
    __table_args__ = (
        one_of("kind", FLAG_KINDS),
        one_of("status", FLAG_STATUSES),
        length("reason", 0, 1000),
        length("decision", 0, 1000),
        CheckConstraint("(kind = 'review') = (review_id IS NOT NULL)", name="names_its_object"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided_when_over"),
        Index("uq_flag_open", "kind", "appointment_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_flag_status_created_at", "status", "created_at"),
    )

    id: UUID = identifier()
    kind: str
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    review_id: UUID | None = Field(default=None, foreign_key="review.id", ondelete="CASCADE", index=True)
    raised_by: UUID | None = Field(default=None, foreign_key="user.id", index=True)
    reason: str = ""
    status: str = "open"
    decision: str = ""
    decided_by: UUID | None = Field(default=None, foreign_key="user.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
