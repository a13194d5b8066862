"""On the page of a booking: move it, and the wish for another time that waits."""

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.surfaces import card
from appointly.components.zones import zone_note
from appointly.pages.move_dialog import move_button, old_and_new
from appointly.state.booking_page import BookingPage
from appointly.state.moving import Moving


def move_action() -> rx.Component:
    """The button among the others."""
    return rx.cond(
        Moving.movable & (Moving.waiting.id == ""),
        move_button(
            rx.el.span("Move", rx.el.span(" to another time", class_name="max-lg:sr-only")),
            BookingPage.booking.id,
            class_name="grow",
        ),
    )


def waiting_move() -> rx.Component:
    """The wish that waits for the provider's answer; it vanishes by itself with the answer."""
    waiting, own = Moving.waiting, BookingPage.is_own
    return rx.el.div(
        rx.cond(
            waiting.id != "",
            card(
                rx.el.div(
                    rx.icon("hourglass", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-warn-ink"),
                    rx.el.div(
                        rx.el.h2(
                            rx.cond(own, "You have asked for another time", "The customer asks for another time"),
                            class_name="text-lg font-semibold",
                        ),
                        old_and_new(waiting.old, waiting.new, "mt-2"),
                        zone_note(BookingPage.booking.zone, BookingPage.booking.zone_name),
                        rx.el.p(
                            rx.cond(
                                own,
                                f"The new time is kept for you until {waiting.until}. Your old time stays yours until "
                                f"{BookingPage.booking.provider} says yes; this page then changes by itself.",
                                f"The new time is kept until {waiting.until}. The old one stays until there is a yes.",
                            ),
                            class_name="mt-2 text-ink-soft",
                        ),
                        rx.cond(
                            waiting.reason != "",
                            rx.el.p(f"“{waiting.reason}”", dir="auto", class_name="mt-2 text-ink-soft wrap-anywhere"),
                        ),
                        class_name="min-w-0 flex-1",
                    ),
                    class_name="flex gap-3",
                ),
                rx.cond(
                    BookingPage.is_provider,
                    link_button(
                        "Answer it",
                        href=f"/dashboard?booking={BookingPage.booking.reference}",
                        class_name="mt-4 max-sm:w-full",
                    ),
                    button(
                        "Withdraw the wish",
                        kind="secondary",
                        class_name="mt-4 max-sm:w-full",
                        on_click=Moving.withdraw(waiting.id),
                    ),
                ),
                class_name="mt-6 border-warn p-5 sm:p-6",
            ),
        ),
        aria_live="polite",
        class_name="empty:hidden",
    )
