"""Codes and links that are mailed: derived from their row's id, so that neither database nor outbox holds them.

Every try of a mail shows the same code, and a copy of the database without the secret key tells none.
"""

import hmac
from hashlib import sha256
from uuid import UUID

DIGITS = 6


def code_of(secret: str, code_id: UUID) -> str:
    """The six digits of a code."""
    digest = hmac.new(secret.encode(), f"code:{code_id}".encode(), sha256).digest()
    return f"{int.from_bytes(digest[:16]) % 10**DIGITS:0{DIGITS}}"


def link_key(secret: str, code_id: UUID) -> str:
    """The key in a mailed link, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"link:{code_id}".encode(), sha256).hexdigest()


def fits(expected: str, given: str) -> bool:
    """Whether what somebody typed is it, compared in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
