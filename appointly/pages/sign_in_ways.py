"""The ways into one's own account: a part of the settings page."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.feedback import message
from appointly.components.google import google_link
from appointly.components.links import text_link
from appointly.components.marks import google_mark
from appointly.state.sign_in_ways import SignInWays


def sign_in_ways() -> rx.Component:
    """Password and Google accounts, each with what can be done about it."""
    return rx.el.div(
        rx.cond(SignInWays.error, message(SignInWays.error, tone="bad", role="alert")),
        rx.el.ul(
            _row(
                rx.icon("key-round", size=20, aria_hidden=True, class_name="shrink-0 text-ink-faint"),
                "Password",
                rx.cond(SignInWays.has_password, "Set", "None yet"),
                rx.cond(
                    SignInWays.has_password,
                    rx.fragment(),
                    rx.el.span(text_link("Set one by mail", href="/reset-password"), class_name="text-sm"),
                ),
            ),
            rx.foreach(SignInWays.ways, _way),
            class_name="divide-y divide-line border-y border-line",
        ),
        rx.cond(SignInWays.google, google_link("Add a Google account", "settings", SignInWays.google, "medium")),
        class_name="flex flex-col items-start gap-5 [&>ul]:w-full",
    )


def _way(way: Any) -> rx.Component:
    return _row(
        google_mark(),
        rx.el.bdi(rx.cond(way.email, way.email, "Google")),
        f"Google, since {way.since}",
        rx.cond(
            SignInWays.only_way,
            rx.el.span("Your only way in", class_name="text-sm text-ink-soft"),
            button(
                "Remove",
                rx.el.span(way.email, class_name="sr-only"),
                kind="secondary",
                size="small",
                on_click=SignInWays.remove(way.id),
            ),
        ),
    )


def _row(mark: rx.Component, title: Any, note: Any, action: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.span(mark, class_name="flex w-5 shrink-0 justify-center"),
        rx.el.div(
            rx.el.p(title, class_name="font-medium wrap-anywhere"),
            rx.el.p(note, class_name="text-sm text-ink-faint"),
            class_name="min-w-0 flex-1",
        ),
        action,
        class_name="flex items-center gap-4 py-3",
    )
