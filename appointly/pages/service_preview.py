"""A service as customers will see it, while it is being written."""

from typing import Any

import reflex as rx

from appointly.components.marks import badge
from appointly.components.service_card import service_card
from appointly.components.surfaces import CARD
from appointly.components.written import written
from appointly.state.service_editor import ServiceEditor


def preview() -> rx.Component:
    """Its card, and the top of its page."""
    head = ServiceEditor.head

    def line(icon: str, words: Any) -> rx.Component:
        return rx.cond(
            words != "",
            rx.el.li(
                rx.icon(icon, size=18, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
                rx.el.span(words, class_name="min-w-0"),
                class_name="flex gap-3",
            ),
        )

    return rx.el.aside(
        rx.el.h2("As customers will see it", class_name="mb-3 text-sm font-medium text-ink-soft"),
        rx.el.div(service_card(ServiceEditor.card, 3), custom_attrs={"inert": True}),
        rx.el.div(
            rx.el.h3("On its page", class_name="font-semibold"),
            rx.el.p(badge(head.approval, tone="good", icon="badge-check"), class_name="mt-2"),
            rx.el.div(written(head.description), class_name="mt-3 max-h-64 overflow-y-auto text-sm wrap-anywhere"),
            rx.el.ul(
                line("map-pin", head.where),
                line("users", head.group),
                line("clock", head.notice),
                line("calendar-x", head.policy),
                line("calendar-clock", head.reschedule),
                class_name="mt-4 flex flex-col gap-2 text-sm text-ink-soft",
            ),
            rx.cond(ServiceEditor.questions, _asked()),
            class_name=f"{CARD} mt-4 p-4",
        ),
        aria_label="As customers will see it",
        class_name="w-full max-w-panel self-start xl:sticky xl:top-6",
    )


def _asked() -> rx.Component:
    return rx.el.div(
        rx.el.p("You ask", class_name="text-sm font-medium"),
        rx.el.ol(
            rx.foreach(
                ServiceEditor.questions,
                lambda asked: rx.el.li(
                    asked.label,
                    rx.cond(asked.required, "", " (optional)"),
                    dir="auto",
                    class_name="wrap-anywhere",
                ),
            ),
            class_name="mt-1 list-inside list-decimal text-sm text-ink-soft",
        ),
        class_name="mt-4 max-h-64 overflow-y-auto",
    )
