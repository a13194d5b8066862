"""Good-bye to a provider's own calendar, of any kind."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.errors import NotFound
from appointly.operations.jobs import enqueue
from appointly.operations.offer_freed import offer_freed
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.write_back import write_all

NEVER = datetime(9999, 12, 30, tzinfo=UTC)
LEAVING_WORDS = "It goes as soon as our bookings are taken out of it."
OWN = "SELECT id FROM external_calendar WHERE id = %(id)s AND provider_id = %(provider_id)s"
ALL = "SELECT id FROM external_calendar WHERE provider_id = %(provider_id)s"
LEAVE = """
UPDATE external_calendar SET writes_back = false, due_at = %(never)s, lease_until = NULL, sync = %(sync)s,
    last_error = %(words)s
WHERE id = %(id)s AND (writes_back OR sync ? 'leaving')
"""


@dataclass(frozen=True)
class _Id:
    id: UUID


async def remove_calendar(
    session: AsyncSession, actor: Actor, calendar_id: UUID, now: datetime, *, take_out: bool
) -> None:
    """Forget it, its secret and its busy times, which are free at once.

    With `take_out` it is forgotten as soon as our bookings to come are out of it, where they were written into it.
    Raises `Forbidden` and `NotFound`.
    """
    provider_id = await lock_own_provider(session, actor, "calendar.edit")
    if not await select(session, _Id, OWN, id=calendar_id, provider_id=provider_id):
        raise NotFound("We could not find this calendar.")
    await let_go(session, calendar_id, now, take_out=take_out)
    await offer_freed(session, [provider_id], now)
    announce(session, f"provider:{provider_id}")
    announce_times(session, provider_id)


async def remove_all_calendars(session: AsyncSession, provider_id: UUID, now: datetime) -> None:
    """The business closes, and is locked by you: our bookings to come leave its calendars first."""
    for calendar in await select(session, _Id, ALL, provider_id=provider_id):
        await let_go(session, calendar.id, now, take_out=True)


async def let_go(session: AsyncSession, calendar_id: UUID, now: datetime, *, take_out: bool) -> None:
    """The same for a calendar whose provider is locked by you; who waits for its times is told by you."""
    await execute(session, "DELETE FROM external_busy WHERE calendar_id = %(id)s", id=calendar_id)
    values = {"never": NEVER, "sync": Jsonb({"leaving": True}), "words": LEAVING_WORDS}
    if take_out and await execute(session, LEAVE, id=calendar_id, **values):
        await write_all(session, calendar_id, now)
        await enqueue(session, "google_leave", {"calendar_id": str(calendar_id)}, f"google_leave:{calendar_id}", now)
    else:
        await execute(session, "DELETE FROM external_calendar WHERE id = %(id)s", id=calendar_id)
