"""Make an account that may do everything, or give one that already may a new password."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.errors import EmailTaken
from appointly.operations.sign_up import NewPassword
from appointly.passwords import hash_password
from appointly.queries.accounts import Account
from appointly.validation import EmailAddress


class NewAdmin(BaseModel):
    """Whose account it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[EmailAddress, Field(max_length=254)]
    password: NewPassword


# The account and its entry in the audit are one statement, so that there is never one without the other.
_ADD = """
WITH added AS (
    INSERT INTO "user" (email, name, role, password_hash, created_at)
    VALUES (%(email)s, 'Administrator', 'admin', %(hash)s, %(now)s)
    ON CONFLICT (email) DO UPDATE SET password_hash = EXCLUDED.password_hash WHERE "user".role = 'admin'
    RETURNING id, email, name, role, password_hash
), noted AS (
    INSERT INTO audit_entry (actor_id, action, object_kind, object_id, created_at)
    SELECT id, 'create_admin', 'user', id, %(now)s FROM added
)
SELECT * FROM added
"""


async def create_admin(session: AsyncSession, form: NewAdmin, now: datetime) -> Account:
    """Create or renew the account. Raises `EmailTaken` where the address belongs to a customer or a provider."""
    hashed = await hash_password(form.password)
    added = await select(session, Account, _ADD, email=form.email, hash=hashed, now=now)
    if not added:
        raise EmailTaken("There is already an account with this address that is not an admin's. Use another one.")
    return added[0]
