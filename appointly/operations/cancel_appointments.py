"""Calls appointments off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.display.cancellations import outcome_sentence
from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.errors import ChangedMeanwhile, ValidationFailed
from appointly.operations.move_appointments import lock_bookings, move, tidy_reason
from appointly.operations.plan_mails import Mail
from appointly.queries.alternatives import detail_of, instead_of
from appointly.queries.cancellations import Preview, preview

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
    session: AsyncSession,
    actor: Actor,
    ids: Sequence[UUID],
    reason: str,
    now: datetime,
    expected: Mapping[UUID, int] | None = None,
) -> list[Cancelled]:
    """Cancel all of `ids` or none, as customer (account or mailed link), provider or admin; the time is free again.

    Both sides get a mail, but the provider who did it; customers who did not do it get other times near theirs with it.
    `expected`: the refunds that were shown, in minor units by id.
    Raises `NotFound` when one of the bookings is unknown or somebody else's, `InvalidTransition` when one has ended or,
    for the customer, begun, `ChangedMeanwhile` (its details say the new outcomes) when a refund would be another one,
    and `ValidationFailed`.
    """
    unique = list(dict.fromkeys(ids))
    if not 1 <= len(unique) <= MOST_AT_ONCE:
        raise ValidationFailed(fields={"ids": f"Please choose 1 to {MOST_AT_ONCE} bookings."})
    reason = tidy_reason(reason)
    previews = [preview(actor, booking, now) for booking in await lock_bookings(session, actor, unique)]
    _require_expected(previews, expected or {}, now)
    bookings = [each.booking for each in previews]
    instead = await instead_of(session, [each.booking for each in previews if not each.by_customer], now)
    mails = [Mail(each.id, "cancelled", detail=detail_of(instead, each.id)) for each in bookings]
    by_others = [each for each in bookings if each.provider_id != actor.provider_id]
    mails += [Mail(each.id, "booking_cancelled", to_provider=True) for each in by_others]
    await move(session, actor, bookings, Status.CANCELLED, now, reason=reason, mails=mails)
    return [_cancelled(each) for each in previews]


def _require_expected(previews: Sequence[Preview], expected: Mapping[UUID, int], now: datetime) -> None:
    different = [each for each in previews if expected.get(each.booking.id, each.outcome.refund) != each.outcome.refund]
    if different:
        outcomes: list[dict[str, object]] = [
            {
                "id": str(each.booking.id),
                "refund": {"amount": each.outcome.refund, "currency": each.booking.currency},
                "sentence": outcome_sentence(each, now),
            }
            for each in different
        ]
        raise ChangedMeanwhile(
            f"This is no longer what would happen. {outcomes[0]['sentence']} Nothing was cancelled yet.",
            details={"outcomes": outcomes},
        )


def _cancelled(each: Preview) -> Cancelled:
    booking = each.booking
    return Cancelled(booking.id, booking.reference, Status.CANCELLED.value, each.outcome.refund, booking.currency)
