"""A day drawn to scale."""

from typing import Any

import reflex as rx

from appointly.components.links import link
from appointly.components.now_in_view import NowInView

ENTRY = (
    "absolute overflow-hidden rounded-control border-l-4 px-2.5 ring-1 ring-surface text-left transition-colors"
    " select-none hover:z-10 hover:shadow-low [-webkit-touch-callout:none]"
)
LOOKS = {
    "pending": "border-warn bg-warn-soft text-warn-ink",
    "completed": "border-line-strong bg-sunken text-ink-soft",
    "no_show": "border-bad bg-bad-soft text-bad-ink",
}
BOOKED = "border-accent bg-accent-soft text-accent-ink"
SPOKEN = {"pending": "awaiting your answer", "completed": "completed", "no_show": "did not come"}


def timeline(day: Any, here: str) -> rx.Component:
    """Hours, closed and blocked time, appointments and a line for now; an entry opens beside the page `here`.

    It is a window that opens at now: beside other columns as high as the screen.
    """
    return NowInView.create(
        rx.el.div(
            rx.foreach(day.marks, _mark),
            rx.el.div(
                rx.foreach(day.areas, _area),
                rx.cond(day.now != "", _now(day)),  # behind the appointments, whose words it would strike out
                rx.foreach(day.booked, lambda entry: timeline_entry(entry, here)),
                class_name="absolute inset-y-0 start-14 end-0",
            ),
            style={"--minute": day.minute, "height": day.height},
            class_name="relative my-2",
        ),
        label="Today's schedule",
        day=day.day,
        class_name="relative max-xl:day-window xl:day-beside",
    )


def _mark(mark: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(mark.label, class_name="w-11 -translate-y-1/2 text-xs text-ink-faint tabular-nums"),
        rx.el.span(class_name="h-px flex-1 bg-line"),
        aria_hidden=True,
        style={"top": mark.top},
        class_name="absolute inset-x-0 flex items-start gap-3",
    )


def _area(area: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(area.label, class_name="px-2.5 text-xs text-ink-faint"),
        style={"top": area.top, "height": area.height},
        class_name=rx.cond(
            area.label != "",
            "absolute inset-x-0 overflow-hidden rounded-control border border-dashed border-line-strong bg-sunken pt-1",
            "absolute inset-x-0 bg-sunken opacity-70",
        ),
    )


def timeline_entry(entry: Any, here: str, separator: str = "?") -> rx.Component:
    """One appointment where it lies."""
    look = rx.match(entry.status, *LOOKS.items(), BOOKED)
    spoken = rx.match(entry.status, *SPOKEN.items(), "confirmed")
    return link(
        rx.cond(
            entry.low,
            rx.el.span(
                rx.el.span(entry.times, class_name="tabular-nums"),
                rx.el.span(entry.who, dir="auto", class_name="truncate font-semibold"),
                class_name="flex gap-2 text-xs leading-6 whitespace-nowrap",
            ),
            rx.el.span(
                rx.el.span(entry.who, dir="auto", class_name="truncate text-sm font-semibold"),
                rx.el.span(f"{entry.times} · {entry.title}", class_name="truncate text-xs tabular-nums"),
                class_name=rx.cond(entry.short, "flex flex-col pt-0.5", "flex flex-col pt-1.5"),
            ),
        ),
        rx.el.span(spoken, class_name="sr-only"),
        href=f"{here}{separator}booking={entry.reference}",
        custom_attrs={"data-moves": entry.moves},
        style={"top": entry.top, "height": entry.height, "left": entry.left, "width": entry.width},
        class_name=[ENTRY, look],
    )


def narrow_entry(entry: Any, here: str) -> rx.Component:
    """One appointment in a narrow column: the whole name as far as there is room; the hours stand at the side."""
    look = rx.match(entry.status, *LOOKS.items(), BOOKED)
    spoken = rx.match(entry.status, *SPOKEN.items(), "confirmed")
    lines = rx.cond(entry.low, "line-clamp-1", rx.cond(entry.short, "line-clamp-2", "line-clamp-3"))
    return link(
        rx.el.span(entry.who, dir="auto", class_name=["text-xs leading-4 font-semibold wrap-anywhere", lines]),
        rx.el.span(entry.times, class_name=rx.cond(entry.short, "sr-only", "block truncate text-xs tabular-nums")),
        rx.el.span(entry.title, class_name=rx.cond(entry.short, "sr-only", "block truncate text-xs")),
        rx.el.span(spoken, class_name="sr-only"),
        href=f"{here}&booking={entry.reference}",
        custom_attrs={"data-moves": entry.moves},
        title=f"{entry.who}, {entry.times}, {entry.title}",
        style={"top": entry.top, "height": entry.height, "left": entry.left, "width": entry.width},
        class_name=[f"{ENTRY} max-lg:px-2.5 lg:px-1.5 lg:pt-px", look],
    )


def _now(day: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(
            day.now_label,
            class_name="absolute -start-14 w-13 -translate-y-1/2 rounded-control bg-bad text-center text-xs"
            " font-semibold text-surface tabular-nums",  # as wide as the hours at the side, which it covers
        ),
        rx.el.span(class_name="block h-0.5 bg-bad"),
        aria_hidden=True,
        style={"top": day.now},
        custom_attrs={"data-now": ""},
        class_name="pointer-events-none absolute inset-x-0",
    )
