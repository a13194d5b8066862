"""The frames of all pages: the public one, and the workspace of providers."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from appointly.components.buttons import KINDS, SHAPE, form_button, icon_button, link_button
from appointly.components.feedback import notice
from appointly.components.links import link, skip_link
from appointly.components.marks import avatar, logo
from appointly.state.base import Viewer

MENU_ITEM = "flex min-h-11 w-full items-center gap-3 rounded-control px-3 text-sm font-medium hover:bg-sunken"
NAVIGATION_LINK = "rounded-control px-3 py-2 text-sm font-medium text-ink-soft hover:bg-sunken hover:text-ink"
BOTTOM_PLACES = 5
BOTTOM_PLACE = (
    "flex min-h-16 flex-col items-center justify-center gap-1 text-xs font-medium low:min-h-11 low:flex-row low:gap-2"
)
FOOTER_LINK = "inline-block py-1.5 text-sm text-ink-soft hover:text-ink hover:underline"
WIDTH = "mx-auto w-full max-w-page px-4 sm:px-6"
WORKSPACE_PLACES = (
    ("Today", "/dashboard", "layout-dashboard"),
    ("Bookings", "/dashboard/bookings", "list-checks"),
    ("Calendar", "/dashboard/calendar", "calendar-days"),
    ("Queue", "/dashboard/queue", "users"),
    ("Services", "/dashboard/services", "sparkles"),
    ("Availability", "/dashboard/availability", "calendar-clock"),
    ("Reviews", "/dashboard/reviews", "star"),
    ("Profile", "/dashboard/profile", "store"),
)
Places = Sequence[tuple[str, str, str]]
FOOTER = (
    (
        "For customers",
        (("Find an appointment", "/services"), ("Your bookings", "/account"), ("Sign in", "/login")),
    ),
    (
        "For providers",
        (
            ("Offer your services", "/become-provider"),
            ("Provider sign-in", "/login-provider"),
            ("Dashboard", "/dashboard"),
        ),
    ),
    ("Appointly", (("About us", "/about"), ("Contact", "/contact"), ("For developers", "/api/v1/docs"))),
)


def page(*children: Any, wide: bool = False, footer: bool = True) -> rx.Component:
    """A public page: header, the page's own content in `main`, footer. `wide` lets content reach the edges."""
    return rx.el.div(
        _header(),
        rx.el.main(
            *children,
            id="content",
            tab_index=-1,
            class_name="flex-1 outline-none" if wide else f"{WIDTH} flex-1 py-8 outline-none sm:py-10 low:py-4",
        ),
        _footer() if footer else rx.fragment(),
        notice(Viewer.notice, Viewer.notice_kind, Viewer.notice_number, Viewer.dismiss_notice),
        id="page",
        class_name="flex min-h-dvh flex-col",
    )


def workspace(*children: Any, current: str = "/dashboard", places: Places = WORKSPACE_PLACES) -> rx.Component:
    """A page of a workspace: its places on the left, on phones at the bottom; `current` is the page's address."""
    return rx.el.div(
        rx.el.aside(
            skip_link(),
            link(logo(), href="/", class_name="px-3"),
            rx.el.nav(
                *[_place(label, href, icon, current == href) for label, href, icon in places],
                aria_label="Workspace",
                class_name="mt-8 flex flex-col gap-1",
            ),
            rx.el.div(
                theme_button(),
                _account_menu("bottom-full left-0 mb-2"),
                class_name="mt-auto flex items-center justify-between",
            ),
            class_name="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col border-r border-line bg-surface px-3 py-5"
            " lg:flex",
        ),
        rx.el.div(
            rx.el.header(
                link(logo(), href="/"),
                rx.el.div(theme_button(), _account_menu("top-full right-0 mt-2"), class_name="flex items-center gap-1"),
                class_name="flex h-16 items-center justify-between border-b border-line bg-surface px-4 lg:hidden"
                " low:h-12",
            ),
            rx.el.main(
                *children,
                id="content",
                tab_index=-1,
                class_name="w-full max-w-wide flex-1 px-4 py-6 outline-none sm:px-8 sm:py-8 low:py-3",
            ),
            class_name="flex min-w-0 flex-1 flex-col pb-16 lg:pb-0",
        ),
        _bottom_bar(current, places),
        notice(Viewer.notice, Viewer.notice_kind, Viewer.notice_number, Viewer.dismiss_notice),
        id="page",
        class_name="flex min-h-dvh",
    )


def theme_button() -> rx.Component:
    """Switches between light and dark."""
    return rx.el.span(
        rx.el.span(icon_button("moon", "Dark colours", on_click=rx.toggle_color_mode), class_name="dark:hidden"),
        rx.el.span(icon_button("sun", "Light colours", on_click=rx.toggle_color_mode), class_name="hidden dark:inline"),
    )


def _header() -> rx.Component:
    return rx.el.header(
        skip_link(),
        rx.el.div(
            link(logo(), href="/", aria_label="Appointly, start page", class_name="flex min-h-11 items-center"),
            rx.el.nav(
                link("Find an appointment", href="/services", class_name=NAVIGATION_LINK),
                rx.cond(
                    Viewer.role == "provider",
                    link("Dashboard", href="/dashboard", class_name=NAVIGATION_LINK),
                    rx.cond(
                        Viewer.role == "admin",
                        link("Overview", href="/admin", class_name=NAVIGATION_LINK),
                        link("For providers", href="/become-provider", class_name=NAVIGATION_LINK),
                    ),
                ),
                aria_label="Main",
                class_name="ml-6 hidden gap-1 md:flex",
            ),
            rx.el.div(
                link(
                    rx.icon("search", size=20, aria_hidden=True),
                    href="/services",
                    aria_label="Find an appointment",
                    class_name=f"{SHAPE} {KINDS['quiet']} size-11 md:hidden",
                ),
                theme_button(),
                rx.cond(
                    Viewer.signed_in,
                    _account_menu("top-full right-0 mt-2"),
                    rx.el.div(
                        link_button("Sign in", href="/login", kind="quiet", class_name="max-sm:px-3"),
                        link_button("Sign up", href="/signup", class_name="max-sm:hidden"),
                        class_name="flex gap-1",
                    ),
                ),
                class_name="ml-auto flex items-center gap-1",
            ),
            class_name="mx-auto flex h-16 w-full max-w-page items-center px-4 sm:px-6 low:h-12",
        ),
        class_name="sticky top-0 z-30 border-b border-line bg-surface low:static",
    )


def _account_menu(place: str) -> rx.Component:
    """Opens and closes without a script, and with the keyboard."""
    home = rx.match(
        Viewer.role,
        (
            "provider",
            rx.fragment(
                link(rx.icon("layout-dashboard", size=18), "Dashboard", href="/dashboard", class_name=MENU_ITEM),
                link(rx.icon("calendar-check", size=18), "What you booked", href="/account", class_name=MENU_ITEM),
            ),
        ),
        ("admin", link(rx.icon("layout-dashboard", size=18), "Overview", href="/admin", class_name=MENU_ITEM)),
        link(rx.icon("calendar-check", size=18), "Your bookings", href="/account", class_name=MENU_ITEM),
    )
    return rx.el.details(
        rx.el.summary(
            avatar(Viewer.initials, 1, "small"),
            rx.el.span("Your account", class_name="sr-only"),
            class_name="flex size-11 list-none items-center justify-center rounded-full hover:bg-sunken"
            " [&::-webkit-details-marker]:hidden",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p(Viewer.name, dir="auto", class_name="truncate font-semibold"),
                rx.el.p(Viewer.email, class_name="truncate text-sm text-ink-faint"),
                class_name="border-b border-line px-3 pt-1 pb-3",
            ),
            home,
            link(rx.icon("settings", size=18), "Settings", href="/account/settings", class_name=MENU_ITEM),
            form_button(rx.icon("log-out", size=18), "Sign out", action="/session/logout", class_name=MENU_ITEM),
            class_name=f"absolute {place} z-40 flex w-60 flex-col gap-1 rounded-card border border-line bg-surface p-2"
            " shadow-high",
        ),
        custom_attrs={"data-menu": ""},
        class_name="relative",
    )


def _place(label: str, href: str, icon: str, here: bool) -> rx.Component:
    colour = "bg-accent-soft text-accent-ink" if here else "text-ink-soft hover:bg-sunken hover:text-ink"
    return link(
        rx.icon(icon, size=20, aria_hidden=True),
        label,
        href=href,
        class_name=f"flex min-h-11 items-center gap-3 rounded-control px-3 text-sm font-medium {colour}",
        **({"aria_current": "page"} if here else {}),
    )


def _bottom_place(label: str, href: str, icon: str, here: bool) -> rx.Component:
    return link(
        rx.icon(icon, size=20, aria_hidden=True),
        label,
        href=href,
        class_name=f"{BOTTOM_PLACE} {'text-accent' if here else 'text-ink-soft'}",
        **({"aria_current": "page"} if here else {}),
    )


def _bottom_bar(current: str, places: Places) -> rx.Component:
    """Five places within reach of a thumb; where there are more, the fifth opens the others."""
    shown, others = (
        (places, ()) if len(places) <= BOTTOM_PLACES else (places[: BOTTOM_PLACES - 1], places[BOTTOM_PLACES - 1 :])
    )
    return rx.el.nav(
        *[_bottom_place(label, href, icon, current == href) for label, href, icon in shown],
        _more(current, others) if others else rx.fragment(),
        aria_label="Workspace",
        class_name="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-surface"
        " lg:hidden",
    )


def _more(current: str, places: Places) -> rx.Component:
    here = any(href == current for _, href, _ in places)
    return rx.el.details(
        rx.el.summary(
            rx.icon("ellipsis", size=20, aria_hidden=True),
            "More",
            class_name=f"{BOTTOM_PLACE} list-none {'text-accent' if here else 'text-ink-soft'}"
            " [&::-webkit-details-marker]:hidden",
        ),
        rx.el.div(
            *[_place(label, href, icon, current == href) for label, href, icon in places],
            class_name="absolute right-2 bottom-full z-40 mb-2 flex w-56 flex-col gap-1 rounded-card border border-line"
            " bg-surface p-2 shadow-high",
        ),
        custom_attrs={"data-menu": ""},
        class_name="relative",
    )


def _footer() -> rx.Component:
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                logo(),
                rx.el.p(
                    "Real free times, booked in a minute, and the truth at every step.",
                    class_name="mt-3 max-w-form text-sm text-ink-soft",
                ),
                class_name="col-span-2 md:col-span-1",
            ),
            *[
                rx.el.nav(
                    rx.el.h2(title, class_name="font-sans text-sm font-semibold"),
                    rx.el.ul(
                        *[
                            rx.el.li(
                                link(
                                    label,
                                    href=href,
                                    class_name=FOOTER_LINK,
                                    **({"reload_document": True} if href.startswith("/api/") else {}),
                                )
                            )
                            for label, href in links
                        ],
                        class_name="mt-2",
                    ),
                    aria_label=title,
                )
                for title, links in FOOTER
            ],
            class_name=f"{WIDTH} grid grid-cols-2 gap-8 py-12 md:grid-cols-4",
        ),
        class_name="mt-12 border-t border-line bg-surface",
    )
