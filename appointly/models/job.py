"""The outbox: work outside the database, written in the transaction that causes it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier


class Job(SQLModel, table=True):
    """Due from `due_at`, claimed until `lease_until`, finished by `done_at` or given up at `dead_at`.

    `dedupe_key` is also the idempotency key of the outside call: a second try is harmless. Of what is due, a lower
    `turn` is done first.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_open", "turn", "due_at", postgresql_where=text("done_at IS NULL AND dead_at IS NULL")),
        Index("ix_job_dead", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
    )

    id: UUID = identifier()
    kind: str
    payload: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    dedupe_key: str = Field(unique=True)
    turn: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    due_at: datetime = Field(sa_type=Instant)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int = 0
    last_error: str = ""
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    dead_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
