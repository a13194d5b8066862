"""A freed place that was offered to somebody on the waitlist."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, one_of

OFFER_STATUSES = ("open", "taken", "passed", "expired")


class WaitlistOffer(SQLModel, table=True):
    """Holds the place until `expires_at`. The same person is never offered the same start twice."""

    __tablename__ = "waitlist_offer"
    __table_args__ = (
        one_of("status", OFFER_STATUSES),
        UniqueConstraint("entry_id", "start_time"),
        CheckConstraint("hold_id IS NULL OR status = 'open'", name="holds_while_open"),
        Index("uq_waitlist_offer_open", "entry_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_waitlist_offer_expires_at", "expires_at", postgresql_where=text("status = 'open'")),
    )

    id: UUID = identifier()
    entry_id: UUID = Field(foreign_key="waitlist_entry.id", ondelete="CASCADE")
    slot_id: UUID | None = Field(default=None, foreign_key="slot.id", ondelete="SET NULL", index=True)
    hold_id: UUID | None = Field(default=None, foreign_key="hold.id", ondelete="SET NULL", index=True)
    appointment_id: UUID | None = Field(default=None, foreign_key="appointment.id", index=True)
    start_time: datetime = Field(sa_type=Instant)
    status: str = "open"
    expires_at: datetime = Field(sa_type=Instant)
    created_at: datetime = created()
