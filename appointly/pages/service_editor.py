"""Writes a service: the form on the left, how customers will see it on the right."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.fields import LABEL, MARKUP_HINT, checkbox, option, text_area, text_field
from appointly.components.forms import hidden
from appointly.components.kept_fields import PAIR, choice
from appointly.components.links import back_link
from appointly.components.picture_upload import picture_upload
from appointly.components.surfaces import page_title, save_bar
from appointly.display.formatting import duration
from appointly.display.services import CATEGORIES, LOCATIONS, POLICIES
from appointly.pages.service_fields import fold, kept, number, part, radios, typed
from appointly.pages.service_preview import preview
from appointly.pages.service_questions import questions
from appointly.pages.shell import workspace
from appointly.state.service_editor import ANSWERS, HORIZONS, LIST, NOTICES, ServiceEditor

FORM = "service-form"
DURATIONS = (15, 30, 45, 60, 90, 120)
CHIP = (
    "min-h-11 rounded-full border border-line-strong px-4 text-sm font-medium hover:bg-sunken"
    " aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-ink"
)


def service_editor() -> rx.Component:
    """The page at /add-service and at /dashboard/services/[id]."""
    return workspace(
        back_link("Services", LIST),
        page_title(
            rx.cond(
                ServiceEditor.missing, "Service", rx.cond(ServiceEditor.editing, "Edit the service", "A new service")
            ),
            "",
            rx.cond(
                ~ServiceEditor.missing & (ServiceEditor.public_href != ""),
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
            hidden("seen", ServiceEditor.seen),
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
        preview(),
        class_name="mt-6 grid gap-8 xl:grid-cols-[minmax(0,44rem)_minmax(18rem,22rem)]",
    )


def _basics() -> rx.Component:
    return part(
        "What you offer",
        text_field("Title", max_length=140, placeholder="Haircut, wash and style", **typed("title")),
        choice(ServiceEditor, "Category", "category", *[option(each.name, each.slug) for each in CATEGORIES]),
        text_area(
            "Description",
            optional=True,
            rows=6,
            max_length=8000,
            hint=f"What happens, what is included, what to bring. {MARKUP_HINT}",
            **typed("description"),
        ),
        fold(
            "more",
            "Words people search for",
            text_field(
                "Words",
                optional=True,
                hint="Up to ten, with commas between them: fringe, short hair, curls.",
                max_length=450,
                **typed("tags"),
            ),
        ),
    )


def _price() -> rx.Component:
    return part(
        "Price",
        rx.el.div(
            text_field(
                f"Price in {ServiceEditor.currency}",
                input_mode="decimal",
                auto_complete="off",
                max_length=12,
                hint="0 makes it free.",
                **typed("price"),
            ),
            rx.el.p(ServiceEditor.price_note, aria_live="polite", class_name="text-sm text-ink-soft sm:pt-7"),
            class_name=PAIR,
        ),
        radios(
            "If plans change",
            "cancellation_policy",
            {name: (name.capitalize(), words) for name, words in POLICIES.items()},
        ),
        fold(
            "deposit",
            "Ask for a deposit",
            rx.el.div(
                number("Deposit in per cent of the price", "deposit_percent", optional=True),
                rx.el.p(ServiceEditor.deposit_note, aria_live="polite", class_name="text-sm text-ink-soft sm:pt-7"),
                class_name=PAIR,
            ),
        ),
    )


def _duration() -> rx.Component:
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
    return rx.el.div(
        rx.el.div(
            number("Duration in minutes", "duration_minutes", key=ServiceEditor.duration_key), class_name="sm:w-48"
        ),
        chips,
        class_name="flex flex-col gap-3",
    )


def _times() -> rx.Component:
    return part(
        "Time",
        _duration(),
        fold(
            "times",
            "Breaks, limits and how far ahead",
            rx.el.div(
                number("Minutes free before", "buffer_before_minutes", optional=True, hint="To prepare."),
                number("Minutes free after", "buffer_after_minutes", optional=True, hint="To tidy up."),
                number(
                    "Minutes from one start to the next",
                    "slot_interval_minutes",
                    optional=True,
                    hint="Empty: one after the other, with the free minutes between.",
                ),
                number(
                    "Appointments a day at most",
                    "max_appointments_per_day",
                    optional=True,
                    hint="Empty: as many as your hours hold.",
                ),
                choice(
                    ServiceEditor,
                    "Where there is a limit",
                    "spread",
                    option("Offer the first times of the day", "pack"),
                    option("Spread the times over the day", "even"),
                ),
                choice(
                    ServiceEditor,
                    "Notice you need",
                    "min_notice_minutes",
                    *kept("min_notice_minutes", NOTICES, lambda value: duration_words(value) if value else "None"),
                ),
                choice(
                    ServiceEditor,
                    "Open for booking",
                    "horizon_days",
                    *kept("horizon_days", HORIZONS, lambda value: f"{value} days ahead"),
                ),
                class_name=PAIR,
            ),
        ),
    )


def duration_words(minutes: int) -> str:
    """30 → "30 min", 1440 → "1 day", 10080 → "7 days"."""
    days, rest = divmod(minutes, 24 * 60)
    return duration(minutes) if rest or not days else f"{days} day{'s' if days > 1 else ''}"


def hours_words(hours: int) -> str:
    """3 → "3 hours", 24 → "24 hours", 72 → "3 days"."""
    return f"{hours // 24} days" if hours % 24 == 0 and hours > 24 else f"{hours} hour{'s' if hours > 1 else ''}"


def _booking() -> rx.Component:
    return part(
        "Booking",
        radios(
            "How a booking is confirmed",
            "approval",
            {
                "instant": ("At once", "The time is theirs the moment they book."),
                "manual": ("By you", "The time is kept until you accept or decline."),
            },
        ),
        rx.el.div(
            choice(
                ServiceEditor,
                "You answer within",
                "answer_within_hours",
                *kept("answer_within_hours", ANSWERS, hours_words),
            ),
            rx.el.p(
                "A request without your answer ends then, or when its time comes. Halfway we remind you.",
                class_name="text-sm text-ink-soft sm:pt-7",
            ),
            class_name=rx.cond(ServiceEditor.typed["approval"] == "manual", PAIR, "hidden"),
        ),
        radios(
            "When somebody wants another time",
            "reschedule",
            {
                "manual": ("They ask, you answer", "The new time is kept until you accept or decline."),
                "instant": ("Customers move by themselves", "To any free time, until the appointment begins."),
            },
        ),
        radios(
            "Where it takes place",
            "location",
            {
                "provider": ("At my place", ""),
                "customer": ("At the customer's", ""),
                "online": (LOCATIONS["online"], ""),
            },
        ),
        rx.el.div(
            number("People who can share a time", "capacity", hint="1 for an appointment, more for a class."),
            class_name=PAIR,
        ),
    )


def _look() -> rx.Component:
    return part(
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
    return save_bar(
        rx.cond(
            ServiceEditor.change != "",
            rx.el.p(ServiceEditor.change, class_name="text-ink"),
            rx.el.p(
                rx.cond(
                    ServiceEditor.dirty,
                    "Not saved yet.",
                    rx.cond(ServiceEditor.editing, "Everything is saved.", "Nobody sees it yet."),
                )
            ),
        ),
        rx.cond(
            ServiceEditor.dirty & ServiceEditor.editing,
            button("Discard", kind="quiet", on_click=ServiceEditor.start_over),
        ),
        button(
            rx.cond(ServiceEditor.editing, "Save", "Put it online"),
            type="submit",
            busy=ServiceEditor.saving | ServiceEditor.saved,
        ),
    )
