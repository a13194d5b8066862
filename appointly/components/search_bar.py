"""What, where, when: the search that works from any page, and without a script."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.fields import option
from appointly.components.forms import form
from appointly.display.shapes import Choice

PART = (
    "flex min-h-14 flex-1 flex-col justify-center rounded-control px-4 focus-within:bg-sunken hover:bg-sunken"
    " has-focus-visible:outline-2 has-focus-visible:outline-accent"
    " md:border-s md:border-line md:first:border-s-0"
)
BARE = "w-full bg-transparent text-base outline-none placeholder:text-ink-faint"
NAME = "text-xs font-semibold text-ink-soft"


def search_bar(days: list[Choice], cities: list[str]) -> rx.Component:
    """A form that leads to the search page with its fields in the address."""
    return form(
        _part(
            "What",
            "search-what",
            rx.el.input(
                id="search-what", name="q", type="search", placeholder="Haircut, massage, tutor …", class_name=BARE
            ),
        ),
        _part(
            "Where",
            "search-where",
            rx.el.select(
                option("Any city", ""),
                rx.foreach(cities, lambda city: option(city, city)),
                id="search-where",
                name="city",
                class_name=f"{BARE} appearance-none",
            ),
        ),
        _part(
            "When",
            "search-when",
            rx.el.select(
                option("Any day", ""),
                rx.foreach(days, lambda day: option(day.label, day.value)),
                id="search-when",
                name="date",
                class_name=f"{BARE} appearance-none",
            ),
        ),
        button(
            rx.icon("search", size=20, aria_hidden=True),
            "Search",
            type="submit",
            size="large",
            class_name="min-h-14 md:min-w-32",
        ),
        action="/services",
        method="get",
        role="search",
        class_name="flex flex-col gap-1 rounded-card border border-line bg-surface p-2 shadow-high md:flex-row"
        " md:items-stretch",
    )


def _part(label: str, name: str, control: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name=NAME),
        control,
        class_name=PART,
    )
