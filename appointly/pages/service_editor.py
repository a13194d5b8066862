"""Writes a service: the form on the left, how customers will see it on the right."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.fields import LABEL, checkbox, field, option, select, text_area, text_field
from appointly.components.links import link
from appointly.components.marks import badge
from appointly.components.picture_upload import picture_upload
from appointly.components.service_card import service_card
from appointly.components.surfaces import CARD, page_title
from appointly.components.written import written
from appointly.display.formatting import duration
from appointly.display.services import CATEGORIES, LOCATIONS, POLICIES
from appointly.pages.service_questions import questions
from appointly.pages.shell import workspace
from appointly.state.service_editor import HORIZONS, LIST, NOTICES, ServiceEditor

FORM = "service-form"
DURATIONS = (15, 30, 45, 60, 90, 120)
PAIR = "grid items-start gap-5 sm:grid-cols-2"
CHIP = (
    "min-h-11 rounded-full border border-line-strong px-4 text-sm font-medium hover:bg-sunken"
    " aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-ink"
)
OPTION = (
    "flex min-h-11 cursor-pointer items-start gap-3 rounded-control border border-line p-3 hover:bg-sunken"
    " has-checked:border-accent has-checked:bg-accent-soft"
)


def service_editor() -> rx.Component:
    """The page at /add-service and at /dashboard/services/[id]."""
    return workspace(
        link(
            rx.icon("arrow-left", size=16, aria_hidden=True),
            "Services",
            href=LIST,
            class_name="inline-flex min-h-9 items-center gap-1.5 text-sm text-ink-soft hover:text-ink",
        ),
        page_title(
            rx.cond(ServiceEditor.editing, "Edit the service", "A new service"),
            "",
            rx.cond(
                ServiceEditor.public_href != "",
                link_button("As customers see it", href=ServiceEditor.public_href, kind="secondary", size="small"),
            ),
        ),
        rx.match(
            rx.cond(ServiceEditor.loaded, rx.cond(ServiceEditor.missing, "missing", "here"), "loading"),
            ("here", _editor()),
            (
                "missing",
                empty_state(
                    "search-x",
                    "We could not find this service",
                    "It may have been deleted.",
                    link_button("All your services", href=LIST),
                ),
            ),
            rx.el.div(
                *[skeleton("h-48 w-full") for _ in range(3)],
                aria_busy=True,
                class_name="mt-6 flex max-w-text flex-col gap-4",
            ),
        ),
        current=LIST,
    )


def _editor() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            rx.el.input(type="hidden", name="seen", value=ServiceEditor.seen, read_only=True),
            _basics(),
            _price(),
            _times(),
            _booking(),
            questions(),
            _look(),
            _trouble(),
            _save_bar(),
            key=ServiceEditor.form_key,
            id=FORM,
            no_validate=True,
            reset_on_submit=False,
            on_submit=lambda form: ServiceEditor.save(form, False),
            class_name="flex min-w-0 flex-col gap-5",
        ),
        _preview(),
        class_name="mt-6 grid gap-8 xl:grid-cols-[minmax(0,44rem)_minmax(18rem,22rem)]",
    )


def _part(title: str, *children: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-lg font-semibold"),
        *children,
        class_name=f"{CARD} flex flex-col gap-5 p-4 sm:p-6",
    )


def _fold(name: str, title: str, *children: Any) -> rx.Component:
    """What most people leave as it is."""
    return rx.el.details(
        rx.el.summary(title, class_name="min-h-11 w-fit cursor-pointer content-center text-sm font-medium text-accent"),
        rx.el.div(*children, class_name="mt-3 flex flex-col gap-5"),
        open=ServiceEditor.opened[name],
    )


def _typed(name: str) -> dict[str, Any]:
    """What makes a field show what was typed, and remember it."""
    return {
        "name": name,
        "error": ServiceEditor.errors[name],
        "default_value": ServiceEditor.typed[name],
        "on_blur": lambda value: ServiceEditor.keep(name, value),
    }


def _number(label: str, name: str, **props: Any) -> rx.Component:
    return text_field(label, input_mode="numeric", auto_complete="off", max_length=6, **_typed(name), **props)


def _choice(label: str, name: str, options: list[rx.Component], hint: str = "") -> rx.Component:
    control = select(
        *options,
        label=label,
        id=name,
        name=name,
        default_value=ServiceEditor.typed[name],
        on_change=lambda value: ServiceEditor.keep(name, value),
    )
    return field(label, control, name=name, error=ServiceEditor.errors[name], hint=hint)


def _kept(name: str, values: tuple[int, ...], shown: Any) -> list[rx.Component]:
    """The usual values, and the present one where it is none of them."""
    usual = [option(shown(value), str(value)) for value in values]
    current = ServiceEditor.stored[name]
    return [*usual, rx.cond(current != "", option(current, current), rx.fragment())]


def _radios(label: str, name: str, choices: dict[str, tuple[str, str]]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(label, class_name=LABEL),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name=name,
                        value=value,
                        default_checked=ServiceEditor.typed[name] == value,
                        on_change=lambda value: ServiceEditor.keep(name, value),
                        class_name="mt-0.5 size-5 shrink-0 accent-accent",
                    ),
                    rx.el.span(
                        rx.el.span(title, class_name="block text-sm font-medium"),
                        rx.el.span(words, class_name="block text-sm text-ink-soft") if words else rx.fragment(),
                    ),
                    class_name=OPTION,
                )
                for value, (title, words) in choices.items()
            ],
            class_name="mt-1.5 grid gap-2",
        ),
        rx.cond(
            ServiceEditor.errors[name] != "",
            rx.el.p(ServiceEditor.errors[name], role="alert", class_name="mt-1.5 text-sm text-bad-ink"),
        ),
    )


def _basics() -> rx.Component:
    return _part(
        "What you offer",
        text_field("Title", max_length=140, placeholder="Haircut, wash and style", **_typed("title")),
        _choice("Category", "category", [option(each.name, each.slug) for each in CATEGORIES]),
        text_area(
            "Description",
            optional=True,
            rows=6,
            max_length=8000,
            hint="What happens, what is included, what to bring. **Bold**, *italic*, lists and links work.",
            **_typed("description"),
        ),
        _fold(
            "more",
            "Words people search for",
            text_field(
                "Words",
                optional=True,
                hint="Up to ten, with commas between them: fringe, short hair, curls.",
                max_length=450,
                **_typed("tags"),
            ),
        ),
    )


def _price() -> rx.Component:
    return _part(
        "Price",
        rx.el.div(
            text_field(
                f"Price in {ServiceEditor.currency}",
                input_mode="decimal",
                auto_complete="off",
                max_length=12,
                hint="0 makes it free.",
                **_typed("price"),
            ),
            rx.el.p(ServiceEditor.price_note, aria_live="polite", class_name="text-sm text-ink-soft sm:pt-7"),
            class_name=PAIR,
        ),
        _radios(
            "If plans change",
            "cancellation_policy",
            {name: (name.capitalize(), words) for name, words in POLICIES.items()},
        ),
        _fold(
            "deposit",
            "Ask for a deposit",
            rx.el.div(
                _number("Deposit in per cent of the price", "deposit_percent", optional=True),
                rx.el.p(ServiceEditor.deposit_note, aria_live="polite", class_name="text-sm text-ink-soft sm:pt-7"),
                class_name=PAIR,
            ),
        ),
    )


def _times() -> rx.Component:
    chips = rx.el.div(
        *[
            rx.el.button(
                duration(minutes),
                type="button",
                aria_pressed=ServiceEditor.typed["duration_minutes"] == str(minutes),
                on_click=ServiceEditor.choose_duration(minutes),
                class_name=CHIP,
            )
            for minutes in DURATIONS
        ],
        role="group",
        aria_label="Usual durations",
        class_name="flex flex-wrap gap-2",
    )
    return _part(
        "Time",
        rx.el.div(
            rx.el.div(
                _number("Duration in minutes", "duration_minutes", key=ServiceEditor.duration_key), class_name="sm:w-48"
            ),
            chips,
            class_name="flex flex-col gap-3",
        ),
        _fold(
            "times",
            "Breaks, limits and how far ahead",
            rx.el.div(
                _number("Minutes free before", "buffer_before_minutes", optional=True, hint="To prepare."),
                _number("Minutes free after", "buffer_after_minutes", optional=True, hint="To tidy up."),
                _number(
                    "Minutes from one start to the next",
                    "slot_interval_minutes",
                    optional=True,
                    hint="Empty: one after the other, with the free minutes between.",
                ),
                _number(
                    "Appointments a day at most",
                    "max_appointments_per_day",
                    optional=True,
                    hint="Empty: as many as your hours hold.",
                ),
                _choice(
                    "Where there is a limit",
                    "spread",
                    [
                        option("Offer the first times of the day", "pack"),
                        option("Spread the times over the day", "even"),
                    ],
                ),
                _choice(
                    "Notice you need",
                    "min_notice_minutes",
                    _kept("min_notice_minutes", NOTICES, lambda value: duration_words(value) if value else "None"),
                ),
                _choice(
                    "Open for booking",
                    "horizon_days",
                    _kept("horizon_days", HORIZONS, lambda value: f"{value} days ahead"),
                ),
                class_name=PAIR,
            ),
        ),
    )


def duration_words(minutes: int) -> str:
    """30 → "30 min", 1440 → "1 day", 10080 → "7 days"."""
    days, rest = divmod(minutes, 24 * 60)
    return duration(minutes) if rest or not days else f"{days} day{'s' if days > 1 else ''}"


def _booking() -> rx.Component:
    return _part(
        "Booking",
        _radios(
            "How a booking is confirmed",
            "approval",
            {
                "instant": ("At once", "The time is theirs the moment they book."),
                "manual": ("By you", "The time is kept until you accept or decline."),
            },
        ),
        _radios(
            "Where it takes place",
            "location",
            {
                "provider": ("At yours", ""),
                "customer": ("At the customer's", ""),
                "online": (LOCATIONS["online"], ""),
            },
        ),
        rx.el.div(
            _number("People who can share a time", "capacity", hint="1 for an appointment, more for a class."),
            class_name=PAIR,
        ),
    )


def _look() -> rx.Component:
    return _part(
        "Picture and visibility",
        rx.el.fieldset(
            rx.el.legend("Picture", class_name=LABEL),
            rx.el.div(rx.foreach(ServiceEditor.pictures, _picture), class_name="mt-1.5 grid grid-cols-3 gap-3"),
        ),
        picture_upload(
            "service",
            "A picture of your own",
            value=rx.cond(ServiceEditor.typed["picture"].startswith("/media/"), ServiceEditor.typed["picture"], ""),
            on_change=lambda address: ServiceEditor.keep("picture", address),
        ),
        checkbox(
            rx.el.span(
                rx.el.span("Only people with the link find it", class_name="block font-medium"),
                rx.el.span("It is not in search and not on your profile.", class_name="block text-ink-soft"),
            ),
            name="unlisted",
            default_checked=ServiceEditor.typed["unlisted"] != "",
            on_change=ServiceEditor.unlist,
        ),
    )


def _picture(picture: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="picture",
            value=picture.value,
            checked=picture.chosen,
            on_change=lambda value: ServiceEditor.keep("picture", value),
            class_name="peer sr-only",
        ),
        rx.el.img(
            src=picture.value,
            alt=picture.label,
            class_name="aspect-[5/3] w-full rounded-control border-2 border-transparent object-cover"
            " peer-checked:border-accent peer-focus-visible:outline-2 peer-focus-visible:outline-accent"
            " dark:brightness-90",
        ),
        class_name="cursor-pointer",
    )


def _trouble() -> rx.Component:
    return rx.cond(
        ServiceEditor.problem != "",
        message(
            rx.el.p(ServiceEditor.problem),
            rx.cond(
                ServiceEditor.conflict,
                rx.el.div(
                    button("Save mine all the same", size="small", on_click=ServiceEditor.save({}, True)),
                    button("Show what is saved now", kind="secondary", size="small", on_click=ServiceEditor.start_over),
                    class_name="mt-3 flex flex-wrap gap-2",
                ),
            ),
            tone="warn",
            role="alert",
        ),
    )


def _save_bar() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(
                ServiceEditor.change != "",
                rx.el.p(ServiceEditor.change, class_name="text-ink"),
                rx.cond(ServiceEditor.dirty, rx.el.p("Not saved yet.")),
            ),
            rx.cond(
                ServiceEditor.dirty & ServiceEditor.editing,
                rx.el.button(
                    "Undo the changes",
                    type="button",
                    on_click=ServiceEditor.start_over,
                    class_name="min-h-9 text-accent underline-offset-4 hover:underline",
                ),
            ),
            aria_live="polite",
            class_name="min-w-0 flex-1 text-sm text-ink-soft",
        ),
        button(
            rx.cond(ServiceEditor.editing, "Save", "Put it online"),
            type="submit",
            size="large",
            busy=ServiceEditor.saving | ServiceEditor.saved,
        ),
        class_name="sticky bottom-16 z-20 -mx-4 flex items-center justify-between gap-4 border-t border-line bg-surface"
        " px-4 py-3 sm:mx-0 sm:rounded-card sm:border sm:px-6 sm:shadow-high lg:bottom-4",
    )


def _preview() -> rx.Component:
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
                class_name="mt-4 flex flex-col gap-2 text-sm text-ink-soft",
            ),
            rx.cond(
                ServiceEditor.questions,
                rx.el.div(
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
                ),
            ),
            class_name=f"{CARD} mt-4 p-4",
        ),
        aria_label="As customers will see it",
        class_name="w-full max-w-panel self-start xl:sticky xl:top-6",
    )
