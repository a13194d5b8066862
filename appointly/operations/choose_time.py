"""Keeps the time that somebody has chosen, from that moment on."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.holds import MOST_HELD, held_until, holder_of
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound, TooManyHolds
from appointly.operations.book_appointment import look, taken
from appointly.operations.hold_slot import drop_holds, hold_slot
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import lock_providers
from appointly.queries.drafts import MINE, OwnHold, mine, own_hold


@dataclass(frozen=True)
class _Wanted:
    service_id: UUID
    provider_id: UUID
    start: datetime
    time_zone: str
    price_amount: int


@dataclass(frozen=True)
class _Other:
    """A hold of the same person: of the same service it gives way, of another it counts."""

    id: UUID
    service_id: UUID
    title: str
    live: bool


WANTED = """
SELECT service_id, slot.provider_id, start_time AS start, time_zone, price_amount
FROM slot JOIN service ON service.id = service_id JOIN provider ON provider.id = slot.provider_id
WHERE slot.id = %(slot_id)s
"""
# One choice of a person at a time, in whatever tabs: else each of many at once would find room.
LOCK_HOLDER = "SELECT pg_advisory_xact_lock(hashtextextended(%(holder)s, 0))"
OTHERS: LiteralString = f"""
SELECT hold.id, booking_draft.service_id, title, expires_at > %(now)s AS live
FROM booking_draft JOIN hold ON hold.id = hold_id JOIN service ON service.id = booking_draft.service_id
WHERE {MINE}
"""  # noqa: S608
RECHOOSE: LiteralString = f"""
UPDATE booking_draft SET slot_id = %(slot_id)s, hold_id = %(hold_id)s, updated_at = %(now)s
WHERE service_id = %(service_id)s AND {MINE}
"""  # noqa: S608
BEGIN = """
INSERT INTO booking_draft (service_id, user_id, browser_hash, slot_id, hold_id, customer_name, customer_email,
    customer_phone, notes, updated_at, created_at)
VALUES (%(service_id)s, %(user_id)s, %(browser)s, %(slot_id)s, %(hold_id)s, '', '', '', '', %(now)s, %(now)s)
ON CONFLICT DO NOTHING
"""


async def choose_time(session: AsyncSession, actor: Actor, slot_id: UUID, now: datetime) -> OwnHold:
    """Keep this time for the account or the browser, ten minutes or thirty; another time of the service is let go.

    Choosing what is kept already changes nothing, its end neither. Raises `NotFound`, `ServiceUnavailable`,
    `SlotInPast`, `TooSoon`, `TooFarAhead`, `SlotTaken` and, for a fourth time, `TooManyHolds`.
    """
    require(actor, "hold.make", Whose())
    holder = holder_of(actor)
    found = await select(session, _Wanted, WANTED, slot_id=slot_id)
    if not found or not holder:
        raise NotFound("This time is no longer offered. Please choose another one.")
    [wanted] = found
    await execute(session, LOCK_HOLDER, holder=holder)
    kept = await own_hold(session, actor, slot_id)
    if kept and kept.until > now:
        return kept
    others = await select(session, _Other, OTHERS, now=now, **mine(actor))
    before = [each.id for each in others if each.service_id == wanted.service_id]
    if before:
        await lock_providers(session, [wanted.provider_id])
        await drop_holds(session, before)
    elsewhere = [each.title for each in others if each.service_id != wanted.service_id and each.live]
    await look(session, slot_id, None, now)
    if len(elsewhere) >= MOST_HELD:
        raise TooManyHolds(details={"held": elsewhere})
    until = held_until(wanted.price_amount, wanted.start, now)
    held = await hold_slot(session, slot_id, "draft", holder, until, now)
    if held is None:
        raise await taken(session, slot_id, wanted.time_zone, now)
    values = {"service_id": wanted.service_id, "slot_id": slot_id, "hold_id": held.id, "now": now, **mine(actor)}
    if not (await execute(session, RECHOOSE, **values) or await execute(session, BEGIN, **values)):
        await execute(session, RECHOOSE, **values)  # the first letter was typed in another tab a moment ago
    if before:
        await offer_freed(session, [wanted.provider_id], now)
    tell_account(session, actor)
    kept = await own_hold(session, actor, slot_id)
    assert kept is not None  # noqa: S101 - it was made in this transaction
    return kept


def tell_account(session: AsyncSession, actor: Actor) -> None:
    """What an account has begun shows on its page."""
    if actor.user_id:
        announce(session, f"customer:{actor.user_id}")
