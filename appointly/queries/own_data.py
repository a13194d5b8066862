"""Everything the product knows of one person, page by page: each row is JSON made by the database."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require

PAGE = 1000
FIRST = UUID(int=0)

BOOKING: LiteralString = """
SELECT appointment.id, reference, appointment.status, service.title AS service, business_name AS provider,
       start_time AS start, end_time AS "end", provider.time_zone, token, appointment.price_amount,
       appointment.currency, customer_name, customer_email, customer_phone, notes, answers, checked_in_at,
       appointment.created_at
FROM appointment JOIN service ON service.id = service_id JOIN provider ON provider.id = appointment.provider_id
"""
OWN: dict[str, LiteralString] = {
    "account": 'SELECT id, email, name, role, time_zone, email_verified_at, created_at FROM "user" WHERE id = %(user)s',
    "sign_ins": """
        SELECT id, user_agent, address, created_at, last_seen_at, expires_at FROM login_session
        WHERE user_id = %(user)s
    """,
    "google_accounts": "SELECT id, issuer, subject, email, created_at FROM identity WHERE user_id = %(user)s",
    "api_tokens": """
        SELECT id, name, hint, scopes, created_at, expires_at, last_used_at FROM api_token WHERE user_id = %(user)s
    """,
    "bookings": f"{BOOKING} WHERE customer_id = %(user)s",
    "bookings_begun": """
        SELECT booking_draft.id, service.title AS service, slot.start_time AS start, expires_at AS kept_until,
               customer_name, customer_email, customer_phone, notes, answers, booking_draft.created_at
        FROM booking_draft JOIN service ON service.id = booking_draft.service_id
        LEFT JOIN slot ON slot.id = booking_draft.slot_id LEFT JOIN hold ON hold.id = hold_id
        WHERE booking_draft.user_id = %(user)s
    """,
    "booking_history": """
        SELECT appointment_event.id, reference, from_status, to_status, actor_kind, reason, appointment_event.created_at
        FROM appointment_event JOIN appointment ON appointment.id = appointment_id WHERE customer_id = %(user)s
    """,
    "wishes_for_another_time": """
        SELECT request.id, reference, from_time, request.start_time AS start, request.status, reason, answer,
               request.created_at
        FROM reschedule_request AS request JOIN appointment ON appointment.id = appointment_id
        WHERE customer_id = %(user)s
    """,
    "messages": """
        SELECT message.id, reference, kind, channel, recipient, message.status, sent_at, message.created_at
        FROM message JOIN appointment ON appointment.id = appointment_id
        WHERE customer_id = %(user)s AND recipient = customer_email
    """,
    "waiting_lists": """
        SELECT entry.id, service.title AS service, business_name AS provider, dates, entry.status, customer_name,
               customer_email, customer_phone, entry.created_at,
               (SELECT json_agg(json_build_object('start', start_time, 'status', offer.status))
                FROM waitlist_offer AS offer WHERE entry_id = entry.id) AS offers
        FROM waitlist_entry AS entry JOIN service ON service.id = service_id
        JOIN provider ON provider.id = entry.provider_id WHERE customer_id = %(user)s
    """,
    "reviews": """
        SELECT review.id, reference, stars, words, answer, answered_at, hidden_at, review.created_at FROM review
        JOIN appointment ON appointment.id = appointment_id WHERE customer_id = %(user)s
    """,
    "reports": """
        SELECT flag.id, reference, kind, reason, flag.status, decision, decided_at, flag.created_at FROM flag
        JOIN appointment ON appointment.id = appointment_id
        WHERE raised_by = %(user)s OR raised_by IS NULL AND kind = 'no_show' AND customer_id = %(user)s
    """,
}
BUSINESS: dict[str, LiteralString] = {
    "business": "SELECT * FROM provider WHERE id = %(provider)s",
    "services": "SELECT * FROM service WHERE provider_id = %(provider)s",
    "working_hours": "SELECT * FROM working_hours WHERE provider_id = %(provider)s",
    "exceptions": "SELECT * FROM date_override WHERE provider_id = %(provider)s",
    "blocked_times": "SELECT * FROM blocked_time WHERE provider_id = %(provider)s",
    "calendars_elsewhere": """
        SELECT id, kind, name, shown, writes_back, last_synced_at, last_error, created_at FROM external_calendar
        WHERE provider_id = %(provider)s
    """,
    "walk_ins": "SELECT * FROM queue_ticket WHERE provider_id = %(provider)s AND appointment_id IS NULL",
    "pictures": "SELECT * FROM picture WHERE provider_id = %(provider)s",
    "customers_bookings": f"{BOOKING} WHERE appointment.provider_id = %(provider)s",
    "customers_reviews": """
        SELECT review.id, reference, stars, words, answer, answered_at, review.created_at FROM review
        JOIN appointment ON appointment.id = appointment_id
        WHERE appointment.provider_id = %(provider)s AND hidden_at IS NULL
    """,
}


@dataclass(frozen=True)
class Row:
    """One row as a JSON object."""

    id: UUID
    line: str


def parts_of(actor: Actor) -> Sequence[str]:
    """The parts of the actor's data, by name."""
    return [*OWN, *(BUSINESS if actor.provider_id else {})]


async def pages_of(session: AsyncSession, actor: Actor, part: str) -> AsyncIterator[list[Row]]:
    """One of the parts, a thousand rows at a time, by id. Raises `NotSignedIn`."""
    require(actor, "account.export", Whose(user_id=actor.user_id))
    query: LiteralString = f"""
        SELECT id, row_to_json(part)::text AS line FROM ({(OWN | BUSINESS)[part]}) AS part
        WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
    """
    after = FIRST
    while True:
        found = await select(
            session, Row, query, user=actor.user_id, provider=actor.provider_id, after=after, limit=PAGE
        )
        yield found
        if len(found) < PAGE:
            return
        after = found[-1].id
