"""A provider's own calendars elsewhere: added, renamed, and what a reading of them has brought.

Readings are made by `tasks/calendars.py`: claimed with a lease, carried out without a transaction, noted here. A note
counts only under the lease it was claimed with, so whoever was slow or came back from the dead changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.calendar import LONGEST_ADDRESS, Reading, Span, host_of, merged, web_address
from appointly.encrypted import encrypt
from appointly.errors import NotFound, TooManyCalendars
from appointly.models.base import uuid7
from appointly.operations.account_mail import mail_account
from appointly.operations.jobs import enqueue
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider, lock_providers
from appointly.operations.plan_mails import Mail, plan_mails
from appointly.validation import Line

PURPOSE = "external_calendar"
EVERY = timedelta(minutes=10)  # with what a busy worker adds, at least every quarter of an hour
LONGEST_WAIT = timedelta(hours=6)
LEASE = timedelta(seconds=120)
TELL_AFTER = timedelta(hours=24)
MOST_CALENDARS = 10
MOST_MAILS = 20
LONGEST_SENTENCE = 300
CalendarName = Annotated[Line, StringConstraints(min_length=1, max_length=120)]
WebAddress = Annotated[str, Field(max_length=LONGEST_ADDRESS), AfterValidator(web_address)]


class CalendarToAdd(BaseModel):
    """`address` is the calendar's own; user name and (app) password are CalDAV's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["ics", "caldav"]
    name: CalendarName
    address: WebAddress
    user: Annotated[Line, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=500)] = ""


class AccountToSearch(BaseModel):
    """A CalDAV account whose calendars are wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: WebAddress
    user: Annotated[Line, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class CalendarNewName(BaseModel):
    """Another name for a calendar."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: CalendarName


@dataclass(frozen=True)
class Claimed:
    """A calendar that this process is to read until `lease_until`, which fences its note; `email` is its owner's."""

    id: UUID
    provider_id: UUID
    email: str
    kind: str
    secret: bytes
    sync: dict[str, Any]
    time_zone: str
    horizon_days: int
    lease_until: datetime


@dataclass(frozen=True)
class _Id:
    id: UUID


@dataclass(frozen=True)
class _Count:
    count: int


@dataclass(frozen=True)
class _Failing:
    """A calendar whose reading has just failed again, and whom to tell; `since` is when it last went well."""

    name: str
    email: str
    since: datetime


# Materialised, because as a plain subquery it may be carried out again for each row, and claim more than its limit.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM external_calendar WHERE due_at <= %(now)s AND (lease_until IS NULL OR lease_until <= %(now)s)
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE external_calendar AS calendar SET lease_until = %(until)s
FROM due, provider JOIN "user" ON "user".id = user_id WHERE due.id = calendar.id AND provider.id = provider_id
RETURNING calendar.id, provider_id, email, kind, secret, sync, provider.time_zone, lease_until,
          (SELECT coalesce(max(horizon_days), 30) FROM service
           WHERE service.provider_id = calendar.provider_id AND status = 'active') AS horizon_days
"""
READ = """
UPDATE external_calendar SET lease_until = NULL, due_at = %(due_at)s, last_synced_at = %(now)s, last_error = '',
    failures = 0, sync = %(sync)s
FROM (SELECT id, last_synced_at IS NOT NULL AS before FROM external_calendar WHERE id = %(id)s) AS old
WHERE external_calendar.id = old.id AND lease_until = %(lease_until)s RETURNING old.before
"""
FAILED = """
UPDATE external_calendar AS calendar SET lease_until = NULL, last_error = %(error)s, failures = failures + 1,
    due_at = %(now)s + greatest(%(wait)s, least(%(longest)s, %(every)s * power(2, least(failures, 10))))
FROM provider JOIN "user" ON "user".id = user_id
WHERE calendar.id = %(id)s AND provider.id = provider_id AND lease_until = %(lease_until)s
RETURNING calendar.name, email, coalesce(last_synced_at, calendar.created_at) AS since
"""
GONE = """
DELETE FROM external_busy WHERE calendar_id = %(id)s AND NOT EXISTS (
    SELECT FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS wanted (start_time, end_time)
    WHERE wanted.start_time = external_busy.start_time AND wanted.end_time = external_busy.end_time)
"""
COME = """
INSERT INTO external_busy (calendar_id, provider_id, uid, start_time, end_time)
SELECT %(id)s, %(provider_id)s, '', wanted.*
FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS wanted
ON CONFLICT (calendar_id, uid, start_time) DO NOTHING
RETURNING id
"""
# Of a class whoever booked first stands for all of them.
NEWLY_MET = """
SELECT DISTINCT ON (slot_id) appointment.id FROM appointment JOIN external_busy ON external_busy.id = ANY(%(ids)s)
WHERE appointment.provider_id = external_busy.provider_id AND status IN ('pending', 'confirmed')
  AND appointment.end_time > %(now)s
  AND tstzrange(external_busy.start_time, external_busy.end_time)
      && tstzrange(appointment.start_time, appointment.end_time)
ORDER BY slot_id, appointment.id LIMIT %(most)s
"""


async def add_calendar(session: AsyncSession, actor: Actor, wanted: CalendarToAdd, now: datetime) -> UUID:
    """Keep a calendar of the actor's; it is read as soon as this is committed. Raises `TooManyCalendars`."""
    secret = {"address": wanted.address}
    shown = host_of(wanted.address)
    if wanted.kind == "caldav":
        secret |= {"user": wanted.user, "password": wanted.password}
        shown = f"{wanted.user} at {shown}" if wanted.user else shown
    return await keep_calendar(session, actor, wanted.kind, wanted.name, shown, secret, now)


async def keep_calendar(
    session: AsyncSession, actor: Actor, kind: str, name: str, shown: str, secret: dict[str, Any], now: datetime
) -> UUID:
    """A calendar of any kind: `secret` is what reading it takes, `shown` what of that may be seen."""
    provider_id = await lock_own_provider(session, actor, "calendar.edit")
    query = "SELECT count(*) FROM external_calendar WHERE provider_id = %(provider_id)s"
    [have] = await select(session, _Count, query, provider_id=provider_id)
    if have.count >= MOST_CALENDARS:
        raise TooManyCalendars
    calendar_id = uuid7()
    query = """
        INSERT INTO external_calendar (id, provider_id, kind, name, shown, secret, writes_back, due_at, last_error,
                                       failures, created_at)
        VALUES (%(id)s, %(provider_id)s, %(kind)s, %(name)s, %(shown)s, %(secret)s, false, %(now)s, '', 0, %(now)s)
    """
    values = {"kind": kind, "name": name, "shown": shown, "secret": encrypt(PURPOSE, secret), "now": now}
    await execute(session, query, id=calendar_id, provider_id=provider_id, **values)
    await _read_soon(session, provider_id, calendar_id, now)
    return calendar_id


async def read_calendar_now(session: AsyncSession, actor: Actor, calendar_id: UUID, now: datetime) -> None:
    """Have it read as soon as this is committed, however long it has failed. Raises `Forbidden` and `NotFound`.

    Should it fail again, that is not one failure more: whoever looks often does not make the clock look seldom.
    """
    provider_id = await lock_own_provider(session, actor, "calendar.edit")
    query = """
        UPDATE external_calendar SET due_at = least(due_at, %(now)s),
            failures = CASE WHEN due_at > %(now)s THEN greatest(failures - 1, 0) ELSE failures END
        WHERE id = %(id)s AND provider_id = %(provider_id)s AND NOT sync ? 'leaving'
    """
    if not await execute(session, query, id=calendar_id, provider_id=provider_id, now=now):
        raise NotFound("We could not find this calendar.")
    await _read_soon(session, provider_id, calendar_id, now)


async def _read_soon(session: AsyncSession, provider_id: UUID, calendar_id: UUID, now: datetime) -> None:
    await enqueue(session, "read_calendars", {}, f"read_calendars:{calendar_id}:{now.timestamp()}", now)
    announce(session, f"provider:{provider_id}")


async def rename_calendar(session: AsyncSession, actor: Actor, calendar_id: UUID, name: str) -> None:
    """Give it another name. Raises `Forbidden` and `NotFound`."""
    provider_id = await lock_own_provider(session, actor, "calendar.edit")
    query = "UPDATE external_calendar SET name = %(name)s WHERE id = %(id)s AND provider_id = %(provider_id)s"
    if not await execute(session, query, id=calendar_id, provider_id=provider_id, name=name):
        raise NotFound("We could not find this calendar.")
    announce(session, f"provider:{provider_id}")


async def claim_due_calendars(session: AsyncSession, now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` calendars that are due and that nobody reads, for the length of the lease."""
    return await select(session, Claimed, CLAIM, now=now, until=now + LEASE, limit=limit)


async def note_reading(session: AsyncSession, claimed: Claimed, reading: Reading, now: datetime) -> None:
    """A reading went well: keep its busy times, and mail the provider which bookings they newly meet.

    The first reading mails nothing: whoever adds a calendar looks at it, and many copy their bookings into it.
    """
    await lock_providers(session, [claimed.provider_id])
    values = {"id": claimed.id, "lease_until": claimed.lease_until, "sync": Jsonb(dict(reading.sync)), "now": now}
    noted = await select(session, _Before, READ, due_at=now + EVERY, **values)
    if not noted:
        return
    announce(session, f"provider:{claimed.provider_id}")
    if reading.spans is None:
        return
    changed = await keep_busy(session, claimed.id, claimed.provider_id, reading.spans)
    if changed.gone:
        await offer_freed(session, [claimed.provider_id], now)
    if changed.any:
        announce_times(session, claimed.provider_id)
    if noted[0].before and changed.come:
        met = await select(session, _Id, NEWLY_MET, ids=changed.come, now=now, most=MOST_MAILS)
        mails = [Mail(each.id, "calendar_collision", to_provider=True, about=claimed.id) for each in met]
        await plan_mails(session, mails, now)


@dataclass(frozen=True)
class _Before:
    """Whether it had been read before."""

    before: bool


@dataclass(frozen=True)
class Changed:
    """What a reading did to the busy times: the ids of those that came, and how many went."""

    come: list[UUID]
    gone: int

    @property
    def any(self) -> bool:
        """Whether anything is different."""
        return bool(self.come or self.gone)


async def keep_busy(session: AsyncSession, calendar_id: UUID, provider_id: UUID, spans: Sequence[Span]) -> Changed:
    """Make these the calendar's busy times, by difference: what stays keeps its id. The provider is locked by you.

    First what goes and then what comes, as the listings follow each statement: the other way round they would take time
    for free that has just become busy again.
    """
    found = merged(spans)
    times = {"starts": [span.start for span in found], "ends": [span.end for span in found]}
    gone = await execute(session, GONE, id=calendar_id, **times)
    come = await select(session, _Id, COME, id=calendar_id, provider_id=provider_id, **times)
    return Changed([each.id for each in come], gone)


async def note_failure(
    session: AsyncSession, claimed: Claimed, sentence: str, now: datetime, wait: timedelta = timedelta(0)
) -> None:
    """A reading went wrong: the last good copy stays, and the next try comes later and later, never before `wait`.

    After a day of it the provider gets one mail.
    """
    values = {"id": claimed.id, "lease_until": claimed.lease_until, "error": sentence[:LONGEST_SENTENCE], "now": now}
    for failing in await select(session, _Failing, FAILED, every=EVERY, longest=LONGEST_WAIT, wait=wait, **values):
        announce(session, f"provider:{claimed.provider_id}")
        if now - failing.since >= TELL_AFTER:
            key = f"{claimed.id}:{failing.since.timestamp()}"
            await mail_account(session, "calendar_failing", failing.email, key, now, name=failing.name, reason=sentence)
