"""Remember that a session is in use."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.queries.sessions import SignedIn

RESOLUTION = timedelta(minutes=1)


async def note_visit(session: AsyncSession, signed_in: SignedIn, now: datetime) -> None:
    """Move the end of the idle time, writing at most once a minute."""
    if now - signed_in.last_seen_at >= RESOLUTION:
        query = "UPDATE login_session SET last_seen_at = %(now)s WHERE id = %(id)s AND last_seen_at < %(now)s"
        await execute(session, query, now=now, id=signed_in.id)
