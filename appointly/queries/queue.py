"""Today's line at a provider, as it stands; what of it may be shown is decided by whoever shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.queue import Place, Turn, estimates, missed, pace_of, turn_of
from appointly.queries.dashboard import Business
from appointly.queries.storefront import SLUG


@dataclass(frozen=True)
class Entry:
    """One token of the day: an appointment (or the group that shares it), or a walk-in.

    `id` is the first appointment's, or the walk-in's ticket's. `ids` are all its appointments, `expected` those not yet
    served; `here` counts those who have checked in, `mine` says whether one of them is the reader's. `ready` is the
    start, or when a walk-in came. `ticket` is the status of its ticket, None before its turn.
    """

    id: UUID
    token: str
    booked: bool
    ids: list[UUID]
    expected: list[UUID]
    names: list[str]
    service: str
    here: int
    mine: bool
    ready: datetime
    ends: datetime | None
    planned: timedelta
    ticket: str | None
    called_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class InLine:
    """An entry, where it stands, and when its turn is likely to begin (None unless it waits)."""

    entry: Entry
    turn: Turn
    begins: datetime | None = None


@dataclass(frozen=True)
class Announced:
    """What the provider said about the day."""

    delay_minutes: int
    note: str
    updated_at: datetime


@dataclass(frozen=True)
class Line:
    """A provider's line of one local date, in order."""

    shop: Business
    date: date
    said: Announced | None
    places: Sequence[InLine]

    @property
    def delay(self) -> int:
        """Minutes that the day runs late."""
        return self.said.delay_minutes if self.said else 0

    @property
    def serving(self) -> InLine | None:
        """Whose turn it is now."""
        return next(iter(self.of(Turn.SERVING)), None)

    def of(self, *turns: Turn) -> list[InLine]:
        """Those who stand like this, in order."""
        return [place for place in self.places if place.turn in turns]

    @property
    def last_done(self) -> InLine | None:
        """Who was finished last by hand: the one that can be put back."""
        done = [place for place in self.of(Turn.DONE) if place.entry.ticket == "done" and place.entry.finished_at]
        return max(done, key=lambda place: place.entry.finished_at or place.entry.ready, default=None)


ENTRIES = """
WITH booked AS (
    SELECT array_agg(appointment.id ORDER BY appointment.created_at, appointment.id) AS ids,
           coalesce(array_agg(appointment.id) FILTER (WHERE appointment.status = 'confirmed'), '{}') AS expected,
           array_agg(customer_name ORDER BY appointment.created_at, appointment.id) AS names,
           min(title) AS service, count(checked_in_at) AS here, token,
           coalesce(bool_or(customer_id = %(user_id)s OR appointment.id = ANY(%(managed)s)), false) AS mine,
           min(start_time) AS ready, max(end_time) AS ends, max(end_time - start_time) AS planned
    FROM appointment JOIN service ON service.id = service_id
    WHERE appointment.provider_id = %(provider_id)s AND slot_date = %(day)s
      AND appointment.status IN ('confirmed', 'completed', 'no_show')
      -- Reaches over every zone's local day, so that the index on start_time serves.
      AND start_time BETWEEN (%(day)s::timestamp AT TIME ZONE 'UTC') - interval '1 day'
          AND (%(day)s::timestamp AT TIME ZONE 'UTC') + interval '2 days'
    GROUP BY token
)
SELECT ids[1] AS id, booked.token, true AS booked, ids, expected, names, service, here, mine, ready, ends, planned,
       ticket.status AS ticket, called_at, finished_at
FROM booked LEFT JOIN queue_ticket AS ticket ON provider_id = %(provider_id)s AND queue_date = %(day)s
    AND ticket.token = booked.token AND appointment_id = ANY(ids)
UNION ALL
SELECT ticket.id, token, false, '{}', '{}', ARRAY[customer_name], coalesce(title, ''), 1, false, ticket.created_at,
       NULL,
       -- Who does not say what for takes as long as the others of the day.
       make_interval(mins => coalesce(
           duration_minutes,
           (SELECT avg(extract(epoch FROM planned) / 60)::int FROM booked),
           (SELECT avg(duration_minutes)::int FROM service
            WHERE service.provider_id = %(provider_id)s AND status = 'active'),
           30)),
       ticket.status, called_at, finished_at
FROM queue_ticket AS ticket LEFT JOIN service ON service.id = service_id
WHERE ticket.provider_id = %(provider_id)s AND queue_date = %(day)s AND appointment_id IS NULL
ORDER BY ready, booked DESC, token
"""
STILL_RUNS = """
SELECT FROM appointment WHERE provider_id = %(provider_id)s AND slot_date = %(day)s AND status = 'confirmed'
    AND end_time > %(now)s AND start_time BETWEEN %(now)s - interval '2 days' AND %(now)s + interval '1 day'
LIMIT 1
"""
DAY = """
SELECT delay_minutes, note, updated_at FROM queue_day WHERE provider_id = %(provider_id)s AND queue_date = %(day)s
"""
SHOP = """
SELECT id, slug, business_name, time_zone, currency FROM provider WHERE slug = %(slug)s AND suspended_at IS NULL
"""


async def shop_by_slug(session: AsyncSession, slug: str) -> Business | None:
    """The provider with this slug; None for one that is suspended or never was."""
    found = await select(session, Business, SHOP, slug=slug) if SLUG.fullmatch(slug) else []
    return found[0] if found else None


async def day_of_line(session: AsyncSession, shop: Business, now: datetime) -> date:
    """The local date; for hours that reach beyond midnight the date before, until its last appointment is over."""
    today = now.astimezone(ZoneInfo(shop.time_zone)).date()
    before = today - timedelta(days=1)
    return before if await execute(session, STILL_RUNS, provider_id=shop.id, day=before, now=now) else today


async def delay_of(session: AsyncSession, shop: Business, now: datetime) -> int:
    """Minutes that the day at `now` runs late."""
    day = await day_of_line(session, shop, now)
    said = await select(session, Announced, DAY, provider_id=shop.id, day=day)
    return said[0].delay_minutes if said else 0


async def line_of(session: AsyncSession, shop: Business, actor: Actor, now: datetime) -> Line:
    """The provider's line of the day at `now`; `mine` marks the tokens of the actor."""
    day = await day_of_line(session, shop, now)
    values = {"provider_id": shop.id, "day": day, "user_id": actor.user_id, "managed": list(actor.managed)}
    entries = await select(session, Entry, ENTRIES, **values)
    said = await select(session, Announced, DAY, **values)
    return arranged(Line(shop, day, said[0] if said else None, ()), entries, now)


def arranged(line: Line, entries: Sequence[Entry], now: datetime) -> Line:
    """`line` with these entries, which are sorted by `ready`: each in its state, with its estimate and in its turn."""
    delay = timedelta(minutes=line.delay)
    over = missed([entry.ends for entry in entries], [entry.called_at is not None for entry in entries], now, delay)
    turns = [
        turn_of(
            live=bool(entry.expected) or not entry.booked,
            ticket=entry.ticket,
            booked=entry.booked,
            here=entry.here > 0,
            missed=late,
        )
        for entry, late in zip(entries, over, strict=True)
    ]
    places = [
        Place(entry.ready, entry.planned, turn, entry.called_at, entry.finished_at, entry.booked)
        for entry, turn in zip(entries, turns, strict=True)
    ]
    begins = estimates(places, now, delay, pace_of(places))
    stand = [InLine(entry, turn, begin) for entry, turn, begin in zip(entries, turns, begins, strict=True)]
    return replace(line, places=sorted(stand, key=lambda place: place.begins or place.entry.ready))


@dataclass(frozen=True)
class Offered:
    """A service that a walk-in can come for."""

    id: UUID
    title: str


async def offered(session: AsyncSession, provider_id: UUID) -> list[Offered]:
    """What the provider does for walk-ins: its active services, by letter."""
    query = """
        SELECT id, title FROM service WHERE provider_id = %(provider_id)s AND status = 'active'
        ORDER BY length(letter), letter
    """
    return await select(session, Offered, query, provider_id=provider_id)
