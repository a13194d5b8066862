"""The provider's day: figures, today to scale, what to answer, who comes next."""

from typing import Any

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.feedback import skeleton
from appointly.components.links import aside_link, link
from appointly.components.marks import avatar, badge
from appointly.components.surfaces import card, page_title, stat_card
from appointly.components.timeline import timeline
from appointly.components.zones import zone_note
from appointly.pages.absence import absence_button, absence_sheet
from appointly.pages.asked_moves import asked_moves
from appointly.pages.calendar_news import calendar_news
from appointly.pages.cancel_many import cancel_many_button, cancel_many_dialog
from appointly.pages.checklist import checklist
from appointly.pages.how_it_went import how_it_went
from appointly.pages.panel import answer_buttons, booking_panel
from appointly.pages.shell import workspace
from appointly.pages.unconfirmed import unconfirmed_address
from appointly.state.dashboard import Dashboard

HERE = "/dashboard"


def dashboard() -> rx.Component:
    """The page at /dashboard."""
    return workspace(
        unconfirmed_address(),
        page_title(
            "Today",
            rx.el.span(
                rx.el.span(Dashboard.date, " "),
                zone_note(Dashboard.zone, Dashboard.zone_name, "text-ink-faint"),
                class_name="inline-flex flex-wrap items-baseline gap-x-2",
            ),
            rx.el.span(
                badge(rx.el.span(aria_hidden=True, class_name=DOT), "Live", tone="good"), class_name="self-center"
            ),
            rx.cond(
                Dashboard.late != "",
                link(
                    badge(Dashboard.late, tone="warn", icon="clock"),
                    href="/dashboard/queue",
                    class_name="flex min-h-9 items-center pointer-coarse:min-h-11",
                ),
            ),
            absence_button(),
            rx.cond(
                Dashboard.profile != "",
                link_button("Your public page", href=f"/providers/{Dashboard.profile}", kind="secondary", size="small"),
            ),
        ),
        checklist(),
        rx.el.div(calendar_news(), class_name="mt-6 empty:hidden"),
        rx.cond(Dashboard.loaded, _content(), _loading()),
        booking_panel(HERE),
        absence_sheet(),
        cancel_many_dialog(),
        current=HERE,
    )


DOT = "size-2 animate-pulse-soft rounded-full bg-good"


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            stat_card("Today", Dashboard.today, Dashboard.today_note, icon="calendar-clock"),
            stat_card("Requests", Dashboard.waiting, Dashboard.waiting_note, icon="inbox"),
            stat_card("Next 7 days", Dashboard.week_ahead, Dashboard.week_note, icon="calendar-range"),
            stat_card("Earned in 30 days", Dashboard.earned, Dashboard.earned_note, icon="wallet"),
            # Read last on phones, upright or sideways.
            class_name="grid grid-cols-2 gap-3 max-sm:order-last sm:gap-4 xl:grid-cols-4 low:order-last",
        ),
        rx.el.div(
            rx.el.div(_day(), class_name="min-w-0 xl:sticky xl:top-4 xl:col-start-1 xl:row-span-2 xl:row-start-1"),
            rx.el.div(
                how_it_went(),
                _soon(),
                _requests(),
                asked_moves(HERE),
                class_name="flex min-w-0 flex-col gap-6 xl:col-start-2",
            ),
            rx.el.div(_week(), class_name="min-w-0 xl:col-start-2"),
            class_name="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_23rem] xl:grid-rows-[auto_1fr]",
        ),
        class_name="mt-6 flex flex-col gap-6",
    )


def _loading() -> rx.Component:
    return rx.el.div(
        *[skeleton("h-28 w-full") for _ in range(4)],
        skeleton("col-span-full h-96 w-full"),
        aria_busy=True,
        class_name="mt-6 grid grid-cols-2 gap-4 xl:grid-cols-4",
    )


def _titled(title: Any, *children: Any, aside: Any = "") -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2(title, class_name="text-lg font-semibold"),
            aside,
            class_name="mb-3 flex items-center justify-between gap-3",
        ),
        *children,
        class_name="p-4 sm:p-5",
    )


def _day() -> rx.Component:
    return _titled(
        "Schedule",
        timeline(Dashboard.timeline, HERE),
        aside=rx.el.span(
            cancel_many_button("today"),
            aside_link("Week", href="/dashboard/calendar"),
            class_name="flex items-center gap-3",
        ),
    )


def _requests() -> rx.Component:
    return rx.cond(
        Dashboard.requests,
        _titled(
            "To answer",
            rx.el.ul(rx.foreach(Dashboard.requests, _request), class_name="divide-y divide-line"),
            aside=badge(Dashboard.waiting, tone="warn"),
        ),
    )


def _request(booking: Any) -> rx.Component:
    return rx.el.li(
        link(
            avatar(booking.initials, booking.tint),
            rx.el.span(
                rx.el.span(booking.customer, dir="auto", class_name="block truncate font-medium"),
                rx.el.span(f"{booking.when} · {booking.service}", class_name="block truncate text-sm text-ink-soft"),
                rx.el.span(f"Answer by {booking.answer_by}", class_name="block truncate text-sm text-warn-ink"),
                class_name="min-w-0",
            ),
            href=f"{HERE}?booking={booking.reference}",
            class_name="flex min-h-11 items-center gap-3 rounded-control",
        ),
        rx.el.div(answer_buttons(booking), class_name="mt-3 pl-13"),
        class_name="py-4 first:pt-1 last:pb-0",
    )


def _soon() -> rx.Component:
    return _titled(
        "Next up",
        rx.cond(
            Dashboard.soon,
            rx.el.ul(rx.foreach(Dashboard.soon, _next), class_name="-mx-2 flex flex-col"),
            rx.el.p("Nobody is booked for the coming days.", class_name="text-sm text-ink-soft"),
        ),
        aside=aside_link("Queue", href="/dashboard/queue"),
    )


def _next(soon: Any) -> rx.Component:
    return rx.el.li(
        link(
            avatar(soon.booking.initials, soon.booking.tint, "small"),
            rx.el.span(
                rx.el.span(soon.booking.customer, dir="auto", class_name="block truncate text-sm font-medium"),
                rx.el.span(soon.booking.service, class_name="block truncate text-sm text-ink-soft"),
                class_name="min-w-0 flex-1",
            ),
            rx.el.span(
                rx.el.span(
                    rx.cond(soon.until != "", soon.until, soon.booking.day),
                    class_name="block text-sm font-medium whitespace-nowrap",
                ),
                rx.el.span(soon.booking.starts, class_name="block text-sm text-ink-faint tabular-nums"),
                class_name="text-right",
            ),
            href=f"{HERE}?booking={soon.booking.reference}",
            class_name="flex items-center gap-3 rounded-control px-2 py-2 hover:bg-sunken",
        )
    )


def _week() -> rx.Component:
    return _titled(
        "The week",
        rx.el.ol(rx.foreach(Dashboard.week, _weekday), class_name="grid grid-cols-7 gap-2"),
        aside=aside_link("Calendar", href="/dashboard/calendar"),
    )


def _weekday(day: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(
                style={"height": day.share}, class_name=rx.cond(day.today, f"{BAR} bg-accent", f"{BAR} bg-accent-line")
            ),
            aria_hidden=True,
            class_name="flex h-20 w-full items-end",
        ),
        rx.el.span(day.note, class_name="sr-only"),
        rx.el.span(day.name, class_name="text-xs text-ink-faint"),
        rx.el.span(
            day.number, class_name=rx.cond(day.today, "text-sm font-semibold text-accent-ink", "text-sm tabular-nums")
        ),
        class_name="flex flex-col items-center gap-1",
    )


BAR = "block min-h-1 w-full rounded-control"
