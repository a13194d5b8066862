"""Checked input: the kinds of text people send us, and pydantic's findings as sentences."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails

from appointly.domain.zones import zones
from appointly.errors import ValidationFailed

Model = TypeVar("Model", bound=BaseModel)

# Characters that turn the direction of the text around them: they make one name look like another.
TURNS_TEXT = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
HIDDEN = {"Cc", "Cs", "Zl", "Zp"}
# Joiners and spaces without width, the byte-order mark, fillers: alone they show nothing, so they are no name.
WIDTHLESS = "\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2800\u3164\ufe0f\ufeff\uffa0"

SENTENCES = {
    "missing": "Please fill this in.",
    "string_too_short": "Please fill this in.",
    "string_too_long": "Please use at most {max_length} characters.",
    "string_type": "Please write this as text.",
    "extra_forbidden": "This field is not known.",
    "too_long": "Please give at most {max_length}.",
    "too_short": "Please give at least {min_length}.",
    "float_type": "Please write this as a number.",
    "float_parsing": "Please write this as a number.",
    "int_type": "Please write this as a whole number.",
    "int_parsing": "Please write this as a whole number.",
    "int_parsing_size": "Please write this as a whole number.",
    "int_from_float": "Please write this as a whole number.",
    "greater_than_equal": "Please give at least {ge}.",
    "less_than_equal": "Please give at most {le}.",
    "literal_error": "Please choose one of: {expected}.",
    "list_type": "Please give a list.",
    "timezone_aware": "Please write the time with its offset, as in 2030-12-31T14:30:00+01:00.",
    **dict.fromkeys(("bool_type", "bool_parsing"), "Please write true or false."),
    **dict.fromkeys(("uuid_type", "uuid_parsing"), "This is not an id of ours."),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "Please write a day of the calendar, as in 2030-12-31.",
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        "Please write day and time, as in 2030-12-31T14:30:00+01:00.",
    ),
}


def _clean(text: str, allowed: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if not text.strip(WIDTHLESS + " \n\t"):
        return ""
    for character in text:
        if character not in allowed and (character in TURNS_TEXT or unicodedata.category(character) in HIDDEN):
            raise ValueError("This contains characters that cannot be printed. Please remove them.")
    return text


def one_line(text: str) -> str:
    """Text without line breaks and control characters, trimmed. Raises `ValueError` with a sentence."""
    if "\n" in text or "\r" in text:
        raise ValueError("Please write this in one line.")
    return _clean(text, "")


def several_lines(text: str) -> str:
    """Text that may hold line breaks and tabs but no other control character, trimmed."""
    return _clean(text.replace("\r\n", "\n"), "\n\t")


def email_address(text: str) -> str:
    """An address mail can be sent to, in lower case, its domain in ASCII. Not checked for existence."""
    try:
        checked = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        ).ascii_email
    except EmailNotValidError:
        checked = None
    if not text.strip():
        raise ValueError(SENTENCES["missing"])
    if not checked or len(checked) > 254:
        raise ValueError("This does not look like an email address. Please check it.")
    return checked.lower()


def phone_number(text: str) -> str:
    """A telephone number in its international form (E.164); empty stays empty."""
    text = one_line(text)
    if not text:
        return ""
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text.startswith("+"):
        raise ValueError("Please begin with + and the country code, for example +44 20 7946 0000.")
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("This does not look like a telephone number. Please check it.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def time_zone(text: str) -> str:
    """The IANA name of a zone. Raises `ValueError` with a sentence."""
    if text not in zones():
        raise ValueError("We do not know this time zone. Please choose one by its place, for example Europe/Berlin.")
    return text


def no_truth(value: object) -> object:
    """Pydantic would take True for 1. Raises `ValueError` with a sentence."""
    if isinstance(value, bool):
        raise ValueError(SENTENCES["int_type"])
    return value


Line = Annotated[str, AfterValidator(one_line)]
Paragraphs = Annotated[str, AfterValidator(several_lines)]
EmailAddress = Annotated[str, AfterValidator(email_address)]
PhoneNumber = Annotated[str, AfterValidator(phone_number)]
TimeZone = Annotated[str, AfterValidator(time_zone)]
Number = Annotated[int, BeforeValidator(no_truth)]


def sentences(errors: Iterable[ErrorDetails]) -> dict[str, str]:
    """Pydantic's findings as one sentence a field, named by its path (`answers.allergies`)."""
    fields: dict[str, str] = {}
    for error in errors:
        path = ".".join(str(part) for part in error["loc"])
        context: dict[str, Any] = error.get("ctx", {})
        kind: str = error["type"]
        if kind in ("too_short", "too_long") and isinstance(error["input"], str):
            kind = f"string_{kind}"  # a length that is checked after our own checks is told as any sequence's
        if kind == "value_error":
            sentence = str(context.get("error", "")) or "Please check this."
        else:
            sentence = SENTENCES.get(kind, "Please check this.").format(**context)
        fields.setdefault(path, sentence)
    return fields


def parse(model: type[Model], values: Mapping[str, object]) -> Model:
    """`values` as a checked `model`. Raises `ValidationFailed` with a sentence for each field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ValidationFailed(fields=sentences(error.errors())) from None
