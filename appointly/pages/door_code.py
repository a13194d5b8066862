"""The code for the provider's door, on the page of the queue."""

import reflex as rx

from appointly.components.buttons import button, looks
from appointly.components.copying import copy_button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.links import outward_link
from appointly.components.surfaces import card
from appointly.state.door_code import DoorCode

RENEW = "renew-door-code"


def door_code() -> rx.Component:
    """The code, how to print it, and a new one."""
    return card(
        rx.el.h2("Your code at the door", class_name="text-lg font-semibold"),
        rx.el.p(
            "Customers scan it when they arrive, and your queue shows that they are here.",
            class_name="mt-1 text-sm text-ink-soft",
        ),
        rx.cond(
            DoorCode.picture != "",
            rx.el.img(
                src=DoorCode.picture,
                alt="Your check-in code",
                width="200",
                height="200",
                class_name="mx-auto mt-4 rounded-control bg-on-accent dark:bg-ink",
            ),
        ),
        rx.el.div(
            outward_link(
                rx.icon("printer", size=18, aria_hidden=True),
                "Print (PDF)",
                href="/api/v1/provider/check-in.pdf",
                class_name=looks("secondary", "medium", "w-full"),
            ),
            copy_button("Copy the address", DoorCode.address),
            button("Make a new code", kind="quiet", **opens(RENEW)),
            class_name="mt-4 flex flex-col gap-2",
        ),
        dialog(
            RENEW,
            "Make a new code?",
            rx.el.p(
                "What you have printed is no longer good from then on: whoever scans it is told so. Print the new code"
                " and put it in its place.",
                class_name="text-ink-soft",
            ),
            footer=rx.fragment(
                button("Keep it", kind="secondary", **closes(RENEW)),
                button("Make a new code", on_click=DoorCode.renew, **closes(RENEW)),
            ),
        ),
    )
