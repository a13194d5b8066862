"""Answers remembered for the Idempotency-Key header."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from appointly.models.base import created


class IdempotencyKey(SQLModel, table=True):
    """One row a (who, key); `fingerprint` is the SHA-256 of the request, `status` 0 while it runs."""

    __tablename__ = "idempotency_key"

    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes
    status: int = 0
    body: bytes = b""
    created_at: datetime = created()
