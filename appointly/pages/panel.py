"""One booking beside the provider's lists, and the dialogs that ask before something ends."""

from typing import Any

import reflex as rx

from appointly.components.buttons import KINDS, SHAPE, button, looks
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.document import CLOSED_BY_ESCAPE, TAKES_FOCUS
from appointly.components.feedback import message
from appointly.components.fields import text_area
from appointly.components.links import link, text_link
from appointly.components.marks import avatar, status_badge
from appointly.components.ranges import time_range
from appointly.components.surfaces import facts
from appointly.pages.asked_moves import decline_move_dialog, wish
from appointly.pages.booking import history_list
from appointly.pages.booking_missed import became_of_it
from appointly.pages.move_dialog import move_button, move_dialog
from appointly.state.booking_panel import BookingPanel
from appointly.state.moving import Moving

DECLINE, CANCEL = "decline-booking", "cancel-by-provider"


def booking_panel(here: Any) -> rx.Component:
    """The panel over the right column, and its dialogs; `here` is the address without a booking."""
    return rx.fragment(
        rx.cond(BookingPanel.booking.reference != "", _panel(here)),
        rx.cond(BookingPanel.missing, _missing(here)),
        move_dialog(),
        decline_move_dialog(),
        _asking(
            DECLINE,
            "Decline this request?",
            "The time is free for others at once, and the customer gets a mail with your words.",
            "decline",
            "Decline",
        ),
        _asking(
            CANCEL,
            "Cancel this appointment?",
            rx.fragment(
                "The time is free again, and the customer gets a mail with your words. ",
                rx.el.span(BookingPanel.asked_outcome, class_name="font-medium text-ink"),
            ),
            "cancel",
            "Cancel the appointment",
        ),
    )


def answer_buttons(booking: Any, size: Any = "small") -> rx.Component:
    """Confirm or decline, right where the request stands."""
    about = f"{booking.customer}, {booking.service}, {booking.when}"
    return rx.el.div(
        button("Confirm", size=size, on_click=BookingPanel.act("confirm", booking.id)),
        button("Decline", size=size, kind="secondary", on_click=BookingPanel.ask(booking.id, about), **opens(DECLINE)),
        class_name="flex gap-2",
    )


def _panel(here: Any) -> rx.Component:
    booked = BookingPanel.booking
    return rx.el.aside(
        _head(here, _named()),
        rx.el.div(
            _person(),
            rx.cond(
                booked.came != "",
                rx.el.p(
                    rx.icon("check", size=16, aria_hidden=True),
                    "Checked in: ",
                    booked.came,
                    class_name="flex items-center gap-1 text-sm font-medium text-good-ink",
                ),
            ),
            rx.cond(Moving.waiting.id != "", _wish()),
            became_of_it(BookingPanel.missed),
            _deeds(),
            facts(
                ("When", rx.fragment(booked.day, ", ", time_range(booked.starts, booked.ends))),
                ("Service", booked.service),
                ("Duration", booked.duration),
                ("Token", booked.token),
                ("Price", booked.pays),
                ("Where", booked.place),
                ("Booked", booked.asked),
            ),
            rx.cond(booked.places != "", _class(here)),
            rx.cond(booked.notes != "", _words("Note", booked.notes)),
            rx.foreach(booked.answers, lambda one: _words(one.question, one.answer)),
            rx.el.div(rx.el.h3("History", class_name="text-base font-semibold"), history_list(BookingPanel.history)),
            class_name="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-5",
        ),
        key=booked.reference,
        tab_index=-1,
        aria_label="Booking",
        custom_attrs=TAKES_FOCUS,
        class_name=PANEL,
    )


PANEL = (
    "fixed inset-y-0 right-0 z-40 flex w-full animate-appear flex-col border-l border-line bg-surface shadow-high"
    " outline-none sm:max-w-form"
)


def _missing(here: Any) -> rx.Component:
    return rx.el.aside(
        _head(here, rx.el.p("Booking", class_name="font-semibold")),
        rx.el.div(
            message("This booking is not one of yours, or it does not exist.", tone="warn"),
            class_name="p-5",
        ),
        tab_index=-1,
        aria_label="Booking",
        custom_attrs=TAKES_FOCUS,
        class_name=PANEL,
    )


def _named() -> rx.Component:
    booked = BookingPanel.booking
    return rx.el.div(
        rx.el.p(booked.reference, class_name="text-xs tracking-wide text-ink-faint tabular-nums"),
        status_badge(booked.status),
        class_name="flex items-center gap-3",
    )


def _head(here: Any, title: rx.Component) -> rx.Component:
    return rx.el.div(
        title,
        link(
            rx.icon("x", size=20, aria_hidden=True),
            href=here,
            aria_label="Close",
            custom_attrs=CLOSED_BY_ESCAPE,
            class_name=f"{SHAPE} {KINDS['quiet']} size-11",
        ),
        class_name="flex items-center justify-between border-b border-line py-2 pr-2 pl-5",
    )


def _person() -> rx.Component:
    booked = BookingPanel.booking
    return rx.el.div(
        avatar(booked.initials, booked.tint, "large"),
        rx.el.div(
            rx.el.h2(booked.customer, dir="auto", class_name="text-lg font-semibold wrap-anywhere"),
            rx.cond(booked.email != "", rx.el.a(booked.email, href=f"mailto:{booked.email}", class_name=CONTACT)),
            rx.cond(booked.phone != "", rx.el.a(booked.phone, href=f"tel:{booked.phone}", class_name=CONTACT)),
            class_name="flex min-w-0 flex-1 flex-col items-start",
        ),
        class_name="flex items-center gap-4",
    )


def _wish() -> rx.Component:
    """What the customer asks for, above what else can be done."""
    booked, asked = BookingPanel.booking, Moving.waiting
    return rx.el.section(
        rx.el.h3("Asks for another time", class_name="font-semibold"),
        wish(asked, f"{booked.customer}, {booked.service}, to {asked.new}"),
        class_name="rounded-card border border-warn p-4",
    )


def _class(here: Any) -> rx.Component:
    """Who else comes to the same class; each opens here."""
    booked, address = BookingPanel.booking, rx.Var.create(here)
    joined = rx.cond(address.contains("?"), "&", "?")
    return rx.el.div(
        rx.el.div(
            rx.el.h3("In the same class", class_name="text-base font-semibold"),
            text_link(f"All: {booked.places} places", href=booked.class_href),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
        ),
        rx.cond(
            BookingPanel.others.length() > 0,  # type: ignore[attr-defined]
            rx.el.ul(
                rx.foreach(
                    BookingPanel.others,
                    lambda one: rx.el.li(
                        link(
                            avatar(one.initials, one.tint, "small"),
                            rx.el.span(one.customer, dir="auto", class_name="min-w-0 flex-1 truncate text-sm"),
                            rx.el.span(status_badge(one.status)),
                            href=f"{address}{joined}booking={one.reference}",
                            class_name="-mx-2 flex min-h-11 items-center gap-3 rounded-control px-2 hover:bg-sunken",
                        )
                    ),
                ),
                class_name="mt-1",
            ),
            rx.el.p("Nobody else has booked yet.", class_name="mt-1 text-sm text-ink-soft"),
        ),
        rx.cond(
            BookingPanel.more_others != "",
            rx.el.p(BookingPanel.more_others, class_name="mt-1 text-sm text-ink-soft"),
        ),
    )


CONTACT = "max-w-full truncate text-sm text-accent underline-offset-4 hover:underline pointer-coarse:py-3"


def _words(name: Any, words: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(name, class_name="text-sm text-ink-soft"),
        rx.el.p(
            words,
            dir="auto",
            class_name="mt-1 rounded-control bg-sunken px-3 py-2 text-sm break-words whitespace-pre-line",
        ),
    )


def _deeds() -> rx.Component:
    booked = BookingPanel.booking
    about = f"{booked.customer}, {booked.service}, {booked.when}"
    return rx.el.div(
        rx.cond(booked.can_answer, answer_buttons(booked, "medium")),
        rx.cond(
            booked.can_finish,
            rx.fragment(
                button("Completed", on_click=BookingPanel.act("complete", booked.id)),
                button("Did not come", kind="secondary", on_click=BookingPanel.act("no_show", booked.id)),
            ),
        ),
        rx.cond(
            BookingPanel.undo_until != "",
            button(
                rx.icon("undo-2", size=18, aria_hidden=True),
                f"Undo, until {BookingPanel.undo_until}",
                kind="secondary",
                on_click=BookingPanel.act("undo", booked.id),
            ),
        ),
        rx.cond(
            booked.status == "no_show",
            button("They did come", kind="secondary", on_click=BookingPanel.act("take_back", booked.id)),
        ),
        rx.cond(Moving.movable, move_button("Move…", booked.id)),
        rx.cond(
            booked.status == "confirmed",
            button("Cancel", kind="danger", on_click=BookingPanel.ask(booked.id, about), **opens(CANCEL)),
        ),
        class_name="flex flex-wrap gap-2 empty:hidden",
    )


def _asking(name: str, title: str, outcome: Any, verb: str, label: str) -> rx.Component:
    form = f"{name}-form"
    return dialog(
        name,
        title,
        rx.el.form(
            rx.el.p(BookingPanel.asked_about, class_name="font-medium"),
            rx.el.p(outcome, class_name="mt-2 mb-4 text-ink-soft"),
            text_area(
                "Your words to the customer",
                name=f"{name}_reason".replace("-", "_"),
                optional=True,
                rows=3,
                max_length=1000,
            ),
            id=form,
            on_submit=lambda said: [
                BookingPanel.act_with_reason(verb, BookingPanel.asked_id, said),
                rx.call_function(f"() => document.getElementById('{name}').close()"),
            ],
            reset_on_submit=True,
        ),
        footer=rx.fragment(
            button("Keep it", kind="secondary", **closes(name)),
            rx.el.button(
                label,
                type="submit",
                form=form,
                class_name=looks("danger", "medium"),
            ),
        ),
    )
