"""Busy time in a provider's own calendar."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, identifier


class ExternalBusy(SQLModel, table=True):
    """Hides slots when they are read and refuses them when they are booked; it deletes none, and holds no words."""

    __tablename__ = "external_busy"
    __table_args__ = (
        UniqueConstraint("calendar_id", "uid", "start_time"),
        CheckConstraint("end_time > start_time", name="forwards"),
        Index("ix_external_busy_span", "provider_id", text("tstzrange(start_time, end_time)"), postgresql_using="gist"),
    )

    id: UUID = identifier()
    calendar_id: UUID = Field(foreign_key="external_calendar.id", ondelete="CASCADE")
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE")
    uid: str
    start_time: datetime = Field(sa_type=Instant)
    end_time: datetime = Field(sa_type=Instant)
