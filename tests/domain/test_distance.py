"""Distances on the earth, and the boxes that hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointly.domain.distance import box_around, kilometres

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((52.5200, 13.4050), (48.1372, 11.5755), 504),  # Berlin, Munich
        ((51.5074, -0.1278), (40.7128, -74.0060), 5570),  # London, New York
        ((-17.7134, 178.065), (-13.7590, -172.1046), 1140),  # over the date line: Fiji, Samoa
        ((0, 0), (0, 180), 20015),
    ],
)
def test_known_distances(one: tuple[float, float], other: tuple[float, float], apart: float) -> None:
    assert kilometres(*one, *other) == pytest.approx(apart, rel=0.005)


@given(latitudes, longitudes, latitudes, longitudes, st.floats(1, 500))
def test_the_box_holds_all_that_is_within_reach(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float, reach: float
) -> None:
    box = box_around(latitude, longitude, reach)
    if kilometres(latitude, longitude, other_latitude, other_longitude) < reach * 0.999999:
        assert box.south - 1e-9 <= other_latitude <= box.north + 1e-9
        assert box.west - 1e-9 <= other_longitude <= box.east + 1e-9


@given(latitudes, longitudes, st.floats(0, 360), st.floats(1, 500))
def test_a_box_is_never_upside_down(latitude: float, longitude: float, bearing: float, reach: float) -> None:
    box = box_around(latitude, longitude, reach)
    assert box.south <= latitude <= box.north
    assert box.west <= longitude <= box.east
