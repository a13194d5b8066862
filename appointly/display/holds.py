"""A time that is kept for somebody, as pages count it down."""

from dataclasses import dataclass
from datetime import datetime

CROWDED = "You keep three other times, so this one is not kept for you yet. Continue, and let one of them go there."
UNKEPT = (
    "This time was chosen and let go too often, so we cannot keep it for you now. You can book it all the same, as long"
    " as nobody is faster."
)


@dataclass(frozen=True)
class Kept:
    """Until when, and when that was written, both in milliseconds since 1970 by our clock; 0 where nothing is kept.

    The browser counts from the difference, so that its own clock may be wrong.
    """

    until: int = 0
    at: int = 0


def kept(until: datetime | None, at: datetime) -> Kept:
    """What is kept until then; nothing once that is over."""
    return Kept(int(until.timestamp() * 1000), int(at.timestamp() * 1000)) if until and until > at else Kept()
