"""The life of somebody's place in line, and how long a freed time is kept for them."""

from datetime import datetime, timedelta
from enum import StrEnum

from appointly.errors import InvalidTransition

LONGEST_OFFER = timedelta(hours=2)
SHORTEST_OFFER = timedelta(minutes=10)


class Waiting(StrEnum):
    """Where an entry stands. `offered` while a time is kept for it; `taken`, `left` and `over` are ends."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LEFT = "left"
    OVER = "over"


IN_LINE = frozenset({Waiting.WAITING, Waiting.OFFERED})

LEGAL_MOVES: frozenset[tuple[Waiting, Waiting]] = frozenset(
    {
        (Waiting.WAITING, Waiting.OFFERED),
        # The offer was passed on, or ran out: still in line for other times.
        (Waiting.OFFERED, Waiting.WAITING),
        (Waiting.OFFERED, Waiting.TAKEN),
        (Waiting.WAITING, Waiting.LEFT),
        (Waiting.OFFERED, Waiting.LEFT),
        (Waiting.WAITING, Waiting.OVER),
        (Waiting.OFFERED, Waiting.OVER),
    }
)


def require_move(before: Waiting, after: Waiting) -> None:
    """Raise `InvalidTransition` unless an entry may move from `before` to `after`."""
    if (before, after) not in LEGAL_MOVES:
        raise InvalidTransition(
            "You are no longer on this list." if before not in IN_LINE else "No time is kept for you at the moment.",
            details={"waitlist_status": before},
        )


def offer_until(start: datetime, now: datetime) -> datetime:
    """Until when a time that begins at `start` is kept for the one it is offered to at `now`.

    Half of what is left, so that there is time for the next one too; between ten minutes and two hours, and never past
    the start.
    """
    return min(now + max(min((start - now) / 2, LONGEST_OFFER), SHORTEST_OFFER), start)
