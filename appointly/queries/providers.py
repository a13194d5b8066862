"""Providers by what the product itself needs of them."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class _Id:
    id: UUID


async def bookable_provider_ids(session: AsyncSession) -> list[UUID]:
    """Every provider with at least one active service."""
    query = "SELECT DISTINCT provider_id AS id FROM service WHERE status = 'active' ORDER BY id"
    return [row.id for row in await select(session, _Id, query)]
