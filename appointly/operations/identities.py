"""Other ways into an account: whom a proven identity signs in, adding one, removing one."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.domain.proven_identity import ProvenIdentity
from appointly.domain.rights import Whose, require
from appointly.errors import (
    EmailTaken,
    IdentityRefused,
    IdentityTaken,
    IdentityUnverified,
    LastWayIn,
    NotFound,
)
from appointly.operations.account_mail import mail_account
from appointly.queries.accounts import Account, account_by_email
from appointly.queries.identities import account_of_identity

# Two callbacks for the same person at once: the second finds what the first has made.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%(issuer)s || ' ' || %(subject)s, 0))"
_SHOWN = """
UPDATE identity SET email = %(email)s
WHERE issuer = %(issuer)s AND subject = %(subject)s AND email <> %(email)s
"""
_NEWCOMER = """
INSERT INTO "user" (email, name, role, email_verified_at, created_at)
VALUES (%(email)s, %(name)s, 'customer', %(now)s, %(now)s)
ON CONFLICT (email) DO NOTHING
RETURNING id, email, name, role, password_hash
"""
_ADD = """
INSERT INTO identity (user_id, issuer, subject, email, created_at)
SELECT id, %(issuer)s, %(subject)s, %(email)s, %(now)s FROM "user"
WHERE id = %(user_id)s AND disabled_at IS NULL AND password_hash IS NOT DISTINCT FROM %(known)s FOR SHARE
"""
_VERIFIED = """
UPDATE "user" SET email_verified_at = %(now)s
WHERE id = %(user_id)s AND email = %(email)s AND email_verified_at IS NULL
"""


async def enter(session: AsyncSession, proven: ProvenIdentity, now: datetime) -> Account:
    """The account that this identity opens: its own, or a new one for a verified address that nobody has.

    Raises `IdentityUnverified`, `IdentityRefused` for a disabled account, and `EmailTaken` where the address belongs to
    an account which its owner must open once more before the identity is added to it.
    """
    await _lock(session, proven)
    account = await account_of_identity(session, proven.issuer, proven.subject)
    if account is not None:
        await execute(session, _SHOWN, **_key(proven), email=proven.email)
        return account
    if not proven.email_verified:
        raise IdentityUnverified
    added = await select(session, Account, _NEWCOMER, email=proven.email, name=proven.name, now=now)
    if not added:
        known = await account_by_email(session, proven.email)
        raise EmailTaken if known else IdentityRefused
    await _add(session, proven, added[0], now)
    return added[0]


async def link(session: AsyncSession, proven: ProvenIdentity, account: Account, now: datetime) -> None:
    """Add the identity to an account that its owner has just opened; the owner is told by mail. Twice is once.

    Raises `IdentityUnverified`, `IdentityTaken`, and `IdentityRefused` for a disabled account.
    """
    if not proven.email_verified:
        raise IdentityUnverified
    await _lock(session, proven)
    known = await account_of_identity(session, proven.issuer, proven.subject)
    if known is not None:
        if known.id != account.id:
            raise IdentityTaken
        return
    await _add(session, proven, account, now)
    await execute(session, _VERIFIED, user_id=account.id, email=proven.email, now=now)
    key = f"{account.id}:{now.isoformat()}"
    await mail_account(session, "identity_linked", account.email, key, now, name=account.name, identity=proven.email)


async def unlink(session: AsyncSession, actor: Actor, identity_id: UUID, now: datetime) -> None:
    """Remove one of the actor's identities. Raises `NotFound`, and `LastWayIn` where nothing else opens the account."""
    require(actor, "identity.unlink", Whose(user_id=actor.user_id))
    owner = 'SELECT id, email, name, role, password_hash FROM "user" WHERE id = %(user_id)s FOR UPDATE'
    [account] = await select(session, Account, owner, user_id=actor.user_id)
    delete = "DELETE FROM identity WHERE id = %(id)s AND user_id = %(user_id)s"
    if not await execute(session, delete, id=identity_id, user_id=actor.user_id):
        raise NotFound
    left = "SELECT id FROM identity WHERE user_id = %(user_id)s"
    if account.password_hash is None and not await execute(session, left, user_id=actor.user_id):
        raise LastWayIn
    await mail_account(session, "identity_unlinked", account.email, str(identity_id), now, name=account.name)


def _key(proven: ProvenIdentity) -> dict[str, str]:
    return {"issuer": proven.issuer, "subject": proven.subject}


async def _lock(session: AsyncSession, proven: ProvenIdentity) -> None:
    await execute(session, _ONE_AT_A_TIME, **_key(proven))


async def _add(session: AsyncSession, proven: ProvenIdentity, account: Account, now: datetime) -> None:
    """To the account as it was when its owner was checked: not once its password has changed."""
    who = {"user_id": account.id, "known": account.password_hash}
    if not await execute(session, _ADD, **_key(proven), **who, email=proven.email, now=now):
        raise IdentityRefused
