"""Personal API tokens: whose a secret is, and the list that their owner sees."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.queries.sessions import HELD, Holder, token_hash

PREFIX = "apt_"  # tells people, and programs that look for leaked secrets, what it is


@dataclass(frozen=True)
class LivingToken(Holder):
    """A token that is good, what it may do, and the person behind it."""

    scopes: list[str]
    last_used_at: datetime | None


@dataclass(frozen=True)
class OwnToken:
    """A token in its owner's list. `hint` is its last four characters."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


_LIVING = (
    HELD.format(table="api_token", more="held.scopes, held.last_used_at")
    + """
held.token_hash = %(hash)s AND (held.expires_at IS NULL OR held.expires_at > %(now)s)
"""
)
_OWN = """
SELECT id, name, hint, scopes, expires_at, last_used_at, created_at FROM api_token WHERE user_id = %(user_id)s
ORDER BY created_at DESC, id DESC
"""


async def token_of_secret(session: AsyncSession, secret: str, now: datetime) -> LivingToken | None:
    """The token with this secret; None for an unknown, revoked or expired one, or a disabled account's."""
    found = await select(session, LivingToken, _LIVING, hash=token_hash(secret), now=now)
    return found[0] if found else None


async def own_tokens(session: AsyncSession, actor: Actor) -> list[OwnToken]:
    """The actor's own tokens, the newest first. Raises `NotSignedIn`."""
    require(actor, "api_token.list", Whose(user_id=actor.user_id))
    return await select(session, OwnToken, _OWN, user_id=actor.user_id)
