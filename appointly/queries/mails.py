"""What a planned mail needs to know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import SYSTEM
from appointly.queries.bookings import Booking, booking_by_id


@dataclass(frozen=True)
class Planned:
    """One row of `message`, with the move that caused it if one did: both were written with the same instant."""

    appointment_id: UUID
    kind: str
    recipient: str
    reader_zone: str
    reason: str
    by_provider: bool
    was_confirmed: bool
    planned_at: datetime
    detail: dict[str, Any]
    matters: bool


@dataclass(frozen=True)
class News:
    """What happened to a booking, as it was when the mail was planned: every try renders the same mail.

    `matters` is false once what it would say is no longer so.
    """

    booking: Booking
    kind: str
    recipient: str
    reader_zone: str
    reason: str
    by_provider: bool
    was_confirmed: bool
    sequence: int
    planned_at: datetime
    detail: dict[str, Any]
    matters: bool = True


# Mails that are planned for later look again when they are due, by their kind.
MATTERS: dict[str, LiteralString] = {
    "answer_reminder": "appointment.status = 'pending' AND answer_by > %(now)s",
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
       coalesce(event.actor_kind NOT IN ('guest', 'customer'), false) AS by_provider,
       EXISTS (
           SELECT FROM appointment_event AS earlier
           WHERE earlier.appointment_id = message.appointment_id AND earlier.to_status = 'confirmed'
             AND earlier.created_at <= message.created_at
       ) AS was_confirmed,
       message.created_at AS planned_at, detail, CASE kind {WHETHER} ELSE true END AS matters
FROM message
JOIN appointment ON appointment.id = message.appointment_id
JOIN provider ON provider.id = appointment.provider_id
LEFT JOIN LATERAL (
    SELECT * FROM appointment_event AS caused
    WHERE caused.appointment_id = message.appointment_id AND caused.created_at = message.created_at
    ORDER BY caused.id DESC LIMIT 1
) AS event ON true
LEFT JOIN "user" AS reader ON reader.email = recipient
WHERE message.id = %(id)s
"""  # noqa: S608


async def news_of(session: AsyncSession, message_id: UUID, sequence: int, now: datetime) -> News | None:
    """What to say in this message; `sequence` is the invitation's when it was planned. None when it is gone."""
    found = await select(session, Planned, PLANNED, id=message_id, now=now)
    if not found:
        return None
    [planned] = found
    booking = await booking_by_id(session, SYSTEM, planned.appointment_id)
    return News(
        booking=booking,
        kind=planned.kind,
        recipient=planned.recipient,
        reader_zone=planned.reader_zone,
        reason=planned.reason,
        by_provider=planned.by_provider,
        was_confirmed=planned.was_confirmed,
        sequence=sequence,
        planned_at=planned.planned_at,
        detail=planned.detail,
        matters=planned.matters,
    )
