"""The search: filters on the left, on phones in a sheet; cards with times that lead into the wizard."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, looks
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import empty_state, message, skeleton_card
from appointly.components.fields import CONTROL, field, option, search_box, select
from appointly.components.forms import form
from appointly.components.service_card import service_card
from appointly.display.shapes import Choice
from appointly.pages.shell import page
from appointly.state.search import Search

SHEET = "filters"
TYPING_PAUSE_MS = 250
CATEGORY = (
    "flex min-h-10 w-full items-center justify-between gap-3 rounded-control px-3 text-start text-sm transition-colors"
    " pointer-coarse:min-h-11"
)
CHIP = (
    "inline-flex min-h-9 items-center gap-1.5 rounded-full bg-accent-soft px-3.5 text-sm font-medium text-accent-ink"
    " hover:bg-accent hover:text-on-accent pointer-coarse:min-h-11"
)
SKELETONS = 6
GRID = "grid gap-4 sm:grid-cols-2 xl:grid-cols-3"
WHERE_I_AM = "where-i-am"
# Types the place into a hidden field, as somebody could by hand; what the browser refuses is said beside it.
NEAR_ME: rx.Var[Any] = rx.Var(
    "() => { const tell = (place) => { const field = document.getElementById('where-i-am');"
    " Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, place);"
    " field.dispatchEvent(new Event('input', {bubbles: true})); };"
    " if (!navigator.geolocation) { tell('unknown'); return; }"
    " navigator.geolocation.getCurrentPosition("
    "({coords}) => tell(coords.latitude.toFixed(3) + ',' + coords.longitude.toFixed(3)),"
    " () => tell('unknown'), {timeout: 10000, maximumAge: 300000}); }"
)


def search() -> rx.Component:
    """The whole page."""
    return page(
        rx.el.h1("Find an appointment", class_name="text-2xl font-semibold"),
        _words(),
        rx.el.div(
            rx.el.aside(
                rx.el.h2("Filters", class_name="sr-only"),
                _filters("side"),
                aria_label="Filters",
                class_name="hidden lg:sticky lg:top-20 lg:block lg:self-start",
            ),
            rx.el.section(_bar(), _chips(), _results(), aria_label="Services", class_name="min-w-0"),
            class_name="mt-8 grid gap-8 lg:grid-cols-[15rem_1fr]",
        ),
        rx.el.input(
            id=WHERE_I_AM,
            default_value="",
            on_change=Search.locate,
            hidden=True,
            aria_hidden=True,
            tab_index=-1,
            auto_complete="off",
        ),
        dialog(
            SHEET,
            "Filters",
            _filters("sheet"),
            footer=button("Show ", Search.headline, size="large", class_name="w-full", **closes(SHEET)),
        ),
    )


def _words() -> rx.Component:
    """Works as a plain form too: before the page is connected, Enter loads it with the words in its address."""
    return form(
        search_box(
            "What are you looking for?",
            large=True,
            name="q",
            placeholder="Haircut tomorrow after 17:00",
            default_value=Search.q,
            key=Search.typed_elsewhere,
            max_length=200,
            on_change=Search.type_words.debounce(TYPING_PAUSE_MS),  # type: ignore[attr-defined]
        ),
        action="/services",
        method="get",
        role="search",
        class_name="relative mt-4",
    )


def _filters(place: str) -> rx.Component:
    """The filters, once beside the results and once in the sheet; `place` keeps their ids apart."""
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend("Category", class_name="mb-2 text-sm font-medium"),
            rx.el.div(
                _category(Choice("", "All categories"), Search.category == ""),
                rx.foreach(Search.categories, lambda each: _category(each, each.chosen)),
                class_name="-mx-3 flex flex-col",
            ),
        ),
        _choice(
            "City",
            f"{place}-city",
            option("Anywhere", ""),
            rx.foreach(Search.cities, lambda city: option(city.label, city.value)),
            value=Search.city,
            on_change=lambda value: Search.choose("city", value),
        ),
        _near(place),
        _choice(
            "Day",
            f"{place}-day",
            option("Any day", ""),
            rx.foreach(Search.days, lambda day: option(day.label, day.value)),
            value=Search.day,
            on_change=lambda value: Search.choose("date", value),
        ),
        _choice(
            "Time of day",
            f"{place}-time",
            rx.foreach(Search.times_of_day, lambda time: option(time.label, time.value)),
            value=Search.time_of_day,
            on_change=Search.choose_time,
        ),
        rx.el.fieldset(
            rx.el.legend("Price", class_name="mb-1.5 text-sm font-medium"),
            rx.el.div(
                _price("Lowest price", "min_price", Search.min_price, "From"),
                rx.el.span("–", aria_hidden=True, class_name="text-ink-faint"),
                _price("Highest price", "max_price", Search.max_price, "Up to"),
                class_name="flex items-center gap-2",
            ),
        ),
        class_name="flex flex-col gap-6",
    )


def _choice(label: str, name: str, *options: rx.Component, value: Any, on_change: Any) -> rx.Component:
    chosen = select(*options, label=label, id=name, value=value, on_change=on_change)
    return field(label, chosen, name=name)


def _near(place: str) -> rx.Component:
    """Around where one is: the browser asks, and tells us to about a hundred metres."""
    return rx.cond(
        Search.near != "",
        field(
            "Near you",
            select(
                rx.foreach(Search.reaches, lambda reach: option(reach.label, reach.value)),
                label="Near you",
                id=f"{place}-within",
                value=Search.within,
                on_change=lambda value: Search.choose("within", value),
            ),
            name=f"{place}-within",
        ),
        _near_me("w-full"),
    )


def _near_me(class_name: str = "") -> rx.Component:
    return button(
        rx.icon("locate-fixed", size=18, aria_hidden=True),
        "Near me",
        kind="secondary",
        class_name=class_name,
        custom_attrs={"onClick": NEAR_ME},
    )


def _category(category: Any, chosen: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span(category.label),
        rx.cond(
            category.count > 0,
            rx.el.span(category.count, class_name="text-xs tabular-nums"),
        ),
        type="button",
        aria_pressed=chosen,
        on_click=Search.choose("category", category.value),
        class_name=rx.cond(
            chosen,
            f"{CATEGORY} bg-accent-soft font-semibold text-accent-ink",
            f"{CATEGORY} text-ink-soft hover:bg-sunken hover:text-ink",
        ),
    )


def _price(label: str, name: str, value: str, placeholder: str) -> rx.Component:
    return rx.el.input(
        default_value=value,
        key=Search.typed_elsewhere,
        aria_label=label,
        placeholder=placeholder,
        input_mode="numeric",
        max_length=7,
        on_change=lambda amount: Search.type_price(name, amount).debounce(TYPING_PAUSE_MS),
        class_name=CONTROL,
    )


def _bar() -> rx.Component:
    return rx.el.div(
        rx.el.p(Search.headline, role="status", class_name="font-display text-lg font-semibold"),
        rx.el.div(
            rx.el.button(
                rx.icon("sliders-horizontal", size=18, aria_hidden=True),
                "Filters",
                type="button",
                class_name=looks("secondary", "medium", "lg:hidden"),
                **opens(SHEET),
            ),
            select(
                rx.foreach(Search.sorts, lambda sort: option(sort.label, sort.value)),
                label="Sort by",
                value=Search.sort,
                on_change=lambda value: Search.choose("sort", value),
            ),
            class_name="flex items-center gap-2",
        ),
        class_name="flex min-h-11 flex-wrap items-center justify-between gap-3",
    )


def _chips() -> rx.Component:
    return rx.cond(
        Search.chips.length() > 0,  # type: ignore[attr-defined]
        rx.el.div(
            rx.foreach(
                Search.chips,
                lambda chip: rx.el.button(
                    chip.label,
                    rx.icon("x", size=15, aria_hidden=True),
                    rx.el.span("remove this filter", class_name="sr-only"),
                    type="button",
                    on_click=Search.choose(chip.value, ""),
                    class_name=CHIP,
                ),
            ),
            button("Clear all", kind="quiet", size="small", on_click=Search.clear),
            class_name="mt-3 flex flex-wrap items-center gap-2",
        ),
    )


def _results() -> rx.Component:
    return rx.el.div(
        _what_was_meant(),
        rx.cond(
            Search.loaded,
            rx.cond(Search.services.length() > 0, _found(), _nothing()),  # type: ignore[attr-defined]
            rx.el.div(*[skeleton_card() for _ in range(SKELETONS)], class_name=GRID),
        ),
        class_name="mt-5",
    )


def _what_was_meant() -> rx.Component:
    """How the search was read, where that is not plain from its filters."""
    return rx.fragment(
        rx.cond(Search.problem, rx.el.div(message(Search.problem, tone="warn"), class_name="mb-4")),
        rx.cond(
            Search.understood,
            rx.el.p("Showing free times: ", Search.understood, ".", class_name="mb-4 text-sm text-ink-soft"),
        ),
        rx.cond(
            Search.asks_where,
            rx.el.div(
                rx.el.p("To search near you, we need to know where you are.", class_name="text-sm text-ink-soft"),
                _near_me(),
                class_name="mb-4 flex flex-wrap items-center gap-3",
            ),
        ),
        rx.cond(
            Search.corrected,
            rx.el.p("Showing what fits “", Search.corrected, "”.", class_name="mb-4 text-sm text-ink-soft"),
        ),
    )


def _found() -> rx.Component:
    return rx.fragment(
        rx.el.div(rx.foreach(Search.services, lambda service: service_card(service)), class_name=GRID),
        rx.cond(
            Search.more,
            rx.el.div(
                button("Show more", kind="secondary", size="large", on_click=Search.show_more),
                class_name="mt-8 flex justify-center",
            ),
        ),
    )


def _nothing() -> rx.Component:
    """What comes nearest is one click away."""
    return empty_state(
        "search-x",
        rx.cond(
            Search.next_days.length() + Search.any_time.length() > 0,  # type: ignore[attr-defined]
            "Nothing is free then",
            "Nothing fits all of that",
        ),
        rx.cond(
            Search.next_days.length() > 0,  # type: ignore[attr-defined]
            "A little later there are free times.",
            rx.cond(
                Search.any_time.length() > 0,  # type: ignore[attr-defined]
                "At other times of the day there is something.",
                "Try fewer filters, another day, or a simpler word.",
            ),
        ),
        rx.foreach(Search.next_days, lambda day: button(day.label, on_click=Search.look_on(day.value))),
        rx.foreach(Search.any_time, lambda day: button(day.label, on_click=Search.look_at_any_time(day.value))),
        rx.cond(Search.near != "", button("Look further away too", on_click=Search.choose("near", ""))),
        button("Show all services", kind="secondary", on_click=Search.clear),
    )
