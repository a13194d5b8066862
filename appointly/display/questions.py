"""A service's own questions, as they are asked wherever a time is booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

ANSWER = "answers."


@dataclass(frozen=True)
class Question:
    """A question of the service: `kind` is text, choice or yes_no; `name` that of its field."""

    name: str
    label: str
    kind: str
    required: bool
    choices: list[str] = field(default_factory=list)
    value: str = ""
    error: str = ""


def question_of(asked: Mapping[str, Any]) -> Question:
    """A question ready to show."""
    choices = ["Yes", "No"] if asked.get("kind") == "yes_no" else list(asked.get("choices", ()))
    return Question(
        name=ANSWER + asked["id"],
        label=asked["label"],
        kind=asked.get("kind", "text"),
        required=bool(asked.get("required")),
        choices=choices,
    )


def renewed(shown: Sequence[Question], asked: Sequence[Mapping[str, Any]]) -> list[Question]:
    """The questions as they are asked now, with what was answered already."""
    answered = {question.name: question.value for question in shown}
    return [replace(question, value=answered.get(question.name, "")) for question in map(question_of, asked)]


def as_asked(question: Question) -> dict[str, Any]:
    """The question as the service has it."""
    return {
        "id": question.name.removeprefix(ANSWER),
        "label": question.label,
        "kind": question.kind,
        "required": question.required,
        "choices": question.choices,
    }


def answers_in(form: Mapping[str, str]) -> dict[str, str]:
    """The answers of a form that was sent, by the question's id."""
    return {name.removeprefix(ANSWER): value for name, value in form.items() if name.startswith(ANSWER)}
