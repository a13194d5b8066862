"""Types for what comes in from people and programs: cleaned, bounded, refused with a sentence.

PostgreSQL holds no NUL and UTF-8 no lone surrogates, so neither gets past here.
"""

import unicodedata
from typing import Annotated, Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from appointly.errors import ValidationFailed
from appointly.passwords import LONGEST, SHORTEST

FORBIDDEN = {"Cc", "Cs"}  # control characters and surrogates


class Form(BaseModel):
    """Base of all input: unknown fields are refused, strings trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def _one_line(value: str) -> str:
    if any(unicodedata.category(letter) in FORBIDDEN for letter in value):
        raise PydanticCustomError("one_line", "Please use one line of ordinary characters.")
    return value


def _lines(value: str) -> str:
    value = value.replace("\r\n", "\n")
    _one_line(value.replace("\n", "").replace("\t", ""))
    return value


def _email(value: str) -> str:
    try:
        checked = validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise PydanticCustomError("email", "This does not look like an email address.") from None
    return (checked.ascii_email or checked.normalized).lower()


Line = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_one_line)]
OptionalLine = Annotated[str, StringConstraints(max_length=120), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_lines)]
EmailAddress = Annotated[str, StringConstraints(min_length=3, max_length=254), AfterValidator(_email)]
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=LONGEST)]
NewPassword = Annotated[str, StringConstraints(strip_whitespace=False), Field(min_length=SHORTEST, max_length=LONGEST)]

SENTENCES = {
    "missing": "This is needed.",
    "string_too_short": "Please use at least {min_length} characters.",
    "string_too_long": "Please use at most {max_length} characters.",
    "extra_forbidden": "This field is not known.",
    "int_parsing": "Please give a whole number.",
    "int_type": "Please give a whole number.",
    "string_type": "Please give a text.",
    "uuid_parsing": "This is not a valid id.",
    "literal_error": "Please choose one of: {expected}.",
    "enum": "Please choose one of: {expected}.",
    "greater_than_equal": "Please use {ge} or more.",
    "less_than_equal": "Please use {le} or less.",
}


def sentence(error: Any) -> str:
    """One of pydantic's complaints as a person would say it. The input itself is never repeated."""
    template = SENTENCES.get(error["type"])
    if template is None:
        text = str(error["msg"]).removeprefix("Value error, ")
        return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
    if error.get("ctx", {}).get("min_length") == 1:
        return SENTENCES["missing"]
    return template.format(**error.get("ctx", {}))


def validation_failed(errors: Any, skip: int = 0) -> ValidationFailed:
    """Pydantic's complaints as one refusal. `skip` leaves out so many leading parts of each location."""
    fields: dict[str, str] = {}
    for error in errors:
        name = ".".join(str(part)[:60] for part in error["loc"][skip:]) or "body"
        fields.setdefault(_printable(name), sentence(error))
    return ValidationFailed(fields=fields)


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200]


FORM = TypeVar("FORM", bound=BaseModel)


def parse(form: type[FORM], values: Any) -> FORM:
    """`values` as `form`. Raises `ValidationFailed` with a sentence for each field."""
    try:
        return form.model_validate(values)
    except ValidationError as error:
        raise validation_failed(error.errors(include_url=False, include_input=False, include_context=True)) from None
