"""Fields that show and keep what was typed, for states with `typed`, `errors`, `keep` and `tick`."""

from typing import Any

import reflex as rx

from appointly.components.choices import choice_tick, group
from appointly.components.fields import field, select, text_field

TYPING = 300  # milliseconds without a key before the preview follows
PAIR = "grid items-start gap-5 sm:grid-cols-2"


def typed(state: Any, name: str) -> dict[str, Any]:
    """For a field of text whose preview follows the typing."""
    return {
        "name": name,
        "error": state.errors[name],
        "default_value": state.typed[name],
        "on_change": lambda value: state.keep(name, value).debounce(TYPING),
        "on_blur": lambda value: state.keep(name, value),
    }


def picked(state: Any, name: str, value: str) -> dict[str, Any]:
    """For a `choice_card`."""
    return {
        "name": name,
        "value": value,
        "default_checked": state.typed[name] == value,
        "on_change": lambda chosen: state.keep(name, chosen),
    }


def choice(state: Any, label: Any, name: str, *options: Any, on_change: Any = None, hint: str = "") -> rx.Component:
    """One of several in a list. `on_change` where keeping the value is not enough."""
    control = select(
        *options,
        label=label,
        id=name,
        name=name,
        default_value=state.typed[name],
        on_change=on_change if on_change is not None else lambda value: state.keep(name, value),
        aria_invalid=state.errors[name] != "",
        aria_describedby=f"{name}-note",
    )
    return field(label, control, name=name, error=state.errors[name], hint=hint)


def places(state: Any) -> rx.Component:
    """Where a business serves people, how far it travels to them, and its address."""

    def tick(label: str, note: str, name: str) -> rx.Component:
        return choice_tick(
            label,
            note,
            name=name,
            default_checked=state.typed[name] != "",
            on_change=lambda ticked: state.tick(name, ticked),
        )

    return rx.fragment(
        group(
            "Where you serve people",
            tick("At my place", "Customers come to you.", "at_provider"),
            tick("At the customer's", "You travel to them.", "at_customer"),
            tick("Online", "By video or telephone.", "at_online"),
            error=state.errors["at_provider"],
            class_name="grid gap-2 sm:grid-cols-3",
        ),
        rx.el.div(  # hidden, not left out: a form sends all its fields
            text_field(
                "How far you travel, in kilometres",
                max_length=6,
                input_mode="numeric",
                **typed(state, "travel_radius_km"),
            ),
            class_name=rx.cond(state.typed["at_customer"] != "", "", "hidden"),
        ),
        rx.el.div(
            text_field("City", max_length=80, auto_complete="address-level2", **typed(state, "city")),
            text_field(
                "Street and number",
                optional=True,
                max_length=200,
                auto_complete="street-address",
                hint="Shown on your page where people come to you.",
                **typed(state, "address"),
            ),
            class_name=PAIR,
        ),
    )
