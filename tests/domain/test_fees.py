"""The platform's part of a price."""

import pytest

from appointly.domain.fees import platform_fee


@pytest.mark.parametrize(
    ("amount", "points", "fee"),
    [(4550, 500, 228), (4500, 500, 225), (10, 500, 1), (9, 500, 0), (0, 500, 0), (4500, 0, 0), (4500, 10_000, 4500)],
)
def test_half_a_unit_is_rounded_up(amount: int, points: int, fee: int) -> None:
    assert platform_fee(amount, points) == fee
