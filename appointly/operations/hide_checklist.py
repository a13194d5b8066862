"""Puts the list of what is missing out of its owner's sight."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.operations.own_provider import lock_own_provider


async def hide_checklist(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """Show the actor's list no more, on any device. Raises `Forbidden`."""
    provider_id = await lock_own_provider(session, actor, "provider.edit")
    await execute(
        session, "UPDATE provider SET checklist_hidden_at = %(now)s WHERE id = %(id)s", id=provider_id, now=now
    )
