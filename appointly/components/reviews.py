"""Stars to give and stars that were given, and what people said afterwards."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.fields import LABEL, field_problem
from appointly.components.marks import avatar
from appointly.display.reviews import Quote, Share, StarsView

WORDS = ("1 star: poor", "2 stars: fair", "3 stars: good", "4 stars: very good", "5 stars: excellent")
# All stars up to the chosen one are filled.
STAR = (
    "flex size-12 cursor-pointer items-center justify-center rounded-control text-field-line hover:text-star"
    " has-checked:text-star has-checked:[&_svg]:fill-star [&:has(~label_input:checked)]:text-star"
    " [&:has(~label_input:checked)_svg]:fill-star has-focus-visible:outline-2 has-focus-visible:outline-accent"
)


def star_choice(name: str, chosen: Any, problem: Any) -> rx.Component:
    """One to five stars: a group of radio buttons, of which `chosen` is set at first; 0 is none."""
    return rx.el.fieldset(
        rx.el.legend("Your stars", class_name=LABEL),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name=name,
                        value=str(stars),
                        default_checked=chosen == stars,
                        class_name="sr-only",
                    ),
                    rx.icon("star", size=30, aria_hidden=True),
                    rx.el.span(words, class_name="sr-only"),
                    title=words,
                    class_name=STAR,
                )
                for stars, words in enumerate(WORDS, start=1)
            ],
            class_name="-ms-2 flex",
        ),
        rx.cond(problem != "", field_problem(problem, role="alert")),
    )


def given_stars(stars: Any, size: int = 16) -> rx.Component:
    """So many of five stars."""
    return rx.el.span(
        *[
            rx.icon(
                "star",
                size=size,
                aria_hidden=True,
                class_name=rx.cond(stars >= place, "fill-star text-star", "text-line-strong"),
            )
            for place in range(1, 6)
        ],
        rx.el.span(f"{stars} out of 5 stars", class_name="sr-only"),
        class_name="inline-flex shrink-0 gap-0.5",
    )


def spread(stars: StarsView) -> rx.Component:
    """The average, and how many gave how many stars."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(
                stars.average,
                rx.el.span(" out of 5", class_name="sr-only"),
                class_name="font-display text-3xl font-semibold tabular-nums",
            ),
            rx.el.p(stars.count, class_name="mt-1 text-sm whitespace-nowrap text-ink-soft"),
            class_name="shrink-0",
        ),
        rx.el.ul(
            rx.foreach(stars.shares, _share), aria_label="How many gave how many stars", class_name="w-full max-w-xs"
        ),
        class_name="flex items-center gap-8",
    )


def public_reviews(view: Any) -> rx.Component:
    """Of a page whose state has `PublicReviews`: the stars, the reviews as far as they are shown, more on demand."""
    more = button("Show more", kind="secondary", size="small", on_click=view.show_more_reviews, class_name="mt-3")
    return rx.fragment(
        spread(view.stars),
        rx.cond(
            view.reviews.length() > 0,
            rx.el.ul(
                rx.foreach(view.reviews, review), class_name="mt-6 divide-y divide-line border-t border-line pt-5"
            ),
        ),
        rx.cond(view.more_reviews, more),
    )


def _share(share: Share) -> rx.Component:
    return rx.el.li(
        rx.el.span(share.stars, rx.el.span(" stars: ", class_name="sr-only"), class_name="w-3 text-end"),
        rx.icon("star", size=12, aria_hidden=True, class_name="shrink-0 fill-star text-star"),
        rx.el.span(
            rx.el.span(style={"width": share.width}, class_name="block h-full rounded-full bg-star"),
            aria_hidden=True,
            class_name="h-2 flex-1 overflow-hidden rounded-full bg-sunken",
        ),
        rx.el.span(share.count, class_name="w-9 text-end"),
        class_name="flex items-center gap-2 text-xs leading-5 text-ink-soft tabular-nums",
    )


def review(quote: Quote) -> rx.Component:
    """One review: who, how many stars, the words, and the provider's answer."""
    return rx.el.li(
        rx.el.div(
            avatar(quote.initials, quote.tint, "small"),
            rx.el.div(
                rx.el.p(rx.el.bdi(quote.name), class_name="text-sm font-semibold wrap-anywhere"),
                rx.el.p(quote.when, " · ", quote.about, class_name="truncate text-sm text-ink-faint"),
                class_name="min-w-0 flex-1",
            ),
            given_stars(quote.stars),
            class_name="flex items-center gap-3",
        ),
        rx.cond(quote.words != "", said(quote.words)),
        rx.cond(quote.answer != "", answered(quote.provider, quote.answered, quote.answer)),
        key=quote.id,
        class_name="py-5 first:pt-0",
    )


def said(words: Any) -> rx.Component:
    """What somebody wrote, as they wrote it."""
    return rx.el.p(words, dir="auto", class_name="mt-2 max-w-text whitespace-pre-line text-ink-soft wrap-anywhere")


def answered(provider: Any, when: Any, words: Any) -> rx.Component:
    """The provider's answer, set apart."""
    return rx.el.div(
        rx.el.p(
            rx.el.span("Answer from ", provider, dir="auto", class_name="font-semibold wrap-anywhere"),
            rx.cond(when != "", rx.el.span(" · ", when, class_name="text-ink-faint")),
            class_name="text-sm",
        ),
        said(words),
        class_name="mt-3 border-s-2 border-line-strong ps-4",
    )
