"""What an API client trades for a new access token."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier


class RefreshToken(SQLModel, table=True):
    """Of a chain, the newest alone is good; one that comes a second time ends the whole sign-in (RFC 9700, 4.14)."""

    __tablename__ = "refresh_token"

    id: UUID = identifier()
    session_id: UUID = Field(foreign_key="login_session.id", ondelete="CASCADE", index=True)
    token_hash: bytes = Field(unique=True)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
