"""When a provider works, week by week, with the exceptions of single dates."""

from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field, SQLModel

from appointly.models.base import identifier

RANGE_IN_DAY = (
    "opens_minute >= 0 AND opens_minute < 1440"
    " AND closes_minute > opens_minute AND closes_minute <= opens_minute + 1440"
)


class WorkingHours(SQLModel, table=True):
    """One range of a weekday (1 Monday … 7 Sunday), in minutes after the local midnight that starts the day.

    `closes_minute` passes 1440 where the range runs past midnight. Several ranges a day, none overlapping.
    """

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_iso"),
        CheckConstraint(RANGE_IN_DAY, name="range_in_day"),
        ExcludeConstraint(
            ("provider_id", "="),
            ("weekday", "="),
            (text("int4range(opens_minute, closes_minute)"), "&&"),
            name="ex_working_hours_no_overlap",
            using="gist",
        ),
    )

    id: UUID = identifier()
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE")
    weekday: int
    opens_minute: int
    closes_minute: int
