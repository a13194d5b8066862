"""Accounts, as far as signing in needs them."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select


@dataclass(frozen=True)
class Account:
    """An account that may sign in. Never shown to anybody: it carries the password's hash."""

    id: UUID
    email: str
    name: str
    role: str
    password_hash: str | None


async def account_by_email(session: AsyncSession, email: str) -> Account | None:
    """The account with this address (in lower case), unless it is disabled."""
    query = 'SELECT id, email, name, role, password_hash FROM "user" WHERE email = %(email)s AND disabled_at IS NULL'
    found = await select(session, Account, query, email=email)
    return found[0] if found else None
