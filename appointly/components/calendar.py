"""Choosing a time: the month, then the times of a day.

Parameters have the types of the state's variables; what arrives is Reflex's reference to them.
"""

from typing import Any

import reflex as rx

from appointly.components.buttons import icon_button
from appointly.display.shapes import Day, Month, Time, TimeGroup

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = (
    "mx-auto flex h-11 w-full max-w-11 items-center justify-center rounded-full text-sm tabular-nums transition-colors"
)
TURNS = "rtl:-scale-x-100"
TIME = (
    "flex min-h-11 flex-col items-center justify-center rounded-control border px-2 text-sm font-medium tabular-nums"
    " transition-colors"
)
OPEN_TIME = "border-line-strong bg-surface text-ink hover:border-accent hover:bg-accent-soft hover:text-accent-ink"


def month_calendar(
    month: Month,
    chosen: str,
    on_day: Any,
    on_month: Any,
) -> rx.Component:
    """A month with the days that have times or are full. `chosen` is YYYY-MM-DD; `on_month` gets YYYY-MM."""
    return rx.el.div(
        rx.el.div(
            icon_button(
                "chevron-left",
                "Previous month",
                disabled=month.previous == "",
                on_click=on_month(month.previous),
                class_name=TURNS,
            ),
            rx.el.p(month.title, aria_live="polite", class_name="font-display font-semibold"),
            icon_button(
                "chevron-right",
                "Next month",
                disabled=month.next == "",
                on_click=on_month(month.next),
                class_name=TURNS,
            ),
            class_name="flex items-center justify-between",
        ),
        rx.el.div(
            *[
                rx.el.abbr(
                    name[:2], title=name, class_name="py-2 text-center text-xs font-medium text-ink-faint no-underline"
                )
                for name in WEEKDAYS
            ],
            rx.foreach(month.days, lambda day: _day(day, chosen, on_day)),
            class_name="mt-1 grid grid-cols-7 gap-x-0.5 gap-y-1",
        ),
        role="group",
        aria_label="Choose a day",
    )


def _day(day: Day, chosen: str, on_day: Any) -> rx.Component:
    picked = day.date == chosen
    open_look = rx.cond(
        picked,
        f"{DAY} bg-accent font-semibold text-on-accent",
        f"{DAY} bg-accent-soft font-semibold text-accent-ink hover:bg-accent hover:text-on-accent",
    )
    full_look = rx.cond(
        picked,
        f"{DAY} bg-ink font-semibold text-canvas",
        f"{DAY} text-ink-soft line-through ring-1 ring-line hover:bg-sunken hover:text-ink",
    )
    return rx.cond(
        day.free | day.full,
        rx.el.button(
            day.number,
            type="button",
            aria_label=rx.cond(day.full, f"{day.label}, full", day.label),
            aria_pressed=picked,
            on_click=on_day(day.date),
            class_name=rx.cond(day.full, full_look, open_look),
        ),
        rx.el.span(
            day.number,
            aria_hidden=True,
            class_name=rx.cond(day.today, f"{DAY} text-ink-faint ring-1 ring-line-strong", f"{DAY} text-ink-faint"),
        ),
    )


def slot_picker(groups: list[TimeGroup], chosen: str, on_pick: Any) -> rx.Component:
    """The free times of a day by its parts. What somebody else has just taken fades, and cannot be pressed."""
    return rx.el.div(
        rx.foreach(
            groups,
            lambda group: rx.el.div(
                rx.el.h3(group.name, class_name="font-sans text-sm font-medium text-ink-soft"),
                rx.el.div(
                    rx.foreach(group.times, lambda time: _time(time, chosen, on_pick)),
                    class_name="mt-2 grid grid-cols-3 gap-2",
                ),
                role="group",
                aria_label=group.name,
            ),
        ),
        class_name="flex flex-col gap-5",
    )


def _time(time: Time, chosen: str, on_pick: Any) -> rx.Component:
    picked = time.id == chosen
    look = rx.cond(
        time.taken,
        f"{TIME} border-line bg-sunken text-ink-faint line-through",
        rx.cond(picked, f"{TIME} border-accent bg-accent text-on-accent", f"{TIME} {OPEN_TIME}"),
    )
    return rx.el.button(
        rx.el.span(time.label),
        rx.cond(
            time.taken,
            rx.el.span("taken", class_name="sr-only"),
            rx.cond(time.note, rx.el.span(time.note, class_name="text-xs font-normal"), rx.fragment()),
        ),
        type="button",
        disabled=time.taken,
        aria_pressed=picked,
        on_click=on_pick(time.id),
        class_name=look,
    )
