"""A provider's bookings as a list."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, skeleton
from appointly.components.fields import search_box
from appointly.components.links import link
from appointly.components.marks import avatar, badge, status_badge
from appointly.components.ranges import time_range
from appointly.components.surfaces import card, page_title
from appointly.components.tabs import tab, tabs
from appointly.pages.cancel_many import cancel_many_button, cancel_many_dialog
from appointly.pages.panel import answer_buttons, booking_panel
from appointly.pages.provider_waits import provider_waits
from appointly.pages.shell import workspace
from appointly.queries.find_bookings import LONGEST
from appointly.state.provider_bookings import ProviderBookings
from appointly.state.provider_waits import ProviderWaits

LIST = "/dashboard/bookings"
TYPING_PAUSE_MS = 250
TABS = (("upcoming", "Upcoming"), ("requests", "Requests"), ("past", "Past"), ("waiting", "Waiting"))


def provider_bookings() -> rx.Component:
    """The page at /dashboard/bookings."""
    return workspace(
        page_title("Bookings", "", cancel_many_button("all")),
        _search(),
        rx.cond(
            ProviderBookings.q == "",
            tabs("Which bookings", *[_tab(name, label) for name, label in TABS]),
            _found(),
        ),
        rx.cond(
            ProviderBookings.loaded,
            rx.cond(
                ProviderBookings.bookings,
                card(
                    rx.el.ul(rx.foreach(ProviderBookings.bookings, _line), class_name="divide-y divide-line"),
                    class_name="mt-5 overflow-hidden",
                ),
                _none(),
            ),
            skeleton("mt-5 h-96 w-full"),
        ),
        rx.cond(
            ProviderBookings.more,
            rx.el.div(
                button("Show more", kind="secondary", on_click=ProviderBookings.show_more),
                class_name="mt-4 flex justify-center",
            ),
        ),
        rx.cond(
            ProviderBookings.capped,
            rx.el.p(
                "More than these are not listed here. Search finds each of the others.",
                class_name="mt-4 text-center text-sm text-ink-soft",
            ),
        ),
        booking_panel(f"{LIST}?show={ProviderBookings.show}"),
        cancel_many_dialog(),
        current=LIST,
    )


def _search() -> rx.Component:
    return rx.el.div(
        search_box(
            "Find a booking by name, mail address, phone or reference",
            placeholder="Name, mail, phone or reference",
            default_value=ProviderBookings.q,
            key=ProviderBookings.version,
            max_length=LONGEST,
            on_change=ProviderBookings.find.debounce(TYPING_PAUSE_MS),  # type: ignore[attr-defined]
        ),
        role="search",
        class_name="relative mt-4 sm:max-w-form",
    )


def _found() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(ProviderBookings.bookings, "Of all bookings: what is to come, then what was.", ""),
            class_name="text-sm text-ink-soft",
        ),
        button("All bookings", kind="quiet", size="small", on_click=ProviderBookings.leave_search),
        aria_live="polite",
        class_name="mt-2 flex items-center justify-between gap-3",
    )


def _none() -> rx.Component:
    return rx.cond(
        ProviderBookings.q != "",
        empty_state(
            "search-x",
            "No booking found",
            "Nobody with this name, mail address, telephone number or reference has booked with you.",
        ),
        rx.cond(
            ProviderBookings.show == "waiting",
            provider_waits(),
            _nothing(),
        ),
    )


def _nothing() -> rx.Component:
    return rx.match(
        ProviderBookings.show,
        (
            "requests",
            empty_state(
                "inbox",
                "Nothing to answer",
                "A request for a service that you confirm yourself waits here for your answer.",
            ),
        ),
        ("past", empty_state("history", "Nothing is over yet", "Appointments come here when they have ended.")),
        empty_state(
            "calendar-check",
            "Nobody is booked",
            "Customers book what you offer, at your free times. Each service has a link that you can send them.",
            link_button("Your services", href="/dashboard/services"),
        ),
    )


def _tab(name: str, label: str) -> rx.Component:
    counts = {
        "requests": rx.cond(ProviderBookings.requests > 0, badge(ProviderBookings.requests, tone="warn")),
        "waiting": rx.cond(ProviderWaits.number > 0, badge(ProviderWaits.number)),
    }
    return tab(label, f"{LIST}?show={name}", ProviderBookings.show == name, counts.get(name, ""))


def _line(booking: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(
                rx.el.span(booking.day, class_name="block text-sm font-medium"),
                rx.el.span(
                    time_range(booking.starts, booking.ends), class_name="block text-sm text-ink-soft tabular-nums"
                ),
                class_name="w-24 shrink-0 sm:w-28",
            ),
            rx.cond(
                booking.places != "",
                rx.el.span(
                    rx.icon("users", size=18, aria_hidden=True),
                    class_name="flex size-9 shrink-0 items-center justify-center rounded-full bg-sunken text-ink-soft",
                ),
                rx.el.span(avatar(booking.initials, booking.tint, "small"), class_name="max-sm:hidden"),
            ),
            rx.el.span(
                rx.el.span(booking.customer, dir="auto", class_name="block truncate font-medium"),
                rx.el.span(booking.service, class_name="block truncate text-sm text-ink-soft"),
                rx.cond(
                    (booking.status == "confirmed") | (booking.status == "completed"),
                    rx.fragment(),
                    rx.el.span(status_badge(booking.status), class_name="mt-1 block sm:hidden"),
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.el.span(booking.token, class_name="w-12 text-sm text-ink-soft tabular-nums max-md:hidden"),
            rx.el.span(booking.price, class_name="w-20 text-right text-sm tabular-nums max-md:hidden"),
            rx.el.span(status_badge(booking.status), class_name="w-36 text-right max-sm:hidden"),
            href=rx.cond(
                (booking.places != "") & (ProviderBookings.show != "requests"),
                booking.class_href,
                f"{LIST}?show={ProviderBookings.show}&booking={booking.reference}",
            ),
            class_name="flex items-center gap-4 px-4 py-3 hover:bg-sunken sm:px-5",
        ),
        rx.cond(
            (ProviderBookings.show == "requests") & booking.can_answer,
            rx.el.div(answer_buttons(booking), class_name="flex px-4 pb-4 sm:justify-end sm:px-5"),
        ),
    )
