"""A provider's bookings as a list, and as a week."""

from typing import Any

import reflex as rx

from appointly.components.buttons import KINDS, SHAPE, button, link_button
from appointly.components.feedback import empty_state, skeleton
from appointly.components.links import link
from appointly.components.marks import avatar, status_badge
from appointly.components.surfaces import CARD, card, page_title
from appointly.components.timeline import timeline_entry
from appointly.pages.panel import booking_panel
from appointly.pages.shell import workspace
from appointly.state.provider_bookings import ProviderBookings, ProviderCalendar

LIST, WEEK = "/dashboard/bookings", "/dashboard/calendar"
TABS = (("upcoming", "Upcoming"), ("requests", "Requests"), ("past", "Past"))


def provider_bookings() -> rx.Component:
    """The page at /dashboard/bookings."""
    return workspace(
        page_title("Bookings"),
        rx.el.nav(
            *[_tab(name, label) for name, label in TABS],
            aria_label="Which bookings",
            class_name="mt-5 flex gap-1 overflow-x-auto border-b border-line",
        ),
        rx.cond(
            ProviderBookings.loaded,
            rx.cond(
                ProviderBookings.bookings,
                card(
                    rx.el.ul(rx.foreach(ProviderBookings.bookings, _line), class_name="divide-y divide-line"),
                    class_name="mt-5 overflow-hidden",
                ),
                empty_state("calendar-check", "Nothing here", "There are no bookings of this kind at the moment."),
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
        booking_panel(f"{LIST}?show={ProviderBookings.show}"),
        current=LIST,
    )


def _tab(name: str, label: str) -> rx.Component:
    look = "flex min-h-11 items-center border-b-2 px-3 text-sm font-medium whitespace-nowrap"
    here = ProviderBookings.show == name
    return link(
        label,
        href=f"{LIST}?show={name}",
        aria_current=rx.cond(here, "page", "false"),
        class_name=rx.cond(
            here, f"{look} border-accent text-accent-ink", f"{look} border-transparent text-ink-soft hover:text-ink"
        ),
    )


def _line(booking: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(
                rx.el.span(booking.day, class_name="block text-sm font-medium"),
                rx.el.span(f"{booking.starts} – {booking.ends}", class_name="block text-sm text-ink-soft tabular-nums"),
                class_name="w-28 shrink-0",
            ),
            avatar(booking.initials, booking.tint, "small"),
            rx.el.span(
                rx.el.span(booking.customer, dir="auto", class_name="block truncate font-medium"),
                rx.el.span(booking.service, class_name="block truncate text-sm text-ink-soft"),
                class_name="min-w-0 flex-1",
            ),
            rx.el.span(booking.token, class_name="w-12 text-sm text-ink-soft tabular-nums max-md:hidden"),
            rx.el.span(booking.price, class_name="w-20 text-right text-sm tabular-nums max-md:hidden"),
            rx.el.span(status_badge(booking.status), class_name="w-36 text-right max-sm:hidden"),
            href=f"{LIST}?show={ProviderBookings.show}&booking={booking.reference}",
            class_name="flex items-center gap-4 px-4 py-3 hover:bg-sunken sm:px-5",
        )
    )


def provider_calendar() -> rx.Component:
    """The page at /dashboard/calendar."""
    arrow = f"{SHAPE} {KINDS['quiet']} size-11"
    return workspace(
        page_title(
            "Calendar",
            ProviderCalendar.title,
            rx.el.div(
                link(
                    rx.icon("chevron-left", size=20, aria_hidden=True),
                    href=f"{WEEK}?week={ProviderCalendar.previous}",
                    aria_label="The week before",
                    class_name=arrow,
                ),
                link_button("This week", href=WEEK, kind="secondary", size="small"),
                link(
                    rx.icon("chevron-right", size=20, aria_hidden=True),
                    href=f"{WEEK}?week={ProviderCalendar.next}",
                    aria_label="The week after",
                    class_name=arrow,
                ),
                class_name="flex items-center gap-1",
            ),
        ),
        rx.cond(
            ProviderCalendar.loaded,
            rx.fragment(_grid(), _agenda()),
            skeleton("mt-5 h-96 w-full"),
        ),
        booking_panel(f"{WEEK}?week={ProviderCalendar.week}"),
        current=WEEK,
    )


def _grid() -> rx.Component:
    """Seven columns to scale, for wide screens."""
    return rx.el.div(
        rx.el.div(
            rx.el.span(class_name="w-14 shrink-0"),
            rx.foreach(ProviderCalendar.columns, _column_head),
            class_name="flex border-b border-line",
        ),
        rx.el.div(
            rx.el.div(
                rx.foreach(
                    ProviderCalendar.marks,
                    lambda mark: rx.el.span(
                        mark.label,
                        style={"top": mark.top},
                        class_name="absolute right-2 -translate-y-1/2 text-xs text-ink-faint tabular-nums",
                    ),
                ),
                aria_hidden=True,
                class_name="relative w-14 shrink-0",
            ),
            rx.foreach(ProviderCalendar.columns, _column),
            style={"height": ProviderCalendar.height},
            class_name="my-4 flex",
        ),
        class_name=f"{CARD} mt-5 max-lg:hidden",
    )


def _column_head(day: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(day.name, class_name="text-xs text-ink-faint"),
        rx.el.span(
            day.number,
            class_name=rx.cond(
                day.today,
                "flex size-8 items-center justify-center rounded-full bg-accent font-semibold text-on-accent",
                "flex size-8 items-center justify-center font-semibold",
            ),
        ),
        class_name="flex flex-1 flex-col items-center gap-1 border-l border-line py-3",
    )


def _column(day: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(
            ProviderCalendar.marks,
            lambda mark: rx.el.span(
                aria_hidden=True, style={"top": mark.top}, class_name="absolute inset-x-0 h-px bg-line"
            ),
        ),
        rx.el.div(
            rx.foreach(
                day.booked, lambda entry: timeline_entry(entry, f"{WEEK}?week={ProviderCalendar.week}", separator="&")
            ),
            class_name="absolute inset-y-0 right-1 left-1",
        ),
        rx.cond(
            day.now != "",
            rx.el.span(
                aria_hidden=True,
                style={"top": day.now},
                class_name="pointer-events-none absolute inset-x-0 z-20 h-0.5 bg-bad",
            ),
        ),
        class_name="relative min-w-0 flex-1 border-l border-line",
    )


def _agenda() -> rx.Component:
    """The same week day by day, for narrow screens."""
    return rx.el.div(
        rx.foreach(
            ProviderCalendar.columns,
            lambda day: rx.el.section(
                rx.el.h2(
                    f"{day.name} {day.number}",
                    class_name=rx.cond(day.today, "font-semibold text-accent-ink", "font-semibold"),
                ),
                rx.cond(
                    day.booked,
                    rx.el.ul(rx.foreach(day.booked, _agenda_line), class_name=f"{CARD} mt-2 divide-y divide-line"),
                    rx.el.p("Nothing booked", class_name="mt-1 text-sm text-ink-faint"),
                ),
            ),
        ),
        class_name="mt-5 flex flex-col gap-6 lg:hidden",
    )


def _agenda_line(entry: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(entry.times, class_name="w-28 shrink-0 text-sm tabular-nums"),
            rx.el.span(
                rx.el.span(entry.who, class_name="block truncate font-medium"),
                rx.el.span(entry.title, class_name="block truncate text-sm text-ink-soft"),
                class_name="min-w-0",
            ),
            href=f"{WEEK}?week={ProviderCalendar.week}&booking={entry.reference}",
            class_name="flex items-center gap-3 px-4 py-3 hover:bg-sunken",
        )
    )
