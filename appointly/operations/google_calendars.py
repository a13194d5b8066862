"""A provider's calendars at Google: which of them block time, into which one bookings are written, and good-bye.

One permission (a grant) opens all calendars of one account there; each calendar that was chosen is a row with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.encrypted import encrypt
from appointly.errors import TooManyCalendars, ValidationFailed
from appointly.models.base import uuid7
from appointly.operations.external_calendars import MOST_CALENDARS, PURPOSE
from appointly.operations.jobs import enqueue
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.remove_calendar import let_go
from appointly.operations.write_back import write_all
from appointly.queries.google_calendars import GoogleRow, google_rows

NAME_LENGTH = 120


@dataclass(frozen=True)
class Grant:
    """A permission: `account` is the address of the account at Google, `name` our own name of the permission."""

    name: str
    account: str
    refresh_token: str
    scope: str


@dataclass(frozen=True)
class Chosen:
    """A calendar of the account; `id` is Google's."""

    id: str
    name: str
    writes: bool = False


@dataclass(frozen=True)
class _Count:
    count: int


INSERT = """
INSERT INTO external_calendar (id, provider_id, kind, name, shown, secret, writes_back, due_at, last_error, failures,
                               created_at)
VALUES (%(id)s, %(provider_id)s, 'google', %(name)s, %(shown)s, %(secret)s, %(writes)s, %(now)s, '', 0, %(now)s)
"""
RENEW = """
UPDATE external_calendar SET secret = %(secret)s, writes_back = %(writes)s, due_at = %(now)s, last_error = '',
    failures = 0, lease_until = NULL, sync = '{}'
WHERE id = %(id)s
"""
STOP_OTHERS = """
UPDATE external_calendar SET writes_back = false
WHERE provider_id = %(provider_id)s AND writes_back AND NOT id = ANY(%(writing)s)
"""
REPLACE = "UPDATE external_calendar SET secret = %(new)s WHERE id = %(id)s AND secret = %(old)s"
CLOSED = """
UPDATE external_calendar SET last_error = %(words)s, failures = failures + 1 WHERE id = %(id)s
"""


async def choose_google_calendars(
    session: AsyncSession, actor: Actor, grant: Grant, chosen: Sequence[Chosen], now: datetime, *, take_out: bool
) -> None:
    """These calendars of the account block time from now on, and bookings are written into the one that `writes`.

    Those that were chosen before and are not any more go; with `take_out` our bookings to come leave them first.
    All bookings to come are written once. Raises `Forbidden`, `TooManyCalendars`, `ValidationFailed`.
    """
    provider_id = await lock_own_provider(session, actor, "calendar.edit")
    if not chosen:
        raise ValidationFailed(fields={"calendars": "Please choose at least one calendar."})
    rows = await google_rows(session, provider_id)
    known = {row.facts["calendar"]: row for row in rows if row.facts["account"] == grant.account}
    await _require_room(session, provider_id, len({each.id for each in chosen} - set(known)))
    writing: list[UUID] = []
    for each in chosen:
        calendar_id = known[each.id].id if each.id in known else uuid7()
        facts = {"calendar": each.id, **_facts(grant, provider_id)}
        values = {"id": calendar_id, "secret": encrypt(PURPOSE, facts), "writes": each.writes, "now": now}
        if each.id in known:
            await execute(session, RENEW, **values)
        else:
            name = each.name[:NAME_LENGTH].strip() or "Google Calendar"
            await execute(session, INSERT, provider_id=provider_id, name=name, shown=grant.account, **values)
        writing += [calendar_id] if each.writes else []
    for row in rows:
        if row.facts["account"] == grant.account and row.facts["calendar"] not in {each.id for each in chosen}:
            await let_go(session, row.id, now, take_out=take_out)
        elif row.writes_back and row.id not in writing and take_out:
            await execute(session, "UPDATE external_calendar SET writes_back = false WHERE id = %(id)s", id=row.id)
            await write_all(session, row.id, now)
    await execute(session, STOP_OTHERS, provider_id=provider_id, writing=writing)
    for calendar_id in writing:
        await write_all(session, calendar_id, now)
    await offer_freed(session, [provider_id], now)
    await enqueue(session, "read_calendars", {}, f"read_calendars:{provider_id}:{now.timestamp()}", now)
    announce(session, f"provider:{provider_id}")
    announce_times(session, provider_id)


async def forget_google_calendar(session: AsyncSession, calendar_id: UUID, provider_id: UUID) -> None:
    """The end of `take_out`, by the product itself: there is nothing of ours in it any more."""
    query = "DELETE FROM external_calendar WHERE id = %(id)s AND sync ->> 'leaving' = 'true'"
    await execute(session, query, id=calendar_id)
    announce(session, f"provider:{provider_id}")


async def keep_renewed(session: AsyncSession, rows: Sequence[GoogleRow], old: str, new: str) -> None:
    """Google has replaced a refresh token: whatever was opened by the old one is opened by the new one."""
    for row in rows:
        if row.facts["refresh_token"] == old:
            renewed = encrypt(PURPOSE, {**row.facts, "refresh_token": new})
            await execute(session, REPLACE, id=row.id, old=row.secret, new=renewed)


async def note_closed(session: AsyncSession, calendar_id: UUID, provider_id: UUID, words: str) -> None:
    """Nothing can be written into it any more, and the provider is told why."""
    await execute(session, CLOSED, id=calendar_id, words=words)
    announce(session, f"provider:{provider_id}")


def _facts(grant: Grant, provider_id: UUID) -> Mapping[str, Any]:
    return {
        "account": grant.account,
        "grant": grant.name,
        "provider": str(provider_id),
        "refresh_token": grant.refresh_token,
        "scope": grant.scope,
    }


async def _require_room(session: AsyncSession, provider_id: UUID, more: int) -> None:
    query = "SELECT count(*) FROM external_calendar WHERE provider_id = %(provider_id)s"
    [have] = await select(session, _Count, query, provider_id=provider_id)
    if more and have.count + more > MOST_CALENDARS:
        raise TooManyCalendars
