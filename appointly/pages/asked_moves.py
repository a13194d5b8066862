"""Customers' wishes for another time beside the requests: accepted in one click, declined with a word."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, looks
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.fields import text_area
from appointly.components.links import link
from appointly.components.marks import badge
from appointly.components.surfaces import card
from appointly.pages.move_dialog import old_and_new
from appointly.state.asked_moves import AskedMoves

DECLINE = "decline-move"


def asked_moves(here: str) -> rx.Component:
    """The list where there is something in it; `here` is the page's address."""
    return rx.cond(
        AskedMoves.asked,
        card(
            rx.el.div(
                rx.el.h2("Wishes for another time", class_name="text-lg font-semibold"),
                badge(AskedMoves.number, tone="warn"),
                class_name="mb-3 flex items-center justify-between gap-3",
            ),
            rx.el.ul(
                rx.foreach(AskedMoves.asked, lambda asked: _asked(asked, here)), class_name="divide-y divide-line"
            ),
            class_name="p-4 sm:p-5",
        ),
    )


def wish(asked: Any, about: Any) -> rx.Component:
    """The old time and the new one, why, until when, and the two answers; the page mounts `decline_move_dialog`."""
    return rx.fragment(
        old_and_new(asked.old, asked.new, "mt-1.5 text-sm"),
        rx.cond(
            asked.reason != "",
            rx.el.p(f"“{asked.reason}”", dir="auto", class_name="mt-1 text-sm text-ink-soft wrap-anywhere"),
        ),
        rx.el.p(f"Kept until {asked.until}", class_name="mt-1 text-sm text-ink-faint"),
        rx.el.div(
            button("Accept", size="small", on_click=AskedMoves.accept(asked.id)),
            button(
                "Decline", size="small", kind="secondary", on_click=AskedMoves.ask(asked.id, about), **opens(DECLINE)
            ),
            class_name="mt-3 flex gap-2",
        ),
    )


def _asked(asked: Any, here: str) -> rx.Component:
    about = f"{asked.customer}, {asked.service}, to {asked.new}"
    return rx.el.li(
        link(
            rx.el.span(asked.customer, dir="auto", class_name="block truncate font-medium"),
            rx.el.span(asked.service, class_name="block truncate text-sm text-ink-soft"),
            href=f"{here}?booking={asked.reference}",
            class_name="block rounded-control",
        ),
        wish(asked, about),
        class_name="py-4 first:pt-1 last:pb-0",
    )


def decline_move_dialog() -> rx.Component:
    """Declining a wish with a word; once a page."""
    form = f"{DECLINE}-form"
    return dialog(
        DECLINE,
        "Decline this wish?",
        rx.el.form(
            rx.el.p(AskedMoves.about, dir="auto", class_name="font-medium wrap-anywhere"),
            rx.el.p(
                "The appointment stays where it is, and the customer gets a mail with your words.",
                class_name="mt-2 mb-4 text-ink-soft",
            ),
            text_area("Your words to the customer", name="decline_word", optional=True, rows=3, max_length=1000),
            id=form,
            on_submit=lambda said: [
                AskedMoves.decline(AskedMoves.about_id, said),
                rx.call_function(f"() => document.getElementById('{DECLINE}')?.close()"),
            ],
            reset_on_submit=True,
        ),
        footer=rx.fragment(
            button("Back", kind="secondary", **closes(DECLINE)),
            rx.el.button("Decline", type="submit", form=form, class_name=looks("danger", "medium")),
        ),
    )
