"""The page of one place in line: what is waited for, and what is offered."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.countdown import countdown
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message, skeleton
from appointly.components.fields import text_area
from appointly.components.links import back_link, text_link
from appointly.components.questions import question_field
from appointly.components.ranges import in_order
from appointly.components.surfaces import card
from appointly.components.zones import zone_note
from appointly.pages.not_found import not_yours
from appointly.pages.shell import page
from appointly.state.base import Viewer
from appointly.state.wait_place import WaitPlace

LEAVE = "leave-list"
DISC = "flex size-14 shrink-0 items-center justify-center rounded-full"
PLACE = WaitPlace.place
HEADS: dict[str, tuple[str, str, str]] = {
    "waiting": ("hourglass", "bg-accent-soft text-accent-ink", "You are on the waiting list"),
    "offered": ("bell-ring", "bg-good text-on-accent", "A time is free for you"),
    "taken": ("check", "bg-good text-on-accent", "You have taken the time"),
    "left": ("x", "bg-sunken text-ink-soft", "You are no longer on the list"),
    "over": ("clock", "bg-sunken text-ink-soft", "This wait is over"),
}


def wait_place() -> rx.Component:
    """The page at /waitlist/{id}."""
    return page(
        rx.cond(WaitPlace.leads_to != "", rx.el.meta(http_equiv="refresh", content=f"0;url={WaitPlace.leads_to}")),
        rx.cond(
            WaitPlace.missing,
            _not_yours(),
            rx.cond(WaitPlace.loaded, _place(), skeleton("mx-auto h-96 w-full max-w-text")),
        ),
        footer=False,
    )


def _not_yours() -> rx.Component:
    return not_yours(
        "Waiting list",
        "This place in line is not open to you",
        "Either it is gone, or it is somebody else's. Open it from the link in your mail, or sign in with the "
        "account it was made with.",
    )


def _place() -> rx.Component:
    return rx.el.div(
        rx.cond(Viewer.signed_in, rx.el.div(back_link("Your bookings", "/account"), class_name="mb-4")),
        _head(),
        rx.cond(
            WaitPlace.problem != "",
            rx.el.div(message(WaitPlace.problem, tone="warn", role="alert"), class_name="mt-6"),
        ),
        rx.cond(PLACE.offered != "", _offer()),
        rx.cond(
            PLACE.missed != "",
            rx.el.div(
                message(f"{PLACE.missed} You are still in line for other times.", tone="info"), class_name="mt-6"
            ),
        ),
        card(
            rx.el.dl(
                rx.cond(
                    PLACE.offered == "",  # the offer names both
                    rx.fragment(
                        _fact("Service", text_link(PLACE.service, href=PLACE.service_href), in_order(PLACE.facts)),
                        _fact("With", text_link(PLACE.provider, href=PLACE.provider_href)),
                    ),
                ),
                _fact("Days", rx.el.ul(rx.foreach(PLACE.days, rx.el.li))),
                rx.cond(
                    PLACE.status == "waiting",
                    _fact("In line", rx.cond(PLACE.ahead != "", PLACE.ahead, "You are the next one")),
                ),
                _fact("For", PLACE.customer, PLACE.email),
                class_name="divide-y divide-line",
            ),
            class_name="mt-6 px-5 py-2 sm:px-6",
        ),
        _ways_on(),
        dialog(
            LEAVE,
            "Leave the list?",
            rx.el.p(
                "You lose your place in line, and a time that is kept for you goes to the next one.",
                class_name="text-ink-soft",
            ),
            footer=rx.fragment(
                button("Stay", kind="secondary", **closes(LEAVE)),
                button("Yes, leave", kind="danger", on_click=WaitPlace.leave, **closes(LEAVE)),
            ),
        ),
        class_name="mx-auto max-w-text",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.match(
            PLACE.status,
            *[
                (status, rx.el.span(rx.icon(icon, size=28, aria_hidden=True), class_name=f"{DISC} {look}"))
                for status, (icon, look, _) in HEADS.items()
            ],
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.h1(
                rx.match(PLACE.status, *[(status, words) for status, (*_, words) in HEADS.items()], "Waiting list"),
                class_name="text-2xl font-semibold",
            ),
            rx.el.p(
                rx.match(
                    PLACE.status,
                    ("waiting", "We write to you as soon as a time becomes free. This page changes by itself."),
                    ("offered", f"It is kept for you until {PLACE.until}. Then the next one in line gets it."),
                    ("taken", "It is booked. All about it is on the booking's own page."),
                    ("left", "You can get in line again as long as the day is full."),
                    "The days you waited for have passed, or the service is no longer offered.",
                ),
                class_name="mt-1 text-ink-soft",
            ),
            aria_live="polite",
        ),
        class_name="flex flex-col items-start gap-4 sm:flex-row sm:items-center",
    )


def _offer() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.p(PLACE.offered_day, class_name="text-lg font-semibold"),
                rx.el.p(
                    rx.el.span(
                        in_order(PLACE.offered_at), class_name="font-display text-2xl font-semibold tabular-nums"
                    ),
                    " ",
                    zone_note(PLACE.zone, PLACE.zone_name, "text-ink-faint"),
                ),
                rx.el.p(
                    text_link(rx.el.bdi(PLACE.service), href=PLACE.service_href),
                    " · ",
                    text_link(rx.el.bdi(PLACE.provider), href=PLACE.provider_href),
                    class_name="mt-1 wrap-anywhere",
                ),
                rx.el.p(in_order(PLACE.facts), class_name="text-sm text-ink-soft"),
                class_name="min-w-0",
            ),
            countdown(
                PLACE.kept,
                "Kept for you:",
                on_end=WaitPlace.refresh,
                class_name="rounded-full bg-accent-soft px-3 font-medium text-accent-ink",
            ),
            class_name="flex flex-wrap items-center justify-between gap-4",
        ),
        rx.el.form(
            rx.foreach(WaitPlace.questions, lambda question: question_field(question)),
            text_area("Anything the provider should know?", name="notes", optional=True, rows=2, max_length=2000),
            rx.el.div(
                button(rx.cond(PLACE.by_request, "Request it", "Book it"), type="submit", size="large"),
                button("Not this one", kind="secondary", size="large", on_click=WaitPlace.pass_on),
                class_name="flex flex-wrap gap-3",
            ),
            no_validate=True,
            reset_on_submit=False,
            on_submit=WaitPlace.take,
            class_name="mt-5 flex flex-col gap-5 border-t border-line pt-5",
        ),
        class_name="mt-6 border-accent! p-5 sm:p-6",
    )


def _fact(name: str, value: Any, more: Any = "") -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="text-sm text-ink-faint sm:w-28 sm:shrink-0"),
        rx.el.dd(
            rx.el.div(value, dir="auto", class_name="font-medium wrap-anywhere"),
            rx.el.div(more, class_name="text-sm wrap-anywhere text-ink-soft"),
            class_name="min-w-0",
        ),
        class_name="flex flex-col gap-0.5 py-3 sm:flex-row sm:gap-4",
    )


def _ways_on() -> rx.Component:
    in_line = (PLACE.status == "waiting") | (PLACE.status == "offered")
    return rx.el.div(
        rx.cond(PLACE.booking_href != "", link_button("Open the booking", href=PLACE.booking_href)),
        rx.cond(
            in_line,
            button("Leave the list", kind="secondary", **opens(LEAVE)),
            link_button("See the service", href=PLACE.service_href, kind="secondary"),
        ),
        class_name="mt-6 flex flex-wrap gap-3",
    )
