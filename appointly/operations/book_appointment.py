"""Books a slot: the one way an appointment comes to be."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.errors import ExclusionViolation
from psycopg.types.json import Jsonb
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce, jobs_written
from appointly.database.statement import execute, rollback, select
from appointly.domain.actor import Actor
from appointly.domain.answers import check_answers
from appointly.domain.lifecycle import Status
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound, NotSignedIn, ServiceUnavailable, SlotInPast, SlotTaken, TooFarAhead, TooSoon
from appointly.operations.hold_slot import release_run_out
from appointly.operations.own_provider import lock_providers
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.operations.write_back import WRITE_BACK
from appointly.queries.availability import IN_THE_WAY, nearest_free
from appointly.validation import EmailAddress, Line, Paragraphs, PhoneNumber

ALTERNATIVES = 3
LEAST_TO_REMIND = timedelta(hours=1)
# Neither 0, 1, I, L, O nor U: nothing to confuse when it is read out, and 49 bits nobody guesses.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 10

Answer = Annotated[
    Paragraphs,
    Field(max_length=1000),
    BeforeValidator(lambda given: ("no", "yes")[given] if isinstance(given, bool) else given),
]


class BookingRequest(BaseModel):
    """What a customer says when booking. `answers` are by the question's id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slot_id: UUID
    customer_name: Annotated[Line, Field(min_length=1, max_length=120)]
    customer_email: Annotated[EmailAddress, Field(max_length=254)]
    customer_phone: Annotated[PhoneNumber, Field(max_length=40)] = ""
    notes: Annotated[Paragraphs, Field(max_length=2000)] = ""
    answers: Annotated[dict[Annotated[str, Field(max_length=64)], Answer], Field(max_length=50)] = Field(
        default_factory=dict
    )


@dataclass(frozen=True)
class Booked:
    """The appointment that was made; instants in UTC, `time_zone` the provider's."""

    id: UUID
    reference: str
    status: str
    slot_id: UUID
    service_id: UUID
    provider_id: UUID
    customer_id: UUID | None
    start: datetime
    end: datetime
    time_zone: str
    token: str
    price_amount: int
    currency: str


@dataclass(frozen=True)
class Wanted:
    """The slot as it is before anything is locked."""

    service_id: UUID
    provider_id: UUID
    slot_date: date
    start_time: datetime
    free: bool
    held: bool
    open: bool
    approval: str
    answer_within: timedelta
    min_notice: timedelta
    horizon_days: int
    questions: list[dict[str, Any]]
    time_zone: str
    provider_email: str


LOOK: LiteralString = f"""
SELECT slot.service_id, slot.provider_id, slot.slot_date, slot.start_time,
       slot.booked_count < slot.capacity AND NOT ({IN_THE_WAY}) AS free,
       EXISTS (SELECT FROM hold WHERE hold.id = %(hold_id)s AND hold.slot_id = slot.id) AS held,
       service.status = 'active' AND provider.suspended_at IS NULL AS open,
       service.approval, make_interval(hours => service.answer_within_hours) AS answer_within,
       make_interval(mins => service.min_notice_minutes) AS min_notice, service.horizon_days, service.questions,
       provider.time_zone, "user".email AS provider_email
FROM slot
JOIN service ON service.id = slot.service_id
JOIN provider ON provider.id = slot.provider_id
JOIN "user" ON "user".id = provider.user_id
WHERE slot.id = %(slot_id)s
"""  # noqa: S608

LIVING = 'SELECT FROM "user" WHERE id = %(user_id)s AND disabled_at IS NULL'

# The account is locked: whoever deletes it either finds this booking or has made it fail. A place that was held becomes
# the appointment's; what was blocked since then does not take it away.
BOOK: LiteralString = f"""
WITH customer AS (
    SELECT FROM "user" WHERE id = %(customer_id)s AND disabled_at IS NULL FOR KEY SHARE
), held AS (
    DELETE FROM hold WHERE id = %(hold_id)s AND slot_id = %(slot_id)s RETURNING id
), taken AS (
    UPDATE slot SET booked_count = booked_count + 1 - (SELECT count(*) FROM held)
    WHERE id = %(slot_id)s AND (EXISTS (SELECT FROM held) OR booked_count < capacity AND NOT ({IN_THE_WAY}))
      AND (%(customer_id)s::uuid IS NULL OR EXISTS (SELECT FROM customer))
    RETURNING *
), booked AS (
    INSERT INTO appointment (
        slot_id, service_id, provider_id, customer_id, customer_name, customer_email, customer_phone, notes, answers,
        reference, status, slot_date, start_time, end_time, token,
        price_amount, currency, deposit_percent, cancellation_policy, answer_by, sequence, created_at,
        updated_at
    )
    SELECT taken.id, taken.service_id, taken.provider_id, %(customer_id)s, %(name)s, %(email)s, %(phone)s, %(notes)s,
           %(answers)s, %(reference)s, %(status)s, taken.slot_date, taken.start_time, taken.end_time,
           service.letter || taken.token, service.price_amount, service.currency, service.deposit_percent,
           service.cancellation_policy, %(answer_by)s, 0, %(now)s, %(now)s
    FROM taken JOIN service ON service.id = taken.service_id
    RETURNING *
), moved AS (
    INSERT INTO appointment_event (appointment_id, to_status, actor_kind, actor_id, reason, created_at)
    SELECT id, status, %(actor_kind)s, %(actor_id)s, '', %(now)s FROM booked
), planned AS (
    INSERT INTO message (appointment_id, start_time, kind, channel, recipient, status, created_at)
    SELECT booked.id, start_time, mail.kind, 'email', mail.recipient, 'planned', %(now)s
    FROM booked, (VALUES (%(to_customer)s, %(email)s), (%(to_provider)s, %(provider_email)s)) AS mail (kind, recipient)
    WHERE mail.recipient IS NOT NULL
    RETURNING id
), queued AS (
    INSERT INTO job (kind, payload, dedupe_key, due_at, attempts, last_error, created_at)
    SELECT 'mail', jsonb_build_object('message_id', id), 'mail:' || id, %(now)s, 0, '', %(now)s
    FROM planned
), written_back AS (
    {WRITE_BACK.format(rows="booked", when="changed.status = 'confirmed'")}
)
SELECT id, reference, status, slot_id, service_id, provider_id, customer_id, start_time AS start, end_time AS "end",
       %(time_zone)s AS time_zone, token, price_amount, currency
FROM booked
"""  # noqa: S608


async def book_appointment(
    session: AsyncSession, actor: Actor, request: BookingRequest, now: datetime, hold_id: UUID | None = None
) -> Booked:
    """Book the slot for a guest or for the signed-in customer, remember price and policy, plan the mails.
    A provider who books at their own business books for somebody else, and knows of it without a mail.

    `hold_id` is the customer's own hold of a place, which becomes the appointment's. Confirmed at once, or pending
    where the provider answers each request. Raises `NotFound`, `ServiceUnavailable`, `SlotInPast`, `TooSoon`,
    `TooFarAhead`, `SlotTaken` (its details name the nearest free times), `ValidationFailed` for answers that do not fit
    the service's questions and `NotSignedIn` for an account deleted meanwhile.
    """
    require(actor, "booking.make", Whose())
    wanted = await look(session, request.slot_id, hold_id, now)
    answers = check_answers(wanted.questions, request.answers)
    # Looked before locking, so that a refusal is cheap; the statement after the lock looks again.
    await lock_providers(session, [wanted.provider_id])
    instant = wanted.approval == "instant"
    by_provider = actor.provider_id == wanted.provider_id
    try:
        made = await select(
            session,
            Booked,
            BOOK,
            slot_id=request.slot_id,
            hold_id=hold_id,
            customer_id=None if by_provider else actor.user_id,
            name=request.customer_name,
            email=request.customer_email,
            phone=request.customer_phone,
            notes=request.notes,
            answers=Jsonb(answers),
            reference="".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH)),
            status=Status.CONFIRMED.value if instant else Status.PENDING.value,
            answer_by=None if instant else min(now + wanted.answer_within, wanted.start_time),
            time_zone=wanted.time_zone,
            actor_kind=actor.kind,
            actor_id=actor.user_id,
            to_customer="confirmed" if instant else "requested",
            to_provider="new_booking" if instant else "new_request",
            provider_email=None if by_provider else wanted.provider_email,
            now=now,
        )
    except ExclusionViolation:
        # Only somebody who did not take the lock can cause this; PostgreSQL has given the transaction up already.
        await rollback(session)
        made = []
    if not made:
        await look(session, request.slot_id, None, now)
        if actor.user_id and not await execute(session, LIVING, user_id=actor.user_id):
            raise NotSignedIn
        raise await taken(session, request.slot_id, wanted.time_zone, now)
    [booked] = made
    if not instant:
        await _remind(session, booked, min(wanted.answer_within, wanted.start_time - now), now)
    topics = [f"provider:{booked.provider_id}", f"times:{booked.provider_id}", f"booking:{booked.id}"]
    if booked.customer_id:
        topics.append(f"customer:{booked.customer_id}")
    announce(session, *topics)
    jobs_written(session)
    return booked


async def _remind(session: AsyncSession, booked: Booked, left: timedelta, now: datetime) -> None:
    """Plan a mail that reminds the provider when half of the time for an answer has gone by."""
    if left >= LEAST_TO_REMIND:
        await plan_mails(session, [Mail(booked.id, "answer_reminder", to_provider=True)], now, due_at=now + left / 2)


async def look(session: AsyncSession, slot_id: UUID, hold_id: UUID | None, now: datetime) -> Wanted:
    """The slot, if it can be booked as far as anyone can tell without a lock. Raises the refusal.

    Whoever holds a place of it was promised the time, however close it has come and whatever was blocked since. Holds
    of others that have run out are let go of, under the provider's lock.
    """
    found = await select(session, Wanted, LOOK, slot_id=slot_id, hold_id=hold_id)
    if not found:
        raise NotFound("This time is no longer offered. Please choose another one.")
    [wanted] = found
    if not wanted.open:
        raise ServiceUnavailable
    if wanted.start_time <= now:
        raise SlotInPast
    if wanted.held:
        return wanted
    if wanted.start_time < now + wanted.min_notice:
        raise TooSoon
    today = now.astimezone(ZoneInfo(wanted.time_zone)).date()
    if (wanted.slot_date - today).days >= wanted.horizon_days:
        raise TooFarAhead
    if not wanted.free:
        if await release_run_out(session, slot_id, now):
            return await look(session, slot_id, hold_id, now)
        raise await taken(session, slot_id, wanted.time_zone, now)
    return wanted


async def taken(session: AsyncSession, slot_id: UUID, time_zone: str, now: datetime) -> SlotTaken:
    """The refusal that names the nearest free times."""
    zone = ZoneInfo(time_zone)
    alternatives: list[dict[str, object]] = [
        {
            "id": str(slot.id),
            "date": slot.date.isoformat(),
            "start": slot.start.astimezone(zone).isoformat(),
            "end": slot.end.astimezone(zone).isoformat(),
            "token": slot.token,
            "remaining": slot.remaining,
        }
        for slot in await nearest_free(session, slot_id, ALTERNATIVES, now)
    ]
    return SlotTaken(details={"alternatives": alternatives})
