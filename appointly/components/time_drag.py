"""Dragging an appointment onto another time of a calendar."""

from typing import Any

import reflex as rx

CARRIED = (
    "pointer-events-none fixed z-50 overflow-hidden rounded-control border-2 border-accent bg-surface px-1.5 text-xs"
    " font-semibold text-accent-ink shadow-high"
)


def _nothing() -> list[rx.Var[Any]]:
    return []


def _taken(reference: rx.Var[str]) -> list[rx.Var[Any]]:
    return [reference]


def _dropped(reference: rx.Var[str], day: rx.Var[str], slot: rx.Var[str]) -> list[rx.Var[Any]]:
    return [reference, day, slot]


class TimeDrag(rx.Component):
    """Around columns with `data-day` whose entries carry `data-moves`, a booking's reference.

    `on_take` gets the reference when a drag begins: then the page shows where it may land, as elements with `data-slot`
    that are `data-aimed` while they are the nearest. `on_drop` gets the reference, the day and the nearest slot of that
    day, empty where there is none; the dialog `sheet` opens. The keyboard's way is a button for the same dialog.
    """

    library = "$/public/scripts/time_drag.jsx"
    tag = "TimeDrag"

    sheet: rx.Var[str]
    mark: rx.Var[str] = rx.Var.create(CARRIED)
    on_take: rx.EventHandler[_taken]  # type: ignore[type-arg,valid-type]
    on_leave: rx.EventHandler[_nothing]  # type: ignore[type-arg,valid-type]
    on_drop: rx.EventHandler[_dropped]  # type: ignore[type-arg,valid-type]
