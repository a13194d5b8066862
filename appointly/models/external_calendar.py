"""A provider's own calendar elsewhere, whose busy times are nobody's to book."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length, one_of

CALENDAR_KINDS = ("ics", "caldav", "google")


class ExternalCalendar(SQLModel, table=True):
    """`secret` holds address, user name and password or token, encrypted; `shown` is what of it may be shown.

    `sync` is what the other side gave to ask for changes only. Busy times stay as they were last read until a later
    reading has gone well. `writes_back` puts confirmed bookings there.
    """

    __tablename__ = "external_calendar"
    __table_args__ = (
        one_of("kind", CALENDAR_KINDS),
        length("name", 1, 120),
        length("last_error", 0, 300),
        Index("ix_external_calendar_due_at", "due_at"),
    )

    id: UUID = identifier()
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE", index=True)
    kind: str
    name: str
    shown: str
    secret: bytes
    sync: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    writes_back: bool = False
    due_at: datetime = Field(sa_type=Instant)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    last_synced_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str = ""
    failures: int = 0
    created_at: datetime = created()
