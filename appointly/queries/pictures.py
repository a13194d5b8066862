"""Uploaded pictures."""

from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class Uploaded:
    """A picture in two sizes; width and height are the large one's, in pixels."""

    id: UUID
    kind: str
    width: int
    height: int


# What a service shows: its own, else what its provider has uploaded, else the scene of its category.
SHOWN: LiteralString = """
coalesce(nullif(service.picture, ''), CASE WHEN starts_with(provider.picture, '/media/') THEN provider.picture END,
         '/pictures/' || service.category || '-1.svg')
"""
_OF_PROVIDER: LiteralString = """
SELECT id, kind, width, height FROM picture WHERE provider_id = %(provider_id)s ORDER BY place, id
"""
_BY_ID: LiteralString = "SELECT id, kind, width, height FROM picture WHERE id = %(id)s"


async def pictures_of(session: AsyncSession, provider_id: UUID, kind: str = "") -> list[Uploaded]:
    """The pictures of a business in their order, all or those of one kind."""
    found = await select(session, Uploaded, _OF_PROVIDER, provider_id=provider_id)
    return [picture for picture in found if kind in ("", picture.kind)]


async def picture_by_id(session: AsyncSession, picture_id: UUID) -> Uploaded | None:
    """One picture; None for one that is gone."""
    found = await select(session, Uploaded, _BY_ID, id=picture_id)
    return found[0] if found else None
