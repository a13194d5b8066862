"""People for tests: made by the real operations, signed in for real."""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from appointly.clock import now
from appointly.database import transaction
from appointly.domain.one_time_code import code_of
from appointly.models import User
from appointly.operations.sign_in import sign_in
from appointly.operations.sign_up import SignUp, sign_up
from appointly.visitor import SESSION_COOKIE, access_token
from tests.making import account_of
from tests.processes import TEST_SECRET

PASSWORD = "correct-horse-battery"


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    user_id: UUID
    session_id: UUID
    email: str
    cookie: str
    bearer: str

    @property
    def headers(self) -> dict[str, str]:
        """For an API client."""
        return {"authorization": f"Bearer {self.bearer}"}


async def person(name: str = "Ada Lovelace", role: Literal["customer", "provider"] = "customer", **more: Any) -> Person:
    """A new account, signed in."""
    email = more.get("email", f"{name.split()[0].lower()}@example.com")
    async with transaction() as session:
        account = await sign_up(session, SignUp(email=email, password=PASSWORD, name=name, role=role), now())
    return await signed_in(account.id, email)


async def signed_in(user_id: UUID, email: str) -> Person:
    """An account that is there already, signed in once more."""
    async with transaction() as session:
        account = account_of(await session.get_one(User, user_id))
        new = await sign_in(session, account, now())
    return Person(user_id, new.id, email, f"{SESSION_COOKIE}={new.token}", access_token(user_id, new.id, now()))


def code_form(address: str) -> dict[str, str]:
    """What somebody posts who was led to `address`, the page of a mailed code, and has read the mail."""
    code_id = urlsplit(address).path.removeprefix("/auth/")
    return {"id": code_id, "code": code_of(TEST_SECRET, UUID(code_id))}
