"""Codes at doors and tickets: what we made is read, everything else is nothing."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointly.domain.check_in import Code, door_code, read_code, ticket_code

SECRET = "s" * 40


@given(st.uuids(), st.integers(1, 10**9))
def test_a_code_says_what_it_was_made_for(identifier: UUID, version: int) -> None:
    assert read_code(SECRET, door_code(SECRET, identifier, version)) == Code("door", identifier, version)
    assert read_code(SECRET, ticket_code(SECRET, identifier)) == Code("ticket", identifier, 1)
    assert read_code("t" * 40, door_code(SECRET, identifier, version)) is None


@given(st.uuids(), st.data())
def test_a_changed_code_is_none(identifier: UUID, data: st.DataObject) -> None:
    code = door_code(SECRET, identifier, 3)
    at = data.draw(st.integers(0, len(code) - 1))
    letter = data.draw(st.characters().filter(lambda each: each != code[at]))
    assert read_code(SECRET, code[:at] + letter + code[at + 1 :]) is None


@given(st.text())
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(SECRET, text) is None


@pytest.mark.parametrize("text", ["", "D", "D...", "T.AAAA.1.x", "D." + "A" * 22 + ".1." + "A" * 22, "x" * 5000])
def test_what_looks_like_a_code_is_none(text: str) -> None:
    assert read_code(SECRET, text) is None


def test_a_ticket_is_no_door() -> None:
    identifier = UUID(int=7)
    assert read_code(SECRET, "D" + ticket_code(SECRET, identifier)[1:]) is None
