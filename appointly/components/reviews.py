"""What people said afterwards."""

import reflex as rx

from appointly.components.marks import avatar
from appointly.display.services import Quote


def review(quote: Quote) -> rx.Component:
    """One review: who, how many stars, the words."""
    return rx.el.li(
        rx.el.div(
            avatar(quote.initials, quote.tint, "small"),
            rx.el.div(
                rx.el.p(quote.name, dir="auto", class_name="text-sm font-semibold"),
                rx.el.p(quote.when, " · ", quote.about, class_name="truncate text-sm text-ink-faint"),
                class_name="min-w-0 flex-1",
            ),
            rx.el.p(
                rx.icon("star", size=15, aria_hidden=True, class_name="fill-star text-star"),
                quote.stars,
                rx.el.span("out of 5 stars", class_name="sr-only"),
                class_name="flex items-center gap-1 text-sm font-semibold",
            ),
            class_name="flex items-center gap-3",
        ),
        rx.el.p(quote.words, dir="auto", class_name="break-words mt-2 text-ink-soft"),
        class_name="py-4 first:pt-0",
    )
