"""What happens to the bookings of somebody who deletes their account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require

# As a customer, what has not begun; at the own business, what has not ended.
COMING = """
SELECT id, coalesce(provider_id = %(provider_id)s, false) AS own_business FROM appointment
WHERE status IN ('held', 'pending', 'confirmed')
  AND ((customer_id = %(user_id)s AND start_time > %(now)s) OR (provider_id = %(provider_id)s AND end_time > %(now)s))
ORDER BY start_time, id
"""


@dataclass(frozen=True)
class Coming:
    """A booking that would be called off: at the actor's own business, or one they made elsewhere."""

    id: UUID
    own_business: bool


async def coming_bookings(session: AsyncSession, actor: Actor, now: datetime) -> tuple[int, int]:
    """How many bookings would be called off: those the actor made, and those at the actor's business."""
    require(actor, "account.delete", Whose(user_id=actor.user_id))
    found = await select(session, Coming, COMING, user_id=actor.user_id, provider_id=actor.provider_id, now=now)
    own = sum(coming.own_business for coming in found)
    return len(found) - own, own
