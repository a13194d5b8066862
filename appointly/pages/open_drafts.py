"""Bookings to continue, on the account's page."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.countdown import countdown
from appointly.components.surfaces import section_title
from appointly.components.zones import zone_note
from appointly.state.open_drafts import OpenDrafts


def begun_bookings() -> rx.Component:
    """What was begun and not booked; nothing where there is nothing."""
    return rx.cond(
        OpenDrafts.drafts,
        rx.el.section(
            section_title("Continue your booking", id="begun"),
            rx.el.ul(rx.foreach(OpenDrafts.drafts, _line), class_name="mt-4 flex flex-col gap-3"),
            aria_labelledby="begun",
        ),
    )


def _line(draft: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.bdi(draft.title), class_name="font-semibold break-words"),
            rx.el.p(
                rx.el.span(draft.provider, dir="auto"),
                zone_note(draft.zone, f" · {draft.zone_name}", "text-ink-faint"),
                class_name="text-sm break-words text-ink-soft",
            ),
            rx.cond(
                draft.kept.until > 0,
                countdown(draft.kept, draft.words, on_end=OpenDrafts.load, class_name="mt-1 rounded-control"),
                rx.el.p(draft.words, class_name="mt-1 py-1 text-sm text-ink-soft"),
            ),
            class_name="min-w-0 flex-1 max-sm:basis-full",
        ),
        rx.el.div(
            button("Not now", kind="quiet", size="small", on_click=OpenDrafts.forget(draft.id)),
            link_button("Continue", href=draft.href, kind="secondary", size="small"),
            class_name="flex items-center gap-2 max-sm:flex-row-reverse",
        ),
        class_name="flex flex-wrap items-center justify-between gap-3 rounded-card border border-accent-line bg-surface"
        " p-4",
    )
