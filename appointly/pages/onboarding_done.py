"""The last step of the onboarding: the page is online."""

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.copying import copy_button, share_button
from appointly.components.links import link, text_link
from appointly.components.surfaces import card
from appointly.state.onboarding import Onboarding


def done() -> rx.Component:
    """The public page, the first free time, and where to go on."""
    return rx.el.div(
        _address(),
        card(_first_free(), _payouts()),
        rx.el.div(
            link_button("Go to your dashboard", href="/dashboard", size="large"),
            link_button("Make your profile stronger", href="/dashboard/profile", kind="secondary", size="large"),
            class_name="flex flex-wrap gap-3",
        ),
        class_name="flex flex-col gap-5",
    )


def _address() -> rx.Component:
    finished = Onboarding.finished
    address = link(finished.address, href=finished.path, class_name="font-medium text-accent wrap-anywhere underline")
    return card(
        rx.el.p("Your public page", class_name="text-sm text-ink-soft"),
        rx.el.p(address, class_name="mt-1"),
        rx.el.div(
            copy_button("Copy the link", finished.address),
            share_button("Share", finished.address),
            link_button("Open it", href=finished.path, kind="quiet"),
            class_name="mt-4 flex flex-wrap gap-2",
        ),
    )


def _first_free() -> rx.Component:
    first = Onboarding.finished.first_free
    return rx.el.div(
        rx.icon("calendar-check", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
        rx.cond(
            first != "",
            rx.el.p(
                "The first time somebody can book: ",
                rx.el.strong(first, class_name="font-semibold"),
                rx.el.span(" on your clock.", class_name="text-ink-soft"),
            ),
            rx.el.p(
                "No free time fits into your hours in the coming weeks. ",
                text_link("Look at your hours", href="/onboarding?step=hours"),
            ),
        ),
        class_name="flex gap-3",
    )


def _payouts() -> rx.Component:
    return rx.el.div(
        rx.icon("wallet", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-ink-faint"),
        rx.el.p(
            "Nothing to do about payouts today: customers pay you on the spot, and we ask for an account with your"
            " first paid booking.",
            class_name="text-ink-soft",
        ),
        class_name="mt-4 flex gap-3",
    )
