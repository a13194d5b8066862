"""A customer's booking of a slot."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from appointly.domain.lifecycle import Status
from appointly.models.base import Instant, created, identifier, length, one_of
from appointly.models.service import CANCELLATION_POLICIES


class Appointment(SQLModel, table=True):
    """Times, price and policy are remembered as they were at booking; a later change of the service alters none.

    `reference` is what people read out, `token` the place in the queue ("A3"). `sequence` counts the changes of the
    calendar invitation (RFC 5546). A request ends unanswered at `answer_by`. One that has ended lets go of its slot
    when working hours no longer have that time.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        one_of("status", Status),
        one_of("cancellation_policy", CANCELLATION_POLICIES),
        length("customer_name", 1, 120),
        length("customer_email", 3, 254),
        length("customer_phone", 0, 40),
        length("notes", 0, 2000),
        CheckConstraint("end_time > start_time", name="forwards"),
        CheckConstraint("price_amount >= 0", name="price_not_negative"),
        CheckConstraint(
            "slot_id IS NOT NULL OR status IN ('declined', 'cancelled', 'expired')", name="live_keeps_slot"
        ),
        CheckConstraint("(status = 'held') = (hold_expires_at IS NOT NULL)", name="hold_has_an_end"),
        Index("ix_appointment_provider_id_start_time", "provider_id", "start_time"),
        Index("ix_appointment_customer_id_start_time", "customer_id", "start_time"),
        Index("ix_appointment_start_time", "start_time", "id"),
        Index("ix_appointment_created_at", "created_at", "id"),
        Index(
            "ix_appointment_words",
            text("booking_words(customer_name, customer_email, customer_phone, reference) gin_trgm_ops"),
            postgresql_using="gin",
        ),
        CheckConstraint("status <> 'pending' OR answer_by IS NOT NULL", name="request_has_an_end"),
        Index("ix_appointment_answer_by", "answer_by", postgresql_where=text("status = 'pending'")),
        Index(
            "ix_appointment_hold_expires_at", "hold_expires_at", postgresql_where=text("hold_expires_at IS NOT NULL")
        ),
    )

    id: UUID = identifier()
    slot_id: UUID | None = Field(default=None, foreign_key="slot.id", ondelete="SET NULL", index=True)
    service_id: UUID = Field(foreign_key="service.id", index=True)
    provider_id: UUID = Field(foreign_key="provider.id")
    customer_id: UUID | None = Field(default=None, foreign_key="user.id")
    customer_name: str
    customer_email: str
    customer_phone: str = ""
    notes: str = ""
    answers: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    reference: str = Field(unique=True)
    status: str
    slot_date: date
    start_time: datetime = Field(sa_type=Instant)
    end_time: datetime = Field(sa_type=Instant)
    token: str
    price_amount: int
    currency: str
    deposit_percent: int = 0
    cancellation_policy: str
    hold_expires_at: datetime | None = Field(default=None, sa_type=Instant)
    answer_by: datetime | None = Field(default=None, sa_type=Instant)
    checked_in_at: datetime | None = Field(default=None, sa_type=Instant)
    sequence: int = 0
    created_at: datetime = created()
    updated_at: datetime = created()
