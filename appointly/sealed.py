"""Facts that a browser keeps for us for some minutes: it can read them, but not change, keep or use them elsewhere."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from appointly.settings import settings

LIFE = timedelta(minutes=10)
# The purposes, which are the cookies' names too.
GOOGLE_START = "appointly_google"
GOOGLE_LINK = "appointly_google_link"
GOOGLE_CALENDAR = "appointly_google_calendar"


def seal(purpose: str, facts: dict[str, Any], now: datetime) -> str:
    """The value of a cookie: good for `purpose` alone, and for ten minutes."""
    return _serializer(purpose).dumps({"until": (now + LIFE).timestamp(), "facts": facts})


def unseal(purpose: str, value: str, now: datetime) -> dict[str, Any] | None:
    """The facts of a `seal` for the same purpose; None for a changed, foreign or late one."""
    try:
        sealed = _serializer(purpose).loads(value)
    except BadData:
        return None
    facts: dict[str, Any] = sealed["facts"]
    return facts if sealed["until"] > now.timestamp() else None


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        settings().secret_key, salt=f"appointly.{purpose}", signer_kwargs={"digest_method": sha256}
    )
