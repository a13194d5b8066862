"""A place of a slot that is kept for somebody who has not booked it (yet)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from appointly.models.base import Instant, created, identifier, one_of

HOLD_PURPOSES = ("draft", "reschedule", "offer")


class Hold(SQLModel, table=True):
    """Counts in its slot's `booked_count` as an appointment does, so nobody else is shown or given the place.

    A `draft` keeps it for whoever is filling in the wizard, a `reschedule` for a customer who asked for this time
    instead, an `offer` for the next one on the waitlist. `holder` says whose it is, so that nobody keeps many.
    """

    __tablename__ = "hold"
    __table_args__ = (one_of("purpose", HOLD_PURPOSES),)

    id: UUID = identifier()
    slot_id: UUID = Field(foreign_key="slot.id", index=True)
    provider_id: UUID = Field(foreign_key="provider.id", index=True)
    purpose: str
    holder: str = Field(index=True)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    created_at: datetime = created()
