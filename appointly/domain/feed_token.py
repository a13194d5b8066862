"""The secret in the address of a private calendar: derived, never stored, and dead once its owner wants a new one.

It names the account, what is shown and the version of the account's addresses, and proves all three.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from uuid import UUID

PROOF = 21
LENGTH = 56  # of the token; what is shorter or longer is none


class Feed(IntEnum):
    """What an address shows: one's own bookings; those of one's business; the same without whose they are."""

    OWN = 1
    BUSINESS = 2
    BUSINESS_WITHOUT_NAMES = 3


@dataclass(frozen=True)
class FeedKey:
    """What a token says. It is good while the account's `feed_version` is this one."""

    user_id: UUID
    feed: Feed
    version: int


def feed_token(secret: str, key: FeedKey) -> str:
    """The token of a feed, 56 characters that need no escaping in an address."""
    facts = bytes([key.feed]) + key.version.to_bytes(4) + key.user_id.bytes
    return urlsafe_b64encode(facts + _proof(secret, facts)).decode()


def read_feed_token(secret: str, token: str) -> FeedKey | None:
    """What the token says, if it was made with this secret; compared in constant time."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        read = urlsafe_b64decode(token)
    except (Error, ValueError):
        return None
    facts, proof = read[:-PROOF], read[-PROOF:]
    if not hmac.compare_digest(_proof(secret, facts), proof):
        return None
    return FeedKey(UUID(bytes=facts[5:]), Feed(facts[0]), int.from_bytes(facts[1:5]))


def _proof(secret: str, facts: bytes) -> bytes:
    return hmac.new(secret.encode(), b"feed:" + facts, sha256).digest()[:PROOF]
