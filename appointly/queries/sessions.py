"""Who is signed in with which secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import LiteralString
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor

# How long a sign-in is good at most, and how long without being used, by role: who can do more signs in more often.
# A provider's covers a long weekend, an admin's a working day.
LIFETIMES = {"customer": timedelta(days=60), "provider": timedelta(days=30), "admin": timedelta(hours=12)}
IDLE_LIMITS = {"customer": timedelta(days=14), "provider": timedelta(days=4), "admin": timedelta(hours=2)}


@dataclass(frozen=True)
class Holder:
    """The person behind a secret; `id` is the secret's own."""

    id: UUID
    user_id: UUID
    kind: str
    name: str
    email: str
    provider_id: UUID | None

    @property
    def actor(self) -> Actor:
        """The person, as operations ask for them."""
        return Actor(self.kind, self.user_id, self.provider_id, self.name, self.email)


@dataclass(frozen=True)
class SignedIn(Holder):
    """One living login session and the person behind it."""

    last_seen_at: datetime


def token_hash(token: str) -> bytes:
    """What the database knows of a session's secret."""
    return sha256(token.encode(errors="replace")).digest()


# `held` is the `table` of the secret; the person's account is not disabled.
HELD: LiteralString = """
SELECT held.id, u.id AS user_id, u.role AS kind, u.name, u.email, p.id AS provider_id, {more}
FROM {table} held
JOIN "user" u ON u.id = held.user_id
LEFT JOIN provider p ON p.user_id = u.id
WHERE u.disabled_at IS NULL AND """
_LIVING = (
    HELD.format(table="login_session", more="held.last_seen_at")
    + """held.expires_at > %(now)s
  AND held.last_seen_at >
      CASE u.role WHEN 'admin' THEN %(admin)s WHEN 'provider' THEN %(provider)s ELSE %(customer)s END
  AND """
)
_BY_HASH = _LIVING + "held.token_hash = %(key)s"
_BY_ID = _LIVING + "held.id = %(key)s"


async def session_for_token(session: AsyncSession, token: str, now: datetime) -> SignedIn | None:
    """The living session of the secret in a cookie; None for an unknown, ended, idle or disabled one."""
    return await _living(session, _BY_HASH, token_hash(token), now)


async def session_by_id(session: AsyncSession, session_id: UUID, now: datetime) -> SignedIn | None:
    """The living session that an access token names."""
    return await _living(session, _BY_ID, session_id, now)


async def _living(session: AsyncSession, query: LiteralString, key: object, now: datetime) -> SignedIn | None:
    idle_since = {role: now - limit for role, limit in IDLE_LIMITS.items()}
    found = await select(session, SignedIn, query, key=key, now=now, **idle_since)
    return found[0] if found else None
