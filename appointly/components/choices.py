"""Choices that are seen at once: cards to pick one of, cards to tick."""

from typing import Any

import reflex as rx

from appointly.components.fields import LABEL, field_problem

CARD = (
    "flex min-h-12 items-center gap-3 rounded-control border border-field-line bg-surface px-3 py-2 text-sm font-medium"
    " has-checked:border-accent has-checked:bg-accent-soft has-checked:text-accent-ink"
    " has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
)


def group(label: str, *choices: Any, error: Any = "", class_name: str = "grid gap-2") -> rx.Component:
    """Choices that belong together, with what is wrong about them below."""
    return rx.el.fieldset(
        rx.el.legend(label, class_name=f"mb-1.5 {LABEL}"),
        rx.el.div(*choices, class_name=class_name),
        rx.cond(error != "", rx.el.div(field_problem(error, role="alert"), class_name="mt-1.5")),
    )


def choice_card(label: str, *, icon: str = "", **props: Any) -> rx.Component:
    """One of several; the whole card can be pressed."""
    mark = rx.icon(icon, size=18, aria_hidden=True, class_name="shrink-0") if icon else rx.fragment()
    return rx.el.label(rx.el.input(type="radio", class_name="sr-only", **props), mark, label, class_name=CARD)


def choice_tick(label: str, note: str, **props: Any) -> rx.Component:
    """Any number of several, each with a word about it."""
    return rx.el.label(
        rx.el.input(type="checkbox", class_name="size-5 shrink-0 accent-accent", **props),
        rx.el.span(
            rx.el.span(label, class_name="block"),
            rx.el.span(note, class_name="block text-xs font-normal text-ink-soft"),
        ),
        class_name=CARD,
    )
