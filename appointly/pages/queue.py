"""A provider's line for everybody: in a hand, and on a screen in the waiting room."""

from typing import Any

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.copying import share_button
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.links import text_link
from appointly.components.marks import badge
from appointly.components.surfaces import CARD, card
from appointly.components.zones import zone_note
from appointly.pages.not_found import nothing_here
from appointly.pages.shell import page
from appointly.state.queue import QueueView

LINE = QueueView.line


def queue() -> rx.Component:
    """The page at /queue/{slug}."""
    return page(
        rx.cond(QueueView.missing, nothing_here(), rx.cond(QueueView.loaded, _queue(), _loading())), footer=False
    )


def _queue() -> rx.Component:
    return rx.el.div(
        _head(),
        rx.cond(
            LINE.delay != "",
            message(
                rx.el.strong(f"Running about {LINE.delay}. ", class_name="font-semibold"),
                rx.cond(LINE.note != "", rx.el.span(f"“{LINE.note}”", dir="auto", class_name="wrap-anywhere")),
                tone="warn",
            ),
        ),
        rx.cond(LINE.own != "", _own()),
        rx.cond(
            LINE.empty != "",
            card(_empty()),
            rx.el.div(_serving(), _next(), class_name="grid items-start gap-6 lg:grid-cols-2"),
        ),
        rx.cond(LINE.skipped.length() > 0, _skipped()),  # type: ignore[attr-defined]
        rx.cond(
            LINE.empty == "",
            rx.el.p(text_link("Book a time here", href=f"/providers/{QueueView.slug}"), class_name="print:hidden"),
        ),
        rx.cond(
            LINE.waiting.length() > 0,  # type: ignore[attr-defined]
            rx.el.p(
                "≈ is an estimate: it follows how long today's appointments really take.",
                class_name="text-sm text-ink-faint",
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1(QueueView.name, dir="auto", class_name="text-2xl font-semibold break-words lg:text-3xl"),
            rx.el.p(
                "The queue, ",
                QueueView.date,
                zone_note(QueueView.zone, QueueView.zone_name, "block text-base text-ink-faint"),
                class_name="mt-1 text-lg text-ink-soft",
            ),
            class_name="min-w-0",
        ),
        rx.el.div(
            badge(rx.el.span(aria_hidden=True, class_name=DOT), "Live", tone="good"),
            share_button("Share", rx.Var("typeof location === 'undefined' ? '' : location.href", _var_type=str)),
            class_name="flex items-center gap-3",
        ),
        class_name="flex flex-wrap items-start justify-between gap-4",
    )


DOT = "size-2 animate-pulse-soft rounded-full bg-good"


def _own() -> rx.Component:
    return rx.el.p(
        rx.icon("ticket", size=20, aria_hidden=True, class_name="shrink-0"),
        rx.el.span(
            "Your token: ",
            rx.el.strong(LINE.own, class_name="font-semibold tabular-nums"),
            rx.cond(LINE.own_at != "", f", likely at about {LINE.own_at}", ""),
        ),
        class_name="flex items-center gap-2 text-lg text-accent-ink",
    )


def _serving() -> rx.Component:
    return card(
        rx.el.h2("Now serving", class_name="text-xl font-semibold text-ink-soft"),
        rx.el.div(
            rx.cond(
                LINE.serving != "",
                rx.fragment(
                    rx.el.p(
                        LINE.serving,
                        key=LINE.serving,
                        class_name="animate-appear font-display text-token font-semibold text-accent tabular-nums",
                    ),
                    rx.cond(
                        LINE.serving_mine,
                        rx.el.p("That is you. Please come in.", class_name="text-lg font-semibold text-accent-ink"),
                    ),
                ),
                rx.el.p("Nobody just now", class_name="py-4 text-xl lg:py-12 text-ink-soft"),
            ),
            role="status",
            aria_live="polite",
        ),
        class_name="p-6 text-center sm:p-8",
    )


def _next() -> rx.Component:
    return card(
        rx.el.h2("Next", class_name="px-5 pt-5 text-xl font-semibold text-ink-soft sm:px-6 sm:pt-6"),
        rx.cond(
            LINE.waiting.length() > 0,  # type: ignore[attr-defined]
            rx.el.ol(rx.foreach(LINE.waiting, _waiting), class_name="mt-2 divide-y divide-line"),
            rx.el.p("Nobody waits.", class_name="px-5 py-5 text-lg text-ink-soft sm:px-6"),
        ),
        rx.cond(LINE.more != "", rx.el.p(LINE.more, class_name="px-5 pb-4 text-ink-soft sm:px-6")),
        class_name="overflow-hidden",
    )


ROW = "flex items-baseline justify-between gap-4 px-5 py-4 sm:px-6"


def _waiting(place: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(place.token, class_name="font-display text-3xl font-semibold tabular-nums"),
            rx.cond(place.mine, rx.el.span("You", class_name="text-lg font-semibold")),
            class_name="flex items-baseline gap-3",
        ),
        rx.el.span(
            rx.el.span(f"≈ {place.at}", class_name="block text-xl font-medium tabular-nums lg:text-2xl"),
            rx.cond(place.wait != "", rx.el.span(place.wait, class_name="block text-ink-soft lg:text-lg")),
            class_name="text-right",
        ),
        class_name=rx.cond(place.mine, f"{ROW} bg-accent-soft text-accent-ink", ROW),
    )


def _skipped() -> rx.Component:
    return rx.el.div(
        rx.el.h2("Called, but not there", class_name="text-lg font-semibold"),
        rx.el.p("You can still be served: tell them at the desk that you have come.", class_name="text-ink-soft"),
        rx.el.ul(
            rx.foreach(
                LINE.skipped,
                lambda place: rx.el.li(
                    place.token,
                    class_name=rx.cond(place.mine, f"{CHIP} bg-accent-soft text-accent-ink", f"{CHIP} bg-sunken"),
                ),
            ),
            class_name="mt-3 flex flex-wrap gap-2",
        ),
        class_name=f"{CARD} p-5 sm:p-6",
    )


CHIP = "rounded-full px-4 py-1 font-display text-xl font-semibold tabular-nums"


def _empty() -> rx.Component:
    book = link_button("Book a time", href=f"/providers/{QueueView.slug}")
    return rx.match(
        LINE.empty,
        ("closed", empty_state("moon", "Closed today", "Nobody is served today. Come back on another day.", book)),
        ("done", empty_state("check-check", "All done for now", "Everybody of today has been served.", book)),
        empty_state("coffee", "Nobody waits", "As soon as somebody has a token for today, it stands here.", book),
    )


def _loading() -> rx.Component:
    return rx.el.div(
        skeleton("h-9 w-72 max-w-full"),
        rx.el.div(skeleton("h-80 w-full"), skeleton("h-80 w-full"), class_name="mt-8 grid gap-6 lg:grid-cols-2"),
        aria_busy=True,
    )


def queue_link(slug: Any, words: str = "Watch the queue") -> rx.Component:
    """Leads to the line of today."""
    return text_link(words, href=f"/queue/{slug}")
