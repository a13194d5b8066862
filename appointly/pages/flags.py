"""What customers dispute and providers report, for the admins to decide."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, looks
from appointly.components.feedback import empty_state, skeleton
from appointly.components.fields import CONTROL, LABEL, belongs_to, whose
from appointly.components.links import text_link
from appointly.components.marks import badge
from appointly.components.surfaces import card, page_title
from appointly.components.tabs import tab, tabs
from appointly.pages.oversight import PLACES
from appointly.pages.shell import workspace
from appointly.state.flags import Flags

FLAGS = "/admin/flags"
TABS = (("open", "To decide"), ("decided", "Decided"))


def admin_flags() -> rx.Component:
    """The page at /admin/flags."""
    return workspace(
        page_title("Reports", "Missed appointments that are disputed, and reviews that were reported."),
        tabs("Which reports", *[tab(label, f"{FLAGS}?show={name}", Flags.show == name) for name, label in TABS]),
        rx.cond(
            Flags.loaded,
            rx.cond(
                Flags.shown,
                rx.el.ul(rx.foreach(Flags.shown, _flag), class_name="mt-5 flex max-w-text flex-col gap-4"),
                empty_state("flag", "Nothing here", "There are no reports of this kind at the moment."),
            ),
            skeleton("mt-5 h-96 w-full"),
        ),
        rx.cond(
            Flags.more,
            rx.el.div(
                button("Show more", kind="secondary", on_click=Flags.show_more), class_name="mt-4 flex justify-center"
            ),
        ),
        current=FLAGS,
        places=PLACES,
    )


def _flag(flag: Any) -> rx.Component:
    kind = rx.cond(
        flag.kind == "no_show",
        badge("Disputed no-show", tone="warn", icon="user-x"),
        badge("Reported review", tone="warn", icon="message-square-warning"),
    )
    return rx.el.li(
        card(
            rx.el.div(
                kind,
                rx.el.span(flag.raised, class_name="text-sm text-ink-faint"),
                class_name="flex flex-wrap items-center justify-between gap-2",
            ),
            rx.el.h2(flag.title, dir="auto", class_name="mt-3 font-semibold wrap-anywhere"),
            rx.el.p(
                flag.when, " · ", text_link("See the booking", href=flag.href), class_name="mt-1 text-sm text-ink-soft"
            ),
            rx.cond(flag.came != "", rx.el.p("Checked in: ", flag.came, class_name="mt-2 text-sm font-medium")),
            rx.cond(flag.stars != "", rx.el.p(flag.stars, class_name="mt-2 text-sm font-medium")),
            rx.cond(flag.words != "", _quote(flag.words)),
            rx.cond(
                flag.reason != "",
                rx.fragment(
                    rx.cond(
                        flag.kind == "review", rx.el.p("Reported because", class_name="mt-3 text-sm text-ink-soft")
                    ),
                    _quote(flag.reason),
                ),
            ),
            rx.cond(flag.status == "open", _decide(flag), _decided(flag)),
            class_name="p-4 sm:p-5",
        ),
        key=flag.id,
    )


def _quote(words: Any) -> rx.Component:
    return rx.el.p(
        words,
        dir="auto",
        class_name="mt-2 rounded-control bg-sunken px-3 py-2 text-sm break-words whitespace-pre-line",
    )


def _decide(flag: Any) -> rx.Component:
    return rx.el.form(
        rx.el.label(
            rx.el.span("Your words in the mail", rx.el.span(" (optional)", class_name="font-normal text-ink-faint")),
            rx.el.textarea(name="words", rows="2", max_length=1000, class_name=f"{CONTROL} py-2.5"),
            class_name=f"{LABEL} flex flex-col gap-1.5",
        ),
        rx.el.fieldset(
            rx.el.legend("Decision", class_name="sr-only"),
            _way(rx.cond(flag.kind == "no_show", "They came: completed", "Hide the review"), "upheld"),
            _way(rx.cond(flag.kind == "no_show", "It stays missed", "The review stays"), "dismissed"),
            class_name="mt-3 flex flex-wrap gap-x-6",
        ),
        rx.el.button("Decide", type="submit", class_name=looks("primary", "medium", "mt-2")),
        belongs_to(flag.id),
        on_submit=lambda said: Flags.decide(whose(said), said),
        reset_on_submit=True,
        class_name="mt-4",
    )


def _way(label: Any, value: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio", name="decision", value=value, required=True, class_name="size-5 shrink-0 accent-accent"
        ),
        label,
        class_name="flex min-h-11 items-center gap-2 text-sm font-medium",
    )


def _decided(flag: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(flag.decided, class_name="text-sm font-medium"),
        rx.cond(flag.decision != "", _quote(flag.decision)),
        class_name="mt-4 border-t border-line pt-3",
    )
