"""A customer's bookings."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, skeleton
from appointly.components.links import link
from appointly.components.marks import badge, status_badge
from appointly.components.surfaces import page_title, section_title
from appointly.components.zones import zone_note
from appointly.pages.open_drafts import begun_bookings
from appointly.pages.shell import page
from appointly.pages.unconfirmed import unconfirmed_address
from appointly.pages.waits import waits_of
from appointly.state.account import Account


def account() -> rx.Component:
    """The page at /account."""
    return page(
        rx.el.div(
            unconfirmed_address(),
            page_title(
                "Your bookings",
                "They change here by themselves when a provider answers.",
                # Where nothing is planned, the empty list says it.
                rx.cond(
                    Account.loaded & (Account.upcoming.length() == 0),  # type: ignore[attr-defined]
                    rx.fragment(),
                    link_button("Find an appointment", href="/services"),
                ),
            ),
            rx.cond(
                Account.loaded,
                rx.fragment(
                    begun_bookings(),
                    waits_of(Account.offers, "A time is free for you", "offers"),
                    rx.el.section(
                        section_title("Upcoming", id="upcoming"),
                        rx.cond(Account.upcoming, _list(Account.upcoming, True), _nothing()),
                        _more(Account.more_upcoming, False),
                        aria_labelledby="upcoming",
                    ),
                    waits_of(Account.waits, "Waiting for", "waiting"),
                    rx.cond(
                        Account.past,
                        rx.el.section(
                            section_title("Past and called off", id="past"),
                            _list(Account.past, False),
                            _more(Account.more_past, True),
                            aria_labelledby="past",
                        ),
                    ),
                ),
                rx.el.div(*[skeleton("h-24 w-full") for _ in range(3)], class_name="flex flex-col gap-3"),
            ),
            class_name="mx-auto flex max-w-text flex-col gap-8",
        ),
    )


def _nothing() -> rx.Component:
    return empty_state(
        "calendar-heart",
        "Nothing planned",
        "When you book an appointment, it waits for you here.",
        link_button("Find an appointment", href="/services"),
    )


def _more(there_is: Any, past: bool) -> rx.Component:
    return rx.cond(
        there_is,
        rx.el.div(
            button("Show more", kind="secondary", on_click=Account.show_more(past)),
            class_name="mt-4 flex justify-center",
        ),
    )


def _list(bookings: Any, ahead: bool) -> rx.Component:
    return rx.el.ul(rx.foreach(bookings, lambda booking: _line(booking, ahead)), class_name="mt-4 flex flex-col gap-3")


def _stands(booking: Any) -> rx.Component:
    """Where it stands; of a wish for another time that is what the customer waits to hear."""
    return rx.cond(
        booking.wish != "",
        badge(f"Asked for {booking.wish}", tone="warn", icon="hourglass"),
        status_badge(booking.status),
    )


def _line(booking: Any, ahead: bool) -> rx.Component:
    colour = "bg-accent-soft text-accent-ink" if ahead else "bg-sunken text-ink-soft"
    return rx.el.li(
        link(
            rx.el.span(
                rx.el.span(booking.month_short, class_name="text-xs font-semibold uppercase"),
                rx.el.span(booking.day_number, class_name="font-display text-xl leading-none font-semibold"),
                aria_hidden=True,
                class_name=f"flex size-14 shrink-0 flex-col items-center justify-center gap-1 rounded-card {colour}",
            ),
            rx.el.span(
                rx.el.span(booking.service, dir="auto", class_name="line-clamp-2 font-semibold wrap-anywhere"),
                rx.el.span(
                    f"{booking.when} ",
                    zone_note(booking.zone, booking.zone_name, "whitespace-nowrap text-ink-faint"),
                    rx.el.span(" · ", aria_hidden=True, class_name="max-sm:hidden"),
                    rx.el.span(rx.el.bdi(booking.provider), class_name="max-sm:block"),
                    class_name="max-w-full text-sm wrap-anywhere text-ink-soft",
                ),
                rx.el.span(_stands(booking), class_name="mt-1 sm:hidden"),
                class_name="flex min-w-0 flex-1 flex-col items-start",
            ),
            rx.el.span(_stands(booking), class_name="max-sm:hidden"),
            rx.icon("chevron-right", size=18, aria_hidden=True, class_name="shrink-0 text-ink-faint rtl:-scale-x-100"),
            href=booking.href,
            class_name="flex items-center gap-4 rounded-card border border-line bg-surface p-4 transition-colors"
            " hover:border-accent-line hover:shadow-low",
        )
    )
