"""The day of an appointment, on its own page: the place in line, the check-in, the ticket."""

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.feedback import message
from appointly.components.marks import badge
from appointly.components.surfaces import card
from appointly.state.booking_queue import BookingQueue


def booking_queue() -> rx.Component:
    """There on the day alone, before all else: it is what one looks for then."""
    day = BookingQueue
    return rx.cond(
        day.shown,
        card(
            rx.el.div(
                rx.el.div(
                    rx.el.h2(rx.cond(day.place != "", day.place, "Today"), class_name="text-lg font-semibold"),
                    rx.cond(
                        day.here_since != "",
                        badge(f"Checked in at {day.here_since}", tone="good", icon="map-pin-check"),
                    ),
                    class_name="flex flex-wrap items-center gap-3",
                ),
                rx.cond(day.words != "", rx.el.p(day.words, class_name="mt-1 text-ink-soft")),
                rx.cond(
                    day.delay != "",
                    rx.el.div(
                        message(
                            f"Running about {day.delay}. ",
                            rx.cond(
                                day.note != "", rx.el.span(f"“{day.note}”", dir="auto", class_name="wrap-anywhere")
                            ),
                            tone="warn",
                        ),
                        class_name="mt-3",
                    ),
                ),
                rx.cond(
                    day.arriving,
                    rx.el.p(
                        "When you arrive, scan the code at the door, or show this one at the desk.",
                        class_name="mt-3 text-ink-soft",
                    ),
                ),
                link_button("Watch the queue", href=f"/queue/{day.slug}", class_name="mt-4"),
                aria_live="polite",
                class_name="min-w-0 flex-1 basis-60",
            ),
            rx.cond(
                day.arriving,
                rx.el.figure(
                    rx.el.img(
                        src=day.ticket,
                        alt="Your ticket as a code",
                        width="132",
                        height="132",
                        class_name="size-44 rounded-control sm:size-33",
                    ),
                    rx.el.figcaption("Your ticket", class_name="mt-2 text-center text-sm text-ink-soft"),
                    class_name="mx-auto shrink-0 sm:mx-0",
                ),
            ),
            class_name="mt-6 flex flex-wrap items-center justify-between gap-5 border-accent-line! p-5 sm:p-6",
        ),
    )
