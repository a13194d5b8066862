"""The thing a customer books."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlmodel import Field, SQLModel

from appointly.models.base import created, identifier, length, one_of
from appointly.models.provider import SLUG

SPREADS = ("pack", "even")
APPROVALS = ("instant", "manual")
LOCATIONS = ("provider", "customer", "online")
CANCELLATION_POLICIES = ("flexible", "moderate", "strict")
SERVICE_STATUSES = ("active", "paused", "archived")


class Service(SQLModel, table=True):
    """What is offered, how long it takes, what it costs and how it may be booked.

    `letter` names the service in its provider's queue ("A" makes the tokens A1, A2, …).
    `max_appointments_per_day` of None means as many as the hours hold. A request ends unanswered after
    `answer_within_hours`; `reschedule` says whether customers move at once or ask. Money is in minor units.
    """

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint(SLUG, name="slug_form"),
        length("slug", 1, 160),
        length("title", 1, 140),
        length("description", 0, 8000),
        UniqueConstraint("provider_id", "letter"),
        CheckConstraint("letter ~ '^[A-Z]{1,2}$' AND letter <> 'W'", name="letter_form"),
        CheckConstraint("price_amount BETWEEN 0 AND 100000000", name="price_in_range"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_form"),
        CheckConstraint("duration_minutes BETWEEN 1 AND 1440", name="duration_in_range"),
        CheckConstraint("buffer_before_minutes BETWEEN 0 AND 720", name="buffer_before_in_range"),
        CheckConstraint("buffer_after_minutes BETWEEN 0 AND 720", name="buffer_after_in_range"),
        CheckConstraint("slot_interval_minutes BETWEEN 5 AND 1440", name="slot_interval_in_range"),
        CheckConstraint("max_appointments_per_day BETWEEN 1 AND 1440", name="daily_cap_in_range"),
        CheckConstraint("capacity BETWEEN 1 AND 1000", name="capacity_in_range"),
        CheckConstraint("min_notice_minutes BETWEEN 0 AND 525600", name="min_notice_in_range"),
        CheckConstraint("horizon_days BETWEEN 1 AND 366", name="horizon_in_range"),
        CheckConstraint("deposit_percent BETWEEN 0 AND 100", name="deposit_in_range"),
        one_of("spread", SPREADS),
        one_of("approval", APPROVALS),
        one_of("reschedule", APPROVALS),
        CheckConstraint("answer_within_hours BETWEEN 1 AND 336", name="answer_within_in_range"),
        one_of("location", LOCATIONS),
        one_of("cancellation_policy", CANCELLATION_POLICIES),
        one_of("status", SERVICE_STATUSES),
    )

    id: UUID = identifier()
    provider_id: UUID = Field(foreign_key="provider.id", index=True)
    slug: str = Field(unique=True)
    letter: str
    title: str
    description: str = ""
    category: str = Field(index=True)
    tags: list[str] = Field(
        default_factory=list, sa_type=ARRAY(TEXT), nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    price_amount: int
    currency: str = "EUR"
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    slot_interval_minutes: int | None = None
    max_appointments_per_day: int | None = None
    spread: str = "pack"
    capacity: int = 1
    min_notice_minutes: int = 60
    horizon_days: int = 30
    approval: str = "instant"
    answer_within_hours: int = Field(default=24, sa_column_kwargs={"server_default": text("24")})
    reschedule: str = Field(default="manual", sa_column_kwargs={"server_default": text("'manual'")})
    location: str = "provider"
    deposit_percent: int = 0
    cancellation_policy: str = "flexible"
    questions: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'[]'")}
    )
    picture: str = ""
    unlisted: bool = False
    status: str = "active"
    created_at: datetime = created()
