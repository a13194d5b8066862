"""Bookings as pages and the API show them; each query holds the right of the one who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, may
from appointly.errors import NotFound
from appointly.models.user import NOBODY
from appointly.queries.find_bookings import naming, naming_or_at, of_status
from appointly.queries.paging import Page, cursor_after, read_cursor
from appointly.queries.pictures import SHOWN

FIRST_INSTANT = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
LAST_INSTANT = datetime.fromisoformat("9999-12-30T00:00:00+00:00")


@dataclass(frozen=True)
class Booking:
    """One appointment with what its page shows. Instants in UTC, `slot_date` local at the provider, minor units.

    `reschedule` is the service's rule of today: `instant` or `manual`.
    """

    id: UUID
    reference: str
    status: str
    slot_id: UUID | None
    service_id: UUID
    service_slug: str
    service_title: str
    service_category: str
    service_picture: str
    location: str
    provider_id: UUID
    provider_slug: str
    provider_name: str
    provider_phone: str
    address: str
    city: str
    time_zone: str
    customer_id: UUID | None
    customer_name: str
    customer_email: str
    customer_phone: str
    notes: str
    answers: dict[str, Any]
    slot_date: date
    start: datetime
    end: datetime
    token: str
    price_amount: int
    currency: str
    deposit_percent: int
    cancellation_policy: str
    hold_expires_at: datetime | None
    answer_by: datetime | None
    checked_in_at: datetime | None
    reschedule: str
    sequence: int
    created_at: datetime
    updated_at: datetime

    @property
    def whose(self) -> Whose:
        """Its people, for `domain.rights`."""
        return Whose(self.customer_id, self.provider_id, self.id)

    @property
    def reachable_at(self) -> str:
        """The customer's address; nothing once they have deleted their account."""
        return "" if self.customer_email.endswith(NOBODY) else self.customer_email

    @property
    def paid_amount(self) -> int:
        """What was paid in advance, in minor units: prices are paid at the appointment."""
        return 0

    @property
    def answered(self) -> list[tuple[str, str]]:
        """Question and answer, in the order they were asked."""
        ordered = sorted(self.answers.values(), key=lambda answer: answer.get("place", 0))
        return [(answer["label"], answer["value"]) for answer in ordered]


@dataclass(frozen=True)
class Move:
    """One line of a booking's history; one that moved to another time keeps its status."""

    from_status: str | None
    to_status: str
    actor_kind: str
    reason: str
    moved_from: datetime | None
    moved_to: datetime | None
    at: datetime


@dataclass(frozen=True)
class DayLoad:
    """What is booked on one local date of a provider."""

    date: date
    bookings: int
    requests: int
    minutes: int


SELECT = f"""
SELECT appointment.id, reference, appointment.status, slot_id,
       appointment.service_id, service.slug AS service_slug, service.title AS service_title,
       service.category AS service_category, {SHOWN} AS service_picture, service.location,
       appointment.provider_id, provider.slug AS provider_slug, provider.business_name AS provider_name,
       provider.phone AS provider_phone, provider.address, provider.city, provider.time_zone,
       appointment.customer_id, customer_name, customer_email, customer_phone, notes, answers,
       slot_date, start_time AS start, end_time AS "end", token, appointment.price_amount, appointment.currency,
       appointment.deposit_percent, appointment.cancellation_policy, hold_expires_at, answer_by,
       checked_in_at, service.reschedule, sequence,
       appointment.created_at, appointment.updated_at
FROM appointment
JOIN service ON service.id = appointment.service_id
JOIN provider ON provider.id = appointment.provider_id
"""  # noqa: S608

# Who did what an event tells of: somebody with a business of their own is a customer at everybody else's.
DONE_BY: LiteralString = """
CASE WHEN event.actor_kind = 'provider' AND event.actor_id <> provider.user_id THEN 'customer' ELSE event.actor_kind END
"""
AS_CUSTOMER = "(appointment.customer_id = %(user_id)s OR appointment.id = ANY(%(managed)s))"
AS_PROVIDER = "(appointment.provider_id = %(own_provider_id)s OR %(all)s)"
EITHER = f"({AS_CUSTOMER} OR {AS_PROVIDER})"
OWN = f"({AS_CUSTOMER} OR appointment.provider_id = %(own_provider_id)s)"
# Reach over every zone's local days, so that an index on start_time serves.
NOT_BEFORE = "start_time >= (%(first)s::timestamp AT TIME ZONE 'UTC') - interval '1 day'"
NOT_AFTER = "start_time <= (%(last)s::timestamp AT TIME ZONE 'UTC') + interval '2 days'"

FORWARDS = (
    "(start_time, appointment.id) > (%(after)s, %(after_id)s) ORDER BY start_time, appointment.id LIMIT %(limit)s"
)
BACKWARDS = (
    "(start_time, appointment.id) < (%(after)s, %(after_id)s)"
    " ORDER BY start_time DESC, appointment.id DESC LIMIT %(limit)s"
)
LIVE = "appointment.status IN ('held', 'pending', 'confirmed')"


def rights(actor: Actor) -> dict[str, object]:
    """What the conditions above ask of whoever reads; `all` is for those who may read everybody's."""
    return {
        "user_id": actor.user_id,
        "own_provider_id": actor.provider_id,
        "managed": list(actor.managed),
        "all": may(actor, "booking.read", Whose()),
    }


async def booking_by_id(session: AsyncSession, actor: Actor, booking_id: UUID) -> Booking:
    """The booking, for its customer, its provider or an admin. Raises `NotFound` to everybody else."""
    return await _one(session, actor, f"{SELECT} WHERE appointment.id = %(id)s AND {EITHER}", id=booking_id)


async def booking_by_reference(session: AsyncSession, actor: Actor, reference: str) -> Booking:
    """The same by what people read out, small letters and spaces forgiven."""
    tidy = "".join(reference.upper().replace("\0", "").split())[:20]
    return await _one(session, actor, f"{SELECT} WHERE reference = %(reference)s AND {EITHER}", reference=tidy)


async def _one(session: AsyncSession, actor: Actor, query: str, **values: object) -> Booking:
    found = await select(session, Booking, query, **values, **rights(actor))
    if not found:
        raise NotFound("We could not find this booking. Please open it from the link in the mail.")
    return found[0]


async def bookings_by_ids(session: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> list[Booking]:
    """The bookings in the order of `ids`. Raises `NotFound` when one of them is unknown or not the actor's business."""
    query = f"{SELECT} WHERE appointment.id = ANY(%(ids)s) AND {EITHER}"
    found = {booking.id: booking for booking in await select(session, Booking, query, ids=list(ids), **rights(actor))}
    if len(found) < len(set(ids)):
        raise NotFound(
            "We could not find this booking." if len(ids) == 1 else "We could not find all of these bookings."
        )
    return [found[booking_id] for booking_id in ids]


@dataclass(frozen=True)
class _Id:
    id: UUID


async def id_of_reference(session: AsyncSession, reference: str) -> UUID | None:
    """The id behind a reference, for whoever holds the key that proves a right to it. Nothing else is told."""
    found = await select(session, _Id, "SELECT id FROM appointment WHERE reference = %(it)s", it=reference)
    return found[0].id if found else None


async def bookings_of_customer(
    session: AsyncSession,
    actor: Actor,
    now: datetime,
    *,
    past: bool = False,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[Booking]:
    """The actor's own bookings: what is to come, the nearest first; or what is past or called off, the latest first."""
    to_come = f"{LIVE} AND end_time > %(now)s"
    which = f"{AS_CUSTOMER} AND {'NOT ' if past else ''}({to_come})"
    return await _page(session, actor, which, past, limit, cursor, now=now)


async def bookings_of(
    session: AsyncSession,
    actor: Actor,
    *,
    limit: int = 20,
    cursor: str | None = None,
    q: str = "",
    status: str | None = None,
    service_id: UUID | None = None,
    slot_id: UUID | None = None,
    first_date: date | None = None,
    last_date: date | None = None,
) -> Page[Booking]:
    """What the actor may read, the latest start first; dates are local, both included.

    That is what is one's own, as customer or as provider, and everybody's for an admin. `q` is of a customer's name,
    mail address or telephone number, of the reference or of the provider's name.
    """
    named, words = naming_or_at(q)
    # Two statements and not one with a value for "all": no single plan would serve both.
    whose = "true" if may(actor, "booking.read", Whose()) else OWN
    asked = {
        "appointment.service_id = %(service_id)s": service_id,
        "slot_id = %(slot_id)s": slot_id,
        f"slot_date >= %(first)s AND {NOT_BEFORE}": first_date,
        f"slot_date <= %(last)s AND {NOT_AFTER}": last_date,
    }
    conditions = [condition for condition, value in asked.items() if value is not None]
    which = " AND ".join([whose, named, of_status(status), *conditions])
    values = {"service_id": service_id, "slot_id": slot_id, **words}
    return await _page(session, actor, which, True, limit, cursor, **values, first=first_date, last=last_date)


async def bookings_of_provider(
    session: AsyncSession,
    actor: Actor,
    provider_id: UUID,
    first: date,
    last: date,
    *,
    status: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Booking]:
    """A provider's bookings from `first` to `last`, local dates, both included, by start; of one status if wanted."""
    which = (
        f"{AS_PROVIDER} AND appointment.provider_id = %(provider_id)s AND slot_date BETWEEN %(first)s AND %(last)s"
        " AND appointment.status = coalesce(%(status)s::text, appointment.status)"
        f" AND {NOT_BEFORE} AND {NOT_AFTER}"
    )
    return await _page(
        session, actor, which, False, limit, cursor, provider_id=provider_id, first=first, last=last, status=status
    )


async def provider_list(
    session: AsyncSession,
    actor: Actor,
    provider_id: UUID,
    now: datetime,
    *,
    past: bool = False,
    status: str | None = None,
    q: str = "",
    limit: int = 20,
) -> list[Booking]:
    """A provider's bookings: what is to come, the nearest first; or what is past or called off, the latest first.

    `q` as in `bookings_of`.
    """
    # No appointment is longer than a day: so the index on start_time serves, whatever was before.
    to_come = f"{LIVE} AND end_time > %(now)s AND start_time > %(now)s - interval '2 days'"
    named, words = naming(q)
    which = (
        f"{AS_PROVIDER} AND appointment.provider_id = %(provider_id)s AND {'NOT ' if past else ''}({to_come})"
        f" AND appointment.status = coalesce(%(status)s::text, appointment.status) AND {named}"
    )
    values = {"provider_id": provider_id, "now": now, "status": status, **words}
    return list((await _page(session, actor, which, past, limit, None, **values)).items)


async def provider_find(
    session: AsyncSession, actor: Actor, provider_id: UUID, now: datetime, q: str, limit: int = 20
) -> list[Booking]:
    """A provider's bookings that `q` names: what is to come, the nearest first, then what was, the latest first."""
    found = await provider_list(session, actor, provider_id, now, q=q, limit=limit)
    if rest := limit - len(found):
        found += await provider_list(session, actor, provider_id, now, past=True, q=q, limit=rest)
    return found


async def provider_day(session: AsyncSession, actor: Actor, provider_id: UUID, day: date) -> list[Booking]:
    """All that keeps or kept time on one local date, by start; what was called off is left out."""
    page = await bookings_of_provider(session, actor, provider_id, day, day, limit=2000)
    return [booking for booking in page.items if booking.status not in ("declined", "cancelled", "expired")]


async def provider_requests(
    session: AsyncSession, actor: Actor, provider_id: UUID, now: datetime, limit: int = 50
) -> list[Booking]:
    """What waits for the provider's answer, the nearest first."""
    which = (
        f"{AS_PROVIDER} AND appointment.provider_id = %(provider_id)s AND appointment.status = 'pending'"
        " AND start_time > %(now)s"
    )
    return list((await _page(session, actor, which, False, limit, None, provider_id=provider_id, now=now)).items)


async def provider_ended(
    session: AsyncSession, actor: Actor, provider_id: UUID, now: datetime, limit: int = 50
) -> list[Booking]:
    """What has ended in the last fortnight and nobody has said yet whether the customer came, the oldest first."""
    which = (
        f"{AS_PROVIDER} AND appointment.provider_id = %(provider_id)s AND appointment.status = 'confirmed'"
        " AND end_time <= %(now)s AND start_time > %(now)s - interval '14 days'"
    )
    return list((await _page(session, actor, which, False, limit, None, provider_id=provider_id, now=now)).items)


async def provider_week(
    session: AsyncSession, actor: Actor, provider_id: UUID, first: date, days: int = 7
) -> list[DayLoad]:
    """How full each of `days` local dates from `first` is, dates without a booking included."""
    query = f"""
        SELECT day::date AS date,
               count(appointment.id) FILTER (WHERE status <> 'pending') AS bookings,
               count(appointment.id) FILTER (WHERE status = 'pending') AS requests,
               coalesce(sum(extract(epoch FROM end_time - start_time) / 60), 0)::int AS minutes
        FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS day
        LEFT JOIN appointment ON slot_date = day::date AND appointment.provider_id = %(provider_id)s AND {AS_PROVIDER}
            AND status NOT IN ('declined', 'cancelled', 'expired')
            AND {NOT_BEFORE} AND {NOT_AFTER}
        GROUP BY day ORDER BY day
    """  # noqa: S608
    last = first + timedelta(days=days - 1)
    return await select(session, DayLoad, query, provider_id=provider_id, first=first, last=last, **rights(actor))


async def booking_history(session: AsyncSession, actor: Actor, booking_id: UUID) -> list[Move]:
    """Every move of a booking the actor may see, the first one first."""
    query = f"""
        SELECT from_status, to_status, {DONE_BY} AS actor_kind, reason, moved_from, moved_to, event.created_at AS at
        FROM appointment_event AS event JOIN appointment ON appointment.id = appointment_id
        JOIN provider ON provider.id = appointment.provider_id
        WHERE appointment_id = %(id)s AND {EITHER}
        ORDER BY event.created_at, event.id
    """  # noqa: S608
    return await select(session, Move, query, id=booking_id, **rights(actor))


async def _page(
    session: AsyncSession, actor: Actor, which: str, backwards: bool, limit: int, cursor: str | None, **values: object
) -> Page[Booking]:
    after, after_id = LAST_INSTANT if backwards else FIRST_INSTANT, UUID(int=0)
    if cursor:
        after, after_id = read_cursor(cursor)
    query = f"{SELECT} WHERE {which} AND {BACKWARDS if backwards else FORWARDS}"
    values |= {"after": after, "after_id": after_id, "limit": limit + 1, **rights(actor)}
    found = await select(session, Booking, query, **values)
    items = found[:limit]
    return Page(items, cursor_after(items[-1].start, items[-1].id) if len(found) > limit else None)
