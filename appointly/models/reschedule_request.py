"""A customer's wish for another time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length, one_of

RESCHEDULE_STATUSES = ("waiting", "accepted", "declined", "withdrawn", "expired")


class RescheduleRequest(SQLModel, table=True):
    """Holds the wanted slot while it waits for the provider; one at a time an appointment.

    The appointment keeps its old time until the new one is its own. Times are remembered as they were asked for.
    """

    __tablename__ = "reschedule_request"
    __table_args__ = (
        one_of("status", RESCHEDULE_STATUSES),
        length("reason", 0, 1000),
        length("answer", 0, 1000),
        CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided_when_over"),
        CheckConstraint("hold_id IS NULL OR status = 'waiting'", name="holds_while_waiting"),
        Index(
            "uq_reschedule_request_waiting",
            "appointment_id",
            unique=True,
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_reschedule_request_expires_at", "expires_at", postgresql_where=text("status = 'waiting'")),
    )

    id: UUID = identifier()
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    provider_id: UUID = Field(foreign_key="provider.id", index=True)
    slot_id: UUID | None = Field(default=None, foreign_key="slot.id", ondelete="SET NULL", index=True)
    hold_id: UUID | None = Field(default=None, foreign_key="hold.id", ondelete="SET NULL", index=True)
    from_time: datetime = Field(sa_type=Instant)
    start_time: datetime = Field(sa_type=Instant)
    end_time: datetime = Field(sa_type=Instant)
    status: str = "waiting"
    reason: str = ""
    answer: str = ""
    expires_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
