"""What customers said, and the provider's answers."""

from typing import Any

import reflex as rx

from appointly.components.buttons import KINDS, SHAPE, button, link_button, looks
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import empty_state, skeleton
from appointly.components.fields import belongs_to, text_area, whose
from appointly.components.links import link
from appointly.components.marks import avatar, badge
from appointly.components.reviews import answered, given_stars, said, spread
from appointly.components.surfaces import card, page_title
from appointly.components.tabs import tab, tabs
from appointly.pages.shell import workspace
from appointly.state.provider_reviews import ProviderReviews

HERE = "/dashboard/reviews"
REPORT = "report-review"
TABS = (("all", "All"), ("unanswered", "Not answered"))
REPORTS = {
    "open": ("Reported", "warn", "flag"),
    "dismissed": ("Looked at, and it stays", "neutral", "check"),
}
SMALL = f"{SHAPE} {KINDS['quiet']} min-h-9 px-2 text-sm pointer-coarse:min-h-11"


def provider_reviews() -> rx.Component:
    """The page at /dashboard/reviews."""
    return workspace(
        page_title("Reviews", "What customers say after their appointment. Everybody can read it, and your answers."),
        rx.cond(
            ProviderReviews.loaded,
            rx.cond(ProviderReviews.stars.average != "", _reviews(), _nothing()),
            skeleton("mt-6 h-96 w-full"),
        ),
        _report_dialog(),
        current=HERE,
    )


def _nothing() -> rx.Component:
    return empty_state(
        "star",
        "No reviews yet",
        "When you mark an appointment as completed, its customer gets one mail that asks how it was.",
        link_button("Today's appointments", href="/dashboard"),
    )


def _reviews() -> rx.Component:
    return rx.el.div(
        card(spread(ProviderReviews.stars), class_name="mt-6 p-5 xl:order-2"),
        rx.el.div(
            tabs("Which reviews", *[_tab(name, label) for name, label in TABS]),
            rx.cond(
                ProviderReviews.reviews.length() > 0,  # type: ignore[attr-defined]
                rx.el.ul(
                    rx.foreach(ProviderReviews.reviews, _line),
                    aria_label="Reviews",
                    class_name="mt-5 flex flex-col gap-4",
                ),
                empty_state("check-check", "All answered", "Every review has an answer of yours."),
            ),
            rx.cond(
                ProviderReviews.more,
                button("Show more", kind="secondary", on_click=ProviderReviews.show_more, class_name="mt-4"),
            ),
            class_name="min-w-0",
        ),
        class_name="grid items-start gap-x-6 xl:grid-cols-[minmax(0,1fr)_23rem]",
    )


def _tab(name: str, label: str) -> rx.Component:
    unanswered = ProviderReviews.stars.unanswered
    count = rx.cond(unanswered != "", badge(unanswered)) if name == "unanswered" else ""
    return tab(label, f"{HERE}?show={name}", ProviderReviews.show == name, count)


def _line(review: Any) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.div(
                avatar(review.initials, review.tint, "small"),
                rx.el.div(
                    rx.el.p(review.name, dir="auto", class_name="text-sm font-semibold wrap-anywhere"),
                    rx.el.p(
                        review.when, " · ", review.about, class_name="text-sm text-ink-faint wrap-anywhere sm:truncate"
                    ),
                    class_name="min-w-0 flex-1",
                ),
                given_stars(review.stars),
                class_name="flex items-center gap-3",
            ),
            rx.cond(review.words != "", said(review.words)),
            rx.cond(
                ProviderReviews.answering == review.id,
                _answer_form(review),
                rx.fragment(
                    rx.cond(review.answer != "", answered("you", review.answered, review.answer)),
                    _deeds(review),
                ),
            ),
            class_name=rx.cond(
                (review.words == "") & (review.answer == "") & (ProviderReviews.answering != review.id),
                "p-5 sm:flex sm:items-center sm:gap-5 sm:*:first:flex-1 sm:*:last:mt-0",  # stars alone: one line
                "p-5",
            ),
        ),
        key=review.id,
    )


def _deeds(review: Any) -> rx.Component:
    return rx.el.div(
        button(
            rx.cond(review.answer != "", "Change answer", "Answer"),
            kind="secondary",
            size="small",
            on_click=ProviderReviews.begin(review.id),
        ),
        link("Appointment", href=f"/dashboard/bookings?show=past&booking={review.reference}", class_name=SMALL),
        rx.match(
            review.report,
            *[(name, badge(words, tone=tone, icon=icon)) for name, (words, tone, icon) in REPORTS.items()],
            rx.fragment(),
        ),
        rx.cond(
            review.reportable,
            rx.el.button(
                "Report",
                type="button",
                on_click=ProviderReviews.ask(review.id, f"{review.name}, {review.about}"),
                class_name=SMALL,
                **opens(REPORT),
            ),
        ),
        class_name="mt-3 flex flex-wrap items-center gap-2",
    )


def _answer_form(review: Any) -> rx.Component:
    return rx.el.form(
        text_area(
            "Your answer",
            name="answer",
            error=ProviderReviews.problem,
            hint="Everybody reads it below the review.",
            rows=4,
            dir="auto",
            max_length=2000,
            default_value=review.answer,
            auto_focus=True,
        ),
        rx.el.div(
            button("Publish the answer", type="submit", size="small"),
            button("Not now", kind="secondary", size="small", on_click=ProviderReviews.begin("")),
            class_name="flex gap-2",
        ),
        belongs_to(review.id),
        on_submit=lambda form: ProviderReviews.answer(whose(form), form),
        class_name="mt-4 flex flex-col gap-3",
    )


def _report_dialog() -> rx.Component:
    form = f"{REPORT}-form"
    return dialog(
        REPORT,
        "Report this review?",
        rx.el.form(
            rx.el.p(ProviderReviews.about, dir="auto", class_name="font-medium wrap-anywhere"),
            rx.el.p(
                "Our team reads it and takes it down if it insults, lies about facts, advertises or names people. An"
                " honest opinion stays, also a bad one: an answer helps more.",
                class_name="mt-2 mb-4 text-ink-soft",
            ),
            text_area("What is wrong with it?", name="reason", rows=3, max_length=1000, required=True),
            id=form,
            on_submit=lambda said: [
                ProviderReviews.report(ProviderReviews.reporting, said),
                rx.call_function(f"() => document.getElementById('{REPORT}').close()"),
            ],
            reset_on_submit=True,
        ),
        footer=rx.fragment(
            button("Leave it", kind="secondary", **closes(REPORT)),
            rx.el.button("Report it", type="submit", form=form, class_name=looks("danger", "medium")),
        ),
    )
