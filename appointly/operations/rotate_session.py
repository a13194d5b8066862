"""A new secret for a sign-in whose rights have risen."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.errors import NotSignedIn
from appointly.queries.sessions import LIFETIMES, token_hash

_ROTATE = """
UPDATE login_session s SET token_hash = %(hash)s, last_seen_at = %(now)s, expires_at = least(
    expires_at, CASE role WHEN 'admin' THEN %(admin)s WHEN 'provider' THEN %(provider)s ELSE %(customer)s END
)
FROM "user" u WHERE u.id = s.user_id AND s.id = %(id)s AND expires_at > %(now)s AND disabled_at IS NULL
"""


async def rotate_session(session: AsyncSession, session_id: UUID, now: datetime) -> str:
    """The new secret of this sign-in, for its cookie; the old one is worth nothing from the commit on.

    To be called after the role was changed: the sign-in ends when one of that role would. Raises `NotSignedIn`.
    """
    token = secrets.token_urlsafe(32)
    ends = {role: now + lifetime for role, lifetime in LIFETIMES.items()}
    if not await execute(session, _ROTATE, id=session_id, hash=token_hash(token), now=now, **ends):
        raise NotSignedIn
    return token
