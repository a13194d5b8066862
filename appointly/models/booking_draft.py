"""What somebody has filled in of a booking that is not made yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length


class BookingDraft(SQLModel, table=True):
    """One a service and person: an account's, or a browser's that nobody has signed in with.

    It keeps what was typed as it was typed, so nothing in it is checked but its size. It never books by itself.
    """

    __tablename__ = "booking_draft"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (browser_hash IS NULL)", name="one_owner"),
        length("customer_name", 0, 4000),
        length("customer_email", 0, 4000),
        length("customer_phone", 0, 4000),
        length("notes", 0, 4000),
        Index("uq_booking_draft_user", "user_id", "service_id", unique=True),
        Index("uq_booking_draft_browser", "browser_hash", "service_id", unique=True),
    )

    id: UUID = identifier()
    service_id: UUID = Field(foreign_key="service.id", ondelete="CASCADE", index=True)
    user_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="CASCADE")
    browser_hash: bytes | None = None
    slot_id: UUID | None = Field(default=None, foreign_key="slot.id", ondelete="SET NULL", index=True)
    hold_id: UUID | None = Field(default=None, foreign_key="hold.id", ondelete="SET NULL", index=True)
    customer_name: str = ""
    customer_email: str = ""
    customer_phone: str = ""
    notes: str = ""
    answers: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    updated_at: datetime = Field(sa_type=Instant, index=True)
    created_at: datetime = created()
