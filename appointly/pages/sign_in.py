"""Signing in and signing up. Plain forms: they work before any script has run."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, form_button, looks
from appointly.components.choices import choice_card, group
from appointly.components.feedback import message
from appointly.components.fields import text_field
from appointly.components.forms import form, hidden
from appointly.components.google import google_link
from appointly.components.links import text_link
from appointly.components.surfaces import card
from appointly.pages.shell import page
from appointly.state.sign_in import SignInForm

DEMO_ROLES = (("customer", "As a customer"), ("provider", "As a provider"), ("admin", "As an admin"))


def login() -> rx.Component:
    """The door of everybody but providers."""
    return _frame(
        "Welcome back",
        "Sign in to see your bookings.",
        _google("login"),
        _login_form("customer"),
        _instead("New here? ", "Make an account", "/signup"),
        _instead("You offer services? ", "Provider sign-in", "/login-provider"),
        _demo("customer", "provider", "admin"),
    )


def login_provider() -> rx.Component:
    """The providers' own door."""
    return _frame(
        "Your day, one step away",
        "Sign in to your schedule, requests and earnings.",
        _google("provider"),
        _login_form("provider"),
        _instead("Not with us yet? ", "Offer your services", "/become-provider"),
        _instead("Looking for your own bookings? ", "Customer sign-in", "/login"),
        _demo("provider"),
    )


def signup() -> rx.Component:
    """Make an account."""
    return _frame(
        "Make your account",
        "It takes half a minute. You can also book without one.",
        rx.cond(SignInForm.role == "provider", _google("business"), _google("signup")),
        form(
            hidden("next", SignInForm.then),
            group(
                "I want to",
                _role("customer", "Book appointments", "calendar-check"),
                _role("provider", "Offer services", "store"),
            ),
            text_field("Your name", name="name", error=SignInForm.name_error, auto_complete="name", **_kept("name")),
            _email(),
            text_field(
                "Password",
                name="password",
                type="password",
                error=SignInForm.password_error,
                hint="At least 8 characters. A short sentence is easy to remember.",
                auto_complete="new-password",
            ),
            button("Make my account", type="submit", size="large"),
            action="/session/signup",
            class_name="flex flex-col gap-4",
        ),
        _instead("Already with us? ", "Sign in", "/login"),
    )


def _frame(title: str, lead: str, *parts: Any) -> rx.Component:
    return page(
        rx.el.div(
            rx.el.h1(title, class_name="text-2xl font-semibold"),
            rx.el.p(lead, class_name="mt-1 text-ink-soft"),
            card(
                rx.cond(
                    SignInForm.error,
                    rx.cond(
                        SignInForm.other_door,
                        message(SignInForm.error, tone="info", role="alert"),
                        message(SignInForm.error, tone="bad", role="alert"),
                    ),
                ),
                *parts,
                class_name="mt-6 flex flex-col gap-5 p-5 sm:p-6",
            ),
            class_name="mx-auto max-w-form",
        )
    )


def _kept(name: str) -> dict[str, Any]:
    """Fills a field with what had been typed when the form was refused."""
    typed = getattr(SignInForm, name)
    return {"default_value": typed, "key": f"{name}-{typed}"}


def _google(came_from: str) -> rx.Component:
    """The way through Google, where it is set up."""
    return rx.cond(
        SignInForm.google,
        rx.el.div(
            google_link("Continue with Google", came_from, SignInForm.google),
            rx.el.p(
                "or",
                class_name="flex items-center gap-3 text-sm text-ink-faint before:h-px before:flex-1 before:bg-line"
                " after:h-px after:flex-1 after:bg-line",
            ),
            class_name="flex flex-col gap-5",
        ),
    )


def _email() -> rx.Component:
    return text_field(
        "Email address",
        name="email",
        type="email",
        error=SignInForm.email_error,
        auto_complete="email",
        **_kept("email"),
    )


def _login_form(door: str) -> rx.Component:
    return form(
        hidden("next", SignInForm.then),
        hidden("page", door),
        _email(),
        text_field(
            "Password",
            name="password",
            type="password",
            error=SignInForm.password_error,
            auto_complete="current-password",
        ),
        rx.el.p(text_link("Forgotten your password?", href="/reset-password"), class_name="text-sm"),
        button("Sign in", type="submit", size="large"),
        action="/session/login",
        class_name="flex flex-col gap-4",
    )


def _role(value: str, label: str, icon: str) -> rx.Component:
    return choice_card(
        label, icon=icon, name="role", value=value, default_checked=SignInForm.role == value, key=SignInForm.role
    )


def _instead(question: str, answer: str, href: str) -> rx.Component:
    return rx.el.p(question, text_link(answer, href=href), class_name="text-sm text-ink-soft")


def _demo(*roles: str) -> rx.Component:
    """One click, where the demo's data are."""
    return rx.cond(
        SignInForm.demo,
        rx.el.div(
            rx.el.p("This is a demo. Look around at once:", class_name="text-sm text-ink-soft"),
            rx.el.div(
                *[
                    form_button(
                        label,
                        action="/session/demo",
                        class_name=looks("secondary", "small", "w-full"),
                        role=role,
                        next=SignInForm.then,
                    )
                    for role, label in DEMO_ROLES
                    if role in roles
                ],
                class_name="mt-3 grid gap-2",
            ),
            class_name="border-t border-line pt-5",
        ),
    )
