"""Taking one's data along, and leaving: parts of the settings page, and the page after it."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button, looks
from appointly.components.feedback import empty_state, message
from appointly.components.fields import text_field
from appointly.components.forms import form
from appointly.components.links import outward_link, text_link
from appointly.components.surfaces import section, unfolds
from appointly.pages.shell import page
from appointly.state.delete_account import DeleteAccount


def export_section() -> rx.Component:
    """Everything as a zip."""
    return section(
        "data",
        "Your data",
        "Everything we know of you as one file: for programs, for tables and for calendars.",
        outward_link(
            rx.icon("download", size=18, aria_hidden=True),
            "Download my data",
            href="/session/export",
            class_name=looks("secondary", "medium", "self-start"),
        ),
    )


def delete_section() -> rx.Component:
    """What would happen, and the way to do it."""
    return section("delete", "Delete your account", "You see what happens before anything does.", _delete())


def _delete() -> rx.Component:
    return rx.cond(
        DeleteAccount.possible,
        rx.el.div(
            rx.cond(DeleteAccount.error, message(DeleteAccount.error, tone="bad", role="alert")),
            rx.el.details(
                unfolds("Delete my account", "text-bad-ink"),
                rx.el.p("This cannot be undone. What happens:", class_name="mt-2 text-sm font-medium"),
                rx.el.ul(
                    rx.foreach(DeleteAccount.consequences, _consequence),
                    class_name="mt-2 mb-5 flex list-disc flex-col gap-2 pl-5 text-sm text-ink-soft",
                ),
                rx.cond(DeleteAccount.has_password, _ask(), _no_password()),
                open=DeleteAccount.error != "",
            ),
            class_name="flex flex-col gap-4",
        ),
        rx.el.p("An admin's account is not deleted here. Ask whoever runs the servers.", class_name="text-sm"),
    )


def _consequence(sentence: Any) -> rx.Component:
    return rx.el.li(sentence)


def _ask() -> rx.Component:
    return form(
        text_field("Your password", name="own_password", type="password", auto_complete="current-password"),
        text_field("Type “delete” to confirm", name="word", auto_complete="off", spell_check=False),
        rx.el.div(button("Delete my account for good", type="submit", kind="danger")),
        action="/session/delete-account",
        class_name="flex max-w-form flex-col gap-4",
    )


def _no_password() -> rx.Component:
    return rx.el.p(
        "Your account has no password that could show us it is you. ",
        text_link("Set one by mail first", href="/reset-password"),
        ", then come back.",
        class_name="text-sm",
    )


def account_deleted() -> rx.Component:
    """The page after it."""
    return page(
        empty_state(
            "door-open",
            "Your account is deleted",
            "Your details are removed. You can book without an account, or make a new one at any time.",
            link_button("Find an appointment", href="/services"),
            level=1,
        )
    )
