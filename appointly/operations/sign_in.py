"""Start a login session for somebody whose password was checked."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.errors import CredentialsInvalid
from appointly.models.base import uuid7
from appointly.passwords import password_fits
from appointly.queries.accounts import Account
from appointly.queries.sessions import LIFETIMES, token_hash


@dataclass(frozen=True)
class NewSession:
    """A session just begun. `token` is the secret for the cookie; it is nowhere else."""

    id: UUID
    token: str
    expires_at: datetime


async def check_password(account: Account | None, password: str) -> Account:
    """The account, if the password is its own.

    Raises `CredentialsInvalid` with the same words and after the same time for an unknown address and a wrong
    password. Takes no session on purpose: no connection waits while the hash is computed.
    """
    if not await password_fits(password, account.password_hash if account else None) or account is None:
        raise CredentialsInvalid
    return account


@dataclass(frozen=True)
class _Begun:
    expires_at: datetime


# The lock waits for a reset, a new password or a deletion under way, and keeps one from beginning before the commit.
START = """
INSERT INTO login_session (id, user_id, token_hash, user_agent, address, last_seen_at, expires_at)
SELECT %(id)s, id, %(hash)s, %(user_agent)s, %(address)s, %(now)s,
       CASE role WHEN 'admin' THEN %(admin)s WHEN 'provider' THEN %(provider)s ELSE %(customer)s END
FROM "user" WHERE id = %(user_id)s AND disabled_at IS NULL AND password_hash IS NOT DISTINCT FROM %(known)s
FOR SHARE
RETURNING expires_at
"""


async def sign_in(
    session: AsyncSession, account: Account, now: datetime, *, user_agent: str = "", address: str = ""
) -> NewSession:
    """Begin a session for an account as it was when the person was checked.

    Raises `CredentialsInvalid` when it has gone, been disabled or got another password meanwhile.
    """
    session_id, token = uuid7(), secrets.token_urlsafe(32)
    begun = await select(
        session,
        _Begun,
        START,
        id=session_id,
        user_id=account.id,
        known=account.password_hash,
        hash=token_hash(token),
        user_agent="".join(letter for letter in user_agent if letter.isprintable())[:300],
        address=address[:100],
        now=now,
        **{role: now + lifetime for role, lifetime in LIFETIMES.items()},
    )
    if not begun:
        raise CredentialsInvalid
    return NewSession(session_id, token, begun[0].expires_at)
