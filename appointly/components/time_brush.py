"""Drawing a stretch of time on a calendar."""

from typing import Any

import reflex as rx

MARK = (
    "pointer-events-none absolute inset-x-1 z-20 overflow-hidden rounded-control border-2 border-accent bg-accent-soft"
    " px-1.5 text-xs font-semibold text-accent-ink tabular-nums"
)


def _drawn(day: rx.Var[str], start: rx.Var[int], end: rx.Var[int]) -> list[rx.Var[Any]]:
    return [day, start, end]


def _pointed(day: rx.Var[str], minute: rx.Var[int]) -> list[rx.Var[Any]]:
    return [day, minute]


class TimeBrush(rx.Component):
    """Around columns that carry `data-day`: a drawn stretch opens the dialog `sheet` and calls `on_draw`.

    `var(--minute)` is the height of a minute in it, `first` the minute at the top. `on_draw` gets the day and two
    minutes after its midnight, in steps of 15; a click on free time opens `point_sheet` and calls `on_point` with one
    minute. The keyboard's way are buttons that open the same dialogs.
    """

    library = "$/public/scripts/time_brush.jsx"
    tag = "TimeBrush"

    first: rx.Var[int]
    sheet: rx.Var[str]
    point_sheet: rx.Var[str]
    mark: rx.Var[str] = rx.Var.create(MARK)
    on_draw: rx.EventHandler[_drawn]  # type: ignore[type-arg,valid-type]
    on_point: rx.EventHandler[_pointed]  # type: ignore[type-arg,valid-type]
