"""Ill today: everybody it concerns, what they are told, one button."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, looks
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message
from appointly.components.fields import CONTROL, checkbox, field, text_area
from appointly.components.marks import avatar, badge
from appointly.state.absence import AbsenceSheet

SHEET, FORM = "absence", "absence-form"


def absence_button() -> rx.Component:
    """Opens the sheet for today."""
    return button(
        rx.icon("thermometer", size=18, aria_hidden=True),
        "Ill today?",
        kind="secondary",
        size="small",
        on_click=AbsenceSheet.begin,
        **opens(SHEET),
    )


def absence_sheet() -> rx.Component:
    """Which days, whom it concerns, and what happens."""
    return dialog(
        SHEET,
        "You cannot work?",
        rx.el.form(
            rx.el.div(
                _day("From", "first", AbsenceSheet.first),
                _day("Until", "last", AbsenceSheet.last),
                class_name="grid grid-cols-2 gap-3",
            ),
            rx.el.p(AbsenceSheet.summary, aria_live="polite", class_name="mt-4 font-semibold empty:hidden"),
            rx.cond(
                AbsenceSheet.concerned,
                rx.fragment(
                    rx.el.ul(rx.foreach(AbsenceSheet.concerned, _one), class_name="divide-y divide-line"),
                    text_area(
                        "Your words to them",
                        name="absence_words",
                        optional=True,
                        rows=2,
                        max_length=1000,
                        placeholder="I am ill and cannot work. I am sorry.",
                    ),
                    rx.el.p(
                        "One mail for each appointment, with the other times above as links. Whoever has two gets two.",
                        class_name="mt-2 text-sm text-ink-soft",
                    ),
                ),
            ),
            rx.el.div(
                checkbox("Block the time, so that nobody books it", name="block", default_checked=True),
                class_name="mt-2",
            ),
            rx.cond(
                AbsenceSheet.problem != "",
                rx.el.div(message(AbsenceSheet.problem, tone="warn", role="alert"), class_name="mt-3"),
            ),
            rx.cond(AbsenceSheet.done != "", rx.el.div(message(AbsenceSheet.done, tone="good"), class_name="mt-3")),
            id=FORM,
            on_submit=AbsenceSheet.call_off,
            reset_on_submit=False,
        ),
        footer=rx.fragment(
            button("Close", kind="secondary", **closes(SHEET)),
            rx.cond(
                AbsenceSheet.done == "",
                rx.el.button(AbsenceSheet.label, type="submit", form=FORM, class_name=looks("danger", "medium")),
            ),
        ),
    )


def _day(label: str, name: str, value: Any) -> rx.Component:
    identifier = f"absence-{name}"
    return field(
        label,
        rx.el.input(
            type="date",
            id=identifier,
            value=value,
            min=AbsenceSheet.today,
            required=True,
            on_change=lambda day: AbsenceSheet.choose(name, day),
            class_name=CONTROL,
        ),
        name=identifier,
    )


def _one(each: Any) -> rx.Component:
    return rx.el.li(
        avatar(each.initials, each.tint, "small"),
        rx.el.div(
            rx.el.p(each.customer, dir="auto", class_name="text-sm font-medium wrap-anywhere"),
            rx.el.p(each.what, class_name="text-sm text-ink-soft wrap-anywhere"),
            rx.el.div(
                rx.cond(
                    each.instead,
                    rx.foreach(each.instead, lambda time: badge(time)),
                    rx.el.span("No other time is free; they are told so.", class_name="text-sm text-ink-faint"),
                ),
                class_name="mt-1 flex flex-wrap gap-1.5",
            ),
            class_name="min-w-0 flex-1",
        ),
        class_name="flex gap-3 py-3",
    )
