"""What a provider has said about one day's queue."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, length


class QueueDay(SQLModel, table=True):
    """By how many minutes a local date runs late, in the provider's own words if there are any."""

    __tablename__ = "queue_day"
    __table_args__ = (
        CheckConstraint("delay_minutes BETWEEN 0 AND 600", name="delay_in_range"),
        CheckConstraint("walk_ins >= 0", name="walk_ins_not_negative"),
        length("note", 0, 300),
    )

    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE", primary_key=True)
    queue_date: date = Field(primary_key=True)
    delay_minutes: int = 0
    note: str = ""
    walk_ins: int = 0
    updated_at: datetime = Field(sa_type=Instant)
