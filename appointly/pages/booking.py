"""The page of one booking: what it is, and what can be done about it."""

from typing import Any

import reflex as rx

from appointly.components.buttons import link_button, looks
from appointly.components.feedback import skeleton
from appointly.components.links import TEXT_LINK, back_link, text_link
from appointly.components.marks import status_badge
from appointly.components.ranges import in_order, time_range
from appointly.components.surfaces import card
from appointly.components.zones import zone_note
from appointly.pages.booking_cancel import cancel_button, cancel_dialog
from appointly.pages.booking_missed import booking_missed
from appointly.pages.booking_move import move_action, waiting_move
from appointly.pages.booking_queue import booking_queue
from appointly.pages.booking_review import booking_review
from appointly.pages.move_dialog import move_dialog
from appointly.pages.not_found import not_yours
from appointly.pages.shell import page
from appointly.state.base import Viewer
from appointly.state.booking_ends import TITLE
from appointly.state.booking_page import BookingPage
from appointly.state.booking_queue import BookingQueue

DOT = "absolute -start-[5px] top-1.5 size-2.5 rounded-full bg-accent"
DISC = "flex size-14 shrink-0 items-center justify-center rounded-full"
DISCS = {
    "pending": ("hourglass", "bg-warn-soft text-warn-ink"),
    "confirmed": ("check", "bg-good text-on-accent"),
    "completed": ("check-check", "bg-good-soft text-good-ink"),
    "no_show": ("user-x", "bg-bad-soft text-bad-ink"),
    "declined": ("x", "bg-bad-soft text-bad-ink"),
    "cancelled": ("x", "bg-sunken text-ink-soft"),
    "expired": ("clock", "bg-sunken text-ink-soft"),
}


def booking() -> rx.Component:
    """The page at /booking/{reference}."""
    return page(
        rx.cond(
            BookingPage.missing,
            _not_yours(),
            rx.cond(
                BookingPage.loaded,
                rx.el.div(
                    _to_the_list(),
                    _head(),
                    _ended(),
                    waiting_move(),
                    rx.cond(BookingPage.is_own, booking_queue()),
                    rx.el.div(
                        _actions(),
                        rx.el.div(
                            booking_missed(),
                            booking_review(),
                            _what(),
                            _next(),
                            class_name="flex min-w-0 flex-col gap-6 lg:col-start-1 lg:row-span-2 lg:row-start-1",
                        ),
                        _history(),
                        class_name="mt-6 grid items-start gap-6 lg:mt-8 lg:grid-cols-[minmax(0,1fr)_20rem]"
                        " lg:grid-rows-[auto_1fr]",
                    ),
                    move_dialog(),
                    cancel_dialog(),
                ),
                _loading(),
            ),
        ),
        footer=False,
    )


def _not_yours() -> rx.Component:
    return not_yours(
        "Booking",
        "This booking is not open to you",
        "Either there is no such booking, or it is somebody else's. Open it from the link in your mail, "
        "or sign in with the account it was made with.",
    )


def _loading() -> rx.Component:
    return rx.el.div(
        skeleton("size-14 rounded-full"),
        skeleton("mt-5 h-9 w-72 max-w-full"),
        skeleton("mt-8 h-64 w-full"),
        aria_busy=True,
    )


def _to_the_list() -> rx.Component:
    return rx.cond(
        Viewer.signed_in & BookingPage.is_own,
        rx.el.div(back_link("Your bookings", "/account"), class_name="mb-4"),
    )


def _head() -> rx.Component:
    tick = rx.match(
        BookingPage.booking.status,
        *[
            (status, rx.el.span(rx.icon(icon, size=30, aria_hidden=True), class_name=f"{DISC} animate-appear {look}"))
            for status, (icon, look) in DISCS.items()
        ],
        rx.fragment(),
    )
    return rx.el.div(
        tick,
        rx.el.div(
            rx.el.h1(BookingPage.heading, id=TITLE, tab_index=-1, class_name="text-2xl font-semibold outline-none"),
            rx.el.p(
                rx.el.bdi(BookingPage.booking.service),
                " with ",
                rx.el.bdi(BookingPage.booking.provider),
                f" · {BookingPage.booking.when} ",
                zone_note(BookingPage.booking.zone, BookingPage.booking.zone_name, "text-ink-faint"),
                class_name="mt-1 text-ink-soft",
            ),
            aria_live="polite",
        ),
        class_name="flex flex-col items-start gap-4 sm:flex-row sm:items-center",
    )


def _ended() -> rx.Component:
    """What the customer wants to know first of a booking that does not take place."""
    ending = BookingPage.ending
    return rx.cond(
        ending.then != "",
        rx.el.div(
            rx.cond(ending.said != "", rx.el.p(ending.said, class_name="font-medium wrap-anywhere")),
            rx.cond(
                ending.words != "",
                rx.el.blockquote(f"“{ending.words}”", dir="auto", class_name="mt-1 text-lg wrap-anywhere"),
            ),
            rx.el.p(ending.then, class_name="mt-2 text-ink-soft first:mt-0"),
            class_name="mt-6 max-w-text border-s-2 border-line-strong ps-4",
        ),
    )


def _what() -> rx.Component:
    booked = BookingPage.booking
    return card(
        _when(),
        rx.el.dl(
            _fact("Service", text_link(booked.service, href=booked.service_href), in_order(booked.duration)),
            _fact("With", text_link(booked.provider, href=booked.provider_href), _telephone()),
            _fact(
                "Where",
                booked.place,
                rx.cond(
                    booked.directions != "",
                    rx.el.a(
                        "Show on a map",
                        href=booked.directions,
                        target="_blank",
                        rel="noopener noreferrer",
                        class_name=f"{TEXT_LINK} inline-block py-1",
                    ),
                ),
            ),
            _fact("Price", booked.pays),
            _fact("Booked for", booked.customer, booked.email),
            rx.foreach(booked.answers, lambda one: _fact(one.question, one.answer)),
            rx.cond(booked.notes != "", _fact("Note", booked.notes)),
            _fact("Reference", rx.el.span(booked.reference, class_name="tracking-wide tabular-nums")),
            class_name="mt-5 divide-y divide-line border-t border-line",
        ),
        class_name="p-5 sm:p-6",
    )


def _when() -> rx.Component:
    booked = BookingPage.booking
    return rx.el.div(
        rx.el.div(
            rx.el.span(booked.month_short, class_name="text-xs font-semibold text-accent-ink uppercase"),
            rx.el.span(booked.day_number, class_name="font-display text-xl leading-none font-semibold"),
            aria_hidden=True,
            class_name="flex size-16 shrink-0 flex-col items-center justify-center gap-1 rounded-card bg-accent-soft"
            " max-sm:hidden",
        ),
        rx.el.div(
            rx.el.p(
                booked.date,
                class_name=rx.cond(_off(), "text-lg font-semibold line-through", "text-lg font-semibold"),
            ),
            rx.el.p(
                rx.el.span(
                    time_range(booked.starts, booked.ends), class_name=rx.cond(_off(), "line-through", "no-underline")
                ),
                " ",
                zone_note(booked.zone, booked.zone_name, "whitespace-nowrap text-ink-faint"),
                class_name="text-ink-soft tabular-nums",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            _alive(),
            rx.el.div(
                rx.el.p("Token", class_name="text-xs text-ink-faint"),
                rx.el.p(booked.token, class_name="font-display text-2xl font-semibold tabular-nums"),
                class_name="text-end",
            ),
        ),
        class_name="flex items-center gap-4",
    )


def _telephone() -> rx.Component:
    number = BookingPage.booking.provider_phone
    return rx.cond(
        number != "", rx.el.a(number, href=f"tel:{number}", dir="ltr", class_name=f"{TEXT_LINK} inline-block py-1")
    )


def _fact(name: Any, value: Any, more: Any = "") -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="text-sm text-ink-faint sm:w-32 sm:shrink-0"),
        rx.el.dd(
            rx.el.div(value, dir="auto", class_name="font-medium wrap-anywhere"),
            rx.el.div(more, class_name="text-sm wrap-anywhere text-ink-soft")
            if isinstance(more, rx.Component | rx.Var)
            else "",
            class_name="min-w-0",
        ),
        class_name="flex flex-col gap-0.5 py-3 sm:flex-row sm:gap-4",
    )


def _off() -> Any:
    """It does not take place."""
    status = BookingPage.booking.status
    return (status == "cancelled") | (status == "declined") | (status == "expired")


def _alive() -> Any:
    """It is still to take place, or is taking place."""
    status = BookingPage.booking.status
    return ((status == "confirmed") & ~BookingPage.booking.over) | (status == "pending")


def _next() -> rx.Component:
    steps = rx.foreach(
        BookingPage.steps,
        lambda step: rx.el.li(
            rx.icon("arrow-right", size=16, aria_hidden=True, class_name="mt-1 shrink-0 text-accent rtl:-scale-x-100"),
            rx.el.span(step),
            class_name="flex gap-2.5",
        ),
    )
    return rx.cond(
        BookingPage.steps,
        card(
            rx.el.h2("What happens next", class_name="text-lg font-semibold"),
            rx.el.ul(steps, class_name="mt-3 flex flex-col gap-2.5 text-ink-soft"),
            class_name="p-5 sm:p-6",
        ),
    )


def _actions() -> rx.Component:
    """What can be done: on phones at the top, where a thumb finds it, move and cancel side by side."""
    booked = BookingPage.booking
    return rx.el.div(
        rx.cond(
            _alive() & ~booked.begun,
            rx.el.a(
                rx.icon("calendar-plus", size=18, aria_hidden=True),
                "Add to your calendar",
                href=booked.calendar_href,
                class_name=rx.cond(
                    BookingQueue.shown,  # on the day the line comes first
                    looks("secondary", "medium", "w-full"),
                    looks("primary", "medium", "w-full"),
                ),
            ),
            rx.cond(
                _off(),
                rx.fragment(
                    link_button("Choose another time", href=booked.book_again, class_name="w-full"),
                    link_button("Find something similar", href=booked.similar, kind="secondary", class_name="w-full"),
                ),
                link_button("Book again", href=booked.book_again, kind="secondary", class_name="w-full"),
            ),
        ),
        rx.cond(
            BookingPage.is_provider,
            link_button(
                "Open in the dashboard",
                href=f"/dashboard?booking={booked.reference}",
                kind="secondary",
                class_name="w-full",
            ),
        ),
        move_action(),
        cancel_button(),
        class_name="flex flex-wrap gap-3 lg:col-start-2 lg:flex-col",
    )


def _history() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2("History", class_name="text-base font-semibold"),
            status_badge(BookingPage.booking.status),
            class_name="flex items-center justify-between",
        ),
        history_list(BookingPage.history),
        zone_note(BookingPage.booking.zone, BookingPage.booking.zone_name, "mt-3 block text-xs text-ink-faint"),
        class_name="min-w-0 p-5 lg:col-start-2",
    )


def history_list(lines: Any) -> rx.Component:
    """What happened to a booking, the latest first."""
    return rx.el.ol(
        rx.foreach(
            lines,
            lambda line: rx.el.li(
                rx.el.span(
                    aria_hidden=True, class_name="absolute -start-[5px] top-1.5 size-2.5 rounded-full bg-accent"
                ),
                rx.el.p(
                    line.title,
                    " ",
                    rx.el.span(line.who, class_name="font-normal text-ink-soft"),
                    class_name="font-medium",
                ),
                rx.el.p(line.when, class_name="text-ink-faint"),
                rx.cond(line.reason != "", rx.el.p(f"“{line.reason}”", class_name="mt-1 text-ink-soft")),
                class_name="relative ps-5 text-sm",
            ),
        ),
        class_name="ms-1 mt-4 flex flex-col gap-4 border-s border-line",
    )
