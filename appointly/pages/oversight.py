"""What an admin watches over."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.feedback import empty_state, skeleton
from appointly.components.fields import CONTROL, option, select
from appointly.components.links import text_link
from appointly.components.marks import STATUSES, badge, status_badge
from appointly.components.surfaces import page_title, row, section_title, stat_card, table
from appointly.pages.shell import workspace
from appointly.state.oversight import Oversight

OVERVIEW, BOOKINGS, JOBS = "/admin", "/admin/bookings", "/admin/jobs"
PLACES = (
    ("Overview", OVERVIEW, "layout-dashboard"),
    ("Bookings", BOOKINGS, "list-checks"),
    ("Reports", "/admin/flags", "flag"),
    ("Times", "/admin/times", "calendar-search"),
    ("Jobs", JOBS, "inbox"),
)


def admin_overview() -> rx.Component:
    """The page at /admin."""
    return _admin(
        OVERVIEW,
        page_title("Overview"),
        rx.cond(
            Oversight.loaded,
            rx.el.div(
                rx.el.div(
                    stat_card("Booked in 24 hours", Oversight.booked_today, icon="calendar-plus"),
                    stat_card("Appointments to come", Oversight.upcoming, icon="calendar-range"),
                    stat_card("People", Oversight.people, f"{Oversight.providers} of them providers", icon="users"),
                    stat_card("Work waiting", Oversight.open_jobs, f"{Oversight.dead_jobs} given up", icon="inbox"),
                    class_name="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4",
                ),
                rx.cond(
                    Oversight.work,
                    rx.el.section(section_title("Given up, and waiting for you"), _jobs(), class_name=STACK),
                ),
                rx.el.section(
                    section_title("Latest bookings", text_link("All bookings", href=BOOKINGS)),
                    _bookings(),
                    class_name=STACK,
                ),
                class_name="mt-6 flex flex-col gap-8",
            ),
            skeleton("mt-6 h-96 w-full"),
        ),
    )


STACK = "flex flex-col gap-3"


def admin_bookings() -> rx.Component:
    """The page at /admin/bookings."""
    return _admin(
        BOOKINGS,
        page_title("Bookings", "Of all providers, the newest first."),
        rx.el.form(
            rx.el.input(
                type="search",
                name="words",
                aria_label="Reference, customer or provider",
                placeholder="Reference, customer or provider",
                default_value=Oversight.words,
                max_length=100,
                class_name=f"{CONTROL} sm:max-w-form",
            ),
            select(
                option("Every status", ""),
                *[option(words, status) for status, (_, _, words) in STATUSES.items()],
                label="Status",
                name="status",
            ),
            button("Search", type="submit", kind="secondary"),
            on_submit=Oversight.find,
            reset_on_submit=False,
            role="search",
            class_name="mt-5 flex flex-wrap gap-3",
        ),
        rx.el.div(
            rx.cond(
                Oversight.loaded,
                rx.cond(
                    Oversight.bookings,
                    _bookings(),
                    empty_state("search-x", "Nothing found", "No booking fits these words and this status."),
                ),
                skeleton("h-96 w-full"),
            ),
            rx.cond(
                Oversight.more,
                rx.el.div(
                    button("Show more", kind="secondary", on_click=Oversight.show_more),
                    class_name="flex justify-center",
                ),
            ),
            class_name="mt-5 flex flex-col gap-4",
        ),
    )


def admin_jobs() -> rx.Component:
    """The page at /admin/jobs."""
    return _admin(
        JOBS,
        page_title("Jobs", "Everything that happens outside: what was given up first, then the newest."),
        rx.el.div(
            rx.cond(
                Oversight.loaded,
                rx.cond(
                    Oversight.work,
                    _jobs(),
                    empty_state("inbox", "No jobs yet", "Mails and everything else outside appear here."),
                ),
                skeleton("h-96 w-full"),
            ),
            class_name="mt-5",
        ),
    )


def _admin(current: str, *children: Any) -> rx.Component:
    return workspace(*children, current=current, places=PLACES)


def _bookings() -> rx.Component:
    return table(
        ["Booking", "When", "Customer", "Service", "Price", "Made (UTC)"],
        rx.foreach(Oversight.bookings, _booking),
        "Bookings",
    )


def _booking(booking: Any) -> rx.Component:
    return row(
        rx.el.span(
            text_link(booking.reference, href=booking.href),
            status_badge(booking.status),
            class_name="flex flex-col items-start gap-1",
        ),
        rx.el.span(
            rx.el.span(booking.when, class_name=f"block {FIGURE}"),
            rx.el.span(booking.zone, class_name="block text-ink-faint"),
        ),
        rx.el.span(booking.customer, dir="auto", class_name=WORDS),
        rx.el.span(
            rx.el.span(booking.service, dir="auto", class_name=WORDS),
            rx.el.span(booking.provider, dir="auto", class_name=f"{WORDS} text-ink-faint"),
        ),
        rx.el.span(booking.price, class_name=FIGURE),
        rx.el.span(booking.made, class_name=FIGURE),
    )


WORDS = "line-clamp-2 min-w-36 max-w-60 wrap-anywhere"
FIGURE = "whitespace-nowrap tabular-nums"


def _jobs() -> rx.Component:
    return table(["Kind", "State", "Tries", "Last error", "Made (UTC)"], rx.foreach(Oversight.work, _job), "Jobs")


def _job(job: Any) -> rx.Component:
    state = rx.match(
        job.state,
        ("dead", badge("Given up", tone="bad", icon="x")),
        ("done", badge("Done", tone="good", icon="check")),
        ("running", badge("Running", tone="accent", icon="loader-circle")),
        badge("Waiting", icon="clock"),
    )
    return row(
        rx.el.span(job.kind, class_name="block min-w-36"),
        rx.el.div(
            state,
            rx.cond(
                job.state == "dead",
                button("Try again", size="small", kind="secondary", on_click=Oversight.retry(job.id)),
            ),
            class_name="flex flex-wrap items-center gap-2",  # in sight also where the table is wider than the screen
        ),
        rx.el.span(job.attempts, class_name=FIGURE),
        rx.el.span(job.error, class_name="line-clamp-2 max-w-form break-words text-ink-soft"),
        rx.el.span(job.made, class_name=FIGURE),
    )
