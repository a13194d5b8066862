"""What the provider's own calendars need: bookings that meet busy times there, and readings that fail."""

from typing import Any

import reflex as rx

from appointly.components.links import link, text_link
from appointly.state.own_calendars import CalendarNews

WARNING = "rounded-card border border-warn bg-warn-soft p-4 text-warn-ink sm:p-5"


def calendar_news() -> rx.Component:
    """For the dashboard: in short, on phones in one line, with the way to the whole. Nothing, where all is well."""
    number: Any = CalendarNews.collisions.length()  # type: ignore[attr-defined]
    whole = rx.cond(
        number > 1,
        rx.el.p(
            text_link("See them all", href="/dashboard/calendars"),
            class_name=rx.cond(number > CalendarNews.first.length(), "mt-2 text-sm", "mt-2 text-sm sm:hidden"),  # type: ignore[attr-defined]
        ),
    )
    return rx.fragment(
        rx.cond(CalendarNews.collisions, _collisions(CalendarNews.first, whole, "max-sm:*:nth-[n+2]:hidden")),
        rx.cond(CalendarNews.failing, _failing()),
    )


def all_collisions() -> rx.Component:
    """Every booking that meets busy time. Nothing, where none does."""
    return rx.cond(CalendarNews.collisions, _collisions(CalendarNews.collisions, rx.fragment()))


def _collisions(shown: Any, whole: rx.Component, class_name: str = "") -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.icon("calendar-x", size=20, aria_hidden=True, class_name="shrink-0"),
            CalendarNews.title,
            class_name="flex items-center gap-2 text-lg font-semibold",
        ),
        rx.el.p(CalendarNews.advice, class_name="mt-1 text-sm"),
        rx.el.ul(rx.foreach(shown, _collision), class_name=f"mt-3 flex flex-col gap-1 {class_name}"),
        whole,
        aria_label="Collisions",
        class_name=f"{WARNING} mb-4",
    )


def _collision(each: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(each.when, class_name="font-medium tabular-nums"),
            rx.el.span(f"{each.who} · {each.service}", dir="auto", class_name="min-w-0 wrap-anywhere"),
            rx.el.span(
                rx.el.span(f"busy in {each.calendar}", class_name="min-w-0 wrap-anywhere"),
                rx.icon("chevron-right", size=16, aria_hidden=True, class_name="ml-auto shrink-0"),
                class_name="flex items-center gap-2 text-ink-soft",
            ),
            href=each.href,
            class_name="grid min-h-11 items-center gap-x-6 rounded-control bg-surface px-3 py-2 text-sm text-ink"
            " hover:bg-sunken sm:grid-cols-[13rem_minmax(0,1fr)_auto]",
        )
    )


def _failing() -> rx.Component:
    """Each with its reason; on phones, where there are several, in one line."""
    number: Any = CalendarNews.failing.length()  # type: ignore[attr-defined]
    whole = text_link("Look at your calendars", href="/dashboard/calendars")
    return rx.el.section(
        rx.cond(
            number > 1,
            rx.el.p(
                rx.el.strong(f"We cannot read {number} of your calendars. ", class_name="font-semibold"),
                whole,
                class_name="text-sm sm:hidden",
            ),
        ),
        rx.el.ul(
            rx.foreach(
                CalendarNews.failing,
                lambda each: rx.el.li(
                    rx.el.strong(f"We cannot read {each.name}. ", class_name="font-semibold wrap-anywhere"),
                    f"{each.status} ",
                    whole,
                ),
            ),
            class_name=rx.cond(number > 1, "flex flex-col gap-1 text-sm max-sm:hidden", "flex flex-col gap-1 text-sm"),
        ),
        aria_label="Calendars that cannot be read",
        class_name=f"{WARNING} mb-4",
    )
