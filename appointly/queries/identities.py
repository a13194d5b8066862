"""Accounts at other providers of sign-in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.actor import Actor
from appointly.domain.rights import Whose, require
from appointly.errors import IdentityRefused
from appointly.queries.accounts import Account


@dataclass(frozen=True)
class WayIn:
    """One identity of an account, as its owner sees it."""

    id: UUID
    email: str
    created_at: datetime


@dataclass(frozen=True)
class _Found(Account):
    disabled_at: datetime | None


async def account_of_identity(session: AsyncSession, issuer: str, subject: str) -> Account | None:
    """The account that this identity opens, if there is one. Raises `IdentityRefused` for a disabled one."""
    query = """
        SELECT "user".id, "user".email, name, role, password_hash, disabled_at
        FROM identity JOIN "user" ON "user".id = user_id WHERE issuer = %(issuer)s AND subject = %(subject)s
    """
    found = await select(session, _Found, query, issuer=issuer, subject=subject)
    if found and found[0].disabled_at is not None:
        raise IdentityRefused
    return found[0] if found else None


async def ways_in(session: AsyncSession, actor: Actor) -> list[WayIn]:
    """The actor's own identities, oldest first."""
    require(actor, "identity.list", Whose(user_id=actor.user_id))
    query = "SELECT id, email, created_at FROM identity WHERE user_id = %(user_id)s ORDER BY id"
    return await select(session, WayIn, query, user_id=actor.user_id)
