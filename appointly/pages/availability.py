"""When a provider can be booked: the week, and what is different from it."""

from typing import Any

import reflex as rx

from appointly.components.buttons import KINDS, SHAPE, button, icon_button
from appointly.components.dialogs import opens
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.surfaces import CARD, page_title, section_title
from appointly.components.tabs import tab, tabs
from appointly.pages.exception_sheet import SHEET, exception_sheet
from appointly.pages.shell import workspace
from appointly.pages.week_editor import review_bar, week_editor
from appointly.pages.why_not import why_not_button, why_not_sheet
from appointly.state.exception_form import ExceptionForm
from appointly.state.exceptions import Exceptions
from appointly.state.week_editor import WeekEditor

HERE = "/dashboard/availability"
TABS = (("Hours and time off", HERE), ("Other calendars", "/dashboard/calendars"))
ICONS = (("off", "moon"), ("hours", "clock"), ("block", "ban"))


def availability() -> rx.Component:
    """The page at /dashboard/availability."""
    return workspace(
        page_title(
            "Availability", "When customers can book you. Free times follow as soon as you save.", why_not_button()
        ),
        availability_tabs(HERE),
        rx.el.div(
            rx.el.section(
                section_title("Your week", id="week"),
                rx.el.p(
                    "All times are ",
                    rx.el.strong(WeekEditor.zone_name, class_name="font-medium text-ink"),
                    ". Hours that close earlier than they open run past midnight.",
                    class_name="mt-1 mb-4 text-sm text-ink-soft",
                ),
                week_editor(),
                review_bar(),
                class_name="min-w-0",
            ),
            _exceptions(),
            class_name="mt-6 grid items-start gap-10 xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]",
        ),
        exception_sheet(),
        why_not_sheet(),
        current=HERE,
    )


def availability_tabs(current: str) -> rx.Component:
    """What decides over free times: one's hours here, and what is busy elsewhere."""
    return tabs("Availability", *[tab(label, href, current == href) for label, href in TABS])


def _exceptions() -> rx.Component:
    return rx.el.section(
        section_title("Exceptions and time off", id="exceptions"),
        rx.el.p("Dates that differ from your week.", class_name="mt-1 text-sm text-ink-soft"),
        rx.el.div(
            _adding("moon", "Time off", "off"),
            _adding("clock", "Other hours", "hours"),
            _adding("ban", "Block time", "block"),
            class_name="my-4 grid grid-cols-3 gap-2 sm:flex",
        ),
        rx.el.div(rx.cond(Exceptions.removed != "", _undo()), aria_live="polite"),
        rx.cond(
            Exceptions.loaded,
            rx.cond(
                Exceptions.shown,
                rx.el.ul(rx.foreach(Exceptions.shown, _entry), aria_label="Coming exceptions"),
                empty_state(
                    "calendar-check",
                    "Every week as usual",
                    "Nothing differs from your week in the coming months.",
                    level=3,
                ),
            ),
            skeleton("h-40 w-full"),
        ),
        rx.cond(
            Exceptions.more,
            button("Later months", kind="secondary", on_click=Exceptions.show_more, class_name="mt-3 w-full"),
        ),
        class_name="min-w-0",
    )


def _adding(icon: str, label: str, kind: str) -> rx.Component:
    return button(
        rx.icon(icon, size=16, aria_hidden=True, class_name="max-sm:hidden"),
        label,
        kind="secondary",
        on_click=ExceptionForm.begin(kind),
        class_name="max-sm:px-2 max-2xl:px-3",
        **opens(SHEET),
    )


def _undo() -> rx.Component:
    return rx.el.div(
        message(
            rx.el.div(
                rx.el.span(Exceptions.removed),
                rx.el.button("Undo", type="button", on_click=Exceptions.undo, class_name="font-semibold underline"),
                class_name="flex flex-wrap gap-x-4 gap-y-1",
            ),
            tone="good",
        ),
        class_name="mb-3",
    )


def _entry(entry: Any) -> rx.Component:
    icon = rx.match(
        entry.kind,
        *[(kind, rx.icon(name, size=18, aria_hidden=True)) for kind, name in ICONS],
        rx.icon("clock", size=18, aria_hidden=True),
    )
    return rx.el.li(
        rx.cond(
            entry.month != "",
            rx.el.h3(entry.month, class_name="mt-4 mb-2 font-sans text-sm font-medium text-ink-soft"),
        ),
        rx.el.div(
            rx.el.span(icon, class_name="mt-0.5 shrink-0 text-ink-faint"),
            rx.el.div(
                rx.el.p(
                    rx.el.span(entry.days, class_name="font-medium"),
                    rx.el.span(f" · {entry.what}", class_name="text-ink-soft tabular-nums"),
                ),
                rx.cond(
                    entry.reason != "",
                    rx.el.p(entry.reason, dir="auto", class_name="text-sm text-ink-soft wrap-anywhere"),
                ),
                rx.cond(entry.series != "", _series(entry)),
                class_name="min-w-0 flex-1",
            ),
            icon_button("x", f"Remove {entry.days}", on_click=Exceptions.remove(entry.key, False), class_name="-my-2"),
            class_name=f"{CARD} flex items-start gap-3 py-3 pr-2 pl-4",
        ),
        key=entry.key,
        class_name="mb-2",
    )


def _series(entry: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(entry.series, class_name="text-sm text-ink-faint"),
        rx.el.button(
            "Remove all",
            type="button",
            on_click=Exceptions.remove(entry.key, True),
            class_name=f"{SHAPE} {KINDS['quiet']} min-h-9 px-2 text-sm pointer-coarse:min-h-11",
        ),
        class_name="flex flex-wrap items-center gap-x-2",
    )
