"""Getting in line for a full day."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.fields import contact_fields
from appointly.components.links import TEXT_LINK, back_link
from appointly.components.surfaces import card
from appointly.pages.shell import page
from appointly.state.base import Viewer
from appointly.state.wait_join import WaitJoin

DAY = "min-h-11 rounded-full border px-4 text-sm font-medium transition-colors"


def wait_join() -> rx.Component:
    """The page at /services/{slug}/waitlist."""
    return page(
        rx.cond(WaitJoin.leads_to != "", rx.el.meta(http_equiv="refresh", content=f"0;url={WaitJoin.leads_to}")),
        rx.cond(
            WaitJoin.missing,
            rx.fragment(
                rx.el.h1("Waiting list", class_name="sr-only"),
                empty_state(
                    "calendar-x",
                    "There is nothing to wait for",
                    "This service takes no bookings at the moment, or it is gone.",
                    link_button("Find another service", href="/services"),
                ),
            ),
            rx.cond(WaitJoin.loaded, _join(), skeleton("mx-auto h-96 w-full max-w-text")),
        ),
        footer=False,
    )


def _join() -> rx.Component:
    return rx.el.div(
        back_link(WaitJoin.title, WaitJoin.service_href),
        rx.el.h1("Tell me when a time becomes free", class_name="mt-3 text-2xl font-semibold"),
        rx.el.p(
            rx.el.bdi(WaitJoin.title), " · ", rx.el.bdi(WaitJoin.provider), class_name="mt-1 font-medium wrap-anywhere"
        ),
        rx.el.p(
            f"When somebody cancels at {WaitJoin.provider}, the first in line is offered the time by mail, and it is "
            "kept for a while. You can take it or pass.",
            class_name="mt-2 text-ink-soft",
        ),
        rx.cond(
            WaitJoin.own_place != "",
            rx.el.div(
                message(
                    rx.el.p("You are on the list for this service already. We write to you."),
                    link_button(
                        "See your place", href=WaitJoin.own_place, kind="secondary", size="small", class_name="mt-3"
                    ),
                ),
                class_name="mt-6",
            ),
        ),
        rx.cond(
            WaitJoin.problem != "",
            rx.el.div(
                message(
                    rx.el.p(WaitJoin.problem),
                    rx.cond(
                        WaitJoin.can_book,
                        rx.el.div(
                            link_button("See the free times", href=WaitJoin.book_href, kind="secondary", size="small"),
                            class_name="mt-3",
                        ),
                    ),
                    tone="warn",
                    role="alert",
                ),
                class_name="mt-6",
            ),
        ),
        rx.cond(WaitJoin.days, card(_days(), _form(), class_name="mt-6 p-5 sm:p-6"), _all_free()),
        class_name="mx-auto max-w-text",
    )


def _all_free() -> rx.Component:
    return rx.el.div(
        empty_state(
            "calendar-heart",
            "No day is full",
            "You can simply book one of the free times.",
            link_button("See the free times", href=WaitJoin.book_href),
        ),
        class_name="mt-6",
    )


def _days() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Full days you would come on", class_name="font-medium"),
        rx.el.p("One or several.", class_name="text-sm text-ink-soft"),
        rx.el.div(rx.foreach(WaitJoin.days, _day), class_name="mt-3 flex flex-wrap gap-2"),
    )


def _day(day: Any) -> rx.Component:
    return rx.el.button(
        rx.cond(day.chosen, rx.icon("check", size=15, aria_hidden=True, class_name="mr-1.5 inline-block")),
        day.label,
        type="button",
        aria_pressed=day.chosen,
        on_click=WaitJoin.toggle(day.value),
        class_name=rx.cond(
            day.chosen,
            f"{DAY} border-accent bg-accent text-on-accent",
            f"{DAY} border-line-strong bg-surface hover:border-accent hover:bg-accent-soft",
        ),
    )


def _typed(name: str) -> dict[str, Any]:
    return {"name": name, "error": WaitJoin.errors[name], "default_value": getattr(WaitJoin, name)}


def _form() -> rx.Component:
    return rx.el.form(
        contact_fields(_typed),
        button("Put me on the list", type="submit", size="large", class_name="self-start"),
        rx.cond(
            Viewer.signed_in,
            rx.fragment(),
            rx.el.p(
                "No account needed: the mail has a link to see and leave the list. ",
                rx.el.a("Sign in", href=f"/login?next={WaitJoin.service_href}/waitlist", class_name=TEXT_LINK),
                " to have it in your account.",
                class_name="text-sm text-ink-soft",
            ),
        ),
        no_validate=True,
        reset_on_submit=False,
        on_submit=WaitJoin.submit,
        class_name="mt-6 flex flex-col gap-5 border-t border-line pt-6",
    )
