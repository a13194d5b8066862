"""Take a person out of the product: what was booked and paid stays on record, without whose it was."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import Forbidden
from appointly.models.user import NOBODY
from appointly.operations.booking_draft import forget_drafts
from appointly.operations.cancel_appointments import MOST_AT_ONCE, cancel_appointments
from appointly.operations.end_sessions import tell_pages
from appointly.operations.end_waits import end_waits_at
from appointly.operations.forget_pictures import forget_pictures
from appointly.operations.hold_slot import release_holds
from appointly.operations.own_provider import announce_times
from appointly.operations.remove_calendar import remove_all_calendars
from appointly.queries.leaving import COMING, Coming

REASON = "The account was deleted."

# First every provider in one order, then the account: bookings take their locks the same way round.
_LOCK_PROVIDERS = """
SELECT FROM provider WHERE id = %(provider_id)s
    OR id IN (SELECT provider_id FROM appointment WHERE customer_id = %(user_id)s)
    OR id IN (SELECT provider_id FROM service JOIN booking_draft ON service_id = service.id WHERE user_id = %(user_id)s)
    OR id IN (SELECT provider_id FROM waitlist_entry WHERE customer_id = %(user_id)s)
ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_ACCOUNT = 'SELECT FROM "user" WHERE id = %(user_id)s AND deleted_at IS NULL FOR UPDATE'

# Mails to the person are not sent any more; those to the other side are. The addresses on record go in any case.
_SILENCE = """
WITH theirs AS (
    SELECT message.id FROM message JOIN appointment ON appointment.id = appointment_id
    WHERE (customer_id = %(user_id)s AND recipient = customer_email)
       OR (provider_id = %(provider_id)s AND recipient <> customer_email)
), unsent AS (
    DELETE FROM job USING theirs WHERE dedupe_key = 'mail:' || theirs.id AND done_at IS NULL
), told AS (
    UPDATE job SET last_error = '' FROM theirs WHERE dedupe_key = 'mail:' || theirs.id AND done_at IS NOT NULL
)
UPDATE message SET recipient = %(nobody)s, status = CASE status WHEN 'planned' THEN 'skipped' ELSE status END
FROM theirs WHERE message.id = theirs.id
"""
_SILENCE_ACCOUNT = """
DELETE FROM job WHERE kind = 'account_mail' AND payload ->> 'to' = ANY(%(addresses)s)
    OR kind = 'reset_asked' AND payload ->> 'email' = ANY(%(addresses)s)
"""
_ADDRESSES = """
SELECT email FROM "user" WHERE id = %(user_id)s UNION SELECT email FROM one_time_code WHERE user_id = %(user_id)s
UNION SELECT target FROM one_time_code WHERE user_id = %(user_id)s AND target <> ''
"""
_REASONS = "UPDATE appointment_event SET reason = '' WHERE actor_id = %(user_id)s AND reason <> ''"
# What either side said about another time, also in the mails that carried it; the other side's words stay.
_WISHES = """
WITH said AS (
    UPDATE reschedule_request AS request
    SET reason = CASE WHEN customer_id = %(user_id)s THEN '' ELSE reason END,
        answer = CASE WHEN request.provider_id = %(provider_id)s THEN '' ELSE answer END
    FROM appointment
    WHERE appointment.id = appointment_id AND (customer_id = %(user_id)s OR request.provider_id = %(provider_id)s)
    RETURNING request.id
)
UPDATE message SET detail = detail - 'reason' FROM said WHERE about = said.id AND detail ? 'reason'
"""
# Those of the mailed link as well, and what the mail about it said.
_REPORTS = """
WITH said AS (
    UPDATE flag SET reason = '' FROM appointment
    WHERE appointment.id = appointment_id
      AND (raised_by = %(user_id)s OR raised_by IS NULL AND kind = 'no_show' AND customer_id = %(user_id)s)
    RETURNING flag.id
)
UPDATE message SET detail = detail - 'reason' FROM said WHERE about = said.id AND message.kind = 'disputed'
"""
_APPOINTMENTS = """
UPDATE appointment SET customer_name = 'Deleted customer', customer_email = %(nobody)s, customer_phone = '', notes = '',
    answers = '{}', updated_at = %(now)s
WHERE customer_id = %(user_id)s
"""
_ENTRANCES = (
    "DELETE FROM login_session WHERE user_id = %(user_id)s",
    "DELETE FROM api_token WHERE user_id = %(user_id)s",
    "DELETE FROM identity WHERE user_id = %(user_id)s",
    "DELETE FROM one_time_code WHERE user_id = %(user_id)s",
    "DELETE FROM idempotency_key WHERE actor = 'user:' || %(user_id)s",
)
_ACCOUNT = """
WITH gone AS (
    UPDATE "user" SET email = %(nobody)s, name = 'Deleted ' || role, password_hash = NULL, email_verified_at = NULL,
        time_zone = NULL, disabled_at = coalesce(disabled_at, %(now)s), deleted_at = %(now)s
    WHERE id = %(user_id)s
    RETURNING id
)
INSERT INTO audit_entry (actor_id, action, object_kind, object_id, created_at)
SELECT id, 'delete_account', 'user', id, %(now)s FROM gone
"""
_KEPT_IN_LINE = """
SELECT hold_id AS id FROM waitlist_offer JOIN waitlist_entry ON waitlist_entry.id = entry_id
WHERE customer_id = %(user_id)s AND hold_id IS NOT NULL
"""
# Offers keep no names; those that were taken are the appointment's history.
_OUT_OF_LINE = """
WITH gone AS (
    DELETE FROM waitlist_entry WHERE customer_id = %(user_id)s RETURNING id
)
DELETE FROM job USING gone WHERE kind = 'waitlist_mail' AND payload ->> 'entry_id' = gone.id::text
"""
_BUSINESS = (
    "DELETE FROM slot WHERE provider_id = %(provider_id)s AND booked_count = 0"
    " AND NOT EXISTS (SELECT FROM appointment WHERE slot_id = slot.id)",
    "DELETE FROM service WHERE provider_id = %(provider_id)s"
    " AND NOT EXISTS (SELECT FROM appointment WHERE service_id = service.id)"
    " AND NOT EXISTS (SELECT FROM slot WHERE service_id = service.id)",
    "UPDATE service SET status = 'archived', description = '', picture = '', questions = '[]', tags = '{}'"
    " WHERE provider_id = %(provider_id)s",
    "DELETE FROM blocked_time WHERE provider_id = %(provider_id)s",
    "DELETE FROM queue_ticket WHERE provider_id = %(provider_id)s",
    "DELETE FROM queue_day WHERE provider_id = %(provider_id)s",
    """
    UPDATE message SET detail = detail - 'reason' FROM appointment
    WHERE appointment.id = appointment_id AND provider_id = %(provider_id)s AND kind IN ('delayed', 'back_on_time')
    """,
    "DELETE FROM date_override WHERE provider_id = %(provider_id)s",
    "DELETE FROM working_hours WHERE provider_id = %(provider_id)s",
    """
    UPDATE review SET answer = '', answered_at = NULL FROM service
    WHERE service.id = service_id AND provider_id = %(provider_id)s AND answer <> ''
    """,
    # Whoever has paid there must be able to tell whom; nobody else needs the name.
    """
    UPDATE provider SET headline = '', about = '', address = '', latitude = NULL, longitude = NULL, phone = '',
        languages = '{}', links = '{}', picture = '', slug = 'deleted-' || replace(id::text, '-', ''),
        suspended_at = coalesce(suspended_at, %(now)s),
        business_name = CASE WHEN EXISTS (SELECT FROM appointment WHERE provider_id = provider.id)
                             THEN business_name ELSE 'Deleted provider' END
    WHERE id = %(provider_id)s
    """,
)


@dataclass(frozen=True)
class _Kept:
    id: UUID


@dataclass(frozen=True)
class _Address:
    email: str


async def delete_account(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """Delete the actor's own account: all of it with the commit, or nothing. Twice is once.

    Coming bookings are called off, at the own business too, and the other side gets its mail. What has been keeps its
    time and its price, without name, address, telephone number, notes and answers. The address is free again.
    Raises `NotSignedIn`, and `Forbidden` for admins, who are needed for the record of what they did.
    """
    require(actor, "account.delete", Whose(user_id=actor.user_id))
    if actor.kind == "admin":
        raise Forbidden("An admin's account is not deleted this way. Ask whoever runs the servers.")
    who = {"user_id": actor.user_id, "provider_id": actor.provider_id, "now": now}
    await execute(session, _LOCK_PROVIDERS, **who)
    if not await execute(session, _LOCK_ACCOUNT, user_id=actor.user_id):
        return
    await execute(session, _REASONS, user_id=actor.user_id)
    await execute(session, _WISHES, user_id=actor.user_id, provider_id=actor.provider_id)
    await execute(session, _REPORTS, user_id=actor.user_id)
    await _leave_lists(session, actor, now)
    await _call_off(session, actor, now)
    await forget_drafts(session, actor, now)
    nobody = f"deleted-{actor.user_id}{NOBODY}"
    await execute(session, _SILENCE, nobody=nobody, **who)
    await _forget_addresses(session, actor)
    await execute(session, _APPOINTMENTS, user_id=actor.user_id, nobody=nobody, now=now)
    for statement in _ENTRANCES:
        await execute(session, statement, user_id=actor.user_id)
    if actor.provider_id is not None:
        await forget_pictures(session, actor.provider_id, now)
        await remove_all_calendars(session, actor.provider_id, now)
        for statement in _BUSINESS:
            await execute(session, statement, **who)
        announce_times(session, actor.provider_id)
    await execute(session, _ACCOUNT, nobody=nobody, user_id=actor.user_id, now=now)
    tell_pages(session, actor.user_id, actor.provider_id)


async def _leave_lists(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """Out of every line, and nobody waits at the own business any more: before its times are free."""
    if actor.provider_id is not None:
        await end_waits_at(session, actor.provider_id, now, closing=True)
    kept = await select(session, _Kept, _KEPT_IN_LINE, user_id=actor.user_id)
    await execute(session, _OUT_OF_LINE, user_id=actor.user_id)
    await release_holds(session, [each.id for each in kept], now)


async def _call_off(session: AsyncSession, actor: Actor, now: datetime) -> None:
    found = await select(session, Coming, COMING, user_id=actor.user_id, provider_id=actor.provider_id, now=now)
    ids: list[UUID] = [coming.id for coming in found]
    for first in range(0, len(ids), MOST_AT_ONCE):
        await cancel_appointments(session, actor, ids[first : first + MOST_AT_ONCE], REASON, now)


async def _forget_addresses(session: AsyncSession, actor: Actor) -> None:
    """Mails about the account, sent and unsent, to any address it had lately."""
    found = await select(session, _Address, _ADDRESSES, user_id=actor.user_id)
    await execute(session, _SILENCE_ACCOUNT, addresses=[address.email for address in found])
