"""What a customer answers to a service's questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from appointly.errors import ValidationFailed

YES_NO = {"yes": "Yes", "no": "No"}


def check_answers(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> dict[str, Any]:
    """The answers as they are kept: `{id: {label, value, place}}`, so that a later change of the questions alters none.

    A question is `{id, label, kind: text | choice | yes_no, required, choices}`. Raises `ValidationFailed` with a
    sentence for each `answers.<id>`.
    """
    kept: dict[str, Any] = {}
    fields: dict[str, str] = {}
    for place, question in enumerate(questions):
        name = question["id"]
        value = answers.get(name, "").strip()
        if not value:
            if question.get("required"):
                fields[f"answers.{name}"] = "Please answer this question."
            continue
        kind = question.get("kind", "text")
        if kind == "yes_no":
            value = YES_NO.get(value.lower(), "")
        elif kind == "choice" and value not in question.get("choices", ()):
            value = ""
        if not value:
            fields[f"answers.{name}"] = "Please choose one of the answers."
            continue
        kept[name] = {"label": question["label"], "value": value, "place": place}
    known = {question["id"] for question in questions}
    fields |= {f"answers.{name}": "This question is not asked." for name in answers if name not in known}
    if fields:
        raise ValidationFailed(fields=fields)
    return kept
