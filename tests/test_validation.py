"""Which texts are text."""

from datetime import date, datetime
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel

from appointly.errors import ValidationFailed
from appointly.validation import one_line, parse, several_lines


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\u2060 \ufeff", "\u3164", "\u200f"])
def test_what_shows_nothing_is_empty(nothing: str) -> None:
    assert one_line(nothing) == several_lines(nothing) == ""


@pytest.mark.parametrize("name", ["Ada", "م\u200cر", "👩\u200d🚀", "❤️", "Nguyễn Văn A"])
def test_names_of_all_scripts_stay_as_they_are(name: str) -> None:
    assert one_line(f" {name} ") == name


def test_what_has_a_form_is_told_its_form() -> None:
    class Asked(BaseModel):
        day: date
        at: AwareDatetime
        id: UUID
        yes: bool
        several: list[int]

    with pytest.raises(ValidationFailed) as refusal:
        parse(Asked, dict.fromkeys(Asked.model_fields, "2026-13-01"))
    assert "Please check this." not in refusal.value.fields.values()
    with pytest.raises(ValidationFailed) as refusal:
        parse(Asked, {name: {} for name in Asked.model_fields} | {"at": datetime(2026, 1, 1)})  # noqa: DTZ001
    assert "Please check this." not in refusal.value.fields.values()
