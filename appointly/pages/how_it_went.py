"""The dashboard's question after the end: did they come?"""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.links import link
from appointly.components.marks import avatar
from appointly.components.surfaces import card
from appointly.state.how_it_went import HowItWent


def how_it_went() -> rx.Component:
    """Nothing, where there is nothing to ask and nothing to undo."""
    return rx.cond(
        HowItWent.asks | (HowItWent.said != ""),
        card(
            rx.el.div(
                rx.el.h2("How did it go?", class_name="text-lg font-semibold"),
                rx.cond(
                    HowItWent.several,
                    button("All came", size="small", kind="secondary", on_click=HowItWent.all_came),
                ),
                class_name="mb-3 flex items-center justify-between gap-3",
            ),
            rx.el.div(
                rx.cond(
                    HowItWent.said != "",
                    rx.el.p(
                        rx.el.span(HowItWent.said, class_name="min-w-0 flex-1"),
                        button("Undo", size="small", kind="quiet", on_click=HowItWent.undo),
                        class_name="mb-2 flex items-center gap-2 rounded-control bg-good-soft py-1 pr-1 pl-3 text-sm"
                        " text-good-ink",
                    ),
                ),
                aria_live="polite",
            ),
            rx.el.ul(rx.foreach(HowItWent.bookings, _one), class_name="divide-y divide-line"),
            rx.cond(HowItWent.more, rx.el.p("There are more. They follow.", class_name="pt-3 text-sm text-ink-faint")),
            class_name="p-4 sm:p-5",
        ),
    )


def _one(booking: Any) -> rx.Component:
    return rx.el.li(
        link(
            avatar(booking.initials, booking.tint, "small"),
            rx.el.span(
                rx.el.span(booking.customer, dir="auto", class_name="block truncate text-sm font-medium"),
                rx.el.span(f"{booking.when} · {booking.service}", class_name="block truncate text-sm text-ink-soft"),
                class_name="min-w-0 flex-1",
            ),
            href=f"/dashboard?booking={booking.reference}",
            class_name="flex min-h-11 items-center gap-3 rounded-control",
        ),
        rx.el.div(
            button("Came", size="small", kind="secondary", on_click=HowItWent.finish(booking.id, "completed")),
            button("Did not come", size="small", kind="secondary", on_click=HowItWent.finish(booking.id, "no_show")),
            class_name="mt-2 flex gap-2 pl-11",
        ),
        class_name="py-3 first:pt-0 last:pb-0",
    )
