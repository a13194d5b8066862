"""docs/security.md: every test it names exists, every row has an answer; and the few things only it is about."""

import re

import pytest

from appointly.errors import PasswordCommon, PasswordPersonal, ValidationFailed
from appointly.frontend import ROOT
from appointly.operations.sign_up import SignUp
from appointly.passwords import check_new_password, hash_password, password_fits
from appointly.validation import parse

PAGE = (ROOT / "docs/security.md").read_text()
ANSWERS = {"met", "met in another way", "**not met**", "**partly**", "n/a"}


def test_every_test_it_names_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE))
    assert len(named) > 40
    missing = [f"{path}::{name}" for path, name in sorted(named) if f"def {name}(" not in (ROOT / path).read_text()]
    assert missing == []


def test_every_requirement_is_answered() -> None:
    rows = [line.split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) > 75
    assert {row[2].strip() for row in rows} <= ANSWERS
    assert [row[0] for row in rows if not row[3].strip(" |")] == []


def test_files_it_names_exist() -> None:
    named = set(re.findall(r"`((?:appointly|docs)/[\w/.-]+)`", PAGE))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("password", ["password1", "PASSWORD1", "Appointly", "aaaaaaaaaa", "1234567890"])
def test_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(PasswordCommon):
        check_new_password(password, "ada@example.com", "Ada Lovelace")


@pytest.mark.parametrize("password", ["ada.lovelace", "ADA.LOVELACE@EXAMPLE.COM", "Augusta King", "augustaking"])
def test_personal_passwords_are_refused(password: str) -> None:
    with pytest.raises(PasswordPersonal):
        check_new_password(password, "ada.lovelace@example.com", "Augusta King")


@pytest.mark.parametrize("password", ["onlysmallletters", "ONLYCAPITALS", "82736455019", "привет, мир", "  spaced  "])
def test_any_composition_will_do(password: str) -> None:
    values = {"email": "ada@example.com", "password": password, "name": "Ada"}
    assert parse(SignUp, values).password == password
    check_new_password(password, "ada@example.com", "Ada")


def test_seven_characters_are_too_few() -> None:
    with pytest.raises(ValidationFailed):
        parse(SignUp, {"email": "ada@example.com", "password": "seven77", "name": "Ada"})


async def test_a_password_is_checked_exactly_as_typed() -> None:
    password = " Pass" + "ä" * 194 + " "
    assert len(password) == 200
    stored = await hash_password(password)
    assert await password_fits(password, stored)
    for other in (password.strip(), password.lower(), password[:72], password[:-1]):
        assert not await password_fits(other, stored)
