"""What would happen if bookings were called off now: shown before the click, and compared with what then happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.domain.cancellation import Outcome, cancellation
from appointly.domain.lifecycle import Status, require_move
from appointly.domain.rights import may, require
from appointly.errors import InvalidTransition
from appointly.queries.bookings import Booking, bookings_by_ids


@dataclass(frozen=True)
class Preview:
    """One booking, and what calling it off would give back. `by_customer`: the customer is the one who would."""

    booking: Booking
    outcome: Outcome
    by_customer: bool


def preview(actor: Actor, booking: Booking, now: datetime) -> Preview:
    """What the actor would cause. Raises `Forbidden`, and `InvalidTransition` where it cannot be called off."""
    require(actor, "booking.cancel", booking.whose)
    require_move(Status(booking.status), Status.CANCELLED)
    by_customer = not may(actor, "booking.cancel_late", booking.whose)
    if by_customer and booking.start <= now:
        raise InvalidTransition("This appointment has already begun, so it can no longer be cancelled.")
    bound = by_customer and booking.status == Status.CONFIRMED
    outcome = cancellation(booking.cancellation_policy, booking.paid_amount, booking.start, now, bound=bound)
    return Preview(booking, outcome, by_customer)


async def previews(session: AsyncSession, actor: Actor, ids: Sequence[UUID], now: datetime) -> list[Preview]:
    """The same for several, in their order. Raises `NotFound` when one of them is unknown or somebody else's."""
    return [preview(actor, booking, now) for booking in await bookings_by_ids(session, actor, ids)]
