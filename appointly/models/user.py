"""A person with an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length, one_of

ROLES = ("customer", "provider", "admin")
NOBODY = "@deleted.invalid"  # how the addresses of deleted accounts end, wherever they stood


class User(SQLModel, table=True):
    """One account, one role. The address is kept in lower case, so that it is unique as people mean it.

    A deleted account is disabled too. It keeps its row, for the records that point at it, without name, address and
    password. `feed_version` names the private calendar address that is good.
    """

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        length("email", 3, 254),
        length("name", 1, 120),
        one_of("role", ROLES),
    )

    id: UUID = identifier()
    email: str = Field(unique=True)
    name: str
    role: str = "customer"
    email_verified_at: datetime | None = Field(default=None, sa_type=Instant)
    password_hash: str | None = None
    time_zone: str | None = None
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)
    feed_version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    deleted_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
