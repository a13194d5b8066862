"""A browser or API client that is signed in."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier


class LoginSession(SQLModel, table=True):
    """Found by the SHA-256 of the secret in the cookie; the secret itself is never stored."""

    __tablename__ = "login_session"

    id: UUID = identifier()
    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    token_hash: bytes = Field(unique=True)
    user_agent: str = ""
    address: str = ""
    last_seen_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    created_at: datetime = created()
