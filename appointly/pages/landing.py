"""The first page."""

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.surfaces import page_title
from appointly.pages.shell import page


def landing() -> rx.Component:
    """The promise and the way to the search."""
    return page(
        page_title(
            "Appointments that keep their word",
            "Find a time, book it, be told the truth.",
            link_button("Find an appointment", href="/services"),
        )
    )
