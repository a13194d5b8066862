"""Decides whether what somebody typed is the code that was mailed to them."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.one_time_code import MOST_ATTEMPTS, code_of, digits_of, fits
from appointly.errors import OtpInvalid
from appointly.operations.send_sign_in_code import lock_code
from appointly.queries.accounts import Account

_USE = "UPDATE one_time_code SET used_at = %(now)s, ended_at = %(now)s WHERE id = %(id)s"
_COUNT = """
UPDATE one_time_code SET attempts = attempts + 1,
    ended_at = CASE WHEN attempts + 1 >= %(most)s THEN %(now)s ELSE ended_at END
WHERE id = %(id)s
"""
_VERIFIED = """
UPDATE "user" SET email_verified_at = %(now)s WHERE id = %(id)s AND email = %(email)s AND email_verified_at IS NULL
"""


async def redeem_sign_in_code(
    session: AsyncSession, code_id: UUID, browser: str, typed: str, secret: str, now: datetime
) -> Account | None:
    """The account that may sign in now; None for a wrong code, which has cost an attempt: commit, then refuse.

    Raises `OtpInvalid` for another browser, in the words of a wrong code but without costing the owner an attempt: it
    could not get in with the right code either. Nor does it cost one to type no code at all. Raises `OtpExpired` and
    `OtpAttemptsUsed`. The lock makes a code good for one of two requests.
    """
    account, code = await lock_code(session, code_id, browser)
    if trouble := code.trouble(now):
        raise trouble
    digits = digits_of(typed)
    if not digits:
        raise OtpInvalid
    if not fits(code_of(secret, code_id), digits):
        await execute(session, _COUNT, id=code_id, most=MOST_ATTEMPTS, now=now)
        return None
    await execute(session, _USE, id=code_id, now=now)
    await execute(session, _VERIFIED, id=account.id, email=code.email, now=now)
    return account
