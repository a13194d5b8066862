"""What is kept for somebody, with the minutes that are left."""

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

LOOK = (
    "flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm transition-colors"
    " data-[phase=soon]:bg-warn-soft data-[phase=soon]:text-warn-ink data-[phase=over]:bg-sunken"
)


class Countdown(rx.Component):
    """`words`, then the time left until `until`, then the children; `on_end` once when nothing is left."""

    library = "$/public/scripts/countdown.jsx"
    tag = "Countdown"

    until: rx.Var[int]
    at: rx.Var[int]
    words: rx.Var[str]
    words_class: rx.Var[str] = rx.Var.create("min-w-0 py-1 tabular-nums")
    spoken_class: rx.Var[str] = rx.Var.create("sr-only")
    on_end: rx.EventHandler[no_args_event_spec]  # type: ignore[type-arg,valid-type]


def countdown(kept: Any, words: Any, *children: Any, on_end: Any, class_name: str) -> rx.Component:
    """What is `kept` (a `display.holds.Kept`), counted down once the page has heard from the server."""
    return Countdown.create(
        *children,
        until=rx.cond(rx.State.is_hydrated, kept.until, 0),
        at=kept.at,
        words=words,
        on_end=on_end,
        class_name=f"{LOOK} {class_name}",
    )
