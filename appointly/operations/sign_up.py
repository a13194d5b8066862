"""Make an account."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.errors import EmailTaken
from appointly.operations.mailed_links import mail_link
from appointly.operations.verify_email import LIFE as VERIFICATION_LIFE
from appointly.passwords import LONGEST, SHORTEST, check_new_password, hash_password
from appointly.queries.accounts import Account
from appointly.validation import EmailAddress, Line


def good_password(password: str) -> str:
    """Raise `ValueError` with a sentence for a password that is too short or cannot be typed again."""
    if not password.isprintable():
        raise ValueError("Please use characters that can be typed.")
    if len(password) < SHORTEST:
        raise ValueError(f"Please choose a password of at least {SHORTEST} characters.")
    return password


NewPassword = Annotated[str, Field(max_length=LONGEST), AfterValidator(good_password)]


class SignUp(BaseModel):
    """What a newcomer tells about themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[EmailAddress, Field(max_length=254)]
    password: NewPassword
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    role: Literal["customer", "provider"] = "customer"


_ADD = """
INSERT INTO "user" (email, name, role, password_hash, created_at)
VALUES (%(email)s, %(name)s, %(role)s, %(hash)s, %(now)s)
ON CONFLICT (email) DO NOTHING
RETURNING id, email, name, role, password_hash
"""


async def sign_up(session: AsyncSession, form: SignUp, now: datetime) -> Account:
    """Create the account and mail a link that confirms its address.

    Raises `EmailTaken`, `PasswordCommon`, `PasswordPersonal`.
    """
    check_new_password(form.password, form.email, form.name)
    hashed = await hash_password(form.password)  # before the first statement: no connection waits for it
    added = await select(session, Account, _ADD, email=form.email, name=form.name, role=form.role, hash=hashed, now=now)
    if not added:
        raise EmailTaken(fields={"email": EmailTaken.message})
    await mail_link(session, added[0].id, "verify_email", form.email, VERIFICATION_LIFE, now)
    return added[0]
