"""Choosing another time for an appointment, and what will happen, said before the click; for both sides."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, looks
from appointly.components.calendar import month_calendar, slot_picker
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message, skeleton
from appointly.components.fields import text_area
from appointly.components.zones import zone_note
from appointly.state.moving import OUTCOME, TIMES, Moving

MOVE = "move-booking"
FORM = f"{MOVE}-form"


def move_button(label: Any, booking_id: Any, **props: Any) -> rx.Component:
    """The button that opens the dialog for this booking."""
    return button(
        rx.icon("calendar-sync", size=18, aria_hidden=True),
        label,
        kind="secondary",
        on_click=Moving.begin(booking_id),
        **opens(MOVE),
        **props,
    )


def move_dialog() -> rx.Component:
    """The dialog itself, once a page. After a move it is another one, and closed."""
    chosen = Moving.moved.slot != ""
    return rx.el.div(
        dialog(
            MOVE,
            "Move to another time",
            rx.cond(
                Moving.moved.id != "",
                rx.el.div(
                    _which(),
                    rx.el.div(_trouble(), aria_live="polite", class_name="empty:hidden"),
                    rx.el.div(_picker(), class_name=rx.cond(chosen, "hidden", "")),
                    _form(chosen),
                    class_name="flex flex-col gap-4",
                ),
                skeleton("h-80 w-full"),
            ),
            footer=rx.fragment(
                button("Keep the old time", kind="secondary", **closes(MOVE)),
                rx.el.button(
                    rx.cond(Moving.moves_at_once, "Move", "Ask for this time"),
                    type="submit",
                    form=FORM,
                    disabled=~chosen | Moving.sending,
                    class_name=looks("primary", "medium"),
                ),
            ),
        ),
        key=Moving.round,
    )


def _which() -> rx.Component:
    moved = Moving.moved
    return rx.el.div(
        rx.el.p(
            rx.cond(moved.by_provider, f"{moved.customer}, {moved.service}", moved.service),
            dir="auto",
            class_name="font-medium wrap-anywhere",
        ),
        old_and_new(moved.old, moved.new, "mt-0.5"),
        rx.cond(moved.new != "", zone_note(moved.zone, moved.zone_name)),
    )


def old_and_new(old: Any, new: Any, class_name: str = "") -> rx.Component:
    """The old time, struck through beside the new one where there is one."""
    return rx.el.p(
        rx.cond(
            new != "",
            rx.fragment(
                rx.el.s(old, class_name="text-ink-faint"),
                rx.el.span(" moves to ", class_name="sr-only"),
                rx.el.span(
                    rx.icon(
                        "arrow-right", size=16, aria_hidden=True, class_name="shrink-0 text-accent rtl:-scale-x-100"
                    ),
                    new,
                    class_name="inline-flex items-center gap-2 font-semibold text-ink",
                ),
            ),
            rx.el.span(old),
        ),
        class_name=f"flex flex-wrap items-center gap-x-2 text-ink-soft tabular-nums {class_name}",
    )


def _trouble() -> rx.Component:
    return rx.cond(
        Moving.problem != "",
        message(
            rx.el.p(Moving.problem),
            rx.cond(
                Moving.alternatives,
                rx.el.div(
                    rx.foreach(
                        Moving.alternatives,
                        lambda time: button(time.label, kind="secondary", size="small", on_click=Moving.pick(time.id)),
                    ),
                    role="group",
                    aria_label="The nearest free times",
                    class_name="mt-3 flex flex-wrap gap-2",
                ),
            ),
            tone="warn",
        ),
    )


def _picker() -> rx.Component:
    return rx.el.div(
        month_calendar(Moving.month, Moving.day, Moving.show_day, Moving.show_month),
        rx.el.div(
            rx.el.div(
                rx.el.h3(Moving.day_title, aria_live="polite", class_name="text-base font-semibold"),
                zone_note(Moving.moved.zone, Moving.moved.zone_name),
                class_name="mb-3 flex flex-wrap items-baseline justify-between gap-x-3",
            ),
            rx.cond(
                Moving.times,
                slot_picker(Moving.times, Moving.moved.slot, Moving.pick),
                rx.el.p(
                    rx.cond(
                        Moving.day != "",
                        "No other time is free on this day.",
                        "No other time is free in this month. Please look at the next one.",
                    ),
                    class_name="text-ink-soft",
                ),
            ),
            class_name="mt-5 border-t border-line pt-5",
        ),
        id=TIMES,
        role="group",
        aria_label="Another time",
        tab_index=-1,
        class_name="outline-none",
    )


def _form(chosen: Any) -> rx.Component:
    """What will happen, and room for a word. It stays mounted, so that nothing typed is lost."""
    return rx.el.form(
        rx.el.div(
            rx.foreach(Moving.outcome, lambda words: rx.el.p(words, dir="auto")),
            id=OUTCOME,
            tab_index=-1,
            class_name="flex flex-col gap-1 rounded-card outline-none bg-accent-soft px-4 py-3 text-sm text-accent-ink",
        ),
        text_area("Add a message", name="move_word", optional=True, rows=2, max_length=1000),
        button("Choose another time", kind="quiet", size="small", class_name="self-start", on_click=Moving.unpick),
        id=FORM,
        on_submit=lambda said: Moving.submit(said),
        reset_on_submit=False,
        class_name=rx.cond(chosen, "flex flex-col gap-4", "hidden"),
    )
