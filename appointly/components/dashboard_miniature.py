"""A small picture of the provider's dashboard, made of the same pieces as the real one."""

import reflex as rx

from appointly.components.marks import avatar, badge
from appointly.components.surfaces import CARD

DAY = (
    ("09:00", "Haircut, wash and style", "Nora Lindqvist", "NL", 2, "done"),
    ("10:00", "Colour refresh", "Samuel Osei", "SO", 3, "now"),
    ("11:45", "Fringe and neckline trim", "Ines Duarte", "ID", 5, "next"),
)
MARKS = {
    "done": badge("Completed", icon="check-check"),
    "now": badge("In the chair", tone="accent", icon="armchair"),
    "next": badge("Confirmed", tone="good", icon="check"),
}

REQUEST = "mt-3 flex items-center gap-3 rounded-control bg-accent-soft px-3 py-2.5 text-sm text-accent-ink"


def dashboard_miniature() -> rx.Component:
    """Today's schedule with a request that has just come in. An illustration: nothing in it can be pressed."""
    return rx.el.figure(
        rx.el.div(
            rx.el.div(
                rx.el.p("Today", class_name="font-display text-lg font-semibold"),
                rx.el.p(
                    rx.el.span(class_name="size-2 animate-pulse-soft rounded-full bg-good"),
                    "Live",
                    class_name="flex items-center gap-2 text-xs font-medium text-good-ink",
                ),
                class_name="flex items-center justify-between",
            ),
            rx.el.div(
                _figure("Booked", "11"),
                _figure("To come", "8"),
                _figure("Earned", "€412"),
                class_name="mt-4 grid grid-cols-3 gap-2",
            ),
            rx.el.div(
                *[_appointment(*row) for row in DAY],
                class_name="mt-4 flex flex-col divide-y divide-line",
            ),
            rx.el.div(
                rx.icon("bell-ring", size=18, aria_hidden=True, class_name="shrink-0"),
                rx.el.p(
                    rx.el.strong("Yara Haddad", class_name="font-semibold"),
                    " asks for Thursday, 14:30",
                    class_name="min-w-0 flex-1",
                ),
                rx.el.span(
                    "Confirm", class_name="rounded-control bg-accent px-3 py-1.5 text-xs font-semibold text-on-accent"
                ),
                class_name=REQUEST,
            ),
            aria_hidden=True,
            class_name=f"{CARD} p-5 shadow-high select-none",
        ),
        rx.el.figcaption(
            "The provider's day: a booking appears the moment it is made, without a reload.",
            class_name="mt-3 text-center text-sm text-ink-faint",
        ),
        class_name="min-w-0",
    )


def _figure(label: str, value: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(label, class_name="text-xs text-ink-soft"),
        rx.el.p(value, class_name="font-display text-xl font-semibold"),
        class_name="rounded-control bg-sunken px-3 py-2",
    )


def _appointment(time: str, what: str, who: str, letters: str, tint: int, mark: str) -> rx.Component:
    return rx.el.div(
        rx.el.p(time, class_name="w-11 shrink-0 text-sm font-medium text-ink-soft tabular-nums"),
        avatar(letters, tint, "small"),
        rx.el.div(
            rx.el.p(who, class_name="truncate text-sm font-medium"),
            rx.el.p(what, class_name="truncate text-xs text-ink-faint"),
            class_name="min-w-0 flex-1",
        ),
        MARKS[mark],
        class_name="flex items-center gap-3 py-2.5",
    )
