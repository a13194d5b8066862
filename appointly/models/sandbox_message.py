"""The development mailbox: what the stand-ins for mail, SMS and push took in demo mode."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from appointly.models.base import created, identifier, one_of
from appointly.models.message import CHANNELS


class SandboxMessage(SQLModel, table=True):
    """One delivered message; a repeated idempotency key delivers nothing more."""

    __tablename__ = "sandbox_message"
    __table_args__ = (one_of("channel", CHANNELS),)

    id: UUID = identifier()
    channel: str = "email"
    idempotency_key: str | None = Field(default=None, unique=True)
    recipient: str = Field(index=True)
    sender: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": sql("'[]'")}
    )
    sent_at: datetime = created()
