"""The editor of a provider's week, made for thumbs; shown on the page of availability and where a provider begins."""

from typing import Any

import reflex as rx

from appointly.components.buttons import KINDS, SHAPE, button, icon_button
from appointly.components.feedback import message, skeleton
from appointly.components.fields import switch, time_input
from appointly.components.surfaces import CARD
from appointly.pages.changes import change_summary
from appointly.state.week_editor import WeekEditor

QUIET = f"{SHAPE} {KINDS['quiet']} -ml-2 min-h-11 px-2 text-sm"
CHIP = (
    "flex min-h-11 min-w-12 items-center justify-center rounded-full border px-3 text-sm font-medium transition-colors"
)


def week_editor() -> rx.Component:
    """The seven days. State: `WeekEditor`, whose `load` the page calls; saving is `review_bar` or the page's own."""
    return rx.cond(
        WeekEditor.loaded,
        rx.el.div(
            rx.cond(
                WeekEditor.meanwhile != "", rx.el.div(message(WeekEditor.meanwhile, tone="warn"), class_name="mb-4")
            ),
            rx.el.ul(
                rx.foreach(WeekEditor.days, _day),
                aria_label="Weekly hours",
                class_name=f"{CARD} divide-y divide-line",
            ),
        ),
        skeleton("h-96 w-full"),
    )


def review_bar() -> rx.Component:
    """What is not saved yet: first what it would change, then the button that saves it."""
    return rx.el.div(
        rx.cond(
            WeekEditor.changed,
            rx.el.div(
                rx.cond(WeekEditor.previewed, _preview(), _unsaved()),
                class_name="animate-appear rounded-card border border-line-strong bg-surface p-4 shadow-high",
            ),
        ),
        role="region",
        aria_label="Unsaved hours",
        aria_live="polite",
        class_name="sticky bottom-18 z-20 mt-4 lg:bottom-4",
    )


def _unsaved() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(WeekEditor.broken, "Please look at the marked days first.", "Your hours are not saved yet."),
            class_name="min-w-40 flex-1 text-sm font-medium",
        ),
        rx.el.div(
            button("Discard", kind="quiet", on_click=WeekEditor.discard),
            button("See what changes", on_click=WeekEditor.preview, disabled=WeekEditor.broken),
            class_name="flex flex-1 justify-end gap-2",
        ),
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
    )


def _preview() -> rx.Component:
    return rx.el.div(
        rx.el.div(change_summary(WeekEditor.change), class_name="max-h-[45dvh] overflow-y-auto"),
        rx.el.div(
            button("Keep editing", kind="quiet", on_click=WeekEditor.hide_preview),
            button("Save hours", on_click=WeekEditor.save),
            class_name="mt-3 flex justify-end gap-2",
        ),
    )


def _day(day: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            switch(f"Open on {day.name}", day.open, on_click=WeekEditor.toggle_day(day.weekday)),
            rx.el.span(
                day.name, class_name=rx.cond(day.open, "font-semibold", "font-medium text-ink-faint"), aria_hidden=True
            ),
            rx.cond(day.open, rx.fragment(), rx.el.span("Closed", class_name="ml-auto text-sm text-ink-faint")),
            class_name="flex min-h-11 items-center gap-3 sm:min-w-40 sm:shrink-0",
        ),
        rx.cond(
            day.open,
            rx.el.div(
                rx.foreach(day.ranges, lambda entry: _range(day, entry)),
                rx.cond(
                    day.problem != "",
                    rx.el.p(
                        rx.icon("circle-alert", size=16, aria_hidden=True, class_name="mt-0.5 shrink-0"),
                        day.problem,
                        id=f"problem-{day.weekday}",
                        class_name="flex gap-1.5 text-sm text-bad-ink",
                    ),
                ),
                rx.cond(day.note != "", rx.el.p(day.note, class_name="text-sm text-ink-soft")),
                _actions(day),
                rx.cond(WeekEditor.copying == day.weekday, _chips(day)),
                class_name="flex min-w-0 flex-1 flex-col gap-2",
            ),
        ),
        class_name="flex flex-col gap-2 px-4 py-3 sm:flex-row sm:items-start sm:gap-4 sm:px-5",
    )


def _range(day: Any, entry: Any) -> rx.Component:
    version = WeekEditor.version
    problem = {"aria_invalid": day.problem != "", "aria_describedby": f"problem-{day.weekday}"}
    return rx.el.div(
        rx.el.div(
            time_input(
                f"{day.name} opens",
                default_value=entry.opens,
                key=f"opens-{version}-{entry.id}",
                on_change=lambda value: WeekEditor.set_opens(day.weekday, entry.id, value),
                **problem,
            ),
            rx.el.span("–", aria_hidden=True, class_name="text-ink-faint"),
            time_input(
                f"{day.name} closes",
                default_value=entry.closes,
                key=f"closes-{version}-{entry.id}",
                on_change=lambda value: WeekEditor.set_closes(day.weekday, entry.id, value),
                **problem,
            ),
            icon_button(
                "x",
                f"Remove these hours of {day.name}",
                on_click=WeekEditor.remove_range(day.weekday, entry.id),
                class_name="shrink-0 max-sm:-mr-3 max-sm:-ml-1",
            ),
            class_name="flex items-center gap-1 sm:gap-2",
        ),
        rx.cond(entry.words != "", rx.el.p(entry.words, class_name="mt-1 text-sm text-ink-soft")),
        key=f"{version}-{entry.id}",
    )


def _actions(day: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            day.full,
            rx.fragment(),
            rx.el.button(
                rx.icon("plus", size=16, aria_hidden=True),
                "Add hours",
                rx.el.span(f" on {day.name}", class_name="sr-only"),
                type="button",
                on_click=WeekEditor.add_range(day.weekday),
                class_name=QUIET,
            ),
        ),
        rx.el.button(
            rx.icon("copy", size=16, aria_hidden=True),
            "Copy to other days",
            rx.el.span(f" from {day.name}", class_name="sr-only"),
            type="button",
            aria_expanded=WeekEditor.copying == day.weekday,
            on_click=WeekEditor.choose_copying(day.weekday),
            class_name=QUIET,
        ),
        class_name="flex flex-wrap gap-x-4",
    )


def _chips(day: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(
            WeekEditor.days, lambda other: rx.cond(other.weekday == day.weekday, rx.fragment(), _chip(day, other))
        ),
        role="group",
        aria_label=f"Copy the hours of {day.name} to",
        class_name="flex flex-wrap gap-2 pb-2",
    )


def _chip(day: Any, other: Any) -> rx.Component:
    alike: Any = WeekEditor.same_as_copied
    same = alike.contains(other.weekday)
    return rx.el.button(
        rx.cond(same, rx.icon("check", size=16, aria_hidden=True, class_name="mr-1"), rx.fragment()),
        other.short,
        type="button",
        aria_label=other.name,
        aria_pressed=same,
        on_click=WeekEditor.copy_day(day.weekday, other.weekday),
        class_name=rx.cond(
            same,
            f"{CHIP} border-accent bg-accent-soft text-accent-ink",
            f"{CHIP} border-line-strong bg-surface text-ink hover:bg-sunken",
        ),
    )
