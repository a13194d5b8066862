"""What a scanned code leads to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.check_in import door_code
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound
from appointly.queries.bookings import AS_CUSTOMER, SELECT, Booking, rights
from appointly.settings import settings


@dataclass(frozen=True)
class Door:
    """A provider as its door shows it; `version` is the code that is good now."""

    id: UUID
    slug: str
    name: str
    version: int
    address: str
    city: str


DOOR = """
SELECT id, slug, business_name AS name, check_in_version AS version, address, city FROM provider
WHERE id = %(id)s AND suspended_at IS NULL
"""
# A day either way reaches over every zone; further ahead it is enough to know the next few.
NEAR: LiteralString = f"""
{SELECT} WHERE {AS_CUSTOMER} AND start_time > %(since)s
ORDER BY appointment.provider_id = %(provider_id)s DESC, start_time LIMIT 50
"""


async def door(session: AsyncSession, provider_id: UUID | None) -> Door | None:
    """The door of a provider; None for one that is suspended or never was."""
    found = await select(session, Door, DOOR, id=provider_id)
    return found[0] if found else None


async def own_door(session: AsyncSession, actor: Actor) -> Door:
    """The actor's own door, to print its code. Raises `Forbidden`, and `NotFound` for an account without a business."""
    require(actor, "check_in_code.read", Whose(provider_id=actor.provider_id))
    found = await door(session, actor.provider_id)
    if found is None:
        raise NotFound("This account has no business yet.")
    return found


def door_address(door: Door) -> str:
    """What the code at the door says."""
    code = door_code(settings().require_secret(), door.id, door.version)
    return settings().base_url.rstrip("/") + routes.mark(code)


async def bookings_near(session: AsyncSession, actor: Actor, provider_id: UUID, now: datetime) -> list[Booking]:
    """The actor's own bookings as a customer from yesterday on, those at this provider first, by start."""
    values = {"since": now - timedelta(days=2), "provider_id": provider_id}
    return await select(session, Booking, NEAR, **values, **rights(actor))
