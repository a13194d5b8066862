"""A provider's own calendars elsewhere: what is busy there is not offered here."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.choices import choice_card, group
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.fields import CONTROL, LABEL, belongs_to, sent_once, text_field, whose
from appointly.components.links import text_link
from appointly.components.surfaces import card, page_title, section_title, unfolds
from appointly.pages.availability import HERE, availability_tabs
from appointly.pages.calendar_news import all_collisions
from appointly.pages.feeds import business_feeds_section
from appointly.pages.google_calendar import google_card
from appointly.pages.shell import workspace
from appointly.routes import GOOGLE_CALENDAR
from appointly.state.own_calendars import OwnCalendars

CALENDARS = "/dashboard/calendars"
KINDS = (("ics", "By its address", "link"), ("caldav", "CalDAV account", "server"))
CALDAV = OwnCalendars.kind == "caldav"
SEARCHES = CALDAV & (OwnCalendars.found.length() == 0)  # type: ignore[attr-defined]
STATUS = "mt-2 flex items-start gap-2 text-sm font-medium"


def own_calendars() -> rx.Component:
    """The page at /dashboard/calendars."""
    return workspace(
        page_title("Availability", "What is busy in your own calendars is not offered here. We never read titles."),
        availability_tabs(CALENDARS),
        rx.el.div(all_collisions(), class_name="mt-6 empty:hidden"),
        rx.el.div(
            rx.el.section(
                section_title("Connected", id="connected"),
                rx.cond(
                    OwnCalendars.loaded,
                    rx.cond(
                        OwnCalendars.calendars,
                        rx.el.ul(
                            rx.foreach(OwnCalendars.calendars, _calendar),
                            aria_live="polite",
                            class_name="mt-4 flex flex-col gap-3",
                        ),
                        empty_state(
                            "calendar-sync",
                            "No calendar is connected",
                            "Add the one you live by, and nobody books you over a private appointment.",
                            level=3,
                        ),
                    ),
                    skeleton("mt-4 h-40 w-full"),
                ),
                class_name="min-w-0",
            ),
            rx.el.div(google_card(), _adding(), business_feeds_section(), class_name="flex min-w-0 flex-col gap-6"),
            class_name="mt-6 grid items-start gap-10 xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]",
        ),
        current=HERE,
    )


def _calendar(calendar: Any) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.div(
                rx.el.div(
                    rx.el.h3(calendar.name, dir="auto", class_name="font-sans font-semibold wrap-anywhere"),
                    rx.el.p(calendar.place, class_name="text-sm text-ink-faint wrap-anywhere"),
                    class_name="min-w-0 flex-1",
                ),
                button(
                    rx.icon("refresh-cw", size=16, aria_hidden=True),
                    "Read now",
                    rx.el.span(calendar.name, class_name="sr-only"),
                    kind="secondary",
                    size="small",
                    disabled=calendar.tone == "reading",
                    on_click=OwnCalendars.read_now(calendar.id),
                ),
                class_name="flex items-start gap-3",
            ),
            rx.match(
                calendar.tone,
                ("reading", _status("loader-circle", calendar, "text-ink-soft", "animate-spin")),
                ("failing", _status("circle-alert", calendar, "text-bad-ink")),
                _status("circle-check", calendar, "text-good-ink"),
            ),
            rx.cond(calendar.rhythm != "", rx.el.p(calendar.rhythm, class_name="mt-1 text-sm text-ink-soft")),
            rx.cond(
                calendar.elsewhere & (calendar.tone == "failing"),
                rx.el.p(text_link("Connect it again", href=GOOGLE_CALENDAR), class_name="mt-2 text-sm"),
            ),
            _changing(calendar),
            class_name="p-4 sm:p-5",
        ),
        key=calendar.id,
    )


def _status(icon: str, calendar: Any, colour: str, motion: str = "") -> rx.Component:
    return rx.el.p(
        rx.icon(icon, size=18, aria_hidden=True, class_name=f"mt-px shrink-0 {motion}"),
        calendar.status,
        class_name=f"{STATUS} {colour}",
    )


def _changing(calendar: Any) -> rx.Component:
    """Another name, or good-bye."""
    return rx.el.details(
        unfolds("Rename or remove", "text-ink-soft"),
        rx.el.div(
            rx.el.form(
                rx.el.label(
                    "Name",
                    rx.el.input(
                        name="new_name",
                        default_value=calendar.name,
                        key=calendar.name,
                        max_length=120,
                        required=True,
                        auto_complete="off",
                        class_name=CONTROL,
                    ),
                    class_name=f"{LABEL} flex min-w-0 flex-1 flex-col gap-1.5",
                ),
                button("Rename", type="submit", kind="secondary"),
                belongs_to(calendar.id),
                on_submit=lambda form: OwnCalendars.rename(whose(form), form),
                reset_on_submit=False,
                class_name="flex min-w-0 flex-1 items-end gap-2",
            ),
            rx.cond(
                calendar.elsewhere,
                link_button("Disconnect…", href=GOOGLE_CALENDAR, kind="secondary"),
                button("Remove", kind="danger", on_click=OwnCalendars.remove(calendar.id)),
            ),
            class_name="mt-2 flex flex-wrap items-end gap-2",
        ),
        class_name="mt-2",
    )


def _adding() -> rx.Component:
    errors = OwnCalendars.errors
    return card(
        rx.el.h2("Add a calendar", id="add", class_name="text-lg font-semibold"),
        rx.el.form(
            _way(),
            *_how_to_reach_it(),
            rx.cond(OwnCalendars.found, _choice()),
            text_field(
                "Name",
                name="name",
                error=errors["name"],
                hint="Only you see it, for example Family.",
                optional=True,
                max_length=120,
                auto_complete="off",
            ),
            rx.cond(errors["form"] != "", message(errors["form"], tone="bad", role="alert")),
            rx.el.div(button(rx.cond(SEARCHES, "Find my calendars", "Add the calendar"), type="submit")),
            sent_once(OwnCalendars.made),
            key=f"made-{OwnCalendars.made}",
            on_submit=OwnCalendars.submit,
            reset_on_submit=False,
            no_validate=True,
            class_name="mt-4 flex flex-col gap-5",
        ),
        class_name="p-5 sm:p-6",
    )


def _way() -> rx.Component:
    return group(
        "How do we reach it?",
        *[
            choice_card(
                label,
                icon=icon,
                name="kind",
                value=kind,
                checked=OwnCalendars.kind == kind,
                on_change=OwnCalendars.choose_kind(kind),
            )
            for kind, label, icon in KINDS
        ],
        class_name="grid gap-2 sm:grid-cols-2",
    )


def _how_to_reach_it() -> tuple[rx.Component, ...]:
    """The address, and what CalDAV asks for besides."""
    errors = OwnCalendars.errors
    return (
        text_field(
            rx.cond(CALDAV, "Address of the server", "Address of the calendar"),
            name="address",
            error=errors["address"],
            placeholder=rx.cond(CALDAV, "https://caldav.icloud.com", "https://… or webcal://…"),
            input_mode="url",
            auto_complete="off",
            spell_check=False,
            max_length=2000,
        ),
        rx.el.div(_where(), class_name=rx.cond(CALDAV, "hidden", "")),
        rx.el.div(
            text_field("User name", name="user", error=errors["user"], auto_complete="off"),
            text_field(
                "App password",
                name="password",
                type="password",
                error=errors["password"],
                hint="Make one for this alone where your calendar lives. We keep it encrypted.",
                auto_complete="new-password",
            ),
            class_name=rx.cond(CALDAV, "flex flex-col gap-5", "hidden"),
        ),
    )


def _choice() -> rx.Component:
    return group(
        "Which one?",
        rx.foreach(
            OwnCalendars.found,
            lambda found: choice_card(found.name, icon="calendar", name="calendar", value=found.address),
        ),
        error=OwnCalendars.errors["calendar"],
    )


def _where() -> rx.Component:
    return rx.el.details(
        unfolds("Where do I find it?", "text-ink-soft"),
        rx.el.dl(
            _place("Google", "Settings of the calendar, “Secret address in iCal format”."),
            _place("Outlook", "Settings, Shared calendars, Publish a calendar, the ICS link."),
            _place("iCloud", "Share the calendar as a public calendar and copy its link."),
            class_name="mt-2 flex flex-col gap-2 text-sm",
        ),
        class_name="-mt-3",
    )


def _place(name: str, words: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="font-medium"),
        rx.el.dd(words, class_name="text-ink-soft"),
    )
