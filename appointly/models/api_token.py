"""A personal token, with which a program acts for its owner."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field, SQLModel

from appointly.domain.rights import SCOPES
from appointly.models.base import Instant, created, identifier, length

KNOWN = ", ".join(f"'{scope}'" for scope in SCOPES)


class ApiToken(SQLModel, table=True):
    """Shown once, when it is made; kept as its SHA-256. `hint` is its last four characters."""

    __tablename__ = "api_token"
    __table_args__ = (
        length("name", 1, 80),
        CheckConstraint(f"scopes <@ ARRAY[{KNOWN}] AND cardinality(scopes) > 0", name="scopes_known"),
    )

    id: UUID = identifier()
    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    name: str
    token_hash: bytes = Field(unique=True)
    hint: str
    scopes: list[str] = Field(sa_type=ARRAY(TEXT), nullable=False, sa_column_kwargs={"server_default": text("'{}'")})
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
