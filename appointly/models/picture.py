"""A picture that a provider has uploaded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from appointly.models.base import created, identifier, one_of

PICTURE_KINDS = ("profile", "gallery", "service")


class Picture(SQLModel, table=True):
    """Re-encoded by us in two sizes; width and height are the large one's, in pixels. Its files are named by the id."""

    __tablename__ = "picture"
    __table_args__ = (
        one_of("kind", PICTURE_KINDS),
        CheckConstraint("width BETWEEN 1 AND 4096 AND height BETWEEN 1 AND 4096", name="size_in_range"),
    )

    id: UUID = identifier()
    provider_id: UUID = Field(foreign_key="provider.id", ondelete="CASCADE", index=True)
    kind: str
    width: int
    height: int
    place: int = 0
    created_at: datetime = created()
