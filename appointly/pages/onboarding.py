"""From an account to a public profile: one question after the other, with the profile growing beside them."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button
from appointly.components.choices import choice_card, group
from appointly.components.dialogs import dialog, opens
from appointly.components.feedback import message, skeleton
from appointly.components.fields import option, text_area, text_field
from appointly.components.forms import hidden
from appointly.components.kept_fields import PAIR, choice, picked, places, typed
from appointly.components.links import link
from appointly.components.profile_preview import preview_line, profile_preview
from appointly.components.zones import READER_ZONE, zone_options
from appointly.display.services import CATEGORIES
from appointly.operations.provider_fields import currencies
from appointly.pages.onboarding_done import done
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
                "block h-1.5 rounded-full bg-line",
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
        done(),
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


def _business() -> tuple[rx.Component, ...]:
    return (
        text_field("Business name", max_length=120, auto_complete="organization", **typed(Onboarding, "business_name")),
        group(
            "Category",
            *[
                choice_card(category.name, icon=category.icon, **picked(Onboarding, "category", category.slug))
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
            **typed(Onboarding, "headline"),
        ),
    )


def _place() -> tuple[rx.Component, ...]:
    return (
        places(Onboarding),
        rx.el.div(
            choice(
                Onboarding,
                "Time zone",
                "timezone",
                option("Please choose", ""),
                *zone_options(),
                hint="Your hours are read on this clock.",
            ),
            choice(Onboarding, "Your prices are in", "currency", *[option(code, code) for code in currencies()]),
            class_name=PAIR,
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
    ways: Any = Onboarding.ways
    where = {"provider": "At my place", "customer": "At the customer's", "online": "Online"}
    return (
        text_field("What is it called?", max_length=140, **typed(Onboarding, "title")),
        rx.el.div(
            text_field(
                "How long, in minutes",
                max_length=6,
                input_mode="numeric",
                **typed(Onboarding, "duration"),
            ),
            text_field(
                rx.el.span("Price in ", Onboarding.currency),
                input_mode="decimal",
                max_length=12,
                hint="0 for free.",
                **typed(Onboarding, "price"),
            ),
            class_name=PAIR,
        ),
        group(
            "When somebody books",
            choice_card("It is confirmed at once", icon="zap", **picked(Onboarding, "approval", "instant")),
            choice_card("I answer each request", icon="inbox", **picked(Onboarding, "approval", "manual")),
            error=Onboarding.errors["approval"],
            class_name="grid gap-2 sm:grid-cols-2",
        ),
        rx.cond(
            ways.length() > 1,
            group(
                "Where",
                *[
                    rx.cond(ways.contains(value), choice_card(label, **picked(Onboarding, "location", value)))
                    for value, label in where.items()
                ],
                error=Onboarding.errors["location"],
                class_name="grid gap-2 sm:grid-cols-3",
            ),
            hidden("location", Onboarding.typed["location"]),
        ),
        text_area(
            "What happens, in a few words", optional=True, rows=3, max_length=4000, **typed(Onboarding, "description")
        ),
    )
