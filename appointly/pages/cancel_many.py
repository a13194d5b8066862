"""Several appointments called off at once."""

from typing import Any, Literal

import reflex as rx

from appointly.components.buttons import button, looks
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message
from appointly.components.fields import text_area
from appointly.state.cancel_many import CancelMany

MANY, FORM = "cancel-many", "cancel-many-form"


def cancel_many_button(scope: Literal["today", "all"]) -> rx.Component:
    """Opens the dialog with what is to come: today, or all of it."""
    return button("Cancel several", kind="secondary", size="small", on_click=CancelMany.begin(scope), **opens(MANY))


def cancel_many_dialog() -> rx.Component:
    """Which ones, what each would mean, and one reason for all."""
    return dialog(
        MANY,
        "Cancel several appointments",
        rx.el.form(
            rx.cond(
                CancelMany.candidates,
                rx.fragment(
                    rx.el.ul(rx.foreach(CancelMany.candidates, _candidate), class_name="mb-4 flex flex-col"),
                    text_area("Your words to all of them", name="many-reason", optional=True, rows=3, max_length=1000),
                    rx.el.p(
                        "All of them are cancelled, or none. Their times are free again, and everybody gets a mail.",
                        class_name="mt-3 text-sm text-ink-soft",
                    ),
                ),
                rx.el.p("Nothing is to come that could be cancelled.", class_name="text-ink-soft"),
            ),
            rx.cond(
                CancelMany.problem != "",
                rx.el.div(message(CancelMany.problem, tone="bad", role="alert"), class_name="mt-3"),
            ),
            id=FORM,
            on_submit=CancelMany.cancel,
            reset_on_submit=False,
        ),
        footer=rx.fragment(
            button("Close", kind="secondary", **closes(MANY)),
            rx.el.button(
                CancelMany.label,
                type="submit",
                form=FORM,
                disabled=CancelMany.chosen == 0,
                class_name=looks("danger", "medium"),
            ),
        ),
    )


def _candidate(each: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            each.first,
            rx.el.div(
                rx.el.h3(each.day, class_name="text-sm font-semibold"),
                button("All of this day", kind="quiet", size="small", on_click=CancelMany.toggle_day(each.day)),
                class_name="mt-2 flex items-center justify-between border-b border-line",
            ),
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=each.chosen,
                on_change=lambda on: CancelMany.toggle(each.id, on),
                class_name="mt-1 size-5 shrink-0 accent-accent",
            ),
            rx.el.span(
                rx.el.span(
                    rx.el.span(each.times, class_name="tabular-nums"),
                    " ",
                    rx.el.span(each.customer, dir="auto"),
                    class_name="block text-sm font-medium wrap-anywhere",
                ),
                rx.el.span(each.service, class_name="block text-sm text-ink-soft wrap-anywhere"),
                rx.cond(
                    each.chosen & (each.outcome != ""),
                    rx.el.span(each.outcome, class_name="block text-sm text-ink-faint"),
                ),
                class_name="min-w-0",
            ),
            class_name="flex min-h-11 items-start gap-3 rounded-control px-2 py-2 hover:bg-sunken",
        ),
    )
