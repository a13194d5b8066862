"""What the platform keeps of a price."""

WHOLE = 10_000


def platform_fee(amount: int, basis_points: int) -> int:
    """The fee in minor units, half a unit rounded up: 5 % (500) of 4550 is 228."""
    return (amount * basis_points + WHOLE // 2) // WHOLE
