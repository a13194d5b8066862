"""The page for an address that leads nowhere, and what stands where something is not for whoever looks."""

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.feedback import empty_state
from appointly.pages.shell import page
from appointly.state.base import Viewer


def not_found() -> rx.Component:
    """Says so, and leads on."""
    return page(nothing_here())


def nothing_here() -> rx.Component:
    """The same, within a page whose address names something that does not exist."""
    return empty_state(
        "map-pin-off",
        "There is nothing at this address",
        "The link may be old, or the service is no longer offered. All you have booked is still in place.",
        link_button("Find an appointment", href="/services"),
        link_button("Go to the start page", href="/", kind="secondary"),
        level=1,
    )


def not_yours(heading: str, title: str, sentence: str) -> rx.Component:
    """What stands on the page of something that only its owner, or a link from a mail, opens."""
    return rx.fragment(
        rx.el.h1(heading, class_name="sr-only"),
        empty_state(
            "lock",
            title,
            sentence,
            rx.cond(
                Viewer.signed_in,
                link_button("Your bookings", href="/account"),
                link_button("Sign in", href="/login"),
            ),
            link_button("Find an appointment", href="/services", kind="secondary"),
        ),
    )
