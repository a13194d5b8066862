"""A code or link that was mailed to somebody and may be used once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, length, one_of

PURPOSES = ("sign_in", "verify_email", "reset_password", "leave_email", "take_email")


class OneTimeCode(SQLModel, table=True):
    """The secret itself is nowhere: it is derived from the row's id and the secret key (`domain/one_time_code.py`).

    `email` is the address it was sent to, `target` the new address where one is asked for, `browser_hash` the SHA-256
    of what the browser that asked holds in a cookie. It lives until `expires_at` or `ended_at`: used, replaced, or
    guessed wrong too often. `used_at` is set only by success.
    """

    __tablename__ = "one_time_code"
    __table_args__ = (
        one_of("purpose", PURPOSES),
        length("email", 3, 254),
        CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts_in_range"),
        CheckConstraint("used_at IS NULL OR ended_at IS NOT NULL", name="used_is_ended"),
        Index("ix_one_time_code_live", "user_id", "purpose", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_one_time_code_user_id_created_at", "user_id", "created_at"),
    )

    id: UUID = identifier()
    user_id: UUID = Field(foreign_key="user.id", ondelete="CASCADE")
    purpose: str
    email: str
    target: str = ""
    browser_hash: bytes | None = None
    attempts: int = 0
    expires_at: datetime = Field(sa_type=Instant, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
