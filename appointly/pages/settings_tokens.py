"""Personal API tokens, a part of the settings."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.copying import copy_button
from appointly.components.feedback import message
from appointly.components.fields import CONTROL, LABEL, checkbox, field, option, select, text_field
from appointly.components.links import text_link
from appointly.components.surfaces import section, unfolds
from appointly.domain.rights import SCOPES
from appointly.state.api_tokens import COPY, FIELD, ApiTokens

LIVES = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("0", "Until you revoke it"))


def api_tokens() -> rx.Component:
    """Make, see and revoke tokens."""
    return section(
        "tokens",
        "API tokens",
        rx.fragment(
            "With a token a program of yours acts for you. It may do what you tick here, never change your account. ",
            text_link("How it is used", href="/api/v1/docs", reload_document=True),
        ),
        rx.el.div(_secret(), class_name=rx.cond(ApiTokens.shown, "", "hidden")),
        rx.cond(
            ApiTokens.tokens,
            rx.el.ul(rx.foreach(ApiTokens.tokens, _token), class_name="divide-y divide-line border-y border-line"),
        ),
        rx.el.details(
            unfolds("Make a token"),
            _form(),
            key=f"made-{ApiTokens.made}",
        ),
    )


def _secret() -> rx.Component:
    """Shown once."""
    return message(
        rx.el.p("This is your token. Keep it now: it is not shown again.", class_name="font-medium"),
        rx.el.input(
            id=FIELD,
            read_only=True,
            auto_complete="off",
            spell_check=False,
            aria_label="Your token",
            class_name=f"{CONTROL} mt-2 font-mono",
        ),
        rx.el.div(
            copy_button("Copy", "", id=COPY),
            button("I have kept it", kind="quiet", size="small", on_click=ApiTokens.hide),
            class_name="mt-3 flex gap-2",
        ),
        tone="good",
    )


def _token(token: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(token.name, dir="auto", class_name="font-medium wrap-anywhere"),
                rx.el.code(token.hint, class_name="text-sm text-ink-faint"),
                class_name="flex flex-wrap items-baseline gap-x-2",
            ),
            rx.el.p(f"{token.used} · {token.ends}", class_name="text-sm text-ink-faint"),
            rx.el.ul(
                rx.foreach(token.may, lambda words: rx.el.li(words)),
                class_name="mt-1 list-inside list-disc text-sm text-ink-soft",
            ),
            class_name="min-w-0 flex-1",
        ),
        button(
            "Revoke",
            rx.el.span(token.name, class_name="sr-only"),
            kind="danger",
            size="small",
            on_click=ApiTokens.revoke(token.id),
        ),
        class_name="flex items-start gap-4 py-3",
    )


def _form() -> rx.Component:
    errors = ApiTokens.errors
    return rx.el.form(
        rx.cond(errors["form"] != "", message(errors["form"], tone="bad", role="alert")),
        text_field(
            "What is it for?",
            name="token_name",
            error=errors["token_name"],
            hint="For example the name of the program.",
            max_length=80,
            auto_complete="off",
        ),
        rx.el.fieldset(
            rx.el.legend("What may it do?", class_name=LABEL),
            *[checkbox(words, name=scope) for scope, words in SCOPES.items()],
            rx.cond(errors["scopes"] != "", rx.el.p(errors["scopes"], role="alert", class_name="text-sm text-bad-ink")),
        ),
        field(
            "How long is it good?",
            select(
                *[option(words, days) for days, words in LIVES],
                label="How long is it good?",
                id="days",
                name="days",
                default_value="90",
            ),
            name="days",
        ),
        rx.el.div(button("Make the token", type="submit")),
        on_submit=ApiTokens.make,
        reset_on_submit=False,
        no_validate=True,
        class_name="mt-4 flex flex-col gap-5",
    )
