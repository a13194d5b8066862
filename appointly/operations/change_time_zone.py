"""Moves a provider's clock to another zone."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.errors import ValidationFailed
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from appointly.validation import time_zone


async def change_time_zone(session: AsyncSession, actor: Actor, zone: str, now: datetime) -> Regenerated:
    """Let the hours, exceptions included, be read on the clock of `zone`, an IANA name; free times follow.

    Bookings and blocked time keep their instant. `preview_change` tells beforehand what goes and comes, and which
    bookings then lie outside the hours. Raises `Forbidden` and `ValidationFailed`.
    """
    try:
        zone = time_zone(zone)
    except ValueError as error:
        raise ValidationFailed(str(error), fields={"time_zone": str(error)}) from None
    provider_id = await lock_own_provider(session, actor, "provider.edit")
    query = "UPDATE provider SET time_zone = %(zone)s WHERE id = %(id)s AND time_zone <> %(zone)s"
    if not await execute(session, query, zone=zone, id=provider_id):
        return Regenerated(0, 0, 0)
    result = await regenerate_slots(session, now=now, provider_id=provider_id)
    await offer_freed(session, [provider_id], now)
    announce_times(session, provider_id)
    return result
