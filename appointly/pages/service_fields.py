"""The fields of the service editor: each shows what was typed, and remembers it."""

from typing import Any

import reflex as rx

from appointly.components.fields import LABEL, option, text_field
from appointly.components.surfaces import CARD, unfolds
from appointly.state.service_editor import ServiceEditor

OPTION = (
    "flex min-h-11 cursor-pointer items-start gap-3 rounded-control border border-field-line p-3 hover:bg-sunken"
    " has-checked:border-accent has-checked:bg-accent-soft"
)


def part(title: str, *children: Any) -> rx.Component:
    """A part of the form under a heading."""
    return rx.el.section(
        rx.el.h2(title, class_name="text-lg font-semibold"),
        *children,
        class_name=f"{CARD} flex flex-col gap-5 p-4 sm:p-6",
    )


def fold(name: str, title: str, *children: Any) -> rx.Component:
    """What most people leave as it is."""
    return rx.el.details(
        unfolds(title),
        rx.el.div(*children, class_name="mt-3 flex flex-col gap-5"),
        open=ServiceEditor.opened[name],
    )


def typed(name: str) -> dict[str, Any]:
    """What makes a field show what was typed, and remember it."""
    return {
        "name": name,
        "error": ServiceEditor.errors[name],
        "default_value": ServiceEditor.typed[name],
        "on_blur": lambda value: ServiceEditor.keep(name, value),
    }


def number(label: str, name: str, **props: Any) -> rx.Component:
    """A whole number."""
    return text_field(label, input_mode="numeric", auto_complete="off", max_length=6, **typed(name), **props)


def kept(name: str, values: tuple[int, ...], shown: Any) -> list[rx.Component]:
    """The usual values, and the present one where it is none of them."""
    usual = [option(shown(value), str(value)) for value in values]
    current = ServiceEditor.stored[name]
    return [*usual, rx.cond(current != "", option(current, current), rx.fragment())]


def radios(label: str, name: str, choices: dict[str, tuple[str, str]]) -> rx.Component:
    """One of a few, each with its title and its words."""
    return rx.el.fieldset(
        rx.el.legend(label, class_name=LABEL),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name=name,
                        value=value,
                        default_checked=ServiceEditor.typed[name] == value,
                        on_change=lambda value: ServiceEditor.keep(name, value),
                        class_name="mt-0.5 size-5 shrink-0 accent-accent",
                    ),
                    rx.el.span(
                        rx.el.span(title, class_name="block text-sm font-medium"),
                        rx.el.span(words, class_name="block text-sm text-ink-soft") if words else rx.fragment(),
                    ),
                    class_name=OPTION,
                )
                for value, (title, words) in choices.items()
            ],
            class_name="mt-1.5 grid gap-2",
        ),
        rx.cond(
            ServiceEditor.errors[name] != "",
            rx.el.p(ServiceEditor.errors[name], role="alert", class_name="mt-1.5 text-sm text-bad-ink"),
        ),
    )
