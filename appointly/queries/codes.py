"""The code that finishes a sign-in, for the browser that asked for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import select
from appointly.domain.one_time_code import MOST_ATTEMPTS, PAUSE
from appointly.errors import AppointlyError, OtpAttemptsUsed, OtpExpired, OtpInvalid
from appointly.queries.sessions import token_hash


@dataclass(frozen=True)
class SignInCode:
    """A code that was mailed to `email`."""

    id: UUID
    user_id: UUID
    email: str
    attempts: int
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    used: bool

    def trouble(self, now: datetime) -> AppointlyError | None:
        """Why it cannot be used any more; None while it can."""
        if self.attempts >= MOST_ATTEMPTS:
            return OtpAttemptsUsed()
        return OtpExpired() if self.ended_at is not None or self.expires_at <= now else None

    def pause(self, now: datetime) -> int:
        """Seconds until another one may be asked for."""
        return max(0, -(-(self.created_at + PAUSE - now) // SECOND))


SECOND = PAUSE / PAUSE.total_seconds()
_CODE = """
SELECT id, user_id, email, attempts, created_at, expires_at, ended_at, used_at IS NOT NULL AS used
FROM one_time_code WHERE id = %(id)s AND purpose = 'sign_in' AND browser_hash = %(browser_hash)s
"""


@dataclass(frozen=True)
class _Awaited:
    id: UUID


_AWAITED = "SELECT id FROM one_time_code WHERE id = %(id)s AND purpose = 'sign_in' AND ended_at IS NULL"


async def sign_in_code(session: AsyncSession, code_id: UUID, browser: str) -> SignInCode | None:
    """The code, also an ended one, if the browser with this secret asked for it; nobody else learns of it."""
    found = await select(session, SignInCode, _CODE, id=code_id, browser_hash=token_hash(browser))
    return found[0] if found else None


async def is_awaited(session: AsyncSession, code_id: UUID) -> bool:
    """Whether this code of a sign-in has been neither used nor replaced nor guessed at too often."""
    return bool(await select(session, _Awaited, _AWAITED, id=code_id))


def code_id_of(text: str) -> UUID:
    """The id of a code as a form or an address has it. Raises `OtpInvalid`."""
    try:
        return UUID(text)
    except ValueError:
        raise OtpInvalid from None
