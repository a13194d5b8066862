"""A search as it stands in the address bar, for the page and the API alike."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import date as Date
from datetime import time as Time
from typing import Annotated, Literal, Self
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from appointly.errors import ValidationFailed
from appointly.validation import Line, sentences

Sort = Literal["relevance", "price", "next", "distance"]
HIGHEST_PRICE = 100_000_000
USUAL_REACH = 25
TERMS = 8
SMALL_WORDS = {
    "a",
    "an",
    "and",
    "at",
    "by",
    "der",
    "die",
    "du",
    "for",
    "in",
    "la",
    "le",
    "near",
    "of",
    "or",
    "the",
    "with",
}
# Letters that do not decompose, as PostgreSQL's unaccent() writes them.
PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "œ": "oe", "ı": "i"})
SENTENCES = {
    "date": "Please write the day as in 2026-11-30.",
    "after": "Please write the time of day as in 17:00.",
    "before": "Please write the time of day as in 12:30.",
    "near": "Please write the place as latitude and longitude, as in 52.52,13.40.",
    "within": "Please ask for 1 to 500 kilometres around.",
    "sort": "Please sort by relevance, price, next or distance.",
    "min_price": "Please write the lowest price as a whole number of cents.",
    "max_price": "Please write the highest price as a whole number of cents.",
    "limit": "Please ask for 1 to 100 services at a time.",
    "q": "Please search with at most 200 printable characters.",
}


def _empty_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _iso_date(value: object) -> object:
    """Pydantic would take "1" for a day in 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value.strip()):
        raise ValueError(SENTENCES["date"])
    return value


def _clock_time(value: object) -> object:
    """Pydantic would take a number for seconds after midnight."""
    if isinstance(value, str) and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value.strip()):
        raise ValueError(SENTENCES["after"])
    return value


def _on_earth(value: str) -> str:
    if value and place_in(value) is None:
        raise ValueError(SENTENCES["near"])
    return value


def place_in(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees from "52.52,13.40"; None where it is none on earth."""
    number = r"\s*(-?\d{1,3}(?:\.\d{1,8})?)\s*"
    found = re.fullmatch(f"{number},{number}", text, re.ASCII)
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


TimeOfDay = Annotated[Time | None, BeforeValidator(_clock_time), BeforeValidator(_empty_is_none)]
Amount = Annotated[Annotated[int, Field(ge=0, le=HIGHEST_PRICE)] | None, BeforeValidator(_empty_is_none)]


class SearchRequest(BaseModel):
    """What somebody looks for. Prices in minor units; `date`, `after` and `before` local at each provider; empty: any.

    `after` and `before` say when on the `date` it begins. `near` is "latitude,longitude", `within` kilometres of it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    q: Annotated[Line, Field(max_length=200)] = ""
    category: Annotated[Line, Field(max_length=80)] = ""
    city: Annotated[Line, Field(max_length=120)] = ""
    min_price: Amount = None
    max_price: Amount = None
    date: Annotated[Date | None, BeforeValidator(_iso_date), BeforeValidator(_empty_is_none)] = None
    after: TimeOfDay = None
    before: TimeOfDay = None
    near: Annotated[Line, Field(max_length=40), AfterValidator(_on_earth)] = ""
    within: Annotated[
        Annotated[int, Field(ge=1, le=500)], BeforeValidator(lambda value: USUAL_REACH if value == "" else value)
    ] = USUAL_REACH
    sort: Annotated[Sort, BeforeValidator(lambda value: value or "relevance")] = "relevance"
    cursor: Annotated[str, Field(max_length=400)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.min_price is not None and self.max_price is not None and self.min_price > self.max_price:
            raise ValidationFailed(fields={"max_price": "The highest price is below the lowest one."})
        if self.date is None and (self.after or self.before):
            name = "after" if self.after else "before"
            raise ValidationFailed(fields={name: "Please choose the day for this time of day."})
        if self.after and self.before and self.after >= self.before:
            raise ValidationFailed(fields={"before": "The latest time is not after the earliest one."})
        if self.sort == "distance" and not self.near:
            raise ValidationFailed(fields={"sort": "To sort by distance we need to know from where."})
        return self

    @classmethod
    def from_query(cls, values: Mapping[str, str]) -> Self:
        """The search the address bar carries. Raises `ValidationFailed` with a sentence for each value it cannot be."""
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            found = sentences(error.errors())
            raise ValidationFailed(fields={name: SENTENCES.get(name, said) for name, said in found.items()}) from None

    @classmethod
    def forgiving(cls, values: Mapping[str, str]) -> tuple[Self, dict[str, str]]:
        """The search without the values it cannot be, and the sentence for each of those."""
        problems: dict[str, str] = {}
        kept = dict(values)
        while True:
            try:
                return cls.from_query(kept), problems
            except ValidationFailed as refusal:
                problems |= refusal.fields
                kept = {name: value for name, value in kept.items() if name not in refusal.fields}

    def values(self) -> dict[str, str]:
        """What differs from an empty search, as text; without cursor and limit."""
        chosen = self.model_dump(mode="json", exclude_defaults=True, exclude={"cursor", "limit"})
        times = {name: f"{at:%H:%M}" for name, at in (("after", self.after), ("before", self.before)) if at}
        return {name: str(value) for name, value in chosen.items()} | times

    def to_query(self) -> str:
        """The address bar's part after the question mark; `from_query` reads the same search back."""
        return urlencode(self.values())

    def mark(self) -> str:
        """Names this search in its cursors, so that a cursor of another one is noticed."""
        return hashlib.sha256(self.to_query().encode()).hexdigest()[:12]

    def terms(self) -> list[str]:
        """The words to look for: lower case, no accents, no small words beside longer ones."""
        found = list(dict.fromkeys(re.findall(r"[^\W_]+", fold(self.q))))
        telling = [word for word in found if len(word) > 1 and word not in SMALL_WORDS]
        return [word[:40] for word in telling][:TERMS]


def fold(text: str) -> str:
    """`text` in lower case without accents, as the database's fold() writes it."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
