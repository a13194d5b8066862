"""What is said to whoever asks for a move that is none."""

import pytest

from appointly.domain.lifecycle import Status, require_move
from appointly.errors import InvalidTransition


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (Status.CONFIRMED, Status.CONFIRMED, "This booking is confirmed already."),
        (Status.CANCELLED, Status.CONFIRMED, "This booking is cancelled, so it can no longer be confirmed."),
        (Status.NO_SHOW, Status.NO_SHOW, "This booking is marked as a no-show already."),
        (Status.DECLINED, Status.NO_SHOW, "This booking is declined, so it can no longer be marked as a no-show."),
    ],
)
def test_a_move_that_is_none_is_refused_in_words(before: Status, after: Status, said: str) -> None:
    with pytest.raises(InvalidTransition) as refused:
        require_move(before, after)
    assert (refused.value.message, refused.value.details) == (said, {"booking_status": before})
