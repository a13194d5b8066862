"""What a provider offers, in a list."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import empty_state, skeleton
from appointly.components.links import link
from appointly.components.marks import badge
from appointly.components.surfaces import CARD, page_title, unfolds
from appointly.pages.shell import MENU_ITEM, workspace
from appointly.state.base import Viewer
from appointly.state.own_services import OwnServices

HERE = "/dashboard/services"
FIGURE = "text-sm text-ink-soft tabular-nums"


def own_services() -> rx.Component:
    """The page at /dashboard/services."""
    return workspace(
        page_title(
            "Services",
            "What people can book with you.",
            link_button(rx.icon("plus", size=18, aria_hidden=True), "Add a service", href="/add-service"),
        ),
        rx.cond(
            OwnServices.loaded,
            rx.fragment(
                rx.cond(OwnServices.services, _list(OwnServices.services), _nothing()),
                rx.cond(
                    OwnServices.archived,
                    rx.el.details(
                        unfolds(f"Archived ({OwnServices.archived.length()})", "text-ink-soft"),  # type: ignore[attr-defined]
                        _list(OwnServices.archived),
                        class_name="mt-6",
                    ),
                ),
            ),
            rx.el.div(*[skeleton("h-24 w-full") for _ in range(3)], class_name="mt-6 flex flex-col gap-3"),
        ),
        current=HERE,
    )


def _nothing() -> rx.Component:
    return empty_state(
        "sparkles",
        "Nothing on offer yet",
        "Describe what you do, how long it takes and what it costs: free times follow from your hours.",
        link_button("Add your first service", href="/add-service"),
    )


def _list(services: Any) -> rx.Component:
    return rx.el.ul(rx.foreach(services, _line), class_name=f"{CARD} mt-6 divide-y divide-line")


def _line(service: Any) -> rx.Component:
    return rx.el.li(
        rx.el.img(
            src=service.picture,
            alt="",
            width="480",
            height="320",
            class_name="h-16 w-16 shrink-0 rounded-control object-cover dark:brightness-90 sm:w-24",
        ),
        rx.el.div(
            rx.el.h2(
                link(
                    service.title,
                    href=service.href,
                    class_name="after:absolute after:inset-0 group-hover:underline underline-offset-4",
                ),
                dir="auto",
                class_name="line-clamp-2 font-sans text-base font-semibold wrap-anywhere",
            ),
            rx.el.p(f"{service.price} · {service.duration}", class_name=FIGURE),
            rx.cond(
                service.status == "active",
                rx.el.p(f"Next free: {service.next_free}", class_name=f"{FIGURE} md:hidden"),
            ),
            rx.el.p(f"{service.bookings} in 30 days", class_name=f"{FIGURE} md:hidden"),
            rx.el.p(_marks(service), class_name="mt-1 flex flex-wrap gap-1.5 empty:hidden"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.div(
            rx.cond(
                service.status == "active",
                rx.fragment(
                    rx.el.p(service.next_free, class_name="text-sm font-medium"),
                    rx.el.p("Next free time", class_name="text-xs text-ink-faint"),
                ),
            ),
            class_name="w-36 shrink-0 max-lg:hidden",
        ),
        rx.el.div(
            rx.el.p(service.bookings, class_name="text-sm font-medium tabular-nums"),
            rx.el.p("in the next 30 days", class_name="text-xs text-ink-faint"),
            class_name="w-32 shrink-0 max-md:hidden",
        ),
        _menu(service),
        key=service.id,
        class_name="group relative flex items-center gap-3 p-3 sm:gap-4 first:rounded-t-card last:rounded-b-card"
        " hover:bg-sunken sm:px-4",
    )


def _marks(service: Any) -> rx.Component:
    return rx.fragment(
        rx.match(
            service.status,
            ("paused", badge("Paused", tone="warn", icon="pause")),
            ("archived", badge("Archived", icon="archive")),
            rx.fragment(),
        ),
        rx.cond(service.unlisted, badge("Only with the link", icon="link")),
    )


def _menu(service: Any) -> rx.Component:
    """What can be done with a service. It opens and closes without a script, and with the keyboard."""
    sure = f"delete-{service.id}"
    return rx.el.div(
        rx.el.details(
            rx.el.summary(
                rx.icon("ellipsis", size=20, aria_hidden=True),
                rx.el.span(f"What to do with {service.title}", class_name="sr-only"),
                class_name="flex size-11 list-none items-center justify-center rounded-control text-ink-soft"
                " hover:bg-surface hover:text-ink [&::-webkit-details-marker]:hidden",
            ),
            rx.el.div(
                *_deeds(service, sure),
                class_name="absolute top-full right-0 z-40 flex w-52 flex-col gap-1 rounded-card border border-line"
                " bg-surface p-2 shadow-high",
            ),
            custom_attrs={"data-menu": ""},
            class_name="relative",
        ),
        dialog(
            sure,
            "Delete this service?",
            rx.el.p("Nobody has booked it yet, so nothing is left of it afterwards."),
            footer=rx.fragment(
                button("Keep it", kind="secondary", **closes(sure)),
                button("Delete", kind="danger", on_click=OwnServices.delete(service.id), **closes(sure)),
            ),
        ),
        class_name="relative z-10 has-[details[open]]:z-20",
    )


def _deeds(service: Any, sure: str) -> list[rx.Component]:
    return [
        link(rx.icon("pencil", size=18), "Edit", href=service.href, class_name=MENU_ITEM),
        rx.match(
            service.status,
            (
                "active",
                rx.fragment(
                    _deed("link", "Copy the link", _copy(service.public_href)),
                    _deed("pause", "Pause", OwnServices.set_status(service.id, "paused")),
                ),
            ),
            (
                "paused",
                rx.fragment(
                    _deed("link", "Copy the link", _copy(service.public_href)),
                    _deed("play", "Resume", OwnServices.set_status(service.id, "active")),
                ),
            ),
            _deed("archive-restore", "Offer again", OwnServices.set_status(service.id, "active")),
        ),
        _deed("copy", "Duplicate", OwnServices.duplicate(service.id)),
        rx.cond(
            service.status != "archived",
            _deed("archive", "Archive", OwnServices.set_status(service.id, "archived")),
        ),
        rx.cond(
            service.deletable,
            rx.el.button(
                rx.icon("trash-2", size=18, aria_hidden=True),
                "Delete",
                type="button",
                class_name=f"{MENU_ITEM} text-bad-ink",
                **opens(sure),
            ),
        ),
    ]


def _deed(icon: str, label: str, event: Any) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=18, aria_hidden=True), label, type="button", on_click=event, class_name=MENU_ITEM
    )


def _copy(address: Any) -> list[Any]:
    return [rx.set_clipboard(address), Viewer.tell("The link is copied.", "success")]
