"""The statuses of an appointment and the moves between them."""

from enum import StrEnum

from appointly.errors import InvalidTransition


class Status(StrEnum):
    """Where an appointment stands. `declined`, `cancelled` and `expired` are ends that free the time."""

    HELD = "held"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


KEEPS_TIME = frozenset({Status.HELD, Status.PENDING, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW})

LEGAL_MOVES: frozenset[tuple[Status | None, Status]] = frozenset(
    {
        (None, Status.HELD),
        (None, Status.PENDING),
        (None, Status.CONFIRMED),
        (Status.HELD, Status.PENDING),
        (Status.HELD, Status.CONFIRMED),
        (Status.HELD, Status.CANCELLED),
        (Status.HELD, Status.EXPIRED),
        (Status.PENDING, Status.CONFIRMED),
        (Status.PENDING, Status.DECLINED),
        (Status.PENDING, Status.CANCELLED),
        (Status.PENDING, Status.EXPIRED),
        (Status.CONFIRMED, Status.CANCELLED),
        (Status.CONFIRMED, Status.COMPLETED),
        (Status.CONFIRMED, Status.NO_SHOW),
        # Undone within minutes; and a no-show that was disputed with success.
        (Status.COMPLETED, Status.CONFIRMED),
        (Status.NO_SHOW, Status.CONFIRMED),
        (Status.NO_SHOW, Status.COMPLETED),
    }
)


def require_move(before: Status, after: Status) -> None:
    """Raise `InvalidTransition` unless an appointment may move from `before` to `after`."""
    if (before, after) not in LEGAL_MOVES:
        is_now, wanted = (said.replace("no_show", "marked as a no-show") for said in (before, after))
        rest = " already" if before == after else f", so it can no longer be {wanted}"
        raise InvalidTransition(f"This booking is {is_now}{rest}.", details={"booking_status": before})
