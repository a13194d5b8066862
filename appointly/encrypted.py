"""What the database must hold and nobody may read there: passwords and addresses of calendars elsewhere."""

import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appointly.errors import SettingsInvalid
from appointly.settings import settings


def encrypt(purpose: str, facts: dict[str, Any]) -> bytes:
    """The facts, to be read again by `decrypt` for the same purpose and under the same SECRET_KEY alone."""
    return _cipher(purpose).encrypt(json.dumps(facts).encode())


def decrypt(purpose: str, stored: bytes) -> dict[str, Any]:
    """The facts of an `encrypt`. Raises `SettingsInvalid` where SECRET_KEY is not the one they were written with."""
    try:
        facts: dict[str, Any] = json.loads(_cipher(purpose).decrypt(stored))
    except InvalidToken:
        raise SettingsInvalid("This was written with another SECRET_KEY and cannot be read any more.") from None
    return facts


def _cipher(purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=f"appointly.{purpose}".encode())
    return Fernet(urlsafe_b64encode(derived.derive(settings().require_secret().encode())))
