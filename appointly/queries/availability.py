"""The times that can be booked."""

# ruff: noqa: S608 - the statements are put together from constants of this file

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class FreeSlot:
    """One time that can be booked; `date` is the provider's local date, the instants are UTC."""

    id: UUID
    date: date
    start: datetime
    end: datetime
    token: str
    remaining: int


@dataclass(frozen=True)
class FreeDay:
    """A local date with how many times are free on it."""

    date: date
    free: int


@dataclass(frozen=True)
class Answer:
    """An HTTP body that the database has written."""

    body: str


@dataclass(frozen=True)
class Wanted:
    """The time somebody asked for."""

    service_id: UUID
    date: date
    start: datetime


# Whether one row of `slot` JOIN `service` JOIN `provider` is free, for lists across many services.
IS_FREE: LiteralString = """
NOT slot.booked AND slot.start_time > %(now)s
AND slot.start_time >= %(now)s + make_interval(mins => min_notice_minutes)
AND slot.slot_date < (%(now)s AT TIME ZONE time_zone)::date + horizon_days
AND (slot.booked_count > 0 OR NOT EXISTS (
    SELECT FROM slot AS other WHERE other.provider_id = slot.provider_id AND other.booked_count > 0
      AND other.occupies && slot.occupies))
AND NOT EXISTS (
    SELECT FROM unavailable WHERE unavailable.provider_id = slot.provider_id AND span && slot.occupies)
"""
# What hides a row of `slot` from the list of free times, apart from being full.
IN_THE_WAY: LiteralString = """
EXISTS (
    SELECT FROM slot AS other WHERE other.provider_id = slot.provider_id AND other.booked_count > 0
      AND other.occupies && slot.occupies AND other.id <> slot.id
) OR EXISTS (
    SELECT FROM unavailable WHERE unavailable.provider_id = slot.provider_id AND span && slot.occupies
)
"""
# The service as it may be booked, with all the time its provider has no more: booked by anybody, or blocked.
BUSY: LiteralString = """
offer AS MATERIALIZED (
    SELECT service.id, service.provider_id, letter, provider.time_zone,
           greatest(%(now)s, %(now)s + make_interval(mins => min_notice_minutes) - interval '1 microsecond') AS after,
           greatest(%(first)s::date, today - 1) AS first_date,
           least(%(first)s::date + %(days)s::int, today + horizon_days) AS end_date,
           status = 'active' AND suspended_at IS NULL AS open
    FROM service JOIN provider ON provider.id = service.provider_id,
         LATERAL (SELECT (%(now)s AT TIME ZONE provider.time_zone)::date AS today) AS calendar
    WHERE service.id = %(service_id)s
), busy AS MATERIALIZED (
    SELECT (SELECT range_agg(occupies) FROM slot
            WHERE slot.provider_id = offer.provider_id AND booked_count > 0 AND occupies && around) AS booked,
           (SELECT range_agg(span) FROM unavailable
            WHERE unavailable.provider_id = offer.provider_id AND span && around) AS blocked
    FROM offer, LATERAL (SELECT tstzrange((first_date - 2)::timestamp AT TIME ZONE 'UTC',
                                          (greatest(end_date, first_date) + 4)::timestamp AT TIME ZONE 'UTC') AS around
    ) AS reach
)
"""
# Booked slots of one provider never overlap, so only a slot nobody has booked yet can meet another's booking.
FREE: LiteralString = """
free AS MATERIALIZED (
    SELECT slot.id, slot_date, start_time, end_time, letter || token AS token, capacity - booked_count AS remaining,
           time_zone
    FROM offer, busy, slot
    WHERE slot.service_id = offer.id AND open AND slot_date >= first_date AND slot_date < end_date
      AND start_time > after AND NOT slot.booked
      AND (booked_count > 0 OR (occupies && busy.booked) IS NOT TRUE) AND (occupies && busy.blocked) IS NOT TRUE
)
"""
FREE_SLOTS: LiteralString = f"""
WITH {BUSY}, {FREE}
SELECT id, slot_date AS date, start_time AS start, end_time AS "end", token, remaining FROM free ORDER BY start_time
"""
FREE_DAYS: LiteralString = (
    f"WITH {BUSY}, {FREE} SELECT slot_date AS date, count(*) AS free FROM free GROUP BY 1 ORDER BY 1"
)

# For whoever has a place kept: all of it as if their hold were not there, with its time among the free ones.
OWN: tuple[tuple[LiteralString, LiteralString], ...] = (
    ("booked_count > 0 AND occupies", "booked_count > 0 AND booked_count > (slot.id = %(own)s)::int AND occupies"),
    ("NOT slot.booked", "(NOT slot.booked OR slot.id = %(own)s)"),
    ("capacity - booked_count AS", "capacity - booked_count + (slot.id = %(own)s)::int AS"),
)


def _but_own(query: LiteralString) -> LiteralString:
    for words, instead in OWN:
        query = query.replace(words, instead)
    return query


OWN_FREE_SLOTS, OWN_FREE_DAYS = _but_own(FREE_SLOTS), _but_own(FREE_DAYS)

OFFSET_TEXT: LiteralString = """
CASE WHEN {offset} < interval '0' THEN '-' || to_char(-{offset}, 'HH24:MI') ELSE '+' || to_char({offset}, 'HH24:MI') END
"""
INSTANT_TEXT: LiteralString = (
    """to_char({name}_local, 'YYYY-MM-DD"T"HH24:MI:SS')"""
    f" || CASE {{name}}_offset WHEN usual THEN usual_text ELSE {OFFSET_TEXT.format(offset='{name}_offset')} END"
)
# An offset is written out once for all the times that have it; those of the other season write their own.
AVAILABILITY: LiteralString = f"""
WITH {BUSY}, {FREE}, usual AS MATERIALIZED (
    SELECT usual, {OFFSET_TEXT.format(offset="usual")} AS usual_text
    FROM offer, LATERAL (SELECT after AT TIME ZONE time_zone - after AT TIME ZONE 'UTC' AS usual) AS present
), shown AS MATERIALIZED (
    SELECT id, slot_date, token, remaining, start_time, start_local, end_local,
           start_local - start_time AT TIME ZONE 'UTC' AS start_offset,
           end_local - end_time AT TIME ZONE 'UTC' AS end_offset
    FROM free, LATERAL (SELECT start_time AT TIME ZONE time_zone AS start_local,
                               end_time AT TIME ZONE time_zone AS end_local OFFSET 0) AS clock
)
SELECT '{{"service_id":"' || offer.id || '","timezone":"' || time_zone || '","slots":[' || coalesce((
    SELECT string_agg('{{"id":"' || id || '","date":"' || slot_date
        || '","start":"' || {INSTANT_TEXT.format(name="start")}
        || '","end":"' || {INSTANT_TEXT.format(name="end")}
        || '","token":"' || token || '","remaining":' || remaining || '}}', ',' ORDER BY start_time)
    FROM shown, usual
), '') || ']}}' AS body
FROM offer
"""
WANTED: LiteralString = "SELECT service_id, slot_date AS date, start_time AS start FROM slot WHERE id = %(slot_id)s"
NEAREST: LiteralString = f"""
WITH {BUSY}, {FREE}
SELECT id, slot_date AS date, start_time AS start, end_time AS "end", token, remaining
FROM free ORDER BY abs(extract(epoch FROM start_time - %(start)s)), start_time LIMIT %(count)s
"""
NEAR_DAYS = 31


async def free_slots(
    session: AsyncSession, service_id: UUID, first_date: date, days: int, now: datetime, own: UUID | None = None
) -> list[FreeSlot]:
    """The bookable times of a service on `days` local dates from `first_date` on, by start.

    Full, past, too near and too far ones are left out, and those that meet a booking of the provider or blocked time.
    An unknown, paused or suspended service has none. `own`: the slot of which a place is kept for whoever asks.
    """
    values = {"service_id": service_id, "first": first_date, "days": days, "now": now, "own": own}
    return await select(session, FreeSlot, OWN_FREE_SLOTS if own else FREE_SLOTS, **values)


async def available_days(
    session: AsyncSession, service_id: UUID, first_date: date, days: int, now: datetime, own: UUID | None = None
) -> list[FreeDay]:
    """The local dates among `days` from `first_date` on that have free times, with their number; `own` as there."""
    values = {"service_id": service_id, "first": first_date, "days": days, "now": now, "own": own}
    return await select(session, FreeDay, OWN_FREE_DAYS if own else FREE_DAYS, **values)


async def availability_json(
    session: AsyncSession, service_id: UUID, first_date: date, days: int, now: datetime
) -> bytes | None:
    """`free_slots` as the JSON of the availability call, built by the database; None for an unknown service."""
    found = await select(session, Answer, AVAILABILITY, service_id=service_id, first=first_date, days=days, now=now)
    return found[0].body.encode() if found else None


async def nearest_free(session: AsyncSession, slot_id: UUID, count: int, now: datetime) -> list[FreeSlot]:
    """The free times of the same service nearest to this slot's, at most a month before or after it."""
    for wanted in await select(session, Wanted, WANTED, slot_id=slot_id):
        return await nearest_to(session, wanted.service_id, wanted.date, wanted.start, count, now)
    return []


async def nearest_to(
    session: AsyncSession, service_id: UUID, day: date, start: datetime, count: int, now: datetime
) -> list[FreeSlot]:
    """The free times of a service nearest to an instant on the local date `day`, at most a month before or after it."""
    return await select(
        session,
        FreeSlot,
        NEAREST,
        service_id=service_id,
        first=day - timedelta(days=NEAR_DAYS),
        days=2 * NEAR_DAYS + 1,
        start=start,
        count=count,
        now=now,
    )
