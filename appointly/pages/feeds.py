"""One's bookings in a calendar elsewhere: secret addresses to subscribe to. A part of two pages."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.copying import copy_button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message
from appointly.components.fields import CONTROL, LABEL
from appointly.components.surfaces import section
from appointly.domain.feed_token import Feed
from appointly.state.feeds import Feeds, field_of

ROTATE = "new-feed-addresses"
OWN = (Feed.OWN, "Your appointments", "What you have booked.")
BUSINESS = (
    (Feed.BUSINESS, "Your business, with names", "All bookings of your business, with the names of the customers."),
    (
        Feed.BUSINESS_WITHOUT_NAMES,
        "Your business, without names",
        "The same with tokens in place of names, for a calendar that others see too.",
    ),
)


def feeds_section() -> rx.Component:
    """For everybody: one's own bookings, and those of one's business where there is one."""
    return _section("Your appointments in your own calendar", OWN, *BUSINESS)


def business_feeds_section() -> rx.Component:
    """For providers: the bookings of their business."""
    return _section("Bookings in your own calendar", *BUSINESS)


def _section(title: str, *feeds: tuple[Feed, str, str]) -> rx.Component:
    return section(
        "feeds",
        title,
        "Subscribe once, and your calendar follows every booking, move and cancellation by itself.",
        rx.el.div(
            button("Show the address", kind="secondary", on_click=Feeds.show),
            class_name=rx.cond(Feeds.shown, "hidden", ""),
        ),
        rx.el.div(
            *[_address(*feed) for feed in feeds],
            message(
                "Whoever has an address sees what is in it, without signing in. Calendars look for news about once an"
                " hour, Google's a few times a day."
            ),
            rx.el.div(
                button(
                    rx.icon("refresh-cw", size=18, aria_hidden=True),
                    "Make new addresses",
                    kind="quiet",
                    **opens(ROTATE),
                )
            ),
            class_name=rx.cond(Feeds.shown, "flex flex-col gap-5", "hidden"),
        ),
        dialog(
            ROTATE,
            "Make new addresses?",
            rx.el.p(
                "The addresses you have now stop working at once, wherever they are used. You then subscribe to the new"
                " ones in your calendar.",
                class_name="text-ink-soft",
            ),
            footer=rx.fragment(
                button("Keep them", kind="quiet", **closes(ROTATE)),
                button("Make new ones", kind="danger", on_click=Feeds.rotate, **closes(ROTATE)),
            ),
        ),
    )


def _address(feed: Feed, title: str, lead: str) -> rx.Component:
    place = field_of(feed)
    shown: Any = True if feed is Feed.OWN else Feeds.business
    return rx.el.div(
        rx.el.label(title, html_for=place, class_name=LABEL),
        rx.el.p(lead, id=f"{place}-note", class_name="text-sm text-ink-faint"),
        rx.el.input(
            id=place,
            read_only=True,
            auto_complete="off",
            spell_check=False,
            aria_describedby=f"{place}-note",
            class_name=f"{CONTROL} mt-1 font-mono text-sm",
        ),
        rx.el.div(
            copy_button("Copy the address", "", id=f"copy-{place}"),
            _open_button(f"open-{place}"),
            class_name="mt-1 flex flex-wrap gap-2",
        ),
        class_name="flex flex-col gap-1.5" if shown is True else rx.cond(shown, "flex flex-col gap-1.5", "hidden"),
    )


def _open_button(place: str) -> rx.Component:
    """Hands the address to the device's own calendar."""
    go: rx.Var[Any] = rx.Var(
        "(event) => window.location.assign(event.currentTarget.value.replace(/^https?:/, 'webcal:'))"
    )
    return button(
        rx.icon("calendar-plus", size=18, aria_hidden=True),
        "Open in my calendar",
        kind="secondary",
        value="",
        custom_attrs={"onClick": go},
        id=place,
    )
