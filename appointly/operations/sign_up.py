"""Make an account."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.errors import EmailTaken
from appointly.inputs import EmailAddress, Form, Line, NewPassword
from appointly.passwords import hash_password


class SignUp(Form):
    """What a newcomer tells about themselves."""

    email: EmailAddress
    password: NewPassword
    name: Line
    role: Literal["customer", "provider"] = "customer"


_ADD = text("""
INSERT INTO "user" (email, name, role, password_hash, created_at) VALUES (:email, :name, :role, :hash, :now)
ON CONFLICT (email) DO NOTHING RETURNING id
""")


async def sign_up(session: AsyncSession, form: SignUp, now: datetime) -> UUID:
    """Create the account; its id. Raises `EmailTaken`."""
    hashed = await hash_password(form.password)  # before the first statement: no connection waits for it
    connection = await session.connection()
    inserted = await connection.execute(_ADD, form.model_dump(exclude={"password"}) | {"hash": hashed, "now": now})
    user_id: UUID | None = inserted.scalar_one_or_none()
    if user_id is None:
        raise EmailTaken(fields={"email": EmailTaken.message})
    return user_id
