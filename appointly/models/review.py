"""What a customer says after the appointment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from appointly.models.base import created, identifier, length


class Review(SQLModel, table=True):
    """One a completed appointment: one to five stars and words."""

    __tablename__ = "review"
    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", name="stars_in_range"), length("words", 0, 2000))

    id: UUID = identifier()
    appointment_id: UUID = Field(foreign_key="appointment.id", unique=True)
    service_id: UUID = Field(foreign_key="service.id", index=True)
    stars: int
    words: str = ""
    created_at: datetime = created()
