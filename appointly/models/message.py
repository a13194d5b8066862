"""What was sent to whom about which appointment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, one_of

CHANNELS = ("email", "sms", "whatsapp", "push")
MESSAGE_STATUSES = ("planned", "sending", "sent", "failed", "unknown", "skipped")


class Message(SQLModel, table=True):
    """One row a (appointment, start, kind, channel, recipient, about): the same news is never planned twice.

    `about` tells apart what may happen several times to one appointment, by the id of what happened; `detail` is what
    the words need and nothing else keeps.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint(
            "appointment_id",
            "start_time",
            "kind",
            "channel",
            "recipient",
            "about",
            name="uq_message_same_news",
            postgresql_nulls_not_distinct=True,
        ),
        one_of("channel", CHANNELS),
        one_of("status", MESSAGE_STATUSES),
    )

    id: UUID = identifier()
    appointment_id: UUID = Field(foreign_key="appointment.id")
    start_time: datetime = Field(sa_type=Instant)
    kind: str
    channel: str = "email"
    recipient: str
    about: UUID | None = None
    detail: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": text("'{}'")}
    )
    status: str = "planned"
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
