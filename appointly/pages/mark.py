"""The check-in, behind a scanned code."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button, looks
from appointly.components.feedback import empty_state, skeleton
from appointly.components.fields import text_field
from appointly.components.links import text_link
from appointly.components.surfaces import card
from appointly.pages.shell import page
from appointly.state.base import Viewer
from appointly.state.mark import MarkPage

DISC = "flex size-16 items-center justify-center rounded-full"
LOOKS: dict[str, tuple[str, str]] = {
    "here": ("map-pin-check", "bg-accent-soft text-accent-ink"),
    "customer": ("user-check", "bg-accent-soft text-accent-ink"),
    "pending": ("hourglass", "bg-warn-soft text-warn-ink"),
    "elsewhere": ("signpost", "bg-warn-soft text-warn-ink"),
    "over": ("clock", "bg-sunken text-ink-soft"),
    "cancelled": ("x", "bg-sunken text-ink-soft"),
    "another_day": ("calendar-days", "bg-warn-soft text-warn-ink"),
    "unknown": ("qr-code", "bg-accent-soft text-accent-ink"),
    "ticket": ("ticket", "bg-accent-soft text-accent-ink"),
    "own_door": ("store", "bg-accent-soft text-accent-ink"),
}


def mark() -> rx.Component:
    """The page at /mark?id=…"""
    return page(
        rx.cond(
            MarkPage.loaded,
            rx.match(
                MarkPage.outcome,
                ("old", _no_good("This print is out of date", "refresh-cw-off")),
                ("changed", _no_good("This code is not one of ours", "shield-alert")),
                ("missing", _no_good("There is no code here", "qr-code")),
                ("gone", _no_good("Nobody is behind this code any more", "store")),
                _found(),
            ),
            rx.el.div(skeleton("mx-auto size-16 rounded-full"), skeleton("mx-auto mt-6 h-9 w-72"), aria_busy=True),
        ),
        footer=False,
    )


def _no_good(title: str, icon: str) -> rx.Component:
    sentence = rx.match(
        MarkPage.outcome,
        ("old", "The provider has made a new code since it was printed. Please scan the new one, or ask at the desk."),
        ("changed", "It was changed or read wrongly. Please scan it once more, or ask at the desk."),
        ("missing", "Scan the code at the provider's door with your camera: it leads back here."),
        "The provider does not use Appointly any more. Please ask at the desk.",
    )
    return empty_state(icon, title, sentence, link_button("Your bookings", href="/account", kind="secondary"), level=1)


def _found() -> rx.Component:
    checked = MarkPage.place != ""
    mark_of = rx.match(
        MarkPage.outcome,
        *[
            (name, rx.el.span(rx.icon(icon, size=32, aria_hidden=True), class_name=f"{DISC} {look}"))
            for name, (icon, look) in LOOKS.items()
        ],
        rx.fragment(),
    )
    return card(
        mark_of,
        rx.el.p(MarkPage.shop, dir="auto", class_name="mt-5 text-ink-soft empty:mt-3"),
        rx.el.div(
            rx.el.h1(MarkPage.title, class_name="mt-1 text-2xl font-semibold wrap-anywhere"),
            rx.cond(MarkPage.words != "", rx.el.p(MarkPage.words, class_name="mt-2 text-lg text-ink-soft")),
            role="status",
            aria_live="polite",
        ),
        rx.cond(
            MarkPage.visits.length() > 0,  # type: ignore[attr-defined]
            rx.el.ul(rx.foreach(MarkPage.visits, _visit), class_name="mt-6 flex w-full flex-col gap-3"),
        ),
        rx.cond(checked, _place()),
        rx.cond(MarkPage.outcome == "unknown", _ask()),
        rx.el.div(
            rx.cond(
                MarkPage.booking_href != "", text_link("Open your booking", href=MarkPage.booking_href), rx.fragment()
            ),
            rx.match(
                MarkPage.outcome,
                ("own_door", rx.fragment(text_link("Your queue", href="/dashboard/queue"))),
                ("customer", rx.fragment(text_link("Your queue", href="/dashboard/queue"))),
                (
                    "ticket",
                    rx.fragment(rx.cond(MarkPage.booking_href == "", text_link("Your bookings", href="/account"))),
                ),
                ("elsewhere", rx.fragment()),  # nobody waits at a wrong door
                rx.fragment(
                    rx.cond(MarkPage.slug != "", text_link("Watch the queue", href=f"/queue/{MarkPage.slug}")),
                ),
            ),
            class_name="mt-6 flex flex-wrap justify-center gap-x-6 gap-y-3 empty:hidden",
        ),
        class_name="mx-auto flex max-w-panel flex-col items-center p-6 text-center sm:p-10 low:p-5",
    )


def _visit(visit: Any) -> rx.Component:
    """One appointment with its button; with several, what each is."""
    several = MarkPage.visits.length() > 1  # type: ignore[attr-defined]
    return rx.el.li(
        rx.cond(
            several,
            rx.el.p(
                rx.el.span(f"{visit.when} · {visit.token}", class_name="font-semibold tabular-nums"),
                rx.el.span(visit.service, dir="auto", class_name="block text-sm text-ink-soft"),
                class_name="mb-2",
            ),
        ),
        rx.cond(
            visit.here,
            rx.cond(
                several | (MarkPage.outcome == "customer"),  # alone, the heading says so
                rx.el.p(
                    rx.icon("circle-check", size=20, aria_hidden=True),
                    "Checked in",
                    class_name="flex items-center justify-center gap-2 font-semibold text-good-ink",
                ),
            ),
            rx.cond(
                visit.can_check_in,
                button("Check in", size="large", class_name="w-full", on_click=MarkPage.check_in(visit.id)),
            ),
        ),
        class_name=rx.cond(several, "rounded-card border border-line p-4", ""),
    )


def _place() -> rx.Component:
    return rx.el.div(
        rx.el.p(MarkPage.place, class_name="text-xl font-semibold"),
        rx.el.p(MarkPage.place_words, class_name="mt-1 text-ink-soft"),
        aria_live="polite",
        class_name="mt-6 w-full rounded-card bg-sunken p-5",
    )


def _ask() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            text_field(
                "The reference of your booking",
                name="reference",
                error=MarkPage.problem,
                hint="Ten letters and digits, in the mail about your booking.",
                auto_complete="off",
                max_length=40,
                auto_capitalize="characters",
            ),
            rx.el.button("Find my appointment", type="submit", class_name=looks("primary", "large", "w-full")),
            on_submit=MarkPage.look_up,
            class_name="flex flex-col gap-4 text-left",
        ),
        rx.cond(
            Viewer.signed_in,
            rx.fragment(),
            rx.el.p("or ", text_link("sign in", href=MarkPage.login_href), class_name="mt-4 text-ink-soft"),
        ),
        class_name="mt-6 w-full",
    )
