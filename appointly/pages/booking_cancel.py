"""Calling one booking off: what it would mean is said before the click, and nothing else can happen."""

import reflex as rx

from appointly.components.buttons import button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.zones import zone_note
from appointly.state.booking_ends import BookingEnds
from appointly.state.booking_page import BookingPage

CANCEL = "cancel-booking"
BOOKED = BookingPage.booking


def cancel_button() -> rx.Component:
    """Opens the dialog, as long as there is something to call off."""
    return rx.cond(
        BOOKED.can_cancel,
        button(
            rx.el.span(
                rx.cond(BOOKED.status == "pending", "Withdraw", "Cancel"),
                rx.el.span(
                    rx.cond(BOOKED.status == "pending", " the request", " the booking"), class_name="max-lg:sr-only"
                ),
            ),
            kind="danger",
            class_name="grow",
            **opens(CANCEL),
        ),
    )


def cancel_dialog() -> rx.Component:
    """What exactly happens, and the two ways on."""
    return dialog(
        CANCEL,
        rx.cond(BOOKED.status == "pending", "Withdraw this request?", "Cancel this booking?"),
        rx.el.p(
            f"{BOOKED.service} · {BOOKED.when} ",
            zone_note(BOOKED.zone, BOOKED.zone_name, "font-normal text-ink-faint"),
            class_name="font-medium",
        ),
        rx.el.p(
            rx.icon("wallet", size=18, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
            BookingEnds.outcome,
            aria_live="polite",
            class_name="mt-3 flex gap-2 rounded-control bg-sunken px-3 py-2 font-medium",
        ),
        rx.el.p(
            "The time is free for others at once, and this cannot be undone. ",
            rx.cond(
                BookingPage.is_own,
                "You and the provider each get a mail.",
                rx.cond(
                    BookingPage.is_provider,
                    "The customer gets a mail.",
                    "The customer and the provider each get a mail.",
                ),
            ),
            class_name="mt-3 text-ink-soft",
        ),
        footer=rx.fragment(
            button("Keep it", kind="secondary", **closes(CANCEL)),
            button(
                rx.cond(BOOKED.status == "pending", "Yes, withdraw", "Yes, cancel"),
                kind="danger",
                on_click=BookingEnds.cancel,
                **closes(CANCEL),
            ),
        ),
    )
