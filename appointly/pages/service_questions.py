"""The questions customers answer when they book: written, put in order, taken away."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, icon_button
from appointly.components.fields import CONTROL, LABEL, checkbox, option, select
from appointly.components.surfaces import CARD
from appointly.operations.service_form import MOST_QUESTIONS
from appointly.state.service_editor import ServiceEditor

HINT = "Ask only what you need to know before the day."


def questions() -> rx.Component:
    """The part of the editor with its list of questions."""
    asked = ServiceEditor.questions
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Questions", class_name="text-lg font-semibold"),
            rx.el.p(HINT, class_name="mt-1 text-sm text-ink-soft"),
        ),
        rx.cond(asked, rx.el.ol(rx.foreach(asked, _question), class_name="flex flex-col gap-4")),
        rx.cond(
            ServiceEditor.errors["questions"] != "",
            rx.el.p(ServiceEditor.errors["questions"], role="alert", class_name="text-sm text-bad-ink"),
        ),
        rx.cond(
            asked.length() < MOST_QUESTIONS,  # type: ignore[attr-defined]
            button(
                rx.icon("plus", size=18, aria_hidden=True),
                "Ask a question",
                kind="secondary",
                id="ask",
                on_click=ServiceEditor.ask,
                class_name="self-start",
            ),
            rx.el.p("That is as many as fit.", class_name="text-sm text-ink-faint"),
        ),
        class_name=f"{CARD} flex flex-col gap-5 p-4 sm:p-6",
    )


def _question(draft: Any, place: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.label(f"Question {place + 1}", html_for="label." + draft.key, class_name="text-sm font-semibold"),
            _moves(draft, place),
            class_name="flex items-center justify-between gap-3",
        ),
        _line(draft),
        rx.el.div(
            rx.el.div(
                select(
                    option("Answered in words", "text"),
                    option("Yes or no", "yes_no"),
                    option("One of several answers", "choice"),
                    label="Kind of answer",
                    name="kind." + draft.key,
                    default_value=draft.kind,
                    on_change=lambda value: ServiceEditor.keep_question(draft.key, "kind", value),
                ),
            ),
            checkbox(
                "Must be answered",
                name="required." + draft.key,
                default_checked=draft.required,
                on_change=lambda value: ServiceEditor.require_question(draft.key, value),
            ),
            class_name="grid gap-x-5 gap-y-2 sm:grid-cols-2",
        ),
        rx.cond(draft.kind == "choice", _choices(draft)),
        key=draft.key,
        class_name="flex flex-col gap-3 rounded-card border border-line p-4",
    )


def _moves(draft: Any, place: Any) -> rx.Component:
    last = place == ServiceEditor.questions.length() - 1  # type: ignore[attr-defined]
    earlier, later = (ServiceEditor.move_question(draft.key, up) for up in (True, False))
    return rx.el.div(
        # disabled, it would lose the keyboard on arriving at the end
        icon_button("arrow-up", "Ask it earlier", aria_disabled=place == 0, on_click=earlier),
        icon_button("arrow-down", "Ask it later", aria_disabled=last, on_click=later),
        icon_button("trash-2", "Remove this question", on_click=ServiceEditor.drop_question(draft.key)),
        class_name="-my-2 -mr-2 flex",
    )


def _line(draft: Any) -> rx.Component:
    name = "label." + draft.key
    control = rx.el.input(
        id=name,
        name=name,
        type="text",
        max_length=200,
        default_value=draft.label,
        aria_invalid=draft.error != "",
        aria_describedby=name + "-note",
        on_blur=lambda value: ServiceEditor.keep_question(draft.key, "label", value),
        class_name=CONTROL,
    )
    return rx.el.div(
        control,
        rx.cond(
            draft.error != "",
            rx.el.p(draft.error, id=name + "-note", role="alert", class_name="text-sm text-bad-ink"),
        ),
        class_name="flex flex-col gap-1.5",
    )


def _choices(draft: Any) -> rx.Component:
    name = "choices." + draft.key
    return rx.el.div(
        rx.el.label("Answers, one a line", html_for=name, class_name=LABEL),
        rx.el.textarea(
            id=name,
            name=name,
            rows="4",
            max_length=2100,
            default_value=draft.choices,
            aria_invalid=draft.choices_error != "",
            aria_describedby=name + "-note",
            on_blur=lambda value: ServiceEditor.keep_question(draft.key, "choices", value),
            class_name=f"{CONTROL} py-2.5",
        ),
        rx.cond(
            draft.choices_error != "",
            rx.el.p(draft.choices_error, id=name + "-note", role="alert", class_name="text-sm text-bad-ink"),
        ),
        class_name="flex flex-col gap-1.5",
    )
