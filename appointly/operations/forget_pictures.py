"""Removes pictures: their rows at once, their files by a job, so that no row ever points at files that are gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.errors import NotFound
from appointly.operations.jobs import enqueue
from appointly.operations.own_provider import lock_own_provider

KEEP_UNUSED = timedelta(days=1)  # a form that was begun may still want it
MOST_AT_ONCE = 500

_UNUSED: LiteralString = """
SELECT id, provider_id FROM picture
WHERE kind <> 'gallery' AND created_at < %(before)s
  AND NOT EXISTS (SELECT FROM provider WHERE provider.id = provider_id
                  AND provider.picture LIKE '/media/' || picture.id || '/%%')
  AND NOT EXISTS (SELECT FROM service WHERE service.provider_id = picture.provider_id
                  AND service.picture LIKE '/media/' || picture.id || '/%%')
ORDER BY created_at LIMIT %(most)s
"""
_LOCK = "SELECT id FROM provider WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
_FORGET = "DELETE FROM picture WHERE id = ANY(%(ids)s)"
_FORGET_OTHERS = """
DELETE FROM picture WHERE provider_id = %(provider_id)s AND kind = 'profile' AND id <> %(kept)s
AND NOT EXISTS (SELECT FROM service WHERE service.provider_id = picture.provider_id
                AND service.picture LIKE '/media/' || picture.id || '/%%')
RETURNING id
"""
_FORGET_ALL = "DELETE FROM picture WHERE provider_id = %(provider_id)s RETURNING id"
_FORGET_ONE = "DELETE FROM picture WHERE provider_id = %(provider_id)s AND id = %(id)s RETURNING id"
_HIDE_FROM_PROFILE = """
UPDATE provider SET picture = '' WHERE id = %(provider_id)s AND picture = ANY(%(addresses)s)
"""
_HIDE_FROM_SERVICES = """
UPDATE service SET picture = '/pictures/' || category || '-1.svg'
WHERE provider_id = %(provider_id)s AND picture = ANY(%(addresses)s)
"""


@dataclass(frozen=True)
class _Unused:
    id: UUID
    provider_id: UUID


@dataclass(frozen=True)
class _Id:
    id: UUID


async def forget_picture(session: AsyncSession, actor: Actor, picture_id: UUID, now: datetime) -> None:
    """Remove one of the actor's pictures, wherever it is shown. Raises `Forbidden`, and `NotFound` for another's."""
    provider_id = await lock_own_provider(session, actor, "picture.edit")
    found = await select(session, _Id, _FORGET_ONE, provider_id=provider_id, id=picture_id)
    if not found:
        raise NotFound("We could not find this picture.")
    await _gone(session, provider_id, found, now)


async def forget_pictures(session: AsyncSession, provider_id: UUID, now: datetime) -> None:
    """Remove everything a business has uploaded, as its account goes. The caller has checked the right."""
    await _gone(session, provider_id, await select(session, _Id, _FORGET_ALL, provider_id=provider_id), now)


async def forget_other_profiles(session: AsyncSession, provider_id: UUID, kept: UUID, now: datetime) -> None:
    """Remove the profile's earlier pictures."""
    found = await select(session, _Id, _FORGET_OTHERS, provider_id=provider_id, kept=kept)
    await plan_removal(session, [row.id for row in found], "removed", now)


async def forget_unused_pictures(session: AsyncSession, now: datetime) -> int:
    """Remove what was uploaded a day ago for a profile or a service that shows another; how many went.

    Whoever puts a picture to use holds the lock of its business, so that what is found here cannot be wanted meanwhile.
    """
    wanted = {"before": now - KEEP_UNUSED, "most": MOST_AT_ONCE}
    owners = {row.provider_id for row in await select(session, _Unused, _UNUSED, **wanted)}
    locked = {row.id for row in await select(session, _Id, _LOCK, ids=list(owners))}
    ids = [row.id for row in await select(session, _Unused, _UNUSED, **wanted) if row.provider_id in locked]
    await execute(session, _FORGET, ids=ids)
    await plan_removal(session, ids, "removed", now)
    return len(ids)


async def _gone(session: AsyncSession, provider_id: UUID, found: Iterable[_Id], now: datetime) -> None:
    ids = [row.id for row in found]
    addresses = [routes.picture(picture_id) for picture_id in ids]
    for hide in (_HIDE_FROM_PROFILE, _HIDE_FROM_SERVICES):
        await execute(session, hide, provider_id=provider_id, addresses=addresses)
    await plan_removal(session, ids, "removed", now)
    announce(session, f"provider:{provider_id}")


async def plan_removal(session: AsyncSession, ids: Iterable[UUID], why: str, due_at: datetime) -> None:
    """Have the files of these pictures removed, unless a picture has its row by then."""
    for picture_id in ids:
        key = f"picture:{picture_id}:{why}"
        await enqueue(session, "forget_files", {"picture_id": str(picture_id)}, key, due_at)
