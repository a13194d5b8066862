"""Somebody who would take a place on a full day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, DATE
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length, one_of

WAITLIST_STATUSES = ("waiting", "offered", "taken", "left", "over")


class WaitlistEntry(SQLModel, table=True):
    """Waits in line, by `created_at`, for any free place of a service on one of `dates`, local at the provider.

    `offered` while an offer is open; `over` once the last of the dates has passed.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        one_of("status", WAITLIST_STATUSES),
        CheckConstraint("cardinality(dates) BETWEEN 1 AND 31", name="dates_in_range"),
        length("customer_name", 1, 120),
        length("customer_email", 3, 254),
        length("customer_phone", 0, 40),
        Index(
            "ix_waitlist_entry_line",
            "provider_id",
            "created_at",
            postgresql_where=text("status IN ('waiting', 'offered')"),
        ),
        Index(
            "uq_waitlist_entry_person",
            "service_id",
            "customer_email",
            unique=True,
            postgresql_where=text("status IN ('waiting', 'offered')"),
        ),
    )

    id: UUID = identifier()
    service_id: UUID = Field(foreign_key="service.id", ondelete="CASCADE")
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE")
    customer_id: UUID | None = Field(default=None, foreign_key="user.id", ondelete="CASCADE", index=True)
    customer_name: str
    customer_email: str
    customer_phone: str = ""
    dates: list[date] = Field(sa_type=ARRAY(DATE), nullable=False)
    status: str = "waiting"
    updated_at: datetime = Field(sa_type=Instant)
    created_at: datetime = created()
