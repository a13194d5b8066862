"""Who waits for a time, among the provider's bookings."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import empty_state
from appointly.components.marks import badge
from appointly.components.surfaces import card
from appointly.state.provider_waits import ProviderWaits

REMOVE = "take-off-list"


def provider_waits() -> rx.Component:
    """The list under its own tab."""
    return rx.cond(
        ProviderWaits.groups,
        rx.el.div(
            rx.el.p(
                "When a time becomes free, the first in line who can come is offered it by itself.",
                class_name="mt-5 text-sm text-ink-soft",
            ),
            rx.foreach(ProviderWaits.groups, _group),
            _sure(),
        ),
        empty_state("hourglass", "Nobody waits", "On a full day, customers can get in line for what becomes free."),
    )


def _sure() -> rx.Component:
    asked = ProviderWaits.asked
    return dialog(
        REMOVE,
        "Take them off the list?",
        rx.el.p(
            rx.el.span(asked.customer, dir="auto", class_name="wrap-anywhere"),
            ", ",
            rx.el.span(asked.service, dir="auto"),
            class_name="font-medium",
        ),
        rx.el.p(
            "They lose their place in line and get a mail that says so.",
            rx.cond(
                asked.offered != "", f" {asked.offered} is kept for them now: it goes to the next one in line.", ""
            ),
            class_name="mt-2 text-ink-soft",
        ),
        footer=rx.fragment(
            button("Keep them", kind="secondary", **closes(REMOVE)),
            button("Yes, take off", kind="danger", on_click=ProviderWaits.remove(asked.id), **closes(REMOVE)),
        ),
    )


def _group(group: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(group.service, dir="auto", class_name="mt-6 text-base font-semibold"),
        card(
            rx.el.ol(rx.foreach(group.places, _line), class_name="divide-y divide-line"),
            class_name="mt-2 overflow-hidden",
        ),
    )


def _line(place: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(place.customer, dir="auto", class_name="truncate font-medium"),
            rx.el.p(f"{place.email} {place.phone}", class_name="truncate text-sm text-ink-soft"),
            class_name="min-w-0",
        ),
        rx.el.div(
            rx.el.p(place.dates, class_name="text-sm"),
            rx.cond(
                place.offered != "",
                badge(f"Offered: {place.offered}, until {place.until}", tone="good", icon="bell-ring"),
                rx.el.p(f"Joined: {place.since}", class_name="text-sm text-ink-faint"),
            ),
            class_name="min-w-0 max-sm:order-last max-sm:col-span-2",
        ),
        button(
            "Take off",
            kind="quiet",
            size="small",
            aria_label=f"Take {place.customer} off the list",
            on_click=ProviderWaits.ask(place.id),
            **opens(REMOVE),
        ),
        class_name="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-2 px-4 py-3 sm:grid-cols-[1fr_1fr_auto]"
        " sm:px-5",
    )
