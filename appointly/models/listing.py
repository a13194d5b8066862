"""What search reads: one narrow row for each service that everybody may find."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant


class Listing(SQLModel, table=True):
    """Kept by triggers on service, provider, review, slot and blocked_time; nobody else writes it.

    `words` holds title, tags, category, city, provider and description, folded: lower case, no accents. `next_free_at`
    is where the service stands when sorted by its next free time, and `days` has a bit (days since 2000, modulo 64)
    for each local date that may have one. Both only order and narrow: what is shown as free is read from the slots.
    """

    __tablename__ = "listing"
    __table_args__ = (
        Index("ix_listing_words", "words", postgresql_using="gin"),
        Index("ix_listing_category_city", "category", "city", "price_amount"),
        Index("ix_listing_price", "price_amount", "service_id"),
        Index("ix_listing_quality", text("quality DESC"), "service_id"),
        Index("ix_listing_next_free_at", "next_free_at", "service_id"),
        Index("ix_listing_place", "latitude", "longitude"),
    )

    service_id: UUID = Field(primary_key=True, foreign_key="service.id", ondelete="CASCADE")
    provider_id: UUID = Field(index=True)
    category: str
    city: str
    latitude: float | None = None
    longitude: float | None = None
    price_amount: int
    rating_sum: int
    rating_count: int
    quality: float
    title_key: str
    next_free_at: datetime = Field(sa_type=Instant)
    days: int = Field(sa_column=Column(BigInteger, nullable=False))
    words: Any = Field(sa_column=Column(TSVECTOR, nullable=False))
