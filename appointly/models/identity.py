"""An account at another provider of sign-in (Google), as its owner proved it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from appointly.models.base import created, identifier, length


class Identity(SQLModel, table=True):
    """Issuer and subject are the identity (OpenID Connect Core 1.0, 5.7); `email` is only what it showed last."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        length("issuer", 1, 255),
        length("subject", 1, 255),
    )

    id: UUID = identifier()
    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    issuer: str
    subject: str
    email: str = ""
    created_at: datetime = created()
