"""The field of a service's own question."""

from typing import Any

import reflex as rx

from appointly.components.fields import LABEL, field_problem, text_field


def question_field(question: Any, keep: Any = None) -> rx.Component:
    """A line of text, or one of some choices. `keep(name, value)` is the handler that remembers what is given."""
    shown = {
        "name": question.name,
        "error": question.error,
        "default_value": question.value,
        "max_length": 1000,
    }
    left: dict[str, Any] = {}
    chosen: dict[str, Any] = {}
    if keep is not None:
        left["on_blur"] = chosen["on_change"] = lambda value: keep(question.name, value)
    written = rx.cond(
        question.required,
        text_field(question.label, **shown, **left),
        text_field(question.label, optional=True, **shown, **left),
    )
    choices = rx.el.fieldset(
        rx.el.legend(question.label, class_name=LABEL),
        rx.el.div(
            rx.foreach(
                question.choices,
                lambda choice: rx.el.label(
                    rx.el.input(
                        type="radio",
                        name=question.name,
                        value=choice,
                        default_checked=choice == question.value,
                        class_name="size-5 accent-accent",
                        **chosen,
                    ),
                    choice,
                    class_name="flex min-h-11 items-center gap-2.5 text-sm",
                ),
            ),
            class_name="mt-1 flex flex-wrap gap-x-6",
        ),
        rx.cond(question.error != "", field_problem(question.error, role="alert")),
    )
    return rx.cond(question.kind == "text", written, choices)
