"""The key in a mailed link: it opens one booking without an account, and is never stored."""

import hmac
from hashlib import sha256
from uuid import UUID


def manage_key(secret: str, appointment_id: UUID) -> str:
    """The key of one appointment, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"manage:{appointment_id}".encode(), sha256).hexdigest()


def opens(secret: str, appointment_id: UUID, key: str) -> bool:
    """Whether `key` is the appointment's, compared in constant time."""
    return hmac.compare_digest(manage_key(secret, appointment_id).encode(), key.encode(errors="replace"))
