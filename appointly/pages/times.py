"""Support picks a business, a service and a time, and reads which rule hides it."""

from typing import Any

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.feedback import empty_state, skeleton
from appointly.components.fields import CONTROL, LABEL
from appointly.components.links import link
from appointly.components.surfaces import card, page_title
from appointly.pages.oversight import PLACES
from appointly.pages.shell import workspace
from appointly.pages.why_not import question
from appointly.state.times import Times

HERE = "/admin/times"
TYPING = 200


def admin_times() -> rx.Component:
    """The page at /admin/times."""
    return workspace(
        page_title("Why is a time not offered?", "Choose whose time it is; every rule that hides it is named."),
        rx.cond(
            Times.loaded,
            rx.el.div(rx.cond(Times.slug != "", _asked(), _search()), class_name="mt-6 max-w-form"),
            skeleton("mt-6 h-96 w-full max-w-form"),
        ),
        current=HERE,
        places=PLACES,
    )


def _search() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            "Business",
            rx.el.input(
                type="search",
                default_value=Times.words,
                placeholder="Part of its name",
                auto_focus=True,
                max_length=100,
                on_change=lambda words: Times.look(words).debounce(TYPING),
                class_name=f"{CONTROL} mt-1.5 font-normal",
            ),
            class_name=LABEL,
        ),
        rx.el.div(
            rx.cond(
                Times.found,
                card(
                    rx.el.ul(rx.foreach(Times.found, _found), class_name="divide-y divide-line"),
                    class_name="overflow-hidden",
                ),
                empty_state("search-x", "Nothing found", "No business has this in its name."),
            ),
            aria_live="polite",
        ),
        class_name="flex flex-col gap-4",
    )


def _found(business: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(business.name, dir="auto", class_name="min-w-0 flex-1 truncate font-medium"),
            rx.el.span(business.note, class_name="shrink-0 text-sm text-ink-soft"),
            rx.icon("chevron-right", size=18, aria_hidden=True, class_name="shrink-0 text-ink-faint rtl:rotate-180"),
            href=business.href,
            class_name="flex min-h-12 items-center gap-3 px-4 py-2 hover:bg-sunken",
        )
    )


def _asked() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.h2(Times.name, dir="auto", class_name="text-lg font-semibold wrap-anywhere"),
                rx.el.p(Times.note, class_name="text-sm text-ink-soft"),
                class_name="min-w-0",
            ),
            link_button("Another business", href=HERE, kind="secondary", size="small"),
            class_name="flex flex-wrap items-start justify-between gap-3",
        ),
        rx.cond(
            Times.services,
            question(Times),
            rx.el.p("This business has no services yet, so no time can be offered.", class_name="mt-4 text-ink-soft"),
        ),
        class_name="flex flex-col gap-3 p-4 sm:p-5",
    )
