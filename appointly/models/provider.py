"""A business that offers services."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length

SLUG = "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"


class Provider(SQLModel, table=True):
    """The business of one user. Its row is the first lock of every booking.

    `places` says where it serves people: at its own, at the customer's within `travel_radius_km`, online. `picture` is
    an address on this site. `check_in_version` names the QR code that is good at the door. `onboarded_at` is when the
    owner finished the guided path, `checklist_hidden_at` when they had seen enough of what else could be told.
    """

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint(SLUG, name="slug_form"),
        length("slug", 1, 120),
        length("business_name", 1, 120),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="coordinates_on_earth"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates_whole"),
        CheckConstraint("places <@ ARRAY['provider', 'customer', 'online']", name="places_known"),
        CheckConstraint("travel_radius_km BETWEEN 1 AND 500", name="travel_radius_in_range"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_form"),
    )

    id: UUID = identifier()
    user_id: UUID = Field(foreign_key="user.id", unique=True)
    slug: str = Field(unique=True)
    business_name: str
    headline: str = ""
    about: str = ""
    category: str
    city: str = Field(index=True)
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str
    currency: str = "EUR"
    phone: str = ""
    languages: list[str] = Field(
        default_factory=list, sa_type=ARRAY(TEXT), nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    picture: str = ""
    places: list[str] = Field(
        default_factory=list, sa_type=ARRAY(TEXT), nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    travel_radius_km: int | None = None
    links: list[str] = Field(
        default_factory=list, sa_type=ARRAY(TEXT), nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    check_in_version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    onboarded_at: datetime | None = Field(default=None, sa_type=Instant)
    checklist_hidden_at: datetime | None = Field(default=None, sa_type=Instant)
    suspended_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
