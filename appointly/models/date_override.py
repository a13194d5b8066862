"""Hours of one date that replace the weekday's."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field, SQLModel

from appointly.models.base import identifier
from appointly.models.working_hours import RANGE_IN_DAY


class DateOverride(SQLModel, table=True):
    """One range of a local date, as in `WorkingHours`; a row without a range closes the date."""

    __tablename__ = "date_override"
    __table_args__ = (
        CheckConstraint("(opens_minute IS NULL) = (closes_minute IS NULL)", name="range_whole"),
        CheckConstraint(RANGE_IN_DAY, name="range_in_day"),
        ExcludeConstraint(
            ("provider_id", "="),
            ("local_date", "="),
            (text("int4range(coalesce(opens_minute, 0), coalesce(closes_minute, 2880))"), "&&"),
            name="ex_date_override_no_overlap",
            using="gist",
        ),
    )

    id: UUID = identifier()
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE")
    local_date: date
    opens_minute: int | None = None
    closes_minute: int | None = None
    reason: str = ""
    series_id: UUID | None = Field(default=None, index=True)
