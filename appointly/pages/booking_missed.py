"""A no-show on the page of its booking: whoever came says so here, once."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.feedback import message
from appointly.components.fields import text_area
from appointly.components.surfaces import card
from appointly.state.booking_ends import BookingEnds

MISSED = BookingEnds.missed


def booking_missed() -> rx.Component:
    """The form, or what became of it; nothing where nothing was missed."""
    return rx.fragment(
        became_of_it(MISSED),
        rx.cond(MISSED.until != "", card(_form(), class_name="p-5 sm:p-6")),
    )


def became_of_it(missed: Any) -> rx.Component:
    """What was said about a no-show since; nothing where nobody has."""
    return rx.cond(
        missed.said != "",
        rx.match(
            missed.tone,
            ("good", message(_said(missed), tone="good")),
            ("warn", message(_said(missed), tone="warn")),
            message(_said(missed)),
        ),
    )


def _said(missed: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(missed.said, class_name="font-medium"),
        rx.cond(missed.words != "", rx.el.p(f"“{missed.words}”", dir="auto", class_name="mt-1 wrap-anywhere")),
        rx.cond(missed.answer != "", rx.el.p(f"“{missed.answer}”", dir="auto", class_name="mt-1 wrap-anywhere")),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h2("Did you come after all?", class_name="text-lg font-semibold"),
        rx.el.p(
            f"The provider noted that you did not. If that is wrong, tell us by {MISSED.until}. The provider can take "
            "it back; if they do not, we decide.",
            class_name="text-ink-soft",
        ),
        text_area(
            "What happened",
            name="dispute",
            error=BookingEnds.problem,
            rows=3,
            dir="auto",
            max_length=1000,
            placeholder="I was there at ten and paid in cash.",
        ),
        rx.el.div(button("I did come", type="submit")),
        on_submit=BookingEnds.dispute,
        reset_on_submit=False,
        class_name="flex flex-col gap-4",
    )
