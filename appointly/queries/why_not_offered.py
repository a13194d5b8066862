"""Which rule hides a time of a service: the same rows and rules as the lists of free times, one by one."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.place_in_day import LONGEST_DAYS, Place, place_in_day
from appointly.domain.rights import Whose, require
from appointly.domain.slot_times import DAY, MINUTE, ROUND_THE_CLOCK_DAYS, SlotRules, first_moment, hours_on
from appointly.errors import NotFound, ValidationFailed
from appointly.queries.availability import FreeSlot, nearest_to
from appointly.queries.offered import OpenHours, open_hours

NEAREST = 3
FARTHEST = timedelta(days=730)


@dataclass(frozen=True)
class Reason:
    """One thing that hides the time; which of the facts are set hangs on `code`. Instants in UTC.

    `name` is whose booking, which calendar, why it was blocked; `reference` a booking's; `starts` what is offered
    instead; `minutes` and `number` are what the rule says.
    """

    code: str
    start: datetime | None = None
    end: datetime | None = None
    name: str = ""
    title: str = ""
    reference: str = ""
    starts: list[datetime] = field(default_factory=list)
    hours: list[tuple[int, int]] = field(default_factory=list)
    day: date | None = None
    number: int = 0


@dataclass(frozen=True)
class Explained:
    """A time of a service: offered, or hidden by these reasons, the first one first. `start` is None where the clock
    skips what was asked for. `unlisted`: only people with the link find the service."""

    service_id: UUID
    title: str
    slug: str
    time_zone: str
    unlisted: bool
    start: datetime | None
    slot_id: UUID | None
    reasons: list[Reason]
    nearest: list[FreeSlot]

    @property
    def offered(self) -> bool:
        """Whether somebody can book it now."""
        return not self.reasons


@dataclass(frozen=True)
class _Subject:
    """The service with its rules, and its slot at the time in question if there is one."""

    id: UUID
    provider_id: UUID
    title: str
    slug: str
    status: str
    unlisted: bool
    suspended: bool
    time_zone: str
    duration: int
    buffer_before: int
    buffer_after: int
    interval: int | None
    daily_cap: int | None
    spread: str
    horizon_days: int
    capacity: int
    notice: int
    slot_id: UUID | None
    slot_date: date | None
    booked_count: int | None
    places: int | None
    occupied_from: datetime | None
    occupied_until: datetime | None

    def rules(self) -> SlotRules:
        """For `domain.slot_times`."""
        return SlotRules(
            self.duration, self.buffer_before, self.buffer_after, self.interval, self.daily_cap, self.spread
        )


SUBJECT: LiteralString = """
SELECT service.id, service.provider_id, title, service.slug, status, unlisted, suspended_at IS NOT NULL AS suspended,
       time_zone, duration_minutes AS duration, buffer_before_minutes AS buffer_before,
       buffer_after_minutes AS buffer_after, slot_interval_minutes AS interval, max_appointments_per_day AS daily_cap,
       spread, horizon_days, service.capacity, min_notice_minutes AS notice, slot.id AS slot_id, slot_date,
       booked_count, slot.capacity AS places, lower(occupies) AS occupied_from, upper(occupies) AS occupied_until
FROM service JOIN provider ON provider.id = service.provider_id
LEFT JOIN slot ON slot.service_id = service.id AND slot.start_time = %(start)s
WHERE service.id = %(service_id)s
"""
# Who has the places of the slot itself where it is full, and of any slot that overlaps one nobody has booked yet.
TAKEN: LiteralString = """
WITH taken AS (
    SELECT slot.id, title, slot.start_time, slot.end_time FROM slot JOIN service ON service.id = slot.service_id
    WHERE slot.provider_id = %(provider_id)s AND booked_count > 0 AND CASE
        WHEN slot.id = %(slot_id)s THEN booked_count >= slot.capacity
        ELSE NOT %(begun)s AND occupies && tstzrange(%(occupied_from)s, %(occupied_until)s) END
), places AS (
    SELECT taken.id, 'booking' AS code, customer_name AS name, reference, NULL::timestamptz AS until
    FROM taken JOIN appointment ON slot_id = taken.id AND status NOT IN ('declined', 'cancelled', 'expired')
    UNION ALL
    SELECT taken.id, CASE purpose WHEN 'draft' THEN 'held' ELSE purpose END, coalesce(customer_name, ''),
           coalesce(reference, ''), hold.expires_at
    FROM taken JOIN hold ON hold.slot_id = taken.id
    LEFT JOIN reschedule_request ON reschedule_request.hold_id = hold.id
    LEFT JOIN appointment ON appointment.id = reschedule_request.appointment_id
)
SELECT coalesce(code, 'booking') AS code, taken.id = %(slot_id)s IS TRUE AS itself, coalesce(name, '') AS name, title,
       coalesce(reference, '') AS reference, start_time AS start, end_time AS "end", until
FROM taken LEFT JOIN places USING (id) ORDER BY start_time, code, until, reference
"""
UNAVAILABLE: LiteralString = """
SELECT 'blocked' AS code, reason AS name, start_time AS start, end_time AS "end" FROM blocked_time
WHERE provider_id = %(provider_id)s
  AND tstzrange(start_time, end_time) && tstzrange(%(occupied_from)s, %(occupied_until)s)
UNION ALL
SELECT 'calendar', name, start_time, end_time FROM external_busy
JOIN external_calendar ON external_calendar.id = calendar_id
WHERE external_busy.provider_id = %(provider_id)s
  AND tstzrange(start_time, end_time) && tstzrange(%(occupied_from)s, %(occupied_until)s)
ORDER BY start
"""


@dataclass(frozen=True)
class _Taken:
    code: str
    itself: bool
    name: str
    title: str
    reference: str
    start: datetime
    end: datetime
    until: datetime | None


@dataclass(frozen=True)
class _Unavailable:
    code: str
    name: str
    start: datetime
    end: datetime


async def why_not_offered(
    session: AsyncSession, actor: Actor, service_id: UUID, start: datetime, now: datetime
) -> Explained:
    """Why nobody can book the service at `start`, or that somebody can; for its provider and for admins.

    A `start` without an offset is what the provider's clock shows, the first time it does.
    Raises `NotFound`, `Forbidden`, and `ValidationFailed` for a moment years away.
    """
    wall = start if start.tzinfo is None else None
    start = start.replace(tzinfo=start.tzinfo or UTC)
    if abs(start - now) > FARTHEST:
        raise ValidationFailed(fields={"start": "Please choose a time within two years of today."})
    known = await _subject(session, service_id, start)
    require(actor, "slot.explain", Whose(provider_id=known.provider_id))
    zone = ZoneInfo(known.time_zone)
    if wall is not None:
        start = first_moment(wall, zone)
        if start.astimezone(zone).replace(tzinfo=None) != wall:
            nearest = await _nearest(session, known, start, now)
            return _explained(known, None, [Reason("clock_change", start=start)], nearest)
        known = await _subject(session, service_id, start)
    reasons = await _reasons(session, known, start.astimezone(UTC), now)
    return _explained(known, start, reasons, await _nearest(session, known, start, now) if reasons else [])


def _explained(known: _Subject, start: datetime | None, reasons: list[Reason], nearest: list[FreeSlot]) -> Explained:
    return Explained(
        known.id, known.title, known.slug, known.time_zone, known.unlisted, start, known.slot_id, reasons, nearest
    )


async def _subject(session: AsyncSession, service_id: UUID, start: datetime) -> _Subject:
    found = await select(session, _Subject, SUBJECT, service_id=service_id, start=start)
    if not found:
        raise NotFound("We could not find this service.")
    return found[0]


async def _nearest(session: AsyncSession, known: _Subject, start: datetime, now: datetime) -> list[FreeSlot]:
    return await nearest_to(session, known.id, start.astimezone(ZoneInfo(known.time_zone)).date(), start, NEAREST, now)


async def _reasons(session: AsyncSession, known: _Subject, start: datetime, now: datetime) -> list[Reason]:
    """Everything that hides the time, what concerns the whole service first."""
    if start <= now:
        return [Reason("past")]
    reasons = [Reason("suspended")] if known.suspended else []
    if known.status != "active":
        reasons.append(Reason(known.status))
    if start < now + MINUTE * known.notice:
        reasons.append(Reason("too_soon", number=known.notice))
    place, clock = None, None
    if known.slot_id is None:
        day = start.astimezone(ZoneInfo(known.time_zone)).date()
        clock = await open_hours(session, known.provider_id, day - DAY * (ROUND_THE_CLOCK_DAYS + LONGEST_DAYS), now)
        place = place_in_day(known.rules(), clock.zone, clock.week, clock.overrides, start)
    today = now.astimezone(ZoneInfo(known.time_zone)).date()
    on = known.slot_date or (place.date if place else today)
    far = (on - today).days >= known.horizon_days
    if far:
        reasons.append(Reason("beyond_horizon", day=today + DAY * (known.horizon_days - 1), number=known.horizon_days))
    if place and clock:
        reasons += _schedule(known, place, clock, far)
    return reasons + await _occupied(session, known, start)


def _schedule(known: _Subject, place: Place, clock: OpenHours, far: bool) -> list[Reason]:
    """What hours, grid and cap say about a time that is no slot."""
    match place.kind:
        case "outside":
            hours = [
                (each.opens_minute, each.closes_minute) for each in hours_on(place.date, clock.week, clock.overrides)
            ]
            own = place.date in clock.overrides
            code = ("date_hours" if hours else "date_closed") if own else ("hours" if hours else "closed")
            return [Reason(code, day=place.date, hours=hours)]
        case "past_closing":
            return [Reason("past_closing", end=place.closes, starts=place.near[:1], number=known.duration)]
        case "off_grid":
            return [
                Reason("off_grid", starts=place.starts, start=place.near[0] if place.near else None, end=place.near[-1])
            ]
        case "capped":
            code = "spread" if known.spread == "even" else "cap"
            return [Reason(code, starts=place.starts, day=place.date, number=known.daily_cap or 0)]
    return [] if far or known.status != "active" else [Reason("not_made")]


async def _occupied(session: AsyncSession, known: _Subject, start: datetime) -> list[Reason]:
    """Who and what has the time, buffers included."""
    span = {
        "provider_id": known.provider_id,
        "occupied_from": known.occupied_from or start - MINUTE * known.buffer_before,
        "occupied_until": known.occupied_until or start + MINUTE * (known.duration + known.buffer_after),
    }
    taken = await select(session, _Taken, TAKEN, slot_id=known.slot_id, begun=(known.booked_count or 0) > 0, **span)
    reasons = []
    if (known.places or 1) > 1 and any(each.itself for each in taken):
        reasons.append(Reason("full", number=known.places or 0))
    for each in taken:
        if each.itself and reasons and each.code == "booking":
            continue  # the group is named as a whole; who keeps a place for a while is still worth telling
        reasons.append(Reason(each.code, each.start, each.until or each.end, each.name, each.title, each.reference))
    for hidden in await select(session, _Unavailable, UNAVAILABLE, **span):
        reasons.append(Reason(hidden.code, hidden.start, hidden.end, hidden.name))
    return reasons
