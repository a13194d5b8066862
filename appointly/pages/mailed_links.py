"""What a mailed link leads to: one thing to read, one button. Plain forms: they work before any script has run."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, message
from appointly.components.fields import text_field
from appointly.components.forms import form, hidden
from appointly.components.links import text_link
from appointly.components.surfaces import card
from appointly.pages.shell import page
from appointly.state.mailed_links import MailedLink

FORM = "flex flex-col gap-4"


def reset_password() -> rx.Component:
    """The page at /reset-password: asks for the link."""
    return rx.cond(MailedLink.sent, page(_sent()), page(_frame(*_ask())))


def _frame(title: str, lead: str, *parts: Any) -> rx.Component:
    return rx.el.div(
        rx.el.h1(title, class_name="text-2xl font-semibold"),
        rx.el.p(lead, class_name="mt-1 text-ink-soft"),
        card(
            rx.cond(MailedLink.error, message(MailedLink.error, tone="bad", role="alert")),
            *parts,
            class_name="mt-6 flex flex-col gap-5 p-5 sm:p-6",
        ),
        class_name="mx-auto max-w-form",
    )


def _ask() -> tuple[Any, ...]:
    return (
        "Forgotten your password?",
        "We mail you a link to set a new one.",
        form(
            text_field(
                "Email address",
                name="email",
                type="email",
                error=MailedLink.email_error,
                auto_complete="email",
                max_length=254,
                default_value=MailedLink.email,
                key=f"email-{MailedLink.email}",
            ),
            button("Mail me a link", type="submit", size="large"),
            action="/session/reset-password",
            class_name=FORM,
        ),
        rx.el.p("Remembered it? ", text_link("Sign in", href="/login"), class_name="text-sm text-ink-soft"),
    )


def _sent() -> rx.Component:
    return empty_state(
        "mail",
        "Look into your mailbox",
        "If there is an account with this address, a link is on its way. It is good for half an hour. Nothing there in"
        " a few minutes? Look into the spam folder, then ask again: links that you have stay good.",
        link_button("Ask again", href="/reset-password", kind="secondary"),
        link_button("Back to sign in", href="/login", kind="quiet"),
        level=1,
    )


def new_password() -> rx.Component:
    """The page at /reset-password/new: the link was opened."""
    return page(
        _frame(
            "Set a new password",
            "You are then signed in here, and signed out everywhere else.",
            form(
                hidden("link", MailedLink.link),
                text_field(
                    "New password",
                    name="password",
                    type="password",
                    error=MailedLink.password_error,
                    hint="At least 8 characters. A short sentence is easy to remember.",
                    auto_complete="new-password",
                ),
                button("Set it and sign in", type="submit", size="large"),
                action="/session/new-password",
                class_name=FORM,
            ),
        )
    )


def confirm() -> rx.Component:
    """The page at /confirm: one button, or what it has done."""
    return page(
        rx.cond(
            MailedLink.done != "",
            rx.match(
                MailedLink.done,
                ("half", _done("mail-check", "One half is done", HALF)),
                ("changed", _done("circle-check", "Your account has moved", CHANGED)),
                ("returned", _done("shield-check", "Your account is yours again", RETURNED, "/reset-password")),
                _done("circle-check", "Your address is confirmed", VERIFIED),
            ),
            rx.cond(
                MailedLink.error != "",
                empty_state("link-2-off", "This link is not good any more", ENDED, *_ways(), level=1),
                rx.match(
                    MailedLink.what,
                    ("leave_email", _button("Move your account?", LEAVE, "Confirm from this address")),
                    ("take_email", _button("Is this your new address?", TAKE, "Confirm this address")),
                    ("way_back", _button("Take your account back?", BACK, "Take my account back")),
                    _button("Is this your address?", VERIFY, "Confirm my address"),
                ),
            ),
        )
    )


VERIFY = "Confirm it, so that news of your bookings reaches you."
LEAVE = "Your account is to leave this address. It moves when you have confirmed it at both."
TAKE = "Your account is to be reached at this address from now on."
BACK = "It returns to this address, everybody is signed out of it, and you set a new password."
VERIFIED = "News of your bookings will reach you."
HALF = "Now open the link that we have mailed to the other address. The account moves with the second of the two."
CHANGED = "Sign in with the new address from now on. Your password is the same."
RETURNED = (
    "Everybody is signed out, and nobody can sign in with the old password. We have mailed you a link to set a new one."
)
ENDED = "It may have been used already, or it came too late. You can ask for a new one in your settings."


def _ways() -> tuple[rx.Component, ...]:
    return (
        link_button("Go to your settings", href="/account/settings"),
        link_button("To the start page", href="/", kind="quiet"),
    )


def _done(icon: str, title: str, sentence: str, ask_again: str = "") -> rx.Component:
    again = (link_button("Mail me another link", href=ask_again, kind="secondary"),) if ask_again else ()
    return empty_state(icon, title, sentence, *(again or _ways()), level=1)


def _button(title: str, lead: str, label: str) -> rx.Component:
    return _frame(
        title,
        lead,
        form(
            hidden("link", MailedLink.link),
            button(label, type="submit", size="large"),
            action="/session/confirm",
            class_name=FORM,
        ),
    )
