"""Everything a person does with their own account, in one calm column."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, form_button, link_button, looks
from appointly.components.feedback import message, skeleton
from appointly.components.fields import field, option, select, text_field
from appointly.components.forms import form
from appointly.components.marks import badge
from appointly.components.surfaces import page_title, section, unfolds
from appointly.components.zones import zone_options
from appointly.pages.feeds import feeds_section
from appointly.pages.own_data import delete_section, export_section
from appointly.pages.settings_tokens import api_tokens
from appointly.pages.shell import page
from appointly.pages.sign_in_ways import sign_in_ways
from appointly.state.settings_page import SettingsPage
from appointly.state.sign_in_ways import SignInWays

FORM = "flex flex-col gap-5"


def settings() -> rx.Component:
    """The page at /account/settings."""
    return page(
        rx.el.div(
            page_title("Settings", "Your account, and who may get into it."),
            rx.cond(
                SettingsPage.loaded,
                rx.el.div(*[part() for part in PARTS], class_name="flex flex-col gap-6"),
                rx.el.div(*[skeleton("h-48 w-full") for _ in range(3)], class_name="flex flex-col gap-6"),
            ),
            class_name="mx-auto flex max-w-text flex-col gap-8",
        ),
    )


def _profile() -> rx.Component:
    return section(
        "profile",
        "You",
        "Providers see your name when you book.",
        rx.el.form(
            text_field(
                "Your name",
                name="name",
                error=SettingsPage.errors["name"],
                auto_complete="name",
                max_length=120,
                default_value=SettingsPage.name,
                key=f"name-{SettingsPage.name}",
            ),
            field(
                "Time zone", _zone_choice(), name="time_zone", error=SettingsPage.errors["time_zone"], hint=ZONE_HINT
            ),
            rx.el.div(button("Save", type="submit")),
            on_submit=SettingsPage.save,
            reset_on_submit=False,
            no_validate=True,
            class_name=FORM,
        ),
    )


ZONE_HINT = "Mails name your times in this zone, beside the zone of the place."


def _zone_choice() -> rx.Component:
    return select(
        option("Where the appointment is", ""),
        *zone_options(),
        label="Time zone",
        id="time_zone",
        name="time_zone",
        default_value=SettingsPage.time_zone,
        key=f"zone-{SettingsPage.time_zone}",
        aria_describedby="time_zone-note",
    )


def _ways() -> rx.Component:
    return rx.cond(
        SignInWays.shown,
        section("ways-in", "Ways to sign in", "Each of these opens your account on its own.", sign_in_ways()),
    )


def _email() -> rx.Component:
    moving = rx.el.p(
        "Moving to ",
        rx.el.strong(SettingsPage.moving_to, class_name="font-semibold wrap-anywhere"),
        ": open the links that we have mailed to both addresses, in any order, within 24 hours.",
    )
    return section(
        "email",
        "Email address",
        "News of your bookings goes here, and it is what you sign in with.",
        rx.el.p(
            rx.el.span(SettingsPage.email, class_name="font-medium wrap-anywhere"),
            rx.cond(
                SettingsPage.verified,
                badge("Confirmed", tone="good", icon="check"),
                badge("Not confirmed", tone="warn", icon="triangle-alert"),
            ),
            class_name="flex flex-wrap items-center gap-2",
        ),
        rx.cond(
            SettingsPage.verified,
            rx.fragment(),
            rx.el.div(
                button(
                    "Mail me the link again", kind="secondary", size="small", on_click=SettingsPage.mail_verification
                )
            ),
        ),
        rx.cond(SettingsPage.moving_to != "", message(moving)),
        rx.el.details(unfolds("Use another address"), _other_email(), open=SettingsPage.email_open),
    )


def _other_email() -> rx.Component:
    return form(
        _problem("email_form"),
        text_field(
            "New address",
            name="email",
            id="new-email",
            type="email",
            error=SettingsPage.errors["email"],
            auto_complete="email",
            max_length=254,
            default_value=SettingsPage.typed_email,
            key=f"email-{SettingsPage.typed_email}",
        ),
        rx.cond(
            SettingsPage.has_password,
            text_field(
                "Your password",
                name="email_current",
                type="password",
                error=SettingsPage.errors["email_current"],
                auto_complete="current-password",
            ),
        ),
        rx.el.p(
            "We mail a link to both addresses. The account moves when both were opened.",
            class_name="text-sm text-ink-faint",
        ),
        rx.el.div(button("Mail both links", type="submit")),
        action="/session/email",
        class_name=f"{FORM} mt-4",
    )


def _problem(form: str) -> rx.Component:
    """What is wrong with a form as a whole."""
    sentence = SettingsPage.errors[form]
    return rx.cond(sentence != "", message(sentence, tone="bad", role="alert"))


def _password() -> rx.Component:
    change = form(
        rx.cond(SettingsPage.done == "password", message("Your password is changed.", tone="good")),
        _problem("password_form"),
        text_field(
            "Current password",
            name="current",
            type="password",
            error=SettingsPage.errors["current"],
            auto_complete="current-password",
        ),
        text_field(
            "New password",
            name="password",
            id="new-password",
            type="password",
            error=SettingsPage.errors["password"],
            hint="At least 8 characters. A short sentence is easy to remember.",
            auto_complete="new-password",
        ),
        rx.el.div(
            button("Change password", type="submit", kind="secondary"),
            link_button("Forgotten it?", href="/reset-password", kind="quiet"),
            class_name="flex flex-wrap gap-2",
        ),
        action="/session/password",
        class_name=FORM,
    )
    none = rx.el.div(
        rx.el.p("You sign in without one so far."),
        button("Mail me a link to set one", kind="secondary", on_click=SettingsPage.mail_password_link),
        class_name="flex flex-col items-start gap-4",
    )
    return section(
        "password",
        "Password",
        "With a new one you stay signed in here, and are signed out everywhere else.",
        rx.cond(SettingsPage.has_password, change, none),
    )


def _places() -> rx.Component:
    return section(
        "signed-in",
        "Signed in on",
        "If you do not know one of these, sign it out and change your password.",
        rx.el.ul(rx.foreach(SettingsPage.places, _place), class_name="divide-y divide-line border-y border-line"),
        rx.el.div(
            rx.cond(
                SettingsPage.elsewhere,
                button("Sign out everywhere else", kind="secondary", on_click=SettingsPage.end_others),
            ),
            form_button("Sign out everywhere", action="/session/end-all", class_name=looks("danger", "medium")),
            class_name="mt-5 flex flex-wrap gap-3",
        ),
    )


def _place(place: Any) -> rx.Component:
    return rx.el.li(
        rx.match(
            place.icon,
            ("smartphone", rx.icon("smartphone", size=20, aria_hidden=True, class_name="shrink-0 text-ink-faint")),
            ("laptop", rx.icon("laptop", size=20, aria_hidden=True, class_name="shrink-0 text-ink-faint")),
            rx.icon("square-terminal", size=20, aria_hidden=True, class_name="shrink-0 text-ink-faint"),
        ),
        rx.el.div(
            rx.el.p(
                rx.el.bdi(place.device),
                rx.cond(place.here, badge("This one", tone="good")),
                class_name="flex flex-wrap items-center gap-2 font-medium",
            ),
            rx.el.p(
                place.seen,
                rx.cond(place.address, f" · {place.address}", ""),
                class_name="text-sm wrap-anywhere text-ink-faint",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            place.here,
            rx.fragment(),
            button(
                "Sign out",
                rx.el.span(place.device, class_name="sr-only"),
                kind="secondary",
                size="small",
                on_click=SettingsPage.end(place.id),
            ),
        ),
        class_name="flex items-center gap-4 py-3",
    )


# In the order of the page. Further parts have their own file and are added here.
PARTS = (_profile, _email, _password, _ways, _places, feeds_section, api_tokens, export_section, delete_section)
