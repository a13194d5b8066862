"""What an admin sees at a glance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.queries.find_bookings import naming_or_at, of_status

COUNTS = """
SELECT
  (SELECT count(*) FROM "user") AS people,
  (SELECT count(*) FROM provider WHERE suspended_at IS NULL) AS providers,
  (SELECT count(*) FROM service WHERE status = 'active') AS services,
  (SELECT count(*) FROM appointment WHERE created_at >= %(day)s) AS booked_today,
  (SELECT count(*) FROM appointment WHERE start_time >= %(now)s AND status IN ('pending', 'confirmed')) AS upcoming,
  (SELECT count(*) FROM job WHERE done_at IS NULL AND dead_at IS NULL) AS open_jobs,
  (SELECT count(*) FROM job WHERE dead_at IS NOT NULL) AS dead_jobs"""

LATEST_BOOKINGS: LiteralString = """
SELECT appointment.id, reference, appointment.status, start_time, appointment.created_at, customer_name,
  service.title AS service, business_name AS provider, time_zone, appointment.price_amount, appointment.currency
FROM appointment JOIN service ON service.id = service_id JOIN provider ON provider.id = appointment.provider_id
WHERE {which}
ORDER BY appointment.created_at DESC, appointment.id DESC LIMIT %(limit)s OFFSET %(offset)s"""

JOB: LiteralString = """
SELECT id, kind, attempts, last_error, due_at, created_at, done_at, dead_at,
  CASE WHEN dead_at IS NOT NULL THEN 'dead' WHEN done_at IS NOT NULL THEN 'done' WHEN lease_until > %(now)s
  THEN 'running'
  ELSE 'waiting' END AS state
FROM job"""
DEAD_JOBS: LiteralString = f"{JOB} WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT %(limit)s"
# Each half by an index: ids rise with the time they are made at.
JOBS: LiteralString = f"""
({DEAD_JOBS}) UNION ALL ({JOB} WHERE dead_at IS NULL ORDER BY id DESC LIMIT %(limit)s)
ORDER BY dead_at DESC NULLS LAST, id DESC LIMIT %(limit)s"""


@dataclass(frozen=True)
class Counts:
    """The size of the house and of the work that waits."""

    people: int
    providers: int
    services: int
    booked_today: int
    upcoming: int
    open_jobs: int
    dead_jobs: int


@dataclass(frozen=True)
class LatestBooking:
    """One row of the admin's list of bookings."""

    id: UUID
    reference: str
    status: str
    start_time: datetime
    created_at: datetime
    customer_name: str
    service: str
    provider: str
    time_zone: str
    price_amount: int
    currency: str


@dataclass(frozen=True)
class JobRow:
    """A job of the outbox; `state` is waiting, running, done or dead."""

    id: UUID
    kind: str
    attempts: int
    last_error: str
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    dead_at: datetime | None
    state: str


async def counts(session: AsyncSession, actor: Actor, now: datetime) -> Counts:
    """The admin's figures; `booked_today` looks back 24 hours."""
    require(actor, "overview.read", Whose())
    [row] = await select(session, Counts, COUNTS, now=now, day=now - timedelta(days=1))
    return row


async def latest_bookings(
    session: AsyncSession, actor: Actor, *, words: str = "", status: str = "", limit: int = 25, offset: int = 0
) -> list[LatestBooking]:
    """Bookings of all providers, the newest first, narrowed by status and by the words someone typed."""
    require(actor, "booking.read", Whose())
    named, asked = naming_or_at(words)
    query = LATEST_BOOKINGS.replace("{which}", f"{of_status(status)} AND {named}")
    return await select(session, LatestBooking, query, limit=limit, offset=offset, **asked)


async def jobs(
    session: AsyncSession, actor: Actor, now: datetime, *, only_dead: bool = False, limit: int = 50
) -> list[JobRow]:
    """Jobs of the outbox: given up first, then the newest."""
    require(actor, "job.read", Whose())
    return await select(session, JobRow, DEAD_JOBS if only_dead else JOBS, now=now, limit=limit)
