"""Who comes to a class: the list to look at, to copy and to print."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.copying import copy_button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import empty_state, skeleton
from appointly.components.links import back_link, link
from appointly.components.marks import avatar, badge, status_badge
from appointly.components.surfaces import card, page_title
from appointly.pages.panel import booking_panel
from appointly.pages.shell import workspace
from appointly.state.provider_class import ProviderClass

CANCEL = "cancel-class"
LIST = "/dashboard/bookings"
PRINT: rx.Var[Any] = rx.Var("() => window.print()")


def provider_class() -> rx.Component:
    """The page at /dashboard/class/{slot}."""
    return workspace(
        rx.cond(
            ProviderClass.missing,
            rx.fragment(
                rx.el.h1("Class", class_name="sr-only"),
                empty_state(
                    "users",
                    "Nobody is booked",
                    "There is no such class, or nobody is booked for it any more.",
                    link_button("Bookings", href=LIST),
                ),
            ),
            rx.cond(ProviderClass.loaded, _class(), skeleton("mt-5 h-96 w-full")),
        ),
        booking_panel(ProviderClass.path),
        current=LIST,
    )


def _class() -> rx.Component:
    return rx.el.div(
        back_link("Bookings", LIST),
        page_title(ProviderClass.title, ProviderClass.when),
        rx.el.div(
            badge(f"{ProviderClass.places} places", icon="users"),
            rx.cond(ProviderClass.here != "", badge(ProviderClass.here, tone="good", icon="map-pin-check")),
            rx.el.span(ProviderClass.token, class_name="text-sm text-ink-soft"),
            rx.cond(ProviderClass.kept != "", rx.el.span(ProviderClass.kept, class_name="text-sm text-ink-soft")),
            rx.el.span(class_name="flex-1"),
            rx.el.span(
                copy_button("Copy the list", ProviderClass.listed),
                button(
                    rx.icon("printer", size=18, aria_hidden=True),
                    "Print",
                    kind="secondary",
                    custom_attrs={"onClick": PRINT},
                ),
                class_name="flex gap-2 print:hidden",
            ),
            class_name="mt-4 flex flex-wrap items-center gap-3",
        ),
        card(
            rx.el.ul(rx.foreach(ProviderClass.people, _person), class_name="divide-y divide-line"),
            class_name="mt-5 overflow-hidden",
        ),
        rx.el.div(
            rx.cond(ProviderClass.can_cancel, button("Cancel the whole class", kind="secondary", **opens(CANCEL))),
            class_name="mt-5 flex justify-end print:hidden",
        ),
        dialog(
            CANCEL,
            "Cancel the whole class?",
            rx.el.p(f"{ProviderClass.title}, {ProviderClass.when}", class_name="font-medium"),
            rx.el.p(
                "Everybody who is booked gets a mail, and this cannot be undone. The time can be booked again, and "
                "whoever waits for it is offered a place, unless you block it.",
                class_name="mt-2 text-ink-soft",
            ),
            footer=rx.fragment(
                button("Keep it", kind="secondary", **closes(CANCEL)),
                button("Yes, cancel for everybody", kind="danger", on_click=ProviderClass.cancel_all, **closes(CANCEL)),
            ),
        ),
    )


def _person(one: Any) -> rx.Component:
    return rx.el.li(
        link(
            avatar(one.booking.initials, one.booking.tint, "small"),
            rx.el.span(
                rx.el.span(one.booking.customer, dir="auto", class_name="block truncate font-medium"),
                rx.el.span(
                    f"{one.booking.email} {one.booking.phone}", class_name="block truncate text-sm text-ink-soft"
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.el.span(status_badge(one.booking.status), class_name="max-sm:hidden"),
            href=f"{ProviderClass.path}?booking={one.booking.reference}",
            class_name="flex min-w-0 flex-1 items-center gap-4 py-3",
        ),
        rx.cond(one.here != "", badge(f"Here since {one.here}", tone="good", icon="map-pin-check")),
        rx.cond(
            one.can_check_in,
            button(
                "Is here",
                kind="secondary",
                size="small",
                aria_label=f"{one.booking.customer} is here",
                on_click=ProviderClass.check_in(one.booking.id),
                class_name="print:hidden",
            ),
        ),
        class_name="flex items-center gap-2 px-4 hover:bg-sunken sm:px-5",
    )
