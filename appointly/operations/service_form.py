"""What a provider says about a service: the same input for page, onboarding and API."""

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticUndefined

from appointly.display.services import CATEGORY_NAMES
from appointly.errors import ValidationFailed
from appointly.models import Service
from appointly.models.base import uuid7
from appointly.operations.provider_fields import CategorySlug
from appointly.queries.own_services import OwnService
from appointly.validation import Line, Number, Paragraphs

DAY_MINUTES = 24 * 60
MOST_STARTS = 50_000  # of one service, over its whole horizon
MOST_QUESTIONS = 20
MOST_TAGS = 10
DRAWN = tuple(f"/pictures/{category}-{number}.svg" for category in CATEGORY_NAMES for number in (1, 2, 3))


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _different(values: list[str]) -> list[str]:
    """Without what is empty or said twice."""
    return list({value.casefold(): value for value in reversed(values) if value}.values())[::-1]


Tag = Annotated[Line, Field(max_length=40)]


class Price(BaseModel):
    """An amount in minor units, in the provider's own currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Annotated[Number, Field(ge=0, le=100_000_000)]
    currency: Annotated[str, Field(min_length=3, max_length=3)]


class Question(BaseModel):
    """What customers are asked when they book. `id` is given by us; an edit sends it back to keep it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(max_length=64)] = ""
    label: Annotated[Line, Field(min_length=1, max_length=200)]
    kind: Literal["text", "choice", "yes_no"] = "text"
    required: bool = False
    choices: Annotated[list[Annotated[Line, Field(max_length=100)]], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _choices_to_choose_from(self) -> Self:
        if self.kind != "choice":
            return self
        if not all(self.choices) or len({choice.casefold() for choice in self.choices}) < len(self.choices):
            raise ValueError("Please give each answer once, and leave none empty.")
        if len(self.choices) < 2:
            raise ValueError("Please give at least two answers to choose from.")
        return self


class ServiceFields(BaseModel):
    """Everything that can be said, each field by itself. Lengths of time in minutes; None: no cap, no own interval."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[Line, Field(min_length=1, max_length=140)]
    description: Annotated[Paragraphs, Field(max_length=8000)] = ""
    category: CategorySlug
    tags: Annotated[list[Tag], AfterValidator(_different), Field(max_length=MOST_TAGS)] = []
    price: Price
    duration_minutes: Annotated[Number, Field(ge=5, le=DAY_MINUTES)]
    buffer_before_minutes: Annotated[Number, Field(ge=0, le=720)] = 0
    buffer_after_minutes: Annotated[Number, Field(ge=0, le=720)] = 0
    max_appointments_per_day: Annotated[
        Annotated[Number, Field(ge=1, le=DAY_MINUTES)] | None, BeforeValidator(_empty_is_none)
    ] = None
    capacity: Annotated[Number, Field(ge=1, le=1000)] = 1
    min_notice_minutes: Annotated[Number, Field(ge=0, le=525_600)] = 60
    horizon_days: Annotated[Number, Field(ge=1, le=366)] = 30
    slot_interval_minutes: Annotated[
        Annotated[Number, Field(ge=5, le=DAY_MINUTES)] | None, BeforeValidator(_empty_is_none)
    ] = None
    spread: Literal["pack", "even"] = "pack"
    approval: Literal["instant", "manual"] = "instant"
    reschedule: Literal["instant", "manual"] = "manual"
    answer_within_hours: Annotated[Number, Field(ge=1, le=336)] = 24
    location: Literal["provider", "customer", "online"] = "provider"
    deposit_percent: Annotated[Number, Field(ge=0, le=100)] = 0
    cancellation_policy: Literal["flexible", "moderate", "strict"] = "flexible"
    questions: Annotated[list[Question], Field(max_length=MOST_QUESTIONS)] = []
    picture: Annotated[Line, Field(max_length=300)] = ""
    unlisted: bool = False


class ServiceForm(ServiceFields):
    """A whole service, whose parts fit together."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if problems := dict(self._misfits()):
            raise ValidationFailed(fields=problems)
        return self

    def _misfits(self) -> Iterator[tuple[str, str]]:
        whole = self.buffer_before_minutes + self.duration_minutes + self.buffer_after_minutes
        if whole > DAY_MINUTES:
            sentence = "With the time before and after it, this takes longer than a day. Please shorten one of them."
            yield "duration_minutes", sentence
        if self.deposit_percent and not self.price.amount:
            yield "deposit_percent", "A free service cannot ask for a deposit."
        if self.min_notice_minutes >= self.horizon_days * DAY_MINUTES:
            yield "min_notice_minutes", "Nobody could ever book: the notice is as long as the time you open ahead."
        starts = -(-DAY_MINUTES // (self.slot_interval_minutes or whole))
        starts = min(starts, self.max_appointments_per_day or starts)
        if starts * self.horizon_days > MOST_STARTS:
            yield "horizon_days", f"Times this close together can be opened {MOST_STARTS // starts} days ahead at most."

    @staticmethod
    def of(service: Service | OwnService) -> "ServiceForm":
        """What a stored service says; rows are right already, so nothing is checked again."""
        values: dict[str, Any] = {
            name: getattr(service, name) for name in ServiceForm.model_fields if name not in ("price", "questions")
        }
        price = Price.model_construct(amount=service.price_amount, currency=service.currency)
        questions = [Question.model_construct(**asked) for asked in service.questions]
        return ServiceForm.model_construct(**values, price=price, questions=questions)

    def fingerprint(self) -> str:
        """Differs whenever anything of the service does: tells a form whether it was changed meanwhile."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()[:32]

    def columns(self, known: frozenset[str] = frozenset()) -> dict[str, Any]:
        """The values of the row. Questions keep an id that is `known`, once; the others get one."""
        values = self.model_dump(exclude={"price", "questions"})
        return values | {
            "price_amount": self.price.amount,
            "currency": self.price.currency,
            "questions": _with_ids(self.questions, known),
            "picture": self._picture(),
        }

    def _picture(self) -> str:
        """A drawn scene is always one of the category's own."""
        drawn = not self.picture or self.picture in DRAWN
        fits = self.picture.startswith(f"/pictures/{self.category}-")
        return f"/pictures/{self.category}-1.svg" if drawn and not fits else self.picture


class ServiceChanges(ServiceFields):
    """What an edit changes: what is not given stays. `status` pauses, resumes or archives the service."""

    status: Literal["active", "paused", "archived"] = "active"

    def given(self) -> dict[str, Any]:
        """What was given, by name."""
        return self.model_dump(exclude_unset=True)


for _field in ServiceChanges.model_fields.values():  # no field of a change is needed, and none has a default
    _field.default, _field.default_factory = PydanticUndefined, lambda: None
ServiceChanges.model_rebuild(force=True)


def _with_ids(questions: list[Question], known: frozenset[str]) -> list[dict[str, Any]]:
    left = set(known)
    kept = []
    for question in questions:
        name = question.id if question.id in left else f"q{uuid7().hex[-12:]}"
        left.discard(name)
        choices = question.choices if question.kind == "choice" else []
        kept.append(question.model_dump() | {"id": name, "choices": choices})
    return kept
