"""Who is signed in with which secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import Actor

LIFETIME = timedelta(days=60)
IDLE_LIMIT = timedelta(days=14)


@dataclass(frozen=True)
class SignedIn:
    """One living login session and the person behind it."""

    id: UUID
    actor: Actor
    last_seen_at: datetime


def token_hash(token: str) -> bytes:
    """What the database knows of a session's secret."""
    return sha256(token.encode(errors="replace")).digest()


_LIVING = """
SELECT s.id, s.last_seen_at, u.id AS user_id, u.role, u.name, u.email, p.id AS provider_id
FROM login_session s
JOIN "user" u ON u.id = s.user_id
LEFT JOIN provider p ON p.user_id = u.id
WHERE s.expires_at > :now AND s.last_seen_at > :idle_since AND u.disabled_at IS NULL AND """
_BY_HASH = text(_LIVING + "s.token_hash = :hash").bindparams(bindparam("hash"))
_BY_ID = text(_LIVING + "s.id = :id")


async def session_for_token(session: AsyncSession, token: str, now: datetime) -> SignedIn | None:
    """The living session of the secret in a cookie; None for an unknown, ended, idle or disabled one."""
    return await _living(session, _BY_HASH, now, hash=token_hash(token))


async def session_by_id(session: AsyncSession, session_id: UUID, now: datetime) -> SignedIn | None:
    """The living session that an access token names."""
    return await _living(session, _BY_ID, now, id=session_id)


async def actor_for_token(session: AsyncSession, token: str, now: datetime) -> Actor | None:
    """The person signed in with the secret in a cookie, or None."""
    found = await session_for_token(session, token, now)
    return found.actor if found else None


async def _living(session: AsyncSession, statement, now: datetime, **key: object) -> SignedIn | None:  # type: ignore[no-untyped-def]
    connection = await session.connection()
    row = (await connection.execute(statement, {"now": now, "idle_since": now - IDLE_LIMIT, **key})).first()
    return _signed_in(row) if row else None


def _signed_in(row: "Row[tuple[object, ...]]") -> SignedIn:
    actor = Actor(kind=row.role, user_id=row.user_id, provider_id=row.provider_id, name=row.name, email=row.email)
    return SignedIn(row.id, actor, row.last_seen_at)
