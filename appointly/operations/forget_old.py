"""Deletes what has served its time, so that no table grows for ever."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.queries.sessions import IDLE_LIMITS

KEEP_ANSWERS = timedelta(days=2)
KEEP_FINISHED_JOBS = timedelta(days=30)
KEEP_DRAFTS = timedelta(days=30)
KEEP_CODES = timedelta(days=30)
KEEP_WAITS = timedelta(days=90)
MOST = 5_000

_SESSIONS = """
DELETE FROM login_session WHERE id IN (
    SELECT id FROM login_session WHERE expires_at < %(now)s OR last_seen_at < %(idle_since)s LIMIT %(most)s
)
"""
_ANSWERS = """
DELETE FROM idempotency_key WHERE (actor, key) IN (
    SELECT actor, key FROM idempotency_key WHERE created_at < %(before)s LIMIT %(most)s
)
"""
_JOBS = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE done_at < %(before)s LIMIT %(most)s)"
_CODES = """
DELETE FROM one_time_code WHERE id IN (
    SELECT id FROM one_time_code WHERE expires_at < %(before)s LIMIT %(most)s
)
"""
_DRAFTS = """
DELETE FROM booking_draft WHERE id IN (
    SELECT id FROM booking_draft WHERE updated_at < %(before)s AND hold_id IS NULL LIMIT %(most)s
)
"""
_WAITS = """
DELETE FROM waitlist_entry WHERE id IN (
    SELECT id FROM waitlist_entry WHERE status NOT IN ('waiting', 'offered') AND updated_at < %(before)s LIMIT %(most)s
)
"""


async def forget_old(session: AsyncSession, now: datetime) -> int:
    """Delete ended sign-ins, answers to repeated requests after two days, finished jobs, mailed codes and
    bookings that somebody began and left after thirty, waits that ended after ninety.

    At most 5,000 of each, so that no transaction is long; returns how many went. Jobs that were given up stay.
    """
    sessions = await execute(session, _SESSIONS, now=now, idle_since=now - max(IDLE_LIMITS.values()), most=MOST)
    answers = await execute(session, _ANSWERS, before=now - KEEP_ANSWERS, most=MOST)
    jobs = await execute(session, _JOBS, before=now - KEEP_FINISHED_JOBS, most=MOST)
    codes = await execute(session, _CODES, before=now - KEEP_CODES, most=MOST)
    drafts = await execute(session, _DRAFTS, before=now - KEEP_DRAFTS, most=MOST)
    waits = await execute(session, _WAITS, before=now - KEEP_WAITS, most=MOST)
    return sessions + answers + jobs + codes + drafts + waits
