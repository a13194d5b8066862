"""Day, time and place in the words of a search."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointly.domain.spoken_times import Spoken, spoken_times

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
FIVE, NOON = time(17), time(12)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("haircut", Spoken("haircut")),
        ("haircut tomorrow", Spoken("haircut", TUESDAY)),
        ("tomorrow after 17:00 near me", Spoken("", TUESDAY, FIVE, near_me=True)),
        ("Haircut Tomorrow After 5pm", Spoken("haircut", TUESDAY, FIVE)),
        ("yoga this evening", Spoken("yoga", MONDAY, FIVE)),
        ("massage tonight", Spoken("massage", MONDAY, FIVE)),
        ("maths tutor tuesday morning", Spoken("maths tutor", TUESDAY, None, NOON)),
        ("on monday in the afternoon dentist", Spoken("dentist", MONDAY, NOON, FIVE)),
        ("after 9 before 12 today", Spoken("", MONDAY, time(9), NOON)),
        ("until 9.30 sunday", Spoken("", date(2026, 11, 29), None, time(9, 30))),
        ("12am", Spoken("12am")),
        ("after 12am today", Spoken("", MONDAY, time(0))),
        ("after 25:00", Spoken("after 25:00")),
        ("after 13pm", Spoken("after 13pm")),
        ("after 18:00 before 9:00", Spoken("after 18:00 before 9:00")),
        ("tomorrow between 10 and 12 haircut", Spoken("haircut", TUESDAY, time(10), NOON)),
        ("from 9:30 to 5pm today", Spoken("", MONDAY, time(9, 30), FIVE)),
        ("massage tomorrow at 5pm", Spoken("massage", TUESDAY, FIVE)),
        ("at 17:00 massage", Spoken("massage", MONDAY, FIVE)),
        ("studio at 12 elm street", Spoken("studio at 12 elm street")),
        ("tutor between 10 and 30 euros", Spoken("tutor between 10 and 30 euros")),
        ("between friends and family", Spoken("between friends and family")),
        ("after work drinks", Spoken("after work drinks")),
        ("mondays", Spoken("mondays")),
        ("massage nearby", Spoken("massage", near_me=True)),
    ],
)
def test_what_people_type(text: str, meant: Spoken) -> None:
    assert spoken_times(text, MONDAY) == meant


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_any_text_means_something_that_can_be(text: str, today: date) -> None:
    meant = spoken_times(text, today)
    assert meant.day is None or 0 <= (meant.day - today).days <= 6
    assert meant.day is not None or (meant.after is None and meant.before is None)
    assert meant.after is None or meant.before is None or meant.after < meant.before
