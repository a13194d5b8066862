"""What a change would do, shown before it is saved."""

from typing import Any

import reflex as rx

from appointly.components.links import link
from appointly.components.marks import avatar
from appointly.components.surfaces import unfolds


def change_summary(change: Any, *, name_times: bool = False) -> rx.Component:
    """A `ChangeView`: sentences, the bookings that stay behind with their links, and, if asked, the times that go."""
    return rx.el.div(
        rx.el.p(change.times, class_name="font-semibold"),
        rx.cond(
            name_times & (change.gone.length() > 0),
            rx.el.details(
                unfolds("Which ones"),
                rx.el.ul(
                    rx.foreach(change.gone, lambda time: rx.el.li(time, class_name="tabular-nums")),
                    rx.cond(change.more_gone != "", rx.el.li(change.more_gone)),
                    class_name="text-sm text-ink-soft",
                ),
            ),
        )
        if name_times
        else rx.fragment(),
        rx.cond(
            change.bookings != "",
            rx.fragment(
                rx.el.p(
                    rx.icon("triangle-alert", size=18, aria_hidden=True, class_name="mt-0.5 shrink-0 text-warn"),
                    change.bookings,
                    class_name="mt-2 flex gap-2 text-sm",
                ),
                rx.el.ul(rx.foreach(change.left_behind, _left_behind), class_name="mt-1 divide-y divide-line"),
            ),
        ),
    )


def _left_behind(booking: Any) -> rx.Component:
    return rx.el.li(
        link(
            avatar(booking.initials, booking.tint, "small"),
            rx.el.span(
                rx.el.span(booking.who, dir="auto", class_name="block text-sm font-medium wrap-anywhere"),
                rx.el.span(f"{booking.when} · {booking.what}", class_name="block text-sm text-ink-soft"),
                class_name="min-w-0 flex-1",
            ),
            rx.icon("chevron-right", size=18, aria_hidden=True, class_name="shrink-0 text-ink-faint"),
            href=booking.href,
            class_name="-mx-2 flex min-h-11 items-center gap-3 rounded-control px-2 py-2 hover:bg-sunken",
        )
    )
