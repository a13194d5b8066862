"""Every move of every appointment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from appointly.domain.lifecycle import LEGAL_MOVES
from appointly.models.base import created, identifier, length, one_of

ACTOR_KINDS = ("guest", "customer", "provider", "admin", "system")
LEGAL = ", ".join(sorted(f"'{before or ''}>{after}'" for before, after in LEGAL_MOVES))


class AppointmentEvent(SQLModel, table=True):
    """From, to, who, why and when; the database takes only moves of the table of legal moves."""

    __tablename__ = "appointment_event"
    __table_args__ = (
        CheckConstraint(f"coalesce(from_status, '') || '>' || to_status IN ({LEGAL})", name="legal_move"),
        one_of("actor_kind", ACTOR_KINDS),
        length("reason", 0, 1000),
    )

    id: UUID = identifier()
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    from_status: str | None = None
    to_status: str
    actor_kind: str
    actor_id: UUID | None = Field(default=None, foreign_key="user.id")
    reason: str = ""
    created_at: datetime = created()
