"""Add a Google account to the account that has its address already."""

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.fields import text_field
from appointly.components.forms import form
from appointly.components.links import text_link
from appointly.components.marks import google_mark
from appointly.components.surfaces import card
from appointly.pages.shell import page
from appointly.state.link_google import LinkGoogle


def link_google() -> rx.Component:
    """The page at /link-google."""
    return page(
        rx.el.div(
            rx.cond(
                LinkGoogle.loaded,
                rx.cond(LinkGoogle.waiting, _question(), _too_late()),
                skeleton("h-72 w-full"),
            ),
            class_name="mx-auto max-w-form",
        )
    )


def _too_late() -> rx.Component:
    return empty_state(
        "timer-off",
        "Nothing is waiting here",
        "This step is open for ten minutes, in the browser where it began. Please begin again.",
        link_button("Sign in", href="/login"),
        level=1,
    )


def _question() -> rx.Component:
    return rx.fragment(
        rx.el.h1("Add Google to your account", class_name="text-2xl font-semibold"),
        rx.el.p(
            rx.cond(
                LinkGoogle.signed_in,
                "From then on you can sign in with either.",
                "You have an account with this address already. Its password shows us that it is yours; we ask once.",
            ),
            class_name="mt-1 text-ink-soft",
        ),
        card(
            rx.cond(LinkGoogle.error, message(LinkGoogle.error, tone="bad", role="alert")),
            rx.el.div(
                google_mark(),
                rx.el.bdi(LinkGoogle.google_email, class_name="min-w-0 font-medium wrap-anywhere"),
                class_name="flex items-center gap-3 rounded-control bg-sunken px-3 py-3 text-sm",
            ),
            rx.cond(LinkGoogle.no_password, _no_password(), _form()),
            class_name="mt-6 flex flex-col gap-5 p-5 sm:p-6",
        ),
    )


def _form() -> rx.Component:
    return form(
        # For password managers: whose password it is. The account itself is named by the sealed cookie.
        rx.el.input(type="hidden", name="username", value=LinkGoogle.account_email, auto_complete="username"),
        rx.cond(
            LinkGoogle.has_password,
            text_field(
                "Password",
                name="password",
                type="password",
                hint="Your password here at Appointly, not Google's.",
                auto_complete="current-password",
            ),
        ),
        button("Add Google", type="submit", size="large"),
        rx.el.p(
            text_link("Not now", href=rx.cond(LinkGoogle.signed_in, "/account/settings", "/login")),
            class_name="text-center text-sm",
        ),
        action="/session/google/link",
        class_name="flex flex-col gap-4",
    )


def _no_password() -> rx.Component:
    return rx.el.div(
        rx.el.p("This account has no password yet. Set one by mail first, then sign in with Google again."),
        link_button("Set a password by mail", href="/reset-password", size="large"),
        class_name="flex flex-col gap-4",
    )
