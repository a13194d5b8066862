"""Which texts are text."""

import pytest

from appointly.validation import one_line, several_lines


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\u2060 \ufeff", "\u3164", "\u200f"])
def test_what_shows_nothing_is_empty(nothing: str) -> None:
    assert one_line(nothing) == several_lines(nothing) == ""


@pytest.mark.parametrize("name", ["Ada", "م\u200cر", "👩\u200d🚀", "❤️", "Nguyễn Văn A"])
def test_names_of_all_scripts_stay_as_they_are(name: str) -> None:
    assert one_line(f" {name} ") == name
