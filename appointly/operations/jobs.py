"""The outbox: jobs are written with the change that causes them, claimed with a lease, and kept when given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import jobs_written
from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import NotFound

# Longer than a whole batch takes when every outside call runs into its timeout.
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
ERROR_LENGTH = 2000


@dataclass(frozen=True)
class ClaimedJob:
    """A job this process has for the length of the lease. `attempts` counts this one, and fences its answer."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    dedupe_key: str
    attempts: int


ENQUEUE = """
INSERT INTO job (kind, payload, dedupe_key, due_at, attempts, last_error)
VALUES (%(kind)s, %(payload)s, %(dedupe_key)s, %(due_at)s, 0, '')
ON CONFLICT (dedupe_key) DO NOTHING
"""

# Materialised, because as a plain subquery it may be carried out again for each row, and claim more than its limit.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM job
    WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= %(now)s
      AND (lease_until IS NULL OR lease_until <= %(now)s) AND attempts < %(most)s
    ORDER BY turn, due_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE job SET lease_until = %(until)s, attempts = attempts + 1
FROM due WHERE due.id = job.id
RETURNING job.id, kind, payload, dedupe_key, attempts
"""

FINISH = """
WITH done AS (
    UPDATE job SET done_at = %(now)s, lease_until = NULL
    WHERE id = %(id)s AND attempts = %(attempts)s AND done_at IS NULL
    RETURNING payload
)
UPDATE message SET status = 'sent', sent_at = %(now)s
FROM done WHERE message.id = (payload ->> 'message_id')::uuid AND status <> 'skipped'
"""

FAIL = """
WITH failed AS (
    UPDATE job SET lease_until = NULL, last_error = %(error)s, due_at = %(due_at)s, dead_at = %(dead_at)s
    WHERE id = %(id)s AND attempts = %(attempts)s AND done_at IS NULL
    RETURNING payload
)
UPDATE message SET status = 'failed' FROM failed
WHERE message.id = (payload ->> 'message_id')::uuid AND %(dead_at)s::timestamptz IS NOT NULL
"""

BURY = """
WITH buried AS (
    UPDATE job SET dead_at = %(now)s, lease_until = NULL, last_error = 'The worker ended in the middle of it each time.'
    WHERE done_at IS NULL AND dead_at IS NULL AND lease_until <= %(now)s AND attempts >= %(most)s
    RETURNING payload
)
UPDATE message SET status = 'failed' FROM buried WHERE message.id = (payload ->> 'message_id')::uuid
"""

REVIVE = """
WITH revived AS (
    UPDATE job SET dead_at = NULL, attempts = 0, due_at = %(now)s WHERE id = %(id)s AND dead_at IS NOT NULL
    RETURNING id, kind, payload
), noted AS (
    INSERT INTO audit_entry (actor_id, action, object_kind, object_id, detail)
    SELECT %(actor_id)s, 'job_retried', 'job', id, jsonb_build_object('kind', kind) FROM revived
), planned AS (
    UPDATE message SET status = 'planned' FROM revived WHERE message.id = (payload ->> 'message_id')::uuid
)
SELECT id FROM revived
"""


async def enqueue(
    session: AsyncSession, kind: str, payload: dict[str, object], dedupe_key: str, due_at: datetime
) -> None:
    """Write a job to be done from `due_at` on; a second one with the same key is the first one.

    `dedupe_key` is also the idempotency key of the outside call.
    """
    await execute(session, ENQUEUE, kind=kind, payload=Jsonb(payload), dedupe_key=dedupe_key, due_at=due_at)
    jobs_written(session)


async def claim(session: AsyncSession, now: datetime, limit: int) -> list[ClaimedJob]:
    """Take up to `limit` due jobs that nobody else has, for the length of the lease."""
    return await select(session, ClaimedJob, CLAIM, now=now, until=now + LEASE, limit=limit, most=MOST_ATTEMPTS)


async def finish(session: AsyncSession, job: ClaimedJob, now: datetime) -> None:
    """The job is done, its message sent. Without effect when the lease ran out and somebody else has taken it."""
    await execute(session, FINISH, id=job.id, attempts=job.attempts, now=now)


async def fail(session: AsyncSession, job: ClaimedJob, error: str, now: datetime, *, for_good: bool = False) -> None:
    """The job did not work: try again later, each time twice as late, or keep it as dead."""
    dead = for_good or job.attempts >= MOST_ATTEMPTS
    await execute(
        session,
        FAIL,
        id=job.id,
        attempts=job.attempts,
        error=error.replace("\0", "")[:ERROR_LENGTH],
        due_at=now + wait_after(job.attempts),
        dead_at=now if dead else None,
    )


def wait_after(attempts: int) -> timedelta:
    """How long to wait after this many attempts."""
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


async def bury(session: AsyncSession, now: datetime) -> None:
    """Give up jobs whose worker never came back from them, however often they were tried."""
    await execute(session, BURY, now=now, most=MOST_ATTEMPTS)


@dataclass(frozen=True)
class Revived:
    """A job that is tried again."""

    id: UUID


async def retry_dead_job(session: AsyncSession, actor: Actor, job_id: UUID, now: datetime) -> None:
    """Try a dead job again, from the first attempt. For admins. Raises `Forbidden` and `NotFound`."""
    require(actor, "job.retry", Whose())
    if not await select(session, Revived, REVIVE, id=job_id, actor_id=actor.user_id, now=now):
        raise NotFound("This job is not waiting for another try.")
    jobs_written(session)
