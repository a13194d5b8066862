"""A reminder that an address was not confirmed yet."""

import reflex as rx

from appointly.components.buttons import button, icon_button
from appointly.components.feedback import message
from appointly.state.base import Viewer
from appointly.state.unconfirmed import Unconfirmed


def unconfirmed_address() -> rx.Component:
    """Above the content of a page, until the address is confirmed or the reminder put away."""
    return rx.cond(
        Unconfirmed.waits & ~Unconfirmed.away,
        rx.el.div(
            message(
                rx.el.div(
                    rx.el.p(
                        "Is ",
                        rx.el.strong(Viewer.email, class_name="font-semibold wrap-anywhere"),
                        " your address? Open the link that we have mailed, so that news of bookings reaches you.",
                        class_name="min-w-0 flex-1 basis-64",
                    ),
                    button("Mail it again", kind="secondary", size="small", on_click=Unconfirmed.mail),
                    class_name="flex flex-wrap items-center gap-3",
                ),
                tone="warn",
            ),
            icon_button("x", "Not now", class_name="absolute top-1 right-1", on_click=Unconfirmed.put_away),
            class_name="relative mb-6 [&>div]:pr-12",
        ),
    )
