"""Keeps an uploaded picture: its files are written between `plan_picture` and `keep_picture`."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import TooManyPictures
from appointly.models.base import uuid7
from appointly.operations.forget_pictures import forget_other_profiles, plan_removal
from appointly.operations.own_provider import lock_own_provider

Kind = Literal["profile", "gallery", "service"]
MOST, MOST_IN_GALLERY = 60, 12
GIVEN_UP = timedelta(hours=1)

_ADD = """
INSERT INTO picture (id, provider_id, kind, width, height, place, created_at)
SELECT %(id)s, %(provider_id)s, %(kind)s, %(width)s, %(height)s, coalesce(max(place), 0) + 1, %(now)s
FROM picture WHERE provider_id = %(provider_id)s
"""
_SHOW = "UPDATE provider SET picture = %(address)s WHERE id = %(provider_id)s"
_COUNT = "SELECT FROM picture WHERE provider_id = %(provider_id)s"
_COUNT_GALLERY = f"{_COUNT} AND kind = 'gallery'"


async def plan_picture(session: AsyncSession, actor: Actor, kind: Kind, now: datetime) -> UUID:
    """An id for a picture whose files are about to be written.

    Should nothing be kept under it, a job that is planned here removes the files. Raises `Forbidden` and
    `TooManyPictures`.
    """
    await _require_room(session, await lock_own_provider(session, actor, "picture.edit"), kind)
    picture_id = uuid7()
    await plan_removal(session, [picture_id], "given up", now + GIVEN_UP)
    return picture_id


async def keep_picture(
    session: AsyncSession, actor: Actor, picture_id: UUID, kind: Kind, width: int, height: int, now: datetime
) -> None:
    """The files of a planned picture are there: from now on it is shown. A profile's takes the place of the last.

    Width and height are the large one's, in pixels. Raises `Forbidden` and `TooManyPictures`.
    """
    provider_id = await lock_own_provider(session, actor, "picture.edit")
    await _require_room(session, provider_id, kind)
    size = {"width": width, "height": height}
    await execute(session, _ADD, id=picture_id, provider_id=provider_id, kind=kind, now=now, **size)
    if kind == "profile":
        await execute(session, _SHOW, address=routes.picture(picture_id), provider_id=provider_id)
        await forget_other_profiles(session, provider_id, picture_id, now)
    announce(session, f"provider:{provider_id}")


async def _require_room(session: AsyncSession, provider_id: UUID, kind: Kind) -> None:
    if await execute(session, _COUNT, provider_id=provider_id) >= MOST:
        raise TooManyPictures
    if kind == "gallery" and await execute(session, _COUNT_GALLERY, provider_id=provider_id) >= MOST_IN_GALLERY:
        raise TooManyPictures(f"The gallery holds {MOST_IN_GALLERY} pictures. Please remove one first.")
