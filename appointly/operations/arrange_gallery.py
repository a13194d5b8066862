"""Puts the pictures of a gallery in order."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import NotFound
from appointly.operations.keep_picture import MOST_IN_GALLERY
from appointly.operations.own_provider import lock_own_provider

_OWN = """
SELECT FROM picture WHERE provider_id = %(provider_id)s AND kind = 'gallery' AND id = ANY(%(ids)s)
"""
_ARRANGE = """
WITH sorted AS (
    SELECT id, row_number() OVER (ORDER BY array_position(%(ids)s::uuid[], id), place, id) AS place
    FROM picture WHERE provider_id = %(provider_id)s AND kind = 'gallery'
)
UPDATE picture SET place = sorted.place FROM sorted WHERE picture.id = sorted.id
"""


class GalleryOrder(BaseModel):
    """The pictures as they shall be shown; those that are not named (another tab has just added them) come after."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_IN_GALLERY)]


async def arrange_gallery(session: AsyncSession, actor: Actor, order: GalleryOrder) -> None:
    """Show the actor's gallery in this order. Raises `Forbidden`, and `NotFound` for pictures that are not in it."""
    provider_id = await lock_own_provider(session, actor, "picture.edit")
    ids = list(dict.fromkeys(order.ids))
    if await execute(session, _OWN, provider_id=provider_id, ids=ids) != len(ids):
        raise NotFound("One of these pictures is gone.")
    await execute(session, _ARRANGE, provider_id=provider_id, ids=ids)
    announce(session, f"provider:{provider_id}")
