"""No-shows that customers dispute, and what becomes of everything that was reported to the admins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.domain.rights import Whose, may, require
from appointly.errors import Forbidden, InvalidTransition, NotFound, ValidationFailed
from appointly.models.base import uuid7
from appointly.operations.move_appointments import lock_bookings, move, require_provider, tidy_reason
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.queries.bookings import Booking, booking_by_id

DISPUTE_WITHIN = timedelta(days=14)
FLAGS = "flags"  # the topic of the admins' list
Decision = Literal["upheld", "dismissed"]


@dataclass(frozen=True)
class _Marked:
    """When a no-show was last marked, and whether it was disputed since."""

    at: datetime
    disputed: bool


@dataclass(frozen=True)
class _Open:
    """A flag that waits for a decision."""

    id: UUID
    kind: str
    appointment_id: UUID
    review_id: UUID | None


@dataclass(frozen=True)
class _Id:
    id: UUID


MARKED = """
SELECT created_at AS at, EXISTS (
    SELECT FROM flag WHERE flag.appointment_id = %(id)s AND kind = 'no_show' AND flag.created_at >= marked.created_at
) AS disputed
FROM appointment_event AS marked WHERE appointment_id = %(id)s AND to_status = 'no_show'
ORDER BY marked.id DESC LIMIT 1
"""
RAISE = """
INSERT INTO flag (kind, appointment_id, raised_by, reason, status, decision, created_at)
VALUES ('no_show', %(id)s, %(raised_by)s, %(reason)s, 'open', '', %(now)s) RETURNING id
"""
FIND = "SELECT id, kind, appointment_id, review_id FROM flag WHERE id = %(id)s"
CLOSE = """
UPDATE flag SET status = %(status)s, decision = %(decision)s, decided_by = %(actor_id)s, decided_at = %(now)s
WHERE status = 'open' AND (id = %(flag_id)s::uuid OR appointment_id = %(appointment_id)s::uuid AND kind = 'no_show')
RETURNING id
"""
HIDE = "UPDATE review SET hidden_at = coalesce(hidden_at, %(now)s) WHERE id = %(id)s"


async def dispute_no_show(
    session: AsyncSession, actor: Actor, appointment_id: UUID, reason: str, now: datetime
) -> Booking:
    """The customer says that they came: once, within a fortnight of the mark. The provider gets a mail.

    Raises `NotFound`, `Forbidden`, `InvalidTransition` and `ValidationFailed`.
    """
    reason = tidy_reason(reason)
    [booking] = await lock_bookings(session, actor, [appointment_id])
    if not may(actor, "no_show.dispute", booking.whose):
        raise Forbidden("Only the customer can do this.")
    marked = await select(session, _Marked, MARKED, id=appointment_id)
    if booking.status != Status.NO_SHOW or not marked:
        raise InvalidTransition("This appointment is not marked as missed.", details={"booking_status": booking.status})
    if marked[0].disputed:
        raise InvalidTransition("You have told us already. Once is enough.")
    if marked[0].at + DISPUTE_WITHIN <= now:
        raise InvalidTransition("This was noted more than two weeks ago, so it can no longer be changed.")
    if not reason:
        raise ValidationFailed(fields={"reason": "Please say in a sentence what happened."})
    [flag] = await select(session, _Id, RAISE, id=appointment_id, raised_by=actor.user_id, reason=reason, now=now)
    mail = Mail(appointment_id, "disputed", to_provider=True, about=flag.id, detail={"reason": reason})
    await plan_mails(session, [mail], now)
    tell(session, booking)
    return booking


async def take_back_no_show(session: AsyncSession, actor: Actor, appointment_id: UUID, now: datetime) -> Booking:
    """The provider agrees that the customer came: completed, and an open dispute is over. The customer gets a mail.

    Raises `NotFound`, `Forbidden`, `InvalidTransition`.
    """
    [booking] = await lock_bookings(session, actor, [appointment_id])
    require_provider(actor, "booking.finish", booking)
    if booking.status != Status.NO_SHOW:
        raise InvalidTransition("This appointment is not marked as missed.", details={"booking_status": booking.status})
    await move(session, actor, [booking], Status.COMPLETED, now)
    await close_dispute(session, actor, appointment_id, "The provider took it back.", now)
    await plan_mails(session, [Mail(appointment_id, "missed_taken_back", about=uuid7())], now)
    return await booking_by_id(session, actor, appointment_id)


async def close_dispute(
    session: AsyncSession, actor: Actor, appointment_id: UUID, decision: str, now: datetime
) -> None:
    """End the appointment's open dispute, if there is one, as upheld. The caller has decided and holds the locks."""
    values = {"appointment_id": appointment_id, "decision": decision, "actor_id": actor.user_id, "now": now}
    await execute(session, CLOSE, flag_id=None, status="upheld", **values)
    announce(session, FLAGS)


async def decide_flag(
    session: AsyncSession, actor: Actor, flag_id: UUID, decision: Decision, words: str, now: datetime
) -> None:
    """An admin's decision. Upheld: the no-show becomes completed, the review is hidden. Both sides get a mail.

    Of a report of a review that was dismissed its author never hears. Raises `Forbidden`, `NotFound`,
    `ValidationFailed`, and `InvalidTransition` where it was decided already.
    """
    require(actor, "flag.decide", Whose())
    words = tidy_reason(words)
    found = await select(session, _Open, FIND, id=flag_id)
    if not found:
        raise NotFound("We could not find this report.")
    [flag] = found
    [booking] = await lock_bookings(session, actor, [flag.appointment_id])
    values = {"status": decision, "decision": words, "actor_id": actor.user_id, "now": now}
    if not await select(session, _Id, CLOSE, flag_id=flag_id, appointment_id=None, **values):
        raise InvalidTransition("This was decided already.")
    if decision == "upheld" and flag.kind == "no_show":
        await move(session, actor, [booking], Status.COMPLETED, now, reason=words)
    if decision == "upheld" and flag.kind == "review":
        await execute(session, HIDE, id=flag.review_id, now=now)
        announce(session, f"reviews:{booking.provider_id}")
    detail: dict[str, object] = {"decision": decision, "reason": words}
    kind = "dispute_decided" if flag.kind == "no_show" else "review_decided"
    mails = [Mail(booking.id, kind, to_provider=True, about=flag_id, detail=detail)]
    if flag.kind == "no_show" or decision == "upheld":
        mails.append(Mail(booking.id, kind, about=flag_id, detail=detail))
    await plan_mails(session, mails, now)
    tell(session, booking)


def tell(session: AsyncSession, booking: Booking) -> None:
    """Open pages of both sides and of the admins re-read."""
    announce(session, FLAGS, f"booking:{booking.id}", f"provider:{booking.provider_id}")
    if booking.customer_id:
        announce(session, f"customer:{booking.customer_id}")
