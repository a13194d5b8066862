""" "How was it?" on the page of a booking."""

import reflex as rx

from appointly.components.buttons import button, icon_button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message
from appointly.components.fields import text_area
from appointly.components.reviews import answered, given_stars, said, star_choice
from appointly.components.surfaces import card
from appointly.state.booking_review import BookingReview

DELETE = "delete-review"
REVIEW = BookingReview.review


def booking_review() -> rx.Component:
    """The question, or what was answered; nothing for an appointment that cannot be reviewed."""
    return rx.fragment(
        rx.cond(
            REVIEW.asks | BookingReview.changing,
            card(_form(), key=f"ask-{REVIEW.id}", id="review", class_name="scroll-mt-20 p-5 sm:p-6"),
            rx.cond(REVIEW.id != "", card(_said(), id="review", class_name="scroll-mt-20 p-5 sm:p-6")),
        ),
        dialog(
            DELETE,
            "Delete your review?",
            rx.el.p("Stars and words disappear everywhere, and the provider's answer with them."),
            footer=rx.fragment(
                button("Keep it", kind="secondary", **closes(DELETE)),
                button("Delete it", kind="danger", on_click=BookingReview.delete, **closes(DELETE)),
            ),
        ),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h2("How was it?", class_name="text-lg font-semibold"),
        star_choice("stars", REVIEW.stars, BookingReview.stars_problem),
        text_area(
            "Your words",
            name="words",
            error=BookingReview.words_problem,
            optional=True,
            rows=4,
            dir="auto",
            max_length=2000,
            default_value=REVIEW.words,
            placeholder="What went well, what could be better?",
        ),
        rx.el.p(
            "Everybody can read this, with ",
            rx.el.strong(REVIEW.name, dir="auto", class_name="font-semibold text-ink"),
            " as your name.",
            rx.cond(BookingReview.changing, "", " You can change it for 14 days and delete it at any time."),
            class_name="text-sm text-ink-soft",
        ),
        rx.el.div(
            button(rx.cond(BookingReview.changing, "Save", "Send the review"), type="submit"),
            rx.cond(
                BookingReview.changing,
                button("Leave it as it is", kind="secondary", on_click=BookingReview.change(False)),
            ),
            rx.cond(
                REVIEW.asks,
                rx.el.span(f"You can write one until {REVIEW.note}.", class_name="text-sm text-ink-faint"),
            ),
            class_name="flex flex-wrap items-center gap-3",
        ),
        on_submit=BookingReview.send,
        class_name="flex flex-col gap-4",
    )


def _said() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2("How it was", class_name="text-lg font-semibold"),
            rx.el.div(
                rx.cond(
                    REVIEW.can_change, icon_button("pencil", "Change your review", on_click=BookingReview.change(True))
                ),
                rx.cond(REVIEW.can_delete, icon_button("trash-2", "Delete your review", **opens(DELETE))),
                class_name="-my-2 -me-2 flex",
            ),
            class_name="flex items-center justify-between gap-4",
        ),
        rx.el.div(given_stars(REVIEW.stars, 20), class_name="mt-2"),
        rx.cond(REVIEW.words != "", said(REVIEW.words)),
        rx.cond(REVIEW.answer != "", answered(REVIEW.provider, "", REVIEW.answer)),
        rx.cond(
            REVIEW.hidden,
            rx.el.div(
                message("Our team has taken this review down: nobody else sees it.", tone="warn"), class_name="mt-4"
            ),
        ),
        rx.cond(
            REVIEW.note != "",
            rx.el.p(f"You can change it until {REVIEW.note}.", class_name="mt-3 text-sm text-ink-faint"),
        ),
    )
