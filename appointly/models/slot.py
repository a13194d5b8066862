"""A time at which a service can be booked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, Computed, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, identifier


class Slot(SQLModel, table=True):
    """One start of one service. The list of free times and the booking read the same row.

    `slot_date` is the local date at the provider, `token` the place in that day's queue (1..n), `occupies` the span
    with both buffers. The exclusion constraint is the proof that a provider is never booked twice at one time.
    `withdrawn`: booked at a time that hours and rules no longer have; it goes when nobody has it any more.
    """

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("service_id", "start_time"),
        UniqueConstraint("service_id", "slot_date", "token", deferrable=True, initially="IMMEDIATE"),
        CheckConstraint("end_time > start_time", name="forwards"),
        CheckConstraint("occupies @> tstzrange(start_time, end_time)", name="occupies_itself"),
        CheckConstraint("token >= 1", name="token_positive"),
        CheckConstraint("booked_count BETWEEN 0 AND capacity", name="never_over_capacity"),
        ExcludeConstraint(
            ("provider_id", "="),
            ("occupies", "&&"),
            where=text("booked_count > 0"),
            name="ex_slot_never_double_booked",
            using="gist",
        ),
        Index("ix_slot_provider_id_start_time", "provider_id", "start_time"),
        Index("ix_slot_withdrawn", "provider_id", postgresql_where=text("withdrawn")),
    )

    id: UUID = identifier()
    service_id: UUID = Field(foreign_key="service.id")
    provider_id: UUID = Field(foreign_key="provider.id")
    slot_date: date
    token: int
    start_time: datetime = Field(sa_type=Instant)
    end_time: datetime = Field(sa_type=Instant)
    occupies: Range[datetime] = Field(sa_column=Column(TSTZRANGE, nullable=False))
    capacity: int = 1
    booked_count: int = 0
    booked: bool | None = Field(
        default=None, sa_column=Column(Boolean, Computed("booked_count >= capacity", persisted=True), nullable=False)
    )
    withdrawn: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
