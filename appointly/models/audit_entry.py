"""Who did what to which object, outside the life of an appointment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from appointly.models.base import created, identifier


class AuditEntry(SQLModel, table=True):
    """Only ever inserted."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_kind", "object_id"),)

    id: UUID = identifier()
    actor_id: UUID | None = Field(default=None, foreign_key="user.id")
    action: str
    object_kind: str
    object_id: UUID | None = None
    detail: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    created_at: datetime = created()
