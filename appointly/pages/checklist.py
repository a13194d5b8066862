"""The card on the dashboard that says what a business still lacks."""

from typing import Any

import reflex as rx

from appointly.components.buttons import icon_button
from appointly.components.links import link
from appointly.components.surfaces import card
from appointly.state.checklist import Checklist


def checklist() -> rx.Component:
    """Nothing once all is there, or when it was dismissed."""
    total = Checklist.parts.length()  # type: ignore[attr-defined]
    return rx.cond(
        (Checklist.done < total) & ~Checklist.dismissed,
        card(
            rx.el.div(
                rx.el.div(
                    rx.el.h2(
                        rx.cond(Checklist.bookable, "Make your page stronger", "Before people can book you"),
                        class_name="text-lg font-semibold",
                    ),
                    rx.el.p(
                        f"{Checklist.done} of {total} done. Payouts come with your first paid booking.",
                        class_name="text-sm text-ink-soft tabular-nums",
                    ),
                ),
                rx.cond(Checklist.bookable, icon_button("x", "Dismiss this list", on_click=Checklist.dismiss)),
                class_name="flex items-start justify-between gap-3",
            ),
            rx.el.ul(
                rx.foreach(Checklist.parts, _part),
                class_name="mt-3 grid gap-x-6 sm:grid-cols-2 xl:grid-cols-3",
            ),
            class_name="mt-6 p-4 sm:p-5",
            role="region",
            aria_label="What is still missing",
        ),
    )


def _part(part: Any) -> rx.Component:
    to_do = link(
        rx.icon(
            "circle",
            size=20,
            aria_hidden=True,
            class_name=rx.cond(part.needed, "shrink-0 text-accent", "shrink-0 text-ink-faint"),
        ),
        rx.el.span(
            rx.el.span(part.name, class_name="block text-sm font-medium"),
            rx.el.span(part.why, class_name="block truncate text-sm text-ink-faint"),
            class_name="min-w-0 flex-1",
        ),
        rx.icon("chevron-right", size=18, aria_hidden=True, class_name="shrink-0 text-ink-faint"),
        href=part.href,
        class_name="-mx-2 flex min-h-11 items-center gap-3 rounded-control px-2 py-1.5 hover:bg-sunken",
    )
    return rx.cond(part.done, rx.fragment(), rx.el.li(to_do))
