"""What a planned mail needs to know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import SYSTEM
from appointly.queries.alternatives import still_free
from appointly.queries.bookings import DONE_BY, Booking, booking_by_id


@dataclass(frozen=True)
class Planned:
    """One row of `message`, with the move that caused it if one did: both were written with the same instant."""

    appointment_id: UUID
    kind: str
    recipient: str
    reader_zone: str
    reason: str
    by: str
    was_confirmed: bool
    offered: bool
    told_before: datetime | None
    detail: dict[str, Any]
    matters: bool


@dataclass(frozen=True)
class News:
    """What happened to a booking, with the booking as it is now: a mail that comes late says what is true today.

    `matters` is false once what it would say is no longer so; `by` is who did it: customer, provider or appointly;
    `offered` is whether the service can still be booked.
    """

    booking: Booking
    kind: str
    recipient: str
    reader_zone: str
    reason: str
    by: str
    was_confirmed: bool
    offered: bool
    detail: dict[str, Any]
    matters: bool = True


STANDS: LiteralString = (
    "appointment.status IN ('pending', 'confirmed') AND appointment.start_time = message.start_time"
    " AND appointment.end_time > %(now)s"
)
CONFIRMED: LiteralString = "appointment.status = 'confirmed' AND appointment.end_time > %(now)s"
WAITING: LiteralString = "appointment.status = 'pending' AND coalesce(answer_by, appointment.start_time) > %(now)s"
WISHED: LiteralString = (
    "EXISTS (SELECT FROM reschedule_request AS wish"
    " WHERE wish.id = message.about AND wish.status = 'waiting' AND wish.expires_at > %(now)s)"
)
NEWEST_DELAY: LiteralString = (
    "appointment.status = 'confirmed' AND appointment.start_time = message.start_time AND message.created_at = ("
    "SELECT max(last.created_at) FROM message AS last"
    " WHERE last.appointment_id = appointment.id AND last.kind IN ('delayed', 'back_on_time'))"
)
MOVED = ("moved", "move_accepted", "moved_by_provider", "booking_moved")
# The time the reader knows: a mail of an earlier move may not have been sent any more.
TOLD_BEFORE: LiteralString = """
SELECT told.start_time FROM message AS told
WHERE told.appointment_id = message.appointment_id AND told.recipient = message.recipient AND told.status = 'sent'
  AND told.created_at < message.created_at AND told.start_time <> message.start_time
ORDER BY told.created_at DESC LIMIT 1
"""
# What must be so when a mail is sent, by its kind: it may be due later, or have waited for the mail server. Ends stay
# ends: their mails matter whenever they come. Of a booking that has moved on, the next mail tells.
MATTERS: dict[str, LiteralString] = {
    "confirmed": f"{STANDS} AND appointment.status = 'confirmed'",
    "accepted": f"{STANDS} AND appointment.status = 'confirmed'",
    "requested": f"{STANDS} AND appointment.status = 'pending'",
    "new_booking": CONFIRMED,
    "new_request": WAITING,
    **dict.fromkeys(MOVED, STANDS),
    **dict.fromkeys(("move_asked", "move_request"), WISHED),
    **dict.fromkeys(("move_declined", "move_expired", "move_withdrawn"), STANDS),
    **dict.fromkeys(("delayed", "back_on_time"), NEWEST_DELAY),
    "calendar_collision": STANDS,
    "disputed": "appointment.status = 'no_show'",
    "missed_taken_back": "appointment.status = 'completed'",
    "answer_reminder": WAITING,
    "missed": "appointment.status = 'no_show' AND message.created_at = ("
    "SELECT max(last.created_at) FROM appointment_event AS last"
    " WHERE last.appointment_id = appointment.id AND last.to_status = 'no_show')",
    "how_was_it": "appointment.status = 'completed'"
    " AND NOT EXISTS (SELECT FROM review WHERE review.appointment_id = appointment.id)",
}
WHETHER: LiteralString = " ".join(f"WHEN '{kind}' THEN {condition}" for kind, condition in MATTERS.items())
PLANNED: LiteralString = f"""
SELECT message.appointment_id, kind, recipient, coalesce(reader.time_zone, provider.time_zone) AS reader_zone,
       coalesce(event.reason, detail ->> 'reason', '') AS reason,
       CASE {DONE_BY} WHEN 'guest' THEN 'customer' WHEN 'customer' THEN 'customer' WHEN 'provider' THEN 'provider'
            ELSE 'appointly' END AS by,
       EXISTS (
           SELECT FROM appointment_event AS earlier
           WHERE earlier.appointment_id = message.appointment_id AND earlier.to_status = 'confirmed'
             AND earlier.created_at <= message.created_at
       ) AS was_confirmed,
       service.status = 'active' AND provider.suspended_at IS NULL AS offered,
       ({TOLD_BEFORE}) AS told_before, detail,
       CASE kind {WHETHER} ELSE true END AS matters
FROM message
JOIN appointment ON appointment.id = message.appointment_id
JOIN service ON service.id = appointment.service_id
JOIN provider ON provider.id = appointment.provider_id
LEFT JOIN LATERAL (
    SELECT * FROM appointment_event AS caused
    WHERE caused.appointment_id = message.appointment_id AND caused.created_at = message.created_at
    ORDER BY caused.id DESC LIMIT 1
) AS event ON true
LEFT JOIN "user" AS reader ON reader.email = recipient
WHERE message.id = %(id)s
"""  # noqa: S608


async def news_of(session: AsyncSession, message_id: UUID, now: datetime) -> News | None:
    """What to say in this message; of the other times it offers, those that are still free. None when it is gone."""
    found = await select(session, Planned, PLANNED, id=message_id, now=now)
    if not found:
        return None
    [planned] = found
    booking = await booking_by_id(session, SYSTEM, planned.appointment_id)
    detail = planned.detail
    if detail.get("alternatives"):
        detail = {**detail, "alternatives": await still_free(session, detail["alternatives"], now)}
    if planned.kind in MOVED and planned.told_before:
        detail = {**detail, "from": planned.told_before.isoformat()}
    return News(
        booking=booking,
        kind=planned.kind,
        recipient=planned.recipient,
        reader_zone=planned.reader_zone,
        reason=planned.reason,
        by=planned.by,
        was_confirmed=planned.was_confirmed,
        offered=planned.offered,
        detail=detail,
        matters=planned.matters,
    )
