"""Mails the code that finishes a sign-in whose password was right."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.one_time_code import CODE_LIFE, CODES_AN_HOUR, PAUSE
from appointly.errors import CodeJustSent, CredentialsInvalid, OtpInvalid, TooManyCodes
from appointly.models.base import uuid7
from appointly.operations.account_mail import mail_account
from appointly.queries.accounts import Account
from appointly.queries.codes import SignInCode, sign_in_code
from appointly.queries.sessions import token_hash

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class AskedCode:
    """A code on its way. `browser` is the secret of the browser that asked; it is nowhere else."""

    id: UUID
    browser: str


@dataclass(frozen=True)
class _Sent:
    """One of the last hour's codes."""

    id: UUID
    browser_hash: bytes | None
    created_at: datetime
    living: bool


# One lock for all that happens to somebody's codes: the account's row.
LOCK = """
SELECT id, email, name, role, password_hash FROM "user" WHERE id = %(id)s AND disabled_at IS NULL
FOR NO KEY UPDATE
"""
_LATELY = """
SELECT id, browser_hash, created_at, ended_at IS NULL AND expires_at > %(now)s AS living FROM one_time_code
WHERE user_id = %(user_id)s AND purpose = 'sign_in' AND created_at > %(since)s
ORDER BY created_at
"""
_REPLACE = """
UPDATE one_time_code SET ended_at = %(now)s WHERE user_id = %(user_id)s AND purpose = 'sign_in' AND ended_at IS NULL
"""
_ADD = """
INSERT INTO one_time_code (id, user_id, purpose, email, target, browser_hash, attempts, expires_at, created_at)
VALUES (%(id)s, %(user_id)s, 'sign_in', %(email)s, '', %(browser_hash)s, 0, %(expires_at)s, %(now)s)
"""


async def send_sign_in_code(
    session: AsyncSession, user_id: UUID, browser: str, now: datetime, ceiling: int = CODES_AN_HOUR
) -> AskedCode:
    """Mail a code to somebody whose password was checked, and end the one before. `browser` is its secret, if any.

    The same click twice, and an account with `ceiling` codes in an hour, lead a browser back to the code it has: what
    is mailed stays good. Raises `TooManyCodes` for other browsers, `CredentialsInvalid` when the account has gone.
    """
    account = await lock_account(session, user_id)
    lately = await select(session, _Sent, _LATELY, user_id=user_id, now=now, since=now - HOUR)
    mine = [sent for sent in lately if sent.living and sent.browser_hash == token_hash(browser)]
    if mine and (len(lately) >= ceiling or now < mine[0].created_at + PAUSE):
        return AskedCode(mine[0].id, browser)
    return await _send(session, account, secrets.token_urlsafe(32), lately, now, ceiling)


async def send_another_code(
    session: AsyncSession, code_id: UUID, browser: str, now: datetime, ceiling: int = CODES_AN_HOUR
) -> AskedCode:
    """Mail a new code in place of one that is still good, to the browser that asked for it.

    Raises `OtpInvalid` for other browsers, `OtpExpired` and `OtpAttemptsUsed` when it is good no more, `CodeJustSent`
    and `TooManyCodes` when it is too early; then the last one stays good.
    """
    account, asked = await lock_code(session, code_id, browser)
    if trouble := asked.trouble(now):
        raise trouble
    if pause := asked.pause(now):
        raise CodeJustSent(details={"retry_after": pause})
    lately = await select(session, _Sent, _LATELY, user_id=account.id, now=now, since=now - HOUR)
    return await _send(session, account, browser, lately, now, ceiling)


async def end_sign_in_codes(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """Whatever code is on its way is worth nothing from now on."""
    await execute(session, _REPLACE, user_id=user_id, now=now)


async def lock_code(session: AsyncSession, code_id: UUID, browser: str) -> tuple[Account, SignInCode]:
    """A code and its account, locked: nothing happens to it meanwhile. Raises `OtpInvalid` for other browsers.

    Only the browser that asked gets as far as the lock.
    """
    if code := await sign_in_code(session, code_id, browser):
        account = await lock_account(session, code.user_id)
        if code := await sign_in_code(session, code_id, browser):  # as it is behind the lock
            return account, code
    raise OtpInvalid


async def lock_account(session: AsyncSession, user_id: UUID) -> Account:
    """The account, locked until the end of the transaction. Raises `CredentialsInvalid` when it has gone."""
    found = await select(session, Account, LOCK, id=user_id)
    if not found:
        raise CredentialsInvalid
    return found[0]


async def _send(
    session: AsyncSession, account: Account, browser: str, lately: list[_Sent], now: datetime, ceiling: int
) -> AskedCode:
    if len(lately) >= ceiling:
        wait = lately[-ceiling].created_at + HOUR - now
        raise TooManyCodes(details={"retry_after": max(1, int(wait.total_seconds()))})
    await end_sign_in_codes(session, account.id, now)
    code = AskedCode(uuid7(), browser)
    until = now + CODE_LIFE
    await execute(
        session,
        _ADD,
        id=code.id,
        user_id=account.id,
        email=account.email,
        browser_hash=token_hash(browser),
        expires_at=until,
        now=now,
    )
    key = str(code.id)
    await mail_account(session, "sign_in_code", account.email, key, now, until=until, code_id=key)
    return code
