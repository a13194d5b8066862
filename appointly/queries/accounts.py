"""Accounts, as far as signing in needs them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass(frozen=True)
class Account:
    """An account that may sign in. Never shown to anybody: it carries the password's hash."""

    user_id: UUID
    role: str
    password_hash: str | None


async def account_by_email(session: AsyncSession, email: str) -> Account | None:
    """The account with this address (in lower case), unless it is disabled."""
    connection = await session.connection()
    found = await connection.execute(
        text('SELECT id, role, password_hash FROM "user" WHERE email = :email AND disabled_at IS NULL'),
        {"email": email},
    )
    row = found.first()
    return Account(row.id, row.role, row.password_hash) if row else None
