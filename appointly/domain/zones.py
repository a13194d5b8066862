"""The time zones a business may live in."""

from functools import cache
from zoneinfo import available_timezones

REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


@cache
def zones() -> tuple[str, ...]:
    """Every IANA zone named by a place, and UTC, in order.

    Names without a place are left out: PostgreSQL takes some of them ("CET") for a fixed offset.
    """
    placed = {zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS and "/" in zone}
    return (*sorted(placed), "UTC")
