"""How long an offer lasts, and which moves a place in line may make."""

from datetime import timedelta

import pytest

from appointly.domain.waitlist import IN_LINE, LEGAL_MOVES, Waiting, offer_until, require_move
from appointly.errors import InvalidTransition
from tests.making import NOW


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        (timedelta(days=9), timedelta(hours=2)),
        (timedelta(hours=4), timedelta(hours=2)),
        (timedelta(hours=3), timedelta(minutes=90)),
        (timedelta(minutes=20), timedelta(minutes=10)),
        (timedelta(minutes=15), timedelta(minutes=10)),
        (timedelta(minutes=6), timedelta(minutes=6)),
    ],
)
def test_how_long_a_time_is_kept(left: timedelta, kept: timedelta) -> None:
    assert offer_until(NOW + left, NOW) == NOW + kept


def test_the_moves() -> None:
    for before in Waiting:
        for after in Waiting:
            if (before, after) in LEGAL_MOVES:
                require_move(before, after)
                assert before in IN_LINE
            else:
                with pytest.raises(InvalidTransition):
                    require_move(before, after)
