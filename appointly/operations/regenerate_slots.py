"""Brings slots in line with hours, overrides and services, by difference, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select

# The statement reads from top to bottom: dates, their hours as instants, runs of touching hours, starts, differences.
# appointly/domain/slot_times.py says the same in Python.
STATEMENT: LiteralString = """
WITH offer AS MATERIALIZED (
    SELECT service.id AS service_id, service.provider_id, provider.time_zone, status = 'active' AS active,
           (%(now)s AT TIME ZONE provider.time_zone)::date AS today, horizon_days, capacity, spread,
           max_appointments_per_day AS cap, make_interval(mins => duration_minutes) AS duration,
           make_interval(mins => buffer_before_minutes) AS before, make_interval(mins => buffer_after_minutes) AS after,
           coalesce(slot_interval_minutes, duration_minutes + buffer_before_minutes + buffer_after_minutes) AS step
    FROM service JOIN provider ON provider.id = service.provider_id
    WHERE {scope}
), calendar AS (
    -- Eight days back, to see where a run of hours began; two more ahead, to see where the last one ends.
    SELECT provider_id, time_zone, today + ahead AS local_date
    FROM (SELECT provider_id, time_zone, today, max(horizon_days) AS horizon FROM offer GROUP BY 1, 2, 3) AS provider,
         generate_series(-8, horizon + 1) AS ahead
), hours AS (
    SELECT provider_id, time_zone, local_date, opens_minute, closes_minute
    FROM calendar JOIN working_hours USING (provider_id)
    WHERE weekday = extract(isodow FROM local_date) AND NOT EXISTS (
        SELECT FROM date_override AS other
        WHERE other.provider_id = calendar.provider_id AND other.local_date = calendar.local_date
    )
    UNION ALL
    SELECT provider_id, time_zone, local_date, opens_minute, closes_minute
    FROM calendar JOIN date_override USING (provider_id, local_date)
    WHERE opens_minute IS NOT NULL
), wall AS (
    SELECT DISTINCT time_zone, local_date, minute, local_date + make_interval(mins => minute) AS shown
    FROM hours, LATERAL (VALUES (opens_minute), (closes_minute)) AS edge (minute)
), moment AS MATERIALIZED (
    -- The first instant at which the clock shows this time or, where it skips it, a later one.
    SELECT wall.time_zone, local_date, minute, CASE
        WHEN early AT TIME ZONE wall.time_zone = shown THEN early
        WHEN late AT TIME ZONE wall.time_zone = shown THEN late
        ELSE (SELECT min(t) FROM generate_series(late - interval '25 hours', late, interval '1 minute') AS t
              WHERE t AT TIME ZONE wall.time_zone > shown)
    END AS instant
    FROM wall,
         LATERAL (SELECT shown AT TIME ZONE wall.time_zone AS late) AS reading,
         LATERAL (SELECT late - interval '1 day' AS eve) AS eve,
         LATERAL (SELECT eve AT TIME ZONE wall.time_zone - eve AT TIME ZONE 'UTC' AS eve_offset) AS of_eve,
         LATERAL (SELECT (shown - eve_offset) AT TIME ZONE 'UTC' AS early) AS first_reading
), span AS (
    SELECT hours.provider_id, hours.local_date, opening.instant AS opens, closing.instant AS closes,
           opening.instant > max(closing.instant) OVER earlier AS apart
    FROM hours
    JOIN moment AS opening ON (opening.time_zone, opening.local_date, opening.minute)
                            = (hours.time_zone, hours.local_date, opens_minute)
    JOIN moment AS closing ON (closing.time_zone, closing.local_date, closing.minute)
                            = (hours.time_zone, hours.local_date, closes_minute)
    WHERE closing.instant > opening.instant
    WINDOW earlier AS (PARTITION BY hours.provider_id ORDER BY opening.instant, closing.instant
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), joined AS (
    SELECT *, count(*) FILTER (WHERE apart) OVER (PARTITION BY provider_id ORDER BY opens, closes) AS run FROM span
), piece AS (
    -- A date's part of a run of touching hours. The grid starts where the run opens; in a run that has already lasted
    -- a week (round the clock), where the date's own hours open.
    SELECT provider_id, local_date, begins, least(lead(begins) OVER following, run_ends) AS until, run_ends,
           CASE WHEN local_date - run_date < 7 THEN run_begins ELSE begins END AS anchor
    FROM (
        SELECT provider_id, run, local_date, min(opens) AS begins,
               min(min(opens)) OVER whole AS run_begins, max(max(closes)) OVER whole AS run_ends,
               min(local_date) OVER whole AS run_date
        FROM joined GROUP BY provider_id, run, local_date WINDOW whole AS (PARTITION BY provider_id, run)
    ) AS part
    WINDOW following AS (PARTITION BY provider_id, run ORDER BY local_date)
), grid AS (
    SELECT offer.*, local_date, anchor, first, last,
           sum(last - first + 1) OVER (PARTITION BY service_id, local_date) AS size,
           sum(last - first + 1) OVER (PARTITION BY service_id, local_date ORDER BY begins) - last - 1 AS shift
    FROM offer JOIN piece USING (provider_id),
         LATERAL (SELECT ceil(extract(epoch FROM begins - anchor) / (60 * step))::int AS first,
                         floor(extract(epoch FROM least(until - interval '1 second', run_ends - duration) - anchor)
                               / (60 * step))::int AS last) AS range
    WHERE local_date BETWEEN today - 1 AND today + horizon_days - 1 AND last >= first
), start AS (
    SELECT grid.*, anchor + make_interval(mins => number * step) AS start_time
    FROM grid, generate_series(first, last) AS number
    WHERE cap IS NULL OR size <= cap OR CASE spread
        WHEN 'even' THEN mod(size - mod((number + shift) * cap, size), size) < cap
        ELSE number + shift < cap
    END
), wanted AS MATERIALIZED (
    SELECT slot.id, start.service_id, start.provider_id, local_date, start.start_time, active,
           start.start_time + duration AS end_time, start.capacity,
           tstzrange(start.start_time - before, start.start_time + duration + after) AS occupies,
           slot.booked_count > 0 IS TRUE AS booked,
           row_number() OVER (PARTITION BY start.service_id, local_date, slot.booked_count > 0 IS TRUE
                              ORDER BY start.start_time) AS place
    FROM start LEFT JOIN slot ON slot.service_id = start.service_id AND slot.start_time = start.start_time
    WHERE start.start_time > %(now)s AND (active OR slot.id IS NOT NULL)
), kept AS MATERIALIZED (
    -- For each number that stays in use, how many free ones lie below it.
    SELECT service_id, slot_date AS local_date, array_agg(below) AS below
    FROM (
        SELECT service_id, slot_date, token - row_number() OVER (PARTITION BY service_id, slot_date ORDER BY token)
                   AS below
        FROM slot JOIN offer USING (service_id)
        WHERE (booked_count > 0 OR start_time <= %(now)s) AND slot_date >= today - 1
    ) AS number
    GROUP BY 1, 2
), numbered AS (
    SELECT wanted.*, place + (SELECT count(*) FROM unnest(below) AS b WHERE b < place) AS token
    FROM wanted LEFT JOIN kept USING (service_id, local_date)
    WHERE NOT booked
), removed AS (
    DELETE FROM slot USING offer
    WHERE slot.service_id = offer.service_id AND start_time > %(now)s AND booked_count = 0
      -- Hashed whatever the planner expects: an anti-join is a nested loop where a new table has no statistics yet.
      AND slot.id NOT IN (SELECT wanted.id FROM wanted WHERE wanted.id IS NOT NULL)
    RETURNING 1
), changed AS (
    UPDATE slot
    SET slot_date = local_date, token = numbered.token, end_time = numbered.end_time, occupies = numbered.occupies,
        capacity = numbered.capacity
    FROM numbered
    WHERE slot.id = numbered.id AND slot.booked_count = 0
      AND (slot.slot_date, slot.token, slot.end_time, slot.occupies, slot.capacity) IS DISTINCT FROM
          (local_date, numbered.token, numbered.end_time, numbered.occupies, numbered.capacity)
    RETURNING 1
), resized AS (
    -- A booked time keeps all but its places: a class of eight that becomes one of ten has ten on every day to come.
    -- One that is wanted no more is marked, so that it is not on sale again when it is freed.
    UPDATE slot SET capacity = greatest(offer.capacity, booked_count),
        withdrawn = slot.id NOT IN (SELECT wanted.id FROM wanted WHERE wanted.booked)
    FROM offer
    WHERE slot.service_id = offer.service_id AND start_time > %(now)s AND booked_count > 0
      AND (slot.capacity, slot.withdrawn) IS DISTINCT FROM
          (greatest(offer.capacity, booked_count), slot.id NOT IN (SELECT wanted.id FROM wanted WHERE wanted.booked))
    RETURNING 1
), added AS (
    INSERT INTO slot (service_id, provider_id, slot_date, token, start_time, end_time, occupies, capacity, booked_count)
    SELECT service_id, provider_id, local_date, token, start_time, end_time, occupies, capacity, 0
    FROM numbered WHERE id IS NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM added) AS added, (SELECT count(*) FROM removed) AS removed,
       (SELECT count(*) FROM changed) + (SELECT count(*) FROM resized) AS changed
"""
LOCK: LiteralString = """
SELECT FROM provider WHERE id IN (SELECT service.provider_id FROM service WHERE {scope})
ORDER BY id FOR NO KEY UPDATE
"""
ONE_SERVICE: LiteralString = "service.id = %(service_id)s"
ONE_PROVIDER: LiteralString = "service.provider_id = %(provider_id)s"
ALL: LiteralString = "true"


@dataclass(frozen=True)
class Regenerated:
    """How many slots a regeneration added, removed and changed."""

    added: int
    removed: int
    changed: int


async def regenerate_slots(
    session: AsyncSession, *, now: datetime, provider_id: UUID | None = None, service_id: UUID | None = None
) -> Regenerated:
    """Make the future unbooked slots of one service, one provider or everybody what the hours say, as of `now`.

    Slots that stay keep their id. Booked ones get the service's capacity, though never less than is booked; else they
    and those that have begun are never touched. Services that are not active get no new ones. The providers are locked
    first, as in a booking, so nobody books what is being removed.
    """
    scope = ONE_SERVICE if service_id else ONE_PROVIDER if provider_id else ALL
    await execute(session, LOCK.format(scope=scope), service_id=service_id, provider_id=provider_id)
    # A second statement, so that it sees what was booked while the first one waited.
    [result] = await select(
        session, Regenerated, STATEMENT.format(scope=scope), now=now, service_id=service_id, provider_id=provider_id
    )
    return result
