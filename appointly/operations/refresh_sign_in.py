"""Trades a refresh token for the next one."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.errors import RefreshInvalid
from appointly.operations.note_visit import note_visit
from appointly.operations.sign_out import sign_out
from appointly.queries.sessions import SignedIn, session_by_id, token_hash


@dataclass(frozen=True)
class Refreshed:
    """Whose sign-in it is, and its next refresh token, which is nowhere else."""

    signed_in: SignedIn
    token: str


@dataclass(frozen=True)
class _Token:
    id: UUID
    session_id: UUID
    used_at: datetime | None


_ADD = "INSERT INTO refresh_token (session_id, token_hash, created_at) VALUES (%(session_id)s, %(hash)s, %(now)s)"
_FIND = "SELECT id, session_id, used_at FROM refresh_token WHERE token_hash = %(hash)s"
# The sign-in, not the token: whoever signs out locks it first and the tokens afterwards.
LOCK = "SELECT FROM login_session WHERE id = %(id)s FOR NO KEY UPDATE"
_USE = "UPDATE refresh_token SET used_at = %(now)s WHERE id = %(id)s"


async def add_refresh_token(session: AsyncSession, session_id: UUID, now: datetime) -> str:
    """A refresh token for this sign-in."""
    token = secrets.token_urlsafe(32)
    await execute(session, _ADD, session_id=session_id, hash=token_hash(token), now=now)
    return token


async def refresh_sign_in(session: AsyncSession, token: str, now: datetime) -> Refreshed | None:
    """The next refresh token for one that was not used before. It lives as long as the sign-in it belongs to.

    None for a used one: somebody has a copy, so the sign-in is ended for everybody; commit, then refuse. Of two at the
    same moment one is the second. Raises `RefreshInvalid` for an unknown one and an ended sign-in.
    """
    found = await select(session, _Token, _FIND, hash=token_hash(token))
    if not found or not await execute(session, LOCK, id=found[0].session_id):
        raise RefreshInvalid
    [known] = await select(session, _Token, _FIND, hash=token_hash(token))  # as it is behind the lock
    signed_in = await session_by_id(session, known.session_id, now)
    if signed_in is None:
        raise RefreshInvalid
    if known.used_at is not None:
        await sign_out(session, signed_in.actor, signed_in.id)
        return None
    await execute(session, _USE, id=known.id, now=now)
    await note_visit(session, signed_in, now)
    return Refreshed(signed_in, await add_refresh_token(session, signed_in.id, now))
