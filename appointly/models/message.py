"""What was sent to whom about which appointment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, one_of

CHANNELS = ("email", "sms", "whatsapp", "push")
MESSAGE_STATUSES = ("planned", "sending", "sent", "failed", "unknown", "skipped")


class Message(SQLModel, table=True):
    """One row a (appointment, start, kind, channel, recipient): the same news is never planned twice."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("appointment_id", "start_time", "kind", "channel", "recipient"),
        one_of("channel", CHANNELS),
        one_of("status", MESSAGE_STATUSES),
    )

    id: UUID = identifier()
    appointment_id: UUID = Field(foreign_key="appointment.id")
    start_time: datetime = Field(sa_type=Instant)
    kind: str
    channel: str = "email"
    recipient: str
    status: str = "planned"
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = created()
