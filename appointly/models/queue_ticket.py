"""Somebody's turn in a day's queue."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length, one_of

TICKET_STATUSES = ("waiting", "serving", "done", "skipped", "left")


class QueueTicket(SQLModel, table=True):
    """A walk-in's ("W1"), or an appointment's once its turn has come. One person is served at a time."""

    __tablename__ = "queue_ticket"
    __table_args__ = (
        UniqueConstraint("provider_id", "queue_date", "token"),
        one_of("status", TICKET_STATUSES),
        length("customer_name", 0, 120),
        CheckConstraint("(status = 'serving') <= (called_at IS NOT NULL)", name="serving_was_called"),
        CheckConstraint("finished_at >= called_at", name="forwards"),
        Index(
            "uq_queue_ticket_serving",
            "provider_id",
            "queue_date",
            unique=True,
            postgresql_where=text("status = 'serving'"),
        ),
    )

    id: UUID = identifier()
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE")
    queue_date: date
    token: str
    appointment_id: UUID | None = Field(default=None, foreign_key="appointment.id", unique=True)
    service_id: UUID | None = Field(default=None, foreign_key="service.id", ondelete="SET NULL", index=True)
    customer_name: str = ""
    status: str = "waiting"
    called_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
