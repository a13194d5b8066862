"""How far apart two places are, and the box around one of them."""

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt

EARTH_KM = 6371.0088  # mean radius (IUGG)


@dataclass(frozen=True)
class Box:
    """Everything within reach lies between these degrees; `west` and `east` are wide open near a pole or 180°."""

    south: float
    north: float
    west: float
    east: float


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The distance over the ground, as on a sphere (haversine)."""
    half_down, half_across = radians(other_latitude - latitude) / 2, radians(other_longitude - longitude) / 2
    chord = sin(half_down) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(half_across) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))


def box_around(latitude: float, longitude: float, reach_km: float) -> Box:
    """The smallest box of degrees that holds all within `reach_km`."""
    angle = reach_km / EARTH_KM
    south, north = latitude - degrees(angle), latitude + degrees(angle)
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    across = degrees(asin(min(1.0, sin(angle) / cos(radians(latitude)))))
    west, east = longitude - across, longitude + across
    return Box(south, north, west, east) if west >= -180 and east <= 180 else Box(south, north, -180.0, 180.0)
