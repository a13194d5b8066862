"""The booking somebody has begun: what they typed, and how it ends. It never books by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.holds import MOST_HELD, holder_of
from appointly.errors import NotFound
from appointly.operations.book_appointment import Booked, BookingRequest, book_appointment
from appointly.operations.choose_time import LOCK_HOLDER, tell_account
from appointly.operations.hold_slot import release_holds
from appointly.operations.own_provider import lock_providers
from appointly.queries.drafts import MINE, mine, own_hold


@dataclass(frozen=True)
class _Gone:
    hold_id: UUID | None


@dataclass(frozen=True)
class _Begun:
    service_id: UUID
    provider_id: UUID


TYPE: LiteralString = f"""
UPDATE booking_draft SET customer_name = %(customer_name)s, customer_email = %(customer_email)s,
    customer_phone = %(customer_phone)s, notes = %(notes)s, answers = %(answers)s, updated_at = %(now)s,
    slot_id = CASE WHEN hold_id IS NULL THEN (SELECT id FROM slot WHERE id = %(slot_id)s) ELSE slot_id END
WHERE service_id = %(service_id)s AND {MINE}
"""  # noqa: S608
BEGIN_TYPED = """
INSERT INTO booking_draft (service_id, user_id, browser_hash, slot_id, customer_name, customer_email, customer_phone,
    notes, answers, updated_at, created_at)
SELECT service_id, %(user_id)s::uuid, %(browser)s::bytea, id, %(customer_name)s, %(customer_email)s, %(customer_phone)s,
    %(notes)s, %(answers)s, %(now)s, %(now)s
FROM slot WHERE id = %(slot_id)s AND service_id = %(service_id)s
ON CONFLICT DO NOTHING
"""
FORGET_ALL: LiteralString = f"DELETE FROM booking_draft WHERE {MINE} RETURNING hold_id"  # noqa: S608
FORGET: LiteralString = f"DELETE FROM booking_draft WHERE service_id = %(service_id)s AND {MINE} RETURNING hold_id"  # noqa: S608
BEGUN: LiteralString = f"""
SELECT service_id, provider_id FROM booking_draft JOIN service ON service.id = service_id WHERE {MINE}
"""  # noqa: S608
OF_HOLD: LiteralString = f"{BEGUN} AND hold_id = %(hold_id)s"
OLDER = """
DELETE FROM booking_draft AS older USING booking_draft AS newer
WHERE older.service_id = newer.service_id AND (older.updated_at, older.id) < (newer.updated_at, newer.id)
  AND (older.user_id = %(user_id)s AND newer.browser_hash = %(browser)s
       OR older.browser_hash = %(browser)s AND newer.user_id = %(user_id)s)
RETURNING older.hold_id
"""
TAKE_OVER = "UPDATE booking_draft SET user_id = %(user_id)s, browser_hash = NULL WHERE browser_hash = %(browser)s"
RENAME = "UPDATE hold SET holder = %(after)s WHERE holder = %(before)s AND purpose = 'draft'"
SURPLUS = """
SELECT hold_id FROM booking_draft WHERE user_id = %(user_id)s AND hold_id IS NOT NULL
ORDER BY updated_at DESC, id DESC OFFSET %(most)s
"""


async def keep_typed(
    session: AsyncSession, actor: Actor, service_id: UUID, slot_id: UUID, typed: Mapping[str, object], now: datetime
) -> None:
    """Remember what was typed so far, as it was typed: name, email, phone, notes and `answers` by question.

    Keeps no time. For guests whose browser keeps no cookie nothing is remembered.
    """
    if not holder_of(actor):
        return
    values = {**typed, "answers": Jsonb(typed["answers"]), **mine(actor)}
    values |= {"service_id": service_id, "slot_id": slot_id, "now": now}
    if not await execute(session, TYPE, **values):
        await execute(session, BEGIN_TYPED, **values)


async def leave_booking(
    session: AsyncSession, actor: Actor, service_id: UUID, provider_id: UUID, now: datetime
) -> None:
    """Let the time go, and forget what was begun. Twice is once."""
    await lock_providers(session, [provider_id])
    await _forget(session, actor, service_id, now)


async def forget_drafts(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """All that an account has begun, and the times kept for it. The providers' locks are to be held."""
    gone = await select(session, _Gone, FORGET_ALL, **mine(actor))
    await release_holds(session, [each.hold_id for each in gone if each.hold_id], now)


async def release_own_hold(session: AsyncSession, actor: Actor, hold_id: UUID, now: datetime) -> None:
    """`leave_booking`, by its hold. Raises `NotFound` for one that has run out or is another person's."""
    found = await select(session, _Begun, OF_HOLD, hold_id=hold_id, **mine(actor))
    if not found:
        raise NotFound("We could not find this hold. It may have run out.")
    await leave_booking(session, actor, found[0].service_id, found[0].provider_id, now)


async def book_chosen(session: AsyncSession, actor: Actor, request: BookingRequest, now: datetime) -> Booked:
    """`book_appointment` with the time that is kept for whoever books; what they had begun is finished with it."""
    kept = await own_hold(session, actor, request.slot_id)
    booked = await book_appointment(session, actor, request, now, kept.id if kept else None)
    await _forget(session, actor, booked.service_id, now)
    return booked


async def take_over_drafts(session: AsyncSession, actor: Actor, browser: bytes, now: datetime) -> None:
    """What was begun in this browser before the sign-in is the account's from now on.

    Of two drafts of one service the newer stays; the other's time is let go, and of more than three times the oldest.
    """
    guest = Actor(browser=browser)
    if not browser or not await select(session, _Begun, BEGUN, **mine(guest)):
        return
    both = {"user_id": actor.user_id, "browser": browser}
    for holder in sorted((holder_of(guest), holder_of(actor))):
        await execute(session, LOCK_HOLDER, holder=holder)
    begun = await select(session, _Begun, BEGUN, **both)
    await lock_providers(session, [each.provider_id for each in begun])
    lost = await select(session, _Gone, OLDER, **both)
    await execute(session, TAKE_OVER, **both)
    await execute(session, RENAME, before=holder_of(guest), after=holder_of(actor))
    lost += await select(session, _Gone, SURPLUS, user_id=actor.user_id, most=MOST_HELD)
    await release_holds(session, [each.hold_id for each in lost if each.hold_id], now)
    tell_account(session, actor)


async def _forget(session: AsyncSession, actor: Actor, service_id: UUID, now: datetime) -> None:
    gone = await select(session, _Gone, FORGET, service_id=service_id, **mine(actor))
    await release_holds(session, [each.hold_id for each in gone if each.hold_id], now)
    if gone:
        tell_account(session, actor)
