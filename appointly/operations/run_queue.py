"""The provider runs the day's line: whose turn it is, who is passed over, who has been served.

One person (or group) is served at a time. Everything happens under the provider's lock, on the line as it is then; what
no longer fits it is refused with `QueueMovedOn` and changes nothing, so that a second click is harmless.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import announce
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.lifecycle import Status
from appointly.domain.queue import Turn
from appointly.errors import NotFound, QueueMovedOn
from appointly.operations.move_appointments import lock_bookings, move
from appointly.operations.own_provider import lock_own_provider
from appointly.queries.dashboard import business
from appointly.queries.queue import InLine, Line, line_of

RIGHT = "queue.run"

# An appointment that was moved here from another line leaves its ticket there.
ELSEWHERE = """
DELETE FROM queue_ticket WHERE appointment_id = %(appointment_id)s AND (queue_date, token) <> (%(day)s, %(token)s)
"""
PUT = """
INSERT INTO queue_ticket (provider_id, queue_date, token, appointment_id, customer_name, status, called_at, finished_at,
                          created_at)
VALUES (%(provider_id)s, %(day)s, %(token)s, %(appointment_id)s, '', %(status)s, %(called_at)s, %(finished_at)s,
        %(now)s)
ON CONFLICT (provider_id, queue_date, token) DO UPDATE
SET appointment_id = excluded.appointment_id, status = excluded.status, called_at = excluded.called_at,
    finished_at = excluded.finished_at
"""
# Whoever was called and has been finished, moved or cancelled elsewhere since then is not in the way.
CLEAR = """
UPDATE queue_ticket SET status = 'left' WHERE provider_id = %(provider_id)s AND queue_date = %(day)s
    AND status = 'serving'
"""


async def call_next(session: AsyncSession, actor: Actor, seen: UUID | None, now: datetime) -> None:
    """Finish whoever is served and call the first who waits. `seen` is whom the caller saw being served, if anybody.

    Raises `Forbidden`, and `QueueMovedOn` where somebody else is served by now: of two clicks one calls.
    """
    line = await lock_line(session, actor, now)
    current = line.serving
    if (current.entry.id if current else None) != seen:
        raise QueueMovedOn
    waiting = line.of(Turn.WAITING)
    if current:
        await _finish(session, actor, line, current, now)
    if waiting:
        await _serve(session, line, waiting[0], now)
    tell(session, line)


async def call(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> None:
    """Finish whoever is served and call this one, wherever it stands. Raises `NotFound`, `QueueMovedOn`."""
    line = await lock_line(session, actor, now)
    place = found(line, entry_id)
    if place.turn in (Turn.SERVING, Turn.DONE):
        raise QueueMovedOn
    if current := line.serving:
        await _finish(session, actor, line, current, now)
    await _serve(session, line, place, now)
    tell(session, line)


async def skip(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> None:
    """Pass this one over for now: it can be called later, and its appointment stays what it is."""
    line = await lock_line(session, actor, now)
    place = found(line, entry_id)
    if place.turn not in (Turn.WAITING, Turn.SERVING, Turn.OVERDUE):
        raise QueueMovedOn
    await _put(session, line, place, "skipped", now)
    tell(session, line)


async def finish(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> None:
    """This one has been served: its appointment is completed, also before its planned start."""
    line = await lock_line(session, actor, now)
    place = found(line, entry_id)
    if place.turn != Turn.SERVING:
        raise QueueMovedOn
    await _finish(session, actor, line, place, now)
    tell(session, line)


async def put_back(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> None:
    """Undo within the day: called, passed over or, if it was the last one, finished; it waits again at its place.

    Raises `NotFound`, and `QueueMovedOn` for one that waits already or has been finished before others.
    """
    line = await lock_line(session, actor, now)
    place, last = found(line, entry_id), line.last_done
    if place.turn in (Turn.WAITING, Turn.OVERDUE) or (place.turn == Turn.DONE and place is not last):
        raise QueueMovedOn
    if place.turn == Turn.DONE and place.entry.booked:
        served = await lock_bookings(session, actor, place.entry.ids)
        completed = [booking for booking in served if booking.status == Status.COMPLETED]
        await move(session, actor, completed, Status.CONFIRMED, now)
    await _put(session, line, place, "waiting", now)
    tell(session, line)


async def remove(session: AsyncSession, actor: Actor, entry_id: UUID, now: datetime) -> None:
    """Take a walk-in out of the line who has left or was added by mistake; their token is not given again today.

    Raises `NotFound` also for an appointment, and `QueueMovedOn` for one who has been served.
    """
    line = await lock_line(session, actor, now)
    place = found(line, entry_id)
    if place.entry.booked:
        raise NotFound("Only walk-ins can be removed. An appointment is cancelled among the bookings.")
    if place.turn == Turn.DONE:
        raise QueueMovedOn
    await execute(session, "DELETE FROM queue_ticket WHERE id = %(id)s", id=place.entry.id)
    tell(session, line)


async def lock_line(session: AsyncSession, actor: Actor, now: datetime) -> Line:
    """The actor's own line of today; it stays as it is until the commit. Raises `Forbidden`, `NotSignedIn`."""
    provider_id = await lock_own_provider(session, actor, RIGHT)
    return await line_of(session, await business(session, provider_id), actor, now)


def found(line: Line, entry_id: UUID) -> InLine:
    """The place of a walk-in's ticket or of an appointment. Raises `NotFound`."""
    for place in line.places:
        if entry_id == place.entry.id or entry_id in place.entry.ids:
            return place
    raise NotFound("This token is not in today's line.")


def tell(session: AsyncSession, line: Line) -> None:
    """Let the open pages of this line read anew."""
    announce(session, f"queue:{line.shop.id}", f"provider:{line.shop.id}")


async def _serve(session: AsyncSession, line: Line, place: InLine, now: datetime) -> None:
    await execute(session, CLEAR, provider_id=line.shop.id, day=line.date)
    await _put(session, line, place, "serving", now, called_at=now)


async def _finish(session: AsyncSession, actor: Actor, line: Line, place: InLine, now: datetime) -> None:
    entry = place.entry
    if entry.expected:
        served = await lock_bookings(session, actor, entry.expected)
        await move(session, actor, served, Status.COMPLETED, now)
    called_at = entry.called_at or now
    await _put(session, line, place, "done", now, called_at=called_at, finished_at=max(now, called_at))


async def _put(
    session: AsyncSession,
    line: Line,
    place: InLine,
    status: str,
    now: datetime,
    called_at: datetime | None = None,
    finished_at: datetime | None = None,
) -> None:
    values = {
        "provider_id": line.shop.id,
        "day": line.date,
        "token": place.entry.token,
        "appointment_id": place.entry.id if place.entry.booked else None,
    }
    await execute(session, ELSEWHERE, **values)
    await execute(session, PUT, status=status, called_at=called_at, finished_at=finished_at, now=now, **values)
