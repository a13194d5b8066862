"""Google Calendar for providers: connect, choose what blocks time and where bookings are written, disconnect."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button, looks
from appointly.components.choices import choice_tick, group
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message, skeleton
from appointly.components.fields import checkbox, field, option, select
from appointly.components.links import back_link, outward_link, text_link
from appointly.components.marks import badge, google_mark
from appointly.components.surfaces import card, page_title, section
from appointly.pages.availability import HERE as AVAILABILITY
from appointly.pages.shell import workspace
from appointly.routes import GOOGLE_CALENDAR, GOOGLE_CALENDAR_START
from appointly.state.google_calendar import NOWHERE, GoogleCalendarPage

CALENDARS = "/dashboard/calendars"
WAYS = (
    ("Connect, and write bookings there too", "1", "primary"),
    ("Connect to read busy times only", "0", "secondary"),
)


def google_calendar() -> rx.Component:
    """The page at /dashboard/calendars/google."""
    return workspace(
        rx.el.div(
            rx.el.div(
                rx.el.div(back_link("Other calendars", CALENDARS)),
                page_title(
                    "Google Calendar", "Your private appointments block your free times. Nobody sees what they are."
                ),
                class_name="flex flex-col gap-2",
            ),
            rx.cond(
                GoogleCalendarPage.loaded,
                rx.el.div(
                    rx.cond(
                        GoogleCalendarPage.problem != "",
                        message(GoogleCalendarPage.problem, tone="bad", role="alert"),
                    ),
                    rx.cond(
                        GoogleCalendarPage.offered,
                        _choose(),
                        rx.fragment(rx.cond(GoogleCalendarPage.connected, _connected()), _connect()),
                    ),
                    class_name="flex flex-col gap-6",
                ),
                skeleton("h-64 w-full"),
            ),
            class_name="flex max-w-text flex-col gap-6",
        ),
        current=AVAILABILITY,
    )


def google_card() -> rx.Component:
    """The way here from the other calendars."""
    return card(
        rx.el.h2("Google Calendar", class_name="text-lg font-semibold"),
        rx.el.p(
            "Reads your busy times, and writes your bookings into a calendar of yours if you like.",
            class_name="mt-1 mb-4 text-sm text-ink-soft",
        ),
        link_button(google_mark(), "Set up Google Calendar", href=GOOGLE_CALENDAR, kind="secondary"),
        class_name="p-5 sm:p-6",
    )


def _connect() -> rx.Component:
    again: Any = rx.cond(GoogleCalendarPage.connected, "Connect again, or another account", "Connect Google Calendar")
    return section(
        "connect",
        again,
        "Google asks for your permission. You then choose which calendars count.",
        rx.cond(
            GoogleCalendarPage.possible,
            rx.fragment(
                rx.cond(
                    GoogleCalendarPage.demo & (GoogleCalendarPage.connected.length() == 0),  # type: ignore[attr-defined]
                    message("In this demo a stand-in answers in Google's place. Nothing leaves this machine."),
                ),
                rx.el.div(*[_way(*way) for way in WAYS], class_name="flex flex-wrap gap-3"),
                rx.cond(GoogleCalendarPage.connected, rx.fragment(), _promises()),
            ),
            message("Google Calendar is not set up here. Ask whoever runs this site."),
        ),
    )


def _way(label: str, write: str, kind: Any) -> rx.Component:
    return outward_link(
        google_mark() if kind == "secondary" else rx.icon("calendar-plus", size=18, aria_hidden=True),
        label,
        href=f"{GOOGLE_CALENDAR_START}?write={write}",
        class_name=rx.cond(
            GoogleCalendarPage.connected,
            looks("secondary", "medium", "max-sm:w-full"),
            looks(kind, "medium", "max-sm:w-full"),
        ),
    )


def _promises() -> rx.Component:
    return rx.el.ul(
        *[
            rx.el.li(rx.icon("check", size=18, aria_hidden=True, class_name="mt-0.5 shrink-0 text-good"), words)
            for words in (
                "We keep when you are busy, never what with or with whom.",
                "We change nothing in your calendars but the bookings that we have put there.",
                "You can disconnect at any time, here or in your Google account.",
            )
        ],
        class_name="flex flex-col gap-2 text-sm text-ink-soft [&>li]:flex [&>li]:gap-2",
    )


def _choose() -> rx.Component:
    return section(
        "choose",
        "Choose your calendars",
        rx.fragment("Of the account ", rx.el.bdi(GoogleCalendarPage.account, class_name="font-medium wrap-anywhere")),
        rx.el.form(
            group(
                "Which ones block your free times?",
                rx.foreach(GoogleCalendarPage.offered, _tick),
                class_name="grid gap-2",
            ),
            rx.cond(GoogleCalendarPage.writable, _where()),
            rx.cond(
                GoogleCalendarPage.had_bookings,
                checkbox("Take our bookings out of calendars they are no longer written into", name="take_out"),
            ),
            rx.el.div(
                button("Save", type="submit"),
                button("Cancel", kind="quiet", on_click=GoogleCalendarPage.cancel_choice),
                class_name="flex gap-2",
            ),
            on_submit=GoogleCalendarPage.choose,
            reset_on_submit=False,
            no_validate=True,
            key=f"choose-{GoogleCalendarPage.account}",
            class_name="flex flex-col gap-5",
        ),
    )


def _tick(offered: Any) -> rx.Component:
    return choice_tick(offered.title, offered.note, name=offered.field, default_checked=offered.blocks)


def _where() -> rx.Component:
    return field(
        "Where shall we write your bookings?",
        select(
            option("Nowhere", NOWHERE),
            rx.foreach(GoogleCalendarPage.writable, lambda each: rx.el.option(each.title, value=each.field)),
            label="Where shall we write your bookings?",
            id="writes",
            name="writes",
            default_value=GoogleCalendarPage.writes_to,
        ),
        name="writes",
        hint="Confirmed bookings appear there, move and go by themselves. What else stands in it blocks time too.",
    )


def _connected() -> rx.Component:
    return section(
        "connected",
        "Connected",
        "They are read every few minutes.",
        rx.el.ul(
            rx.foreach(GoogleCalendarPage.connected, _row), class_name="divide-y divide-line border-y border-line"
        ),
        rx.cond(
            GoogleCalendarPage.demo,
            rx.el.p(
                text_link("Look into the stand-in's calendar", href="/dev/google/calendar", reload_document=True),
                class_name="text-sm",
            ),
        ),
    )


def _row(calendar: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.bdi(calendar.name, class_name="font-medium wrap-anywhere"),
                rx.cond(
                    calendar.writes & (calendar.trouble == ""),
                    badge("Bookings are written here", tone="good", icon="check"),
                ),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(calendar.account, class_name="text-sm wrap-anywhere text-ink-faint"),
            rx.cond(
                calendar.trouble != "",
                rx.el.p(
                    rx.icon("triangle-alert", size=16, aria_hidden=True, class_name="mt-0.5 shrink-0"),
                    calendar.trouble,
                    class_name="mt-1 flex gap-1.5 text-sm text-warn-ink",
                ),
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(calendar.leaving, rx.fragment(), _disconnect(calendar)),
        class_name="flex flex-wrap items-start gap-3 py-3",
    )


def _disconnect(calendar: Any) -> rx.Component:
    name = f"leave-{calendar.id}"
    return rx.fragment(
        button(
            "Disconnect",
            rx.el.span(calendar.name, class_name="sr-only"),
            kind="secondary",
            size="small",
            **opens(name),
        ),
        dialog(
            name,
            "Disconnect this calendar?",
            rx.el.p("Its events block no time any more.", class_name="text-ink-soft"),
            rx.cond(
                calendar.writes,
                rx.el.p(
                    "Your coming bookings stand in it too. Shall they stay there?", class_name="mt-2 text-ink-soft"
                ),
            ),
            footer=rx.cond(
                calendar.writes,
                rx.fragment(
                    button(
                        "Leave them there",
                        kind="secondary",
                        on_click=GoogleCalendarPage.leave(calendar.id, False),
                        **closes(name),
                    ),
                    button(
                        "Take them out",
                        kind="danger",
                        on_click=GoogleCalendarPage.leave(calendar.id, True),
                        **closes(name),
                    ),
                ),
                rx.fragment(
                    button("Keep it", kind="quiet", **closes(name)),
                    button(
                        "Disconnect",
                        kind="danger",
                        on_click=GoogleCalendarPage.leave(calendar.id, False),
                        **closes(name),
                    ),
                ),
            ),
        ),
    )
