"""Cards, tables and headings: what everything else lies on."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

CARD = "rounded-card border border-line bg-surface"
# Above the bar of places on phones.
SAVE_BAR = (
    "sticky bottom-18 z-20 rounded-card border border-line-strong bg-surface p-3 pl-5 shadow-high lg:bottom-4"
    " low:max-lg:bottom-13"
)


def card(*children: Any, class_name: str = "p-5", **props: Any) -> rx.Component:
    """A raised area for one thing."""
    return rx.el.div(*children, class_name=f"{CARD} {class_name}", **props)


def stat_card(label: str, value: Any, note: Any = "", icon: str = "") -> rx.Component:
    """One figure that breathes: its name, itself, and what to make of it."""
    return card(
        rx.el.div(
            rx.el.p(label, class_name="text-sm text-ink-soft"),
            rx.icon(icon, size=18, aria_hidden=True, class_name="text-ink-faint") if icon else rx.fragment(),
            class_name="flex items-center justify-between gap-2",
        ),
        rx.el.p(value, class_name="mt-2 font-display text-2xl font-semibold"),
        rx.el.p(note, class_name="mt-1 text-sm text-ink-faint"),
        class_name="p-4 sm:p-5",
    )


def table(columns: Sequence[str], rows: Any, label: str) -> rx.Component:
    """A table; `rows` are `row(…)` or a `rx.foreach` of them. It scrolls within itself on phones."""
    return rx.el.div(
        rx.el.table(
            rx.el.caption(label, class_name="sr-only"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(name, scope="col", class_name="px-4 py-3 text-left text-xs font-medium text-ink-faint")
                        for name in columns
                    ],
                    class_name="border-b border-line",
                )
            ),
            rx.el.tbody(rows, class_name="divide-y divide-line"),
            class_name="w-full text-sm",
        ),
        tab_index=0,
        role="region",
        aria_label=label,
        class_name=f"{CARD} overflow-x-auto",
    )


def row(*cells: Any, **props: Any) -> rx.Component:
    """One row of a `table`."""
    return rx.el.tr(
        *[rx.el.td(cell, class_name="px-4 py-3 align-middle") for cell in cells],
        class_name="hover:bg-sunken",
        **props,
    )


def page_title(text: Any, lead: Any = "", *actions: Any) -> rx.Component:
    """The heading of a page, a sentence below it, and what can be done beside it."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1(text, class_name="text-2xl font-semibold"),
            rx.el.p(lead, class_name="mt-1 text-ink-soft") if isinstance(lead, rx.Var) or lead else rx.fragment(),
        ),
        rx.el.div(*actions, class_name="flex flex-wrap gap-2") if actions else rx.fragment(),
        class_name="flex flex-wrap items-end justify-between gap-4",
    )


def section_title(text: Any, *actions: Any, id: str = "") -> rx.Component:
    """The heading of a part of a page."""
    return rx.el.div(
        rx.el.h2(text, class_name="text-xl font-semibold", **({"id": id} if id else {})),
        *actions,
        class_name="flex flex-wrap items-baseline justify-between gap-3",
    )


def section(anchor: str, title: str, lead: Any, *children: Any) -> rx.Component:
    """One part of the page, which a link can lead to."""
    return card(
        rx.el.h2(title, id=f"{anchor}-title", class_name="text-lg font-semibold"),
        rx.el.p(lead, class_name="mt-1 text-sm text-ink-soft"),
        rx.el.div(*children, class_name="mt-5 flex flex-col items-stretch gap-4"),
        id=anchor,
        role="region",
        aria_labelledby=f"{anchor}-title",
        class_name="scroll-mt-20 p-5 sm:p-6",
    )


def unfolds(label: Any, colour: str = "text-accent-ink") -> rx.Component:
    """The line of an `rx.el.details` that opens and closes it."""
    return rx.el.summary(
        rx.icon("chevron-right", size=18, aria_hidden=True, class_name="transition-transform in-open:rotate-90"),
        label,
        class_name=f"flex min-h-9 w-fit cursor-pointer list-none items-center gap-1 text-sm font-medium {colour}"
        " [&::-webkit-details-marker]:hidden pointer-coarse:min-h-11",
    )


def save_bar(words: Any, *actions: Any, above: Any = None) -> rx.Component:
    """What is not saved yet and the buttons for it, always in reach; `above` says what stands in the way."""
    return rx.el.div(
        above if above is not None else rx.fragment(),
        rx.el.div(
            rx.el.div(words, aria_live="polite", class_name="min-w-40 flex-1 text-sm text-ink-soft"),
            rx.el.div(*actions, class_name="ml-auto flex items-center gap-2"),
            class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
        ),
        class_name=SAVE_BAR,
    )


def facts(*pairs: tuple[Any, Any]) -> rx.Component:
    """Names and values, one pair a line."""
    return rx.el.dl(*[fact(name, value) for name, value in pairs], class_name="divide-y divide-line text-sm")


def fact(name: Any, value: Any, class_name: str = "") -> rx.Component:
    """A name and its value: a line of a `dl`."""
    return rx.el.div(
        rx.el.dt(name, dir="auto", class_name="shrink-0 text-ink-soft max-sm:max-w-[40%]"),
        rx.el.dd(value, dir="auto", class_name="min-w-0 text-end font-medium wrap-anywhere"),
        class_name=f"flex justify-between gap-6 py-2.5 {class_name}",
    )
