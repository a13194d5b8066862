"""The sheet for time off, other hours and blocked time; it says what it changes while one fills it in."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.dialogs import closes, dialog
from appointly.components.feedback import message
from appointly.components.fields import CONTROL, LABEL, option, select
from appointly.pages.changes import change_summary
from appointly.state.exception_form import ExceptionForm

SHEET = "exception"
KINDS = (("off", "Time off"), ("hours", "Other hours"), ("block", "Block time"))
KIND = "flex min-h-11 flex-1 items-center justify-center rounded-control px-2 text-sm font-medium"


def exception_sheet() -> rx.Component:
    """To be opened by a button with `opens(SHEET)` that also calls `ExceptionForm.begin`."""
    form = ExceptionForm
    return dialog(
        SHEET,
        rx.match(form.kind, *KINDS, "Time off"),
        rx.el.div(
            rx.el.div(
                *[_kind(value, label) for value, label in KINDS],
                role="group",
                aria_label="What it is",
                class_name="flex gap-1 rounded-control bg-sunken p-1",
            ),
            _end("First day", "From", _date("first", form.first), _time("start", form.start, "Begins at")),
            _end("Last day", "To", _date("last", form.last), _time("end", form.end, "Ends at")),
            rx.cond(form.words != "", rx.el.p(form.words, class_name="-mt-2 text-sm text-ink-soft")),
            rx.cond(form.kind == "hours", _other_hours()),
            _repeat(),
            _reason(),
            _outcome(),
            rx.cond(
                form.saved,
                rx.el.span(on_mount=rx.call_function(f"() => document.getElementById('{SHEET}').close()")),
            ),
            rx.el.p("All times are ", form.zone_name, ".", class_name="text-sm text-ink-faint"),
            class_name="flex flex-col gap-4 pt-2",
        ),
        footer=rx.fragment(
            button("Cancel", kind="secondary", **closes(SHEET)),
            button("Save", on_click=form.save, disabled=~form.ready),
        ),
    )


def _kind(value: str, label: str) -> rx.Component:
    here = ExceptionForm.kind == value
    return rx.el.button(
        label,
        type="button",
        aria_pressed=here,
        on_click=ExceptionForm.put("kind", value),
        class_name=rx.cond(here, f"{KIND} bg-surface text-ink shadow-low", f"{KIND} text-ink-soft hover:text-ink"),
    )


def _end(day: str, moment: str, date: rx.Component, time: rx.Component) -> rx.Component:
    """Where it begins or ends: a day, or a moment where time is blocked."""
    block = ExceptionForm.kind == "block"
    return rx.el.div(
        _field(rx.cond(block, moment, day), date),
        rx.cond(block, _field("at", time)),
        class_name="flex gap-3",
    )


def _field(label: Any, control: rx.Component) -> rx.Component:
    return rx.el.label(rx.el.span(label), control, class_name=f"{LABEL} flex min-w-0 flex-1 flex-col gap-1.5")


def _date(name: str, value: Any) -> rx.Component:
    return rx.el.input(
        type="date",
        default_value=value,
        min=ExceptionForm.today,
        key=f"{name}-{ExceptionForm.version}",
        on_change=lambda chosen: ExceptionForm.put(name, chosen),
        class_name=f"{CONTROL} tabular-nums",
    )


def _time(name: str, value: Any, label: str) -> rx.Component:
    return rx.el.input(
        type="time",
        step="300",
        default_value=value,
        aria_label=label,
        key=f"{name}-{ExceptionForm.version}",
        on_change=lambda chosen: ExceptionForm.put(name, chosen),
        class_name=f"{CONTROL} tabular-nums",
    )


def _hours(label: str, opens: tuple[str, Any, str], closes_at: tuple[str, Any, str]) -> rx.Component:
    return rx.el.div(
        rx.el.p(label, class_name=LABEL),
        rx.el.div(
            _time(*opens),
            rx.el.span("–", aria_hidden=True, class_name="text-ink-faint"),
            _time(*closes_at),
            class_name="mt-1.5 flex items-center gap-2",
        ),
    )


def _other_hours() -> rx.Component:
    form = ExceptionForm
    return rx.el.div(
        _hours("Open", ("start", form.start, "Opens"), ("end", form.end, "Closes")),
        _hours(
            "And again (optional)",
            ("start_again", form.start_again, "Opens again"),
            ("end_again", form.end_again, "Closes again"),
        ),
        class_name="flex flex-col gap-3",
    )


def _reason() -> rx.Component:
    return rx.el.label(
        rx.el.span("Reason ", rx.el.span("(for you alone, optional)", class_name="font-normal text-ink-faint")),
        rx.el.input(
            default_value=ExceptionForm.reason,
            key=f"reason-{ExceptionForm.version}",
            max_length=200,
            on_blur=lambda value: ExceptionForm.put("reason", value),
            class_name=CONTROL,
        ),
        class_name=f"{LABEL} flex flex-col gap-1.5",
    )


def _outcome() -> rx.Component:
    """What is wrong, or what saving would change."""
    change = change_summary(ExceptionForm.change, name_times=True)
    return rx.el.div(
        rx.cond(
            ExceptionForm.problem != "",
            message(ExceptionForm.problem, tone="bad"),
            rx.cond(ExceptionForm.ready, rx.el.div(change, class_name="rounded-card bg-sunken px-4 py-3")),
        ),
        aria_live="polite",
    )


def _repeat() -> rx.Component:
    form = ExceptionForm
    return rx.el.div(
        _field(
            "Repeat",
            select(
                option("Does not repeat", "no"),
                option("Every week", "week"),
                rx.cond(form.kind == "block", rx.fragment(), option("Every year", "year")),
                label="Repeat",
                value=form.repeat,
                on_change=lambda value: form.put("repeat", value),
            ),
        ),
        rx.cond(form.repeat == "week", _field("until", _date("until", form.until))),
        class_name="flex gap-3",
    )
