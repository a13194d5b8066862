"""Every move of every appointment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from appointly.domain.lifecycle import LEGAL_MOVES
from appointly.models.base import Instant, created, identifier, length, one_of

ACTOR_KINDS = ("guest", "customer", "provider", "admin", "system")
LEGAL = ", ".join(sorted(f"'{before or ''}>{after}'" for before, after in LEGAL_MOVES))


class AppointmentEvent(SQLModel, table=True):
    """From, to, who, why and when; the database takes only moves of the table of legal moves.

    One that was moved to another time keeps its status: `moved_from` and `moved_to` are its starts.
    """

    __tablename__ = "appointment_event"
    __table_args__ = (
        CheckConstraint(
            f"CASE WHEN moved_to IS NULL THEN coalesce(from_status, '') || '>' || to_status IN ({LEGAL})"
            " ELSE from_status = to_status AND moved_from IS NOT NULL END",
            name="legal_move",
        ),
        one_of("actor_kind", ACTOR_KINDS),
        length("reason", 0, 1000),
    )

    id: UUID = identifier()
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    from_status: str | None = None
    to_status: str
    moved_from: datetime | None = Field(default=None, sa_type=Instant)
    moved_to: datetime | None = Field(default=None, sa_type=Instant)
    actor_kind: str
    actor_id: UUID | None = Field(default=None, foreign_key="user.id")
    reason: str = ""
    created_at: datetime = created()
