"""Time a provider keeps free of bookings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier


class BlockedTime(SQLModel, table=True):
    """Hides slots when they are read and refuses them when they are booked; it deletes none."""

    __tablename__ = "blocked_time"
    __table_args__ = (
        CheckConstraint("end_time > start_time", name="forwards"),
        Index("ix_blocked_time_span", "provider_id", text("tstzrange(start_time, end_time)"), postgresql_using="gist"),
    )

    id: UUID = identifier()
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE")
    start_time: datetime = Field(sa_type=Instant)
    end_time: datetime = Field(sa_type=Instant)
    reason: str = ""
    series_id: UUID | None = Field(default=None, index=True)
    created_at: datetime = created()
