"""One effect for each Idempotency-Key, however often and however simultaneously a request is sent."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.actor import Actor
from appointly.errors import IdempotencyKeyReused, RequestInProgress


@dataclass(frozen=True)
class Attempt:
    """One request with a key, and the answer it got the first time; `status` is 0 the first time."""

    actor: str
    key: str
    fingerprint: bytes
    status: int
    body: bytes


_CLAIM = """
INSERT INTO idempotency_key (actor, key, fingerprint, status, body, created_at)
VALUES (%(actor)s, %(key)s, %(fingerprint)s, 0, '', %(now)s)
ON CONFLICT DO NOTHING
RETURNING actor, key, fingerprint, status, body
"""
_EARLIER = """
SELECT actor, key, fingerprint, status, body FROM idempotency_key WHERE actor = %(actor)s AND key = %(key)s
"""
_KEEP = """
UPDATE idempotency_key SET status = %(status)s, body = %(body)s WHERE actor = %(actor)s AND key = %(key)s
"""


async def claim_key(
    session: AsyncSession, actor: Actor, guest: str, key: str, request: bytes, now: datetime
) -> Attempt:
    """Claim `key` for this transaction, or find the answer that it already has.

    Keys belong to the account, or to the address a guest gives. The same request at the same time waits here for the
    first one's commit. Raises `IdempotencyKeyReused` for another request under the same key.
    """
    who, fingerprint = _owner(actor, guest), sha256(request).digest()
    claimed = await select(session, Attempt, _CLAIM, actor=who, key=key, fingerprint=fingerprint, now=now)
    if claimed:
        return claimed[0]
    earlier = await earlier_attempt(session, actor, guest, key, request)
    if earlier is None:
        raise RequestInProgress
    return earlier


async def earlier_attempt(session: AsyncSession, actor: Actor, guest: str, key: str, request: bytes) -> Attempt | None:
    """The same request under this key, answered before. Raises `IdempotencyKeyReused` for another request."""
    earlier = await select(session, Attempt, _EARLIER, actor=_owner(actor, guest), key=key)
    if earlier and earlier[0].fingerprint != sha256(request).digest():
        raise IdempotencyKeyReused
    return earlier[0] if earlier else None


def _owner(actor: Actor, guest: str) -> str:
    return f"user:{actor.user_id}" if actor.user_id else f"guest:{sha256(guest.encode()).hexdigest()}"


async def keep_answer(session: AsyncSession, attempt: Attempt, status: int, body: bytes) -> None:
    """Remember the answer in the transaction of its effect, so that there is never one without the other."""
    await execute(session, _KEEP, actor=attempt.actor, key=attempt.key, status=status, body=body)
