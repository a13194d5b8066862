"""Calls appointments off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.domain.rights import may, require
from appointly.errors import InvalidTransition, ValidationFailed
from appointly.operations.move_appointments import lock_bookings, move, tidy_reason
from appointly.operations.plan_mails import Mail
from appointly.queries.bookings import Booking

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Cancelled:
    """One appointment that was called off, and what its customer gets back, in minor units."""

    id: UUID
    reference: str
    status: str
    refund_amount: int
    currency: str


async def cancel_appointments(
    session: AsyncSession, actor: Actor, ids: Sequence[UUID], reason: str, now: datetime
) -> list[Cancelled]:
    """Cancel all of `ids` or none, as customer (account or mailed link), provider or admin; the time is free again.

    Both sides get a mail. Raises `NotFound` when one of them is unknown or somebody else's, `InvalidTransition` when
    one has ended or, for the customer, begun, and `ValidationFailed`.
    """
    unique = list(dict.fromkeys(ids))
    if not 1 <= len(unique) <= MOST_AT_ONCE:
        raise ValidationFailed(fields={"ids": f"Please choose 1 to {MOST_AT_ONCE} bookings."})
    reason = tidy_reason(reason)
    bookings = await lock_bookings(session, actor, unique)
    mails = []
    for booking in bookings:
        require(actor, "booking.cancel", booking.whose)
        if booking.start <= now and not may(actor, "booking.cancel_late", booking.whose):
            raise InvalidTransition("This appointment has already begun, so it can no longer be cancelled.")
        mails.append(Mail(booking.id, "cancelled"))
        mails.append(Mail(booking.id, "booking_cancelled", to_provider=True))
    await move(session, actor, bookings, Status.CANCELLED, now, reason=reason, mails=mails)
    return [_cancelled(booking) for booking in bookings]


def _cancelled(booking: Booking) -> Cancelled:
    # Prices are paid at the appointment, so there is nothing to give back.
    return Cancelled(booking.id, booking.reference, Status.CANCELLED.value, 0, booking.currency)
