"""Personal API tokens: make one, revoke one, note that one was used."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.domain.rights import SCOPES, Whose, require
from appointly.errors import TooManyTokens
from appointly.models.base import uuid7
from appointly.queries.api_tokens import PREFIX, LivingToken
from appointly.queries.sessions import token_hash
from appointly.validation import Line

MOST = 20
RESOLUTION = timedelta(minutes=1)


def known_scopes(scopes: list[str]) -> list[str]:
    """Raise `ValueError` with a sentence where nothing is allowed, or something unheard of."""
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise ValueError("Please choose what the token may do.")
    return [scope for scope in SCOPES if scope in scopes]


class NewToken(BaseModel):
    """What a token is called, what it may do, and for how many days: 0 for as long as it is not revoked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(min_length=1, max_length=80)]
    scopes: Annotated[list[str], Field(max_length=20), AfterValidator(known_scopes)]
    days: Literal[0, 30, 90, 365] = 90


_ADD = """
INSERT INTO api_token (id, user_id, name, token_hash, hint, scopes, expires_at, created_at)
SELECT %(id)s, %(user_id)s, %(name)s, %(hash)s, %(hint)s, %(scopes)s, %(expires_at)s, %(now)s
WHERE (SELECT count(*) FROM api_token WHERE user_id = %(user_id)s) < %(most)s
"""
_LOCK = 'SELECT FROM "user" WHERE id = %(user_id)s FOR NO KEY UPDATE'
_NOTE = """
UPDATE api_token SET last_used_at = %(now)s
WHERE id = %(id)s AND (last_used_at IS NULL OR last_used_at <= %(before)s)
"""


async def make_api_token(session: AsyncSession, actor: Actor, new: NewToken, now: datetime) -> str:
    """The secret of a new token, which is nowhere else. Raises `NotSignedIn` and, for the 21st, `TooManyTokens`."""
    require(actor, "api_token.make", Whose(user_id=actor.user_id))
    secret = PREFIX + secrets.token_urlsafe(32)
    await execute(session, _LOCK, user_id=actor.user_id)
    added = await execute(
        session,
        _ADD,
        id=uuid7(),
        user_id=actor.user_id,
        name=new.name,
        hash=token_hash(secret),
        hint=secret[-4:],
        scopes=new.scopes,
        expires_at=now + timedelta(days=new.days) if new.days else None,
        now=now,
        most=MOST,
    )
    if not added:
        raise TooManyTokens
    return secret


async def revoke_api_token(session: AsyncSession, actor: Actor, token_id: UUID) -> bool:
    """End one of the actor's own tokens at once; False where there is none of this id. Raises `NotSignedIn`."""
    require(actor, "api_token.revoke", Whose(user_id=actor.user_id))
    query = "DELETE FROM api_token WHERE id = %(id)s AND user_id = %(user_id)s"
    return bool(await execute(session, query, id=token_id, user_id=actor.user_id))


async def note_token_use(session: AsyncSession, token: LivingToken, now: datetime) -> None:
    """Remember that a token is in use, writing at most once a minute."""
    if token.last_used_at is None or now - token.last_used_at >= RESOLUTION:
        await execute(session, _NOTE, id=token.id, now=now, before=now - RESOLUTION)
