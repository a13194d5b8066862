"""A service while it is being written: every field as text, as it stands in the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from appointly.display.formatting import amount_of, decimal
from appointly.errors import ValidationFailed
from appointly.operations.service_form import Price, ServiceForm
from appointly.validation import parse

NEW = ServiceForm.model_construct(
    title="", category="", duration_minutes=60, price=Price.model_construct(amount=0, currency="")
)
LABEL = "label."
# Left empty, these mean none.
NONE_IS_ZERO = ("buffer_before_minutes", "buffer_after_minutes", "deposit_percent")
TIMES = (
    "duration_minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "slot_interval_minutes",
    "max_appointments_per_day",
    "spread",
    "min_notice_minutes",
    "horizon_days",
    "capacity",
)


@dataclass(frozen=True)
class QuestionDraft:
    """A question being written; `key` names its fields in the page and is its id, once it has one.

    `choices` has one answer a line.
    """

    key: str
    label: str = ""
    kind: str = "text"
    required: bool = False
    choices: str = ""
    error: str = ""
    choices_error: str = ""


@dataclass(frozen=True)
class Draft:
    """What was written for a service and not saved; `seen` is the fingerprint of what it was written over."""

    typed: dict[str, str]
    questions: list[QuestionDraft]
    seen: str


def typed_of(form: ServiceForm) -> dict[str, str]:
    """The fields of a service as the page shows them."""
    values = form.model_dump(exclude={"price", "tags", "questions", "unlisted"})
    price = f"{decimal(form.price.amount, form.price.currency):f}" if form.price.currency else ""
    return {name: "" if value is None else str(value) for name, value in values.items()} | {
        "price": price,
        "tags": ", ".join(form.tags),
        "unlisted": "on" if form.unlisted else "",
    }


def drafts_of(form: ServiceForm) -> list[QuestionDraft]:
    """The questions of a service as the page shows them."""
    return [
        QuestionDraft(asked.id, asked.label, asked.kind, asked.required, "\n".join(asked.choices))
        for asked in form.questions
    ]


def read(form: Mapping[str, str], typed: Mapping[str, str]) -> tuple[dict[str, str], list[QuestionDraft]]:
    """What a submitted page says: its fields, and its questions in their order. What it lacks stays as `typed`."""
    fields = {name: form.get(name, value) for name, value in typed.items()} | {"unlisted": form.get("unlisted", "")}
    keys = [name.removeprefix(LABEL) for name in form if name.startswith(LABEL)]
    return fields, [
        QuestionDraft(
            key,
            form[LABEL + key],
            form.get(f"kind.{key}", "text"),
            f"required.{key}" in form,
            form.get(f"choices.{key}", ""),
        )
        for key in keys
    ]


def form_of(typed: Mapping[str, str], questions: Sequence[QuestionDraft], currency: str) -> ServiceForm:
    """The service that was written. Raises `ValidationFailed`; its fields are named as those of the page."""
    fields: dict[str, str] = {}
    values: dict[str, Any] = {name: value for name, value in typed.items() if name in ServiceForm.model_fields}
    values |= {name: typed[name].strip() or "0" for name in NONE_IS_ZERO}
    values["tags"] = typed["tags"].split(",")
    values["unlisted"] = bool(typed["unlisted"])
    values["questions"] = [_asked(draft) for draft in questions]
    values["price"] = {"amount": 1, "currency": currency}
    try:
        values["price"]["amount"] = amount_of(typed["price"], currency)
    except ValueError as error:
        fields["price"] = str(error) if typed["price"].strip() else "Please fill this in; 0 makes it free."
    try:
        form = parse(ServiceForm, values)
    except ValidationFailed as refusal:
        found = refusal.fields
        raise ValidationFailed(fields={_field(name): said for name, said in found.items()} | fields) from None
    if fields:
        raise ValidationFailed(fields=fields)
    return form


def marked(questions: Sequence[QuestionDraft], fields: Mapping[str, str]) -> list[QuestionDraft]:
    """The questions, each with the sentences that a refusal has for it."""
    return [
        replace(
            draft,
            error=fields.get(f"questions.{place}.label", ""),
            choices_error=next(
                (
                    said
                    for name, said in fields.items()
                    if name == f"questions.{place}" or name.startswith(f"questions.{place}.choices")
                ),
                "",
            ),
        )
        for place, draft in enumerate(questions)
    ]


def _asked(draft: QuestionDraft) -> dict[str, Any]:
    choices = [line.strip() for line in draft.choices.splitlines() if line.strip()] if draft.kind == "choice" else []
    return {
        "id": draft.key,
        "label": draft.label,
        "kind": draft.kind,
        "required": draft.required,
        "choices": choices,
    }


def _field(name: str) -> str:
    """Of what has parts (`price.amount`, `tags.0`) the page has one field."""
    return name if name.startswith("questions") else name.partition(".")[0]
