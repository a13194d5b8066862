""" "Why is this time not offered?": a small form that answers while one changes it."""

from typing import Any

import reflex as rx

from appointly.components.buttons import Size, button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.fields import CONTROL, LABEL, option, select, time_input
from appointly.components.links import TEXT_LINK, link
from appointly.components.surfaces import CARD
from appointly.state.why_not import Question, WhyNot

SHEET = "why-not"
WAY = f"{TEXT_LINK} inline-flex items-center text-sm pointer-coarse:min-h-11"


def why_not_button(size: Size = "medium", class_name: str = "", begins: Any = WhyNot.begin) -> rx.Component:
    """Opens the sheet; to be mounted once with `why_not_sheet`. `begins` says what is asked first."""
    return button(
        rx.icon("circle-help", size=16, aria_hidden=True),
        "Why is a time not offered?",
        kind="quiet",
        size=size,
        on_click=begins,
        class_name=class_name,
        **opens(SHEET),
    )


def why_not_sheet() -> rx.Component:
    """The question and its answer."""
    return dialog(
        SHEET,
        "Why is this time not offered?",
        question(WhyNot),
        footer=button("Close", kind="secondary", **closes(SHEET)),
    )


def question(asks: type[Question]) -> rx.Component:
    """Service, date and time to choose, and the answer below; `asks` keeps them."""
    return rx.el.div(
        _labelled(
            "Service",
            select(
                rx.foreach(asks.services, lambda service: option(service.title, service.id)),
                label="Service",
                value=asks.service,
                on_change=lambda value: asks.put("service", value),
            ),
        ),
        rx.el.div(
            _labelled(
                "Date",
                rx.el.input(
                    type="date",
                    aria_label="Date",
                    value=asks.day,
                    on_change=lambda value: asks.put("day", value),
                    class_name=f"{CONTROL} min-w-0",
                ),
            ),
            _labelled(
                "Time",
                time_input("Time", value=asks.clock, on_change=lambda value: asks.put("clock", value)),
            ),
            class_name="flex gap-3",
        ),
        rx.el.div(
            rx.cond(asks.problem != "", rx.el.p(asks.problem, class_name="text-sm text-bad-ink"), _answer(asks.answer)),
            aria_live="polite",
            class_name="min-h-48",
        ),
        rx.el.p("Times are ", asks.zone_name, ".", class_name="text-sm text-ink-faint"),
        class_name="flex flex-col gap-4 pt-2",
    )


def _labelled(label: str, control: rx.Component) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, aria_hidden=True), control, class_name=f"{LABEL} flex min-w-0 flex-1 flex-col gap-1.5"
    )


def _answer(answer: Any) -> rx.Component:
    return rx.cond(
        answer.headline != "",
        rx.el.div(
            rx.el.p(
                rx.cond(
                    answer.offered,
                    rx.icon("circle-check", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-good"),
                    rx.icon("eye-off", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-warn"),
                ),
                rx.el.span(answer.headline, dir="auto", class_name="min-w-0 font-semibold wrap-anywhere"),
                class_name="flex gap-2",
            ),
            rx.cond(answer.offered, link("See it as customers do", href=answer.href, class_name=WAY)),
            rx.cond(
                answer.reasons.length() > 0,
                rx.el.ul(rx.foreach(answer.reasons, _reason), class_name="flex flex-col gap-2"),
            ),
            rx.cond(answer.note != "", rx.el.p(answer.note, class_name="text-sm text-ink-soft")),
            rx.cond(answer.nearest.length() > 0, _nearest(answer)),
            class_name="flex flex-col gap-3",
        ),
    )


def _reason(reason: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(reason.sentence, dir="auto", class_name="wrap-anywhere"),
        rx.cond(reason.href != "", link(reason.link, href=reason.href, class_name=WAY)),
        class_name=f"{CARD} flex flex-col items-start gap-1 bg-sunken px-4 py-3",
    )


def _nearest(answer: Any) -> rx.Component:
    return rx.el.p(
        "Free instead: ",
        rx.foreach(
            answer.nearest,
            lambda near: link(near.label, href=near.href, class_name=f"{WAY} mr-3"),
        ),
        class_name="text-sm text-ink-soft",
    )
