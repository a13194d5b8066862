"""What is being booked, for as long as the wizard is open."""

from typing import Any

import reflex as rx

from appointly.components.feedback import skeleton
from appointly.components.ranges import in_order, time_range
from appointly.components.surfaces import card
from appointly.components.zones import zone_note
from appointly.state.wizard import Wizard


def when() -> rx.Component:
    """The chosen time."""
    return rx.el.div(
        rx.el.p(
            Wizard.chosen.day,
            ", ",
            time_range(Wizard.chosen.starts, Wizard.chosen.ends),
            class_name=rx.cond(Wizard.chosen.taken, "font-semibold line-through", "font-semibold"),
        ),
        zone_note(Wizard.offer.zone, Wizard.offer.zone_name),
    )


def summary() -> rx.Component:
    """What is being booked: beside the steps, on phones in a bar at the bottom."""
    chosen = rx.cond(
        Wizard.chosen.id != "",
        when(),
        rx.el.p("Choose a time", class_name="text-ink-faint"),
    )
    wide = card(
        rx.cond(
            Wizard.offer.picture != "",
            rx.el.img(
                src=Wizard.offer.picture,
                alt="",
                class_name="aspect-[3/2] w-full rounded-t-card object-cover dark:brightness-90",
            ),
        ),
        rx.el.div(
            rx.cond(
                Wizard.offer.title != "",
                rx.el.div(
                    rx.el.h2(Wizard.offer.title, dir="auto", class_name="text-lg font-semibold"),
                    rx.el.p(rx.el.bdi(Wizard.offer.provider), class_name="text-sm text-ink-soft"),
                ),
                skeleton("h-12 w-full"),
            ),
            _line("calendar", chosen),
            _line("clock", in_order(Wizard.offer.duration)),
            _line("map-pin", Wizard.offer.place),
            _line("wallet", Wizard.offer.pays),
            class_name="flex flex-col gap-4 p-5",
        ),
        class_name="sticky top-24",
    )
    narrow = rx.el.div(
        rx.el.div(
            rx.el.p(rx.el.bdi(Wizard.offer.title), class_name="truncate text-sm font-semibold"),
            rx.el.p(
                rx.cond(
                    Wizard.chosen.id != "",
                    f"{Wizard.chosen.day}, {Wizard.chosen.starts}",
                    Wizard.offer.duration,
                ),
                class_name="truncate text-sm text-ink-soft",
            ),
            class_name="min-w-0",
        ),
        rx.el.p(Wizard.offer.price, class_name="font-display text-lg font-semibold tabular-nums"),
        class_name="fixed inset-x-0 bottom-0 z-20 flex items-center justify-between gap-4 border-t border-line"
        " bg-surface px-4 py-3 lg:hidden low:static low:rounded-card low:border",
    )
    return rx.fragment(
        rx.el.aside(wide, aria_label="Your booking", class_name="hidden lg:block"),
        # The review says all of it itself, and its button must not lie behind the bar.
        rx.cond(
            Wizard.step == "review",
            rx.fragment(),
            rx.el.aside(narrow, aria_label="Your booking so far", class_name="lg:hidden"),
        ),
    )


def _line(icon: str, text: Any) -> rx.Component:
    return rx.el.div(
        rx.icon(icon, size=18, aria_hidden=True, class_name="mt-0.5 shrink-0 text-ink-faint"),
        rx.el.div(text, class_name="min-w-0 text-sm"),
        class_name="flex gap-3",
    )
