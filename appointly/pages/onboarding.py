"""From an account to a public profile: one question after the other, with the profile growing beside them."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.choices import choice_card, choice_tick, group
from appointly.components.copying import copy_button, share_button
from appointly.components.dialogs import dialog, opens
from appointly.components.feedback import message, skeleton
from appointly.components.fields import CONTROL, field, option, text_area, text_field
from appointly.components.forms import hidden
from appointly.components.links import link, text_link
from appointly.components.profile_preview import preview_line, profile_preview
from appointly.components.surfaces import card
from appointly.components.zones import READER_ZONE, zone_options
from appointly.display.services import CATEGORIES
from appointly.operations.provider_fields import currencies
from appointly.pages.shell import page
from appointly.pages.week_editor import week_editor
from appointly.state.onboarding import STEPS, Onboarding
from appointly.state.week_editor import WeekEditor

NAMES = {
    "business": "Your business",
    "place": "Where",
    "hours": "Hours",
    "service": "First service",
    "done": "Ready",
}
TITLES = {
    "business": "What is your business called?",
    "place": "Where do people meet you?",
    "hours": "When do you work?",
    "service": "What can people book first?",
    "done": "Your page is online",
}
LEADS = {
    "business": "This is what customers see first. Everything can be changed later.",
    "place": "It decides who finds you, and on which clock your times are read.",
    "hours": "Free times are made from these hours. For a break, add hours; holidays can come later.",
    "service": "One is enough to begin with. Add the others from your dashboard.",
    "done": "Anybody can book you now.",
}
PREVIEW = "profile-preview"
TYPING = 300  # milliseconds without a key before the preview follows


def onboarding() -> rx.Component:
    """The page at /onboarding."""
    return page(
        rx.cond(
            Onboarding.loaded,
            rx.el.div(
                rx.el.div(_progress(), _heading(), _trouble(), _steps(), class_name="min-w-0 max-w-text"),
                rx.el.aside(
                    _preview(),
                    aria_label="Preview",
                    class_name="hidden lg:sticky lg:top-24 lg:block lg:self-start",
                ),
                class_name="grid gap-8 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-16",
            ),
            rx.el.div(skeleton("h-10 w-2/3"), skeleton("h-72 w-full"), class_name="flex max-w-text flex-col gap-6"),
        ),
        dialog(PREVIEW, "Your public profile", _preview()),
        footer=False,
    )


def _progress() -> rx.Component:
    """How far it is, and the way back to every step that is done."""
    return rx.el.nav(
        rx.el.div(
            rx.el.p(
                f"Step {Onboarding.place + 1} of {len(STEPS)}",
                class_name="text-sm font-medium text-ink-soft tabular-nums",
            ),
            rx.cond(
                Onboarding.begun & (Onboarding.step != "done"),
                link("Finish later", href="/dashboard", class_name="text-sm text-ink-soft hover:text-ink underline"),
            ),
            class_name="flex min-h-9 items-center justify-between",
        ),
        rx.el.ol(
            *[_mark(number, name) for number, name in enumerate(STEPS)],
            class_name="mt-1 grid grid-cols-5 gap-1.5",
        ),
        aria_label="Steps",
    )


def _mark(number: int, name: str) -> rx.Component:
    bar = rx.el.span(
        aria_hidden=True,
        class_name=rx.cond(
            Onboarding.place >= number,
            "block h-1.5 rounded-full bg-accent",
            rx.cond(
                Onboarding.reached >= number,
                "block h-1.5 rounded-full bg-accent-line",
                "block h-1.5 rounded-full bg-sunken",
            ),
        ),
    )
    label = "mt-1.5 block truncate text-xs max-sm:sr-only"
    here = rx.el.span(bar, rx.el.span(NAMES[name], class_name=f"{label} font-semibold"), aria_current="step")
    open_ = link(
        bar,
        rx.el.span(NAMES[name], class_name=f"{label} text-ink-soft hover:text-ink"),
        href=f"/onboarding?step={name}",
        class_name="block py-2 -my-2",
    )
    ahead = rx.el.span(bar, rx.el.span(NAMES[name], class_name=f"{label} text-ink-faint"))
    return rx.el.li(rx.cond(Onboarding.place == number, here, rx.cond(Onboarding.reached >= number, open_, ahead)))


def _heading() -> rx.Component:
    def of(words: dict[str, str]) -> Any:
        return rx.match(Onboarding.step, *list(words.items()), "")

    return rx.el.div(
        rx.el.h1(of(TITLES), id="step-title", tab_index=-1, class_name="text-2xl font-semibold outline-none"),
        rx.el.p(of(LEADS), class_name="mt-2 text-ink-soft"),
        class_name="mt-8 mb-6",
    )


def _trouble() -> rx.Component:
    return rx.cond(
        Onboarding.problem != "",
        rx.el.div(message(Onboarding.problem, tone="bad", role="alert"), class_name="mb-6"),
    )


def _steps() -> rx.Component:
    return rx.match(
        Onboarding.step,
        ("business", _form(*_business())),
        ("place", _form(*_place())),
        ("hours", _form(*_hours())),
        ("service", _form(*_service())),
        _done(),
    )


def _form(*fields: rx.Component) -> rx.Component:
    """A step: nothing typed is lost when it is refused, or when the connection is."""
    return rx.el.form(
        *fields,
        rx.el.div(
            button(
                "Preview",
                kind="secondary",
                size="large",
                class_name="lg:hidden",
                **opens(PREVIEW),
            ),
            button(
                "Save and continue", type="submit", size="large", busy=Onboarding.saving, class_name="max-lg:flex-1"
            ),
            class_name="flex flex-wrap gap-3 pt-2 max-sm:sticky max-sm:bottom-0 max-sm:-mx-4 max-sm:border-t"
            " max-sm:border-line max-sm:bg-surface max-sm:px-4 max-sm:py-3",
        ),
        no_validate=True,
        reset_on_submit=False,
        on_submit=lambda form: Onboarding.save(form, READER_ZONE),
        class_name="flex flex-col gap-5",
    )


def _typed(name: str) -> dict[str, Any]:
    """What makes a field show and keep what was typed."""
    return {
        "name": name,
        "error": Onboarding.errors[name],
        "default_value": Onboarding.typed[name],
        "on_change": lambda value: Onboarding.keep(name, value).debounce(TYPING),
        "on_blur": lambda value: Onboarding.keep(name, value),
    }


def _choice(label: str, name: str, *options: Any, **more: Any) -> rx.Component:
    """A native list to choose from, for what has many entries."""
    control = rx.el.select(
        *options,
        id=name,
        name=name,
        default_value=Onboarding.typed[name],
        on_change=lambda value: Onboarding.keep(name, value),
        aria_invalid=Onboarding.errors[name] != "",
        aria_describedby=f"{name}-note",
        class_name=CONTROL,
    )
    return field(label, control, name=name, error=Onboarding.errors[name], **more)


def _ticked(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "default_checked": Onboarding.typed[name] != "",
        "on_change": lambda ticked: Onboarding.tick(name, ticked),
    }


def _picked(name: str, value: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "default_checked": Onboarding.typed[name] == value,
        "on_change": lambda chosen: Onboarding.keep(name, chosen),
    }


def _business() -> tuple[rx.Component, ...]:
    return (
        text_field("Business name", max_length=120, auto_complete="organization", **_typed("business_name")),
        group(
            "Category",
            *[
                choice_card(category.name, icon=category.icon, **_picked("category", category.slug))
                for category in CATEGORIES
            ],
            error=Onboarding.errors["category"],
            class_name="grid grid-cols-2 gap-2 sm:grid-cols-4",
        ),
        text_field(
            "In one line",
            optional=True,
            max_length=160,
            hint="What makes you worth a visit, for example: Unhurried cuts and honest colour.",
            **_typed("headline"),
        ),
    )


def _place() -> tuple[rx.Component, ...]:
    return (
        group(
            "Where you serve people",
            choice_tick("At my place", "Customers come to you.", **_ticked("at_provider")),
            choice_tick("At the customer's", "You travel to them.", **_ticked("at_customer")),
            choice_tick("Online", "By video or telephone.", **_ticked("at_online")),
            error=Onboarding.errors["at_provider"],
            class_name="grid gap-2 sm:grid-cols-3",
        ),
        rx.el.div(  # hidden, not left out: a form sends all its fields
            text_field(
                "How far you travel, in kilometres",
                max_length=6,
                input_mode="numeric",
                **_typed("travel_radius_km"),
            ),
            class_name=rx.cond(Onboarding.typed["at_customer"] != "", "", "hidden"),
        ),
        rx.el.div(
            text_field("City", max_length=80, auto_complete="address-level2", **_typed("city")),
            text_field(
                "Street and number",
                optional=True,
                max_length=200,
                auto_complete="street-address",
                hint="Shown on your page where people come to you.",
                **_typed("address"),
            ),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
        rx.el.div(
            _choice(
                "Time zone",
                "timezone",
                option("Please choose", ""),
                *zone_options(),
                hint="Your hours are read on this clock.",
            ),
            _choice("Your prices are in", "currency", *[option(code, code) for code in currencies()]),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
    )


def _hours() -> tuple[rx.Component, ...]:
    return (week_editor(),)


def _hours_as_typed() -> rx.Component:
    """The week in the preview while it is being edited."""
    return rx.foreach(
        WeekEditor.days,
        lambda day: rx.cond(
            day.open,
            preview_line(
                "clock",
                rx.el.span(
                    day.short,
                    rx.foreach(day.ranges, lambda entry: rx.el.span(f" {entry.opens}–{entry.closes}")),
                ),
            ),
        ),
    )


def _preview() -> rx.Component:
    saved = rx.foreach(Onboarding.preview.hours, lambda hours: preview_line("clock", hours))
    return profile_preview(Onboarding.preview, hours=rx.cond(Onboarding.step == "hours", _hours_as_typed(), saved))


def _service() -> tuple[rx.Component, ...]:
    where = {"provider": "At my place", "customer": "At the customer's", "online": "Online"}
    return (
        text_field("What is it called?", max_length=140, **_typed("title")),
        rx.el.div(
            text_field(
                "How long, in minutes",
                max_length=6,
                input_mode="numeric",
                **_typed("duration"),
            ),
            text_field(
                rx.el.span("Price in ", Onboarding.currency),
                input_mode="decimal",
                max_length=12,
                hint="0 for free.",
                **_typed("price"),
            ),
            class_name="grid items-start gap-5 sm:grid-cols-2",
        ),
        group(
            "When somebody books",
            choice_card("It is confirmed at once", icon="zap", **_picked("approval", "instant")),
            choice_card("I answer each request", icon="inbox", **_picked("approval", "manual")),
            error=Onboarding.errors["approval"],
            class_name="grid gap-2 sm:grid-cols-2",
        ),
        rx.cond(
            Onboarding.ways.length() > 1,  # type: ignore[attr-defined]
            group(
                "Where",
                *[
                    rx.cond(Onboarding.ways.contains(value), choice_card(label, **_picked("location", value)))  # type: ignore[attr-defined]
                    for value, label in where.items()
                ],
                error=Onboarding.errors["location"],
                class_name="grid gap-2 sm:grid-cols-3",
            ),
            hidden("location", Onboarding.typed["location"]),
        ),
        text_area("What happens, in a few words", optional=True, rows=3, max_length=4000, **_typed("description")),
    )


def _done() -> rx.Component:
    finished = Onboarding.finished
    return rx.el.div(
        card(
            rx.el.p("Your public page", class_name="text-sm text-ink-soft"),
            rx.el.p(
                link(
                    finished.address, href=finished.path, class_name="font-medium text-accent wrap-anywhere underline"
                ),
                class_name="mt-1",
            ),
            rx.el.div(
                copy_button("Copy the link", finished.address),
                share_button("Share", finished.address),
                link_button("Open it", href=finished.path, kind="quiet"),
                class_name="mt-4 flex flex-wrap gap-2",
            ),
        ),
        card(
            rx.el.div(
                rx.icon("calendar-check", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
                rx.cond(
                    finished.first_free != "",
                    rx.el.p(
                        "The first time somebody can book: ",
                        rx.el.strong(finished.first_free, class_name="font-semibold"),
                        rx.el.span(" on your clock.", class_name="text-ink-soft"),
                    ),
                    rx.el.p(
                        "No free time fits into your hours in the coming weeks. ",
                        text_link("Look at your hours", href="/onboarding?step=hours"),
                    ),
                ),
                class_name="flex gap-3",
            ),
            rx.el.div(
                rx.icon("wallet", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-ink-faint"),
                rx.el.p(
                    "Nothing to do about payouts today: customers pay you on the spot, and we ask for an account"
                    " with your first paid booking.",
                    class_name="text-ink-soft",
                ),
                class_name="mt-4 flex gap-3",
            ),
        ),
        rx.el.div(
            link_button("Go to your dashboard", href="/dashboard", size="large"),
            link_button("Make your profile stronger", href="/dashboard/profile", kind="secondary", size="large"),
            class_name="flex flex-wrap gap-3",
        ),
        class_name="flex flex-col gap-5",
    )
