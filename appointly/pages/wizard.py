"""Booking a service in three steps, with a summary that stays."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.calendar import month_calendar, slot_picker
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.fields import contact_fields, text_area
from appointly.components.links import TEXT_LINK, back_link, link, text_link
from appointly.components.questions import question_field
from appointly.components.surfaces import card, fact
from appointly.components.zones import zone_note
from appointly.pages.shell import page
from appointly.pages.wizard_keeping import crowded, keeping
from appointly.pages.wizard_summary import summary, when
from appointly.state.base import Viewer
from appointly.state.wizard import Wizard

STEPS = (("time", "Time"), ("details", "Details"), ("review", "Review"))
FORM = "booking-form"
BESIDE = "lg:hidden"  # on wide screens the summary beside says it
# One number for each opening of the page: however often "Book" is pressed or sent, it is one booking.
ATTEMPT: rx.Var[str] = rx.Var(
    "(window.appointlyAttempt ??= [...crypto.getRandomValues(new Uint8Array(16))]"
    ".map((byte) => byte.toString(16).padStart(2, '0')).join(''))",
    _var_type=str,
)


# A time that could not be kept stays in the address; one that is kept is known by its draft.
UNKEPT = rx.cond(Wizard.unkept != "", f"slot={Wizard.unkept}&", "")
BACK_HERE = rx.cond(Wizard.unkept != "", f"slot={Wizard.unkept}", f"step={Wizard.step}")


def wizard() -> rx.Component:
    """The page at /book/{slug}."""
    return page(
        rx.cond(Wizard.leads_to != "", rx.el.meta(http_equiv="refresh", content=f"0;url={Wizard.leads_to}")),
        rx.match(
            rx.cond(Wizard.missing, "missing", rx.cond(Wizard.offer.open, "open", "closed")),
            (
                "missing",
                _not_here("We could not find this service", "The link may be old, or the provider took it down."),
            ),
            ("closed", _not_here("This service takes no bookings at the moment", "Please look again later.")),
            rx.el.div(
                rx.el.div(_heading(), _trouble(), crowded(), keeping(), _time_step(), _form(), class_name="min-w-0"),
                summary(),
                class_name="grid gap-8 pb-24 lg:grid-cols-[minmax(0,1fr)_21rem] lg:gap-12 lg:pb-0",
            ),
        ),
        footer=False,
    )


def _not_here(title: str, sentence: str) -> rx.Component:
    return rx.fragment(
        rx.el.h1("Book", class_name="sr-only"),
        empty_state("calendar-x", title, sentence, link_button("Find another service", href="/services")),
    )


def _heading() -> rx.Component:
    titles = rx.match(
        Wizard.step, ("details", "Your details"), ("review", "Check and book"), "When would you like to come?"
    )
    return rx.el.div(
        rx.cond(
            Wizard.offer.title != "",
            back_link(Wizard.offer.title, Wizard.offer.service_href),
            skeleton("h-5 w-40"),
        ),
        rx.el.nav(
            rx.el.ol(
                *[_step_mark(number, name, label) for number, (name, label) in enumerate(STEPS)],
                class_name="flex items-center gap-2 sm:gap-3",
            ),
            aria_label="Steps",
            class_name="mt-4 low:mt-0",
        ),
        rx.el.h1(titles, id="step-title", tab_index=-1, class_name="mt-6 text-2xl font-semibold outline-none low:mt-2"),
        class_name="mb-6 low:mb-3",
    )


def _step_mark(number: int, name: str, label: str) -> rx.Component:
    disc = "flex size-7 items-center justify-center rounded-full text-xs font-semibold tabular-nums"
    here = rx.el.span(
        rx.el.span(str(number + 1), class_name=f"{disc} bg-accent text-on-accent"),
        rx.el.span(label, class_name="font-semibold"),
        aria_current="step",
        class_name="flex items-center gap-2 text-sm",
    )
    done = link(
        rx.el.span(rx.icon("check", size=15, aria_hidden=True), class_name=f"{disc} bg-accent-soft text-accent-ink"),
        rx.el.span(label),
        href=f"/book/{Wizard.slug}?{UNKEPT}step={name}",
        class_name="flex min-h-11 items-center gap-2 text-sm text-ink-soft hover:text-ink",
    )
    ahead = rx.el.span(
        rx.el.span(str(number + 1), class_name=f"{disc} border border-line-strong text-ink-faint"),
        rx.el.span(label, class_name="max-sm:hidden"),
        class_name="flex min-h-11 items-center gap-2 text-sm text-ink-faint",
    )
    line = rx.el.span(aria_hidden=True, class_name="h-px w-5 bg-line-strong sm:w-10") if number else rx.fragment()
    return rx.el.li(
        line,
        rx.cond(Wizard.place == number, here, rx.cond(Wizard.place > number, done, ahead)),
        class_name="flex min-h-11 items-center gap-2 sm:gap-3",
    )


def _trouble() -> rx.Component:
    return rx.cond(
        Wizard.problem != "",
        rx.el.div(
            message(
                rx.el.p(Wizard.problem),
                rx.cond(
                    Wizard.alternatives,
                    rx.el.div(
                        rx.foreach(Wizard.alternatives, _alternative),
                        rx.cond(
                            Wizard.step == "time",
                            rx.fragment(),
                            link_button(
                                "All times", href=f"/book/{Wizard.slug}?{UNKEPT}step=time", kind="quiet", size="small"
                            ),
                        ),
                        role="group",
                        aria_label="The nearest free times",
                        class_name="mt-3 flex flex-wrap gap-2",
                    ),
                ),
                tone="warn",
                role="alert",
            ),
            class_name=rx.cond(Wizard.step == "time", "mb-6", "mb-6 max-w-text"),
        ),
    )


def _alternative(time: Any) -> rx.Component:
    return button(time.label, kind="secondary", size="small", on_click=Wizard.pick(time.id))


def _time_step() -> rx.Component:
    chooser = card(
        rx.el.div(
            month_calendar(Wizard.month, Wizard.day, Wizard.show_day, Wizard.show_month),
            rx.el.div(
                rx.el.div(
                    rx.el.h2(Wizard.day_title, aria_live="polite", class_name="text-lg font-semibold"),
                    zone_note(Wizard.offer.zone, Wizard.offer.zone_name),
                    class_name="mb-4 flex flex-wrap items-baseline justify-between gap-x-3",
                ),
                rx.cond(
                    Wizard.times,
                    slot_picker(Wizard.times, Wizard.chosen.id, Wizard.pick),
                    rx.el.div(
                        rx.el.p("All times of this day are taken.", class_name="text-ink-soft"),
                        link_button(
                            "Tell me when a time becomes free",
                            href=f"/services/{Wizard.slug}/waitlist?date={Wizard.day}",
                            kind="secondary",
                            class_name="mt-4",
                        ),
                    ),
                ),
                class_name="border-line max-md:border-t max-md:pt-6 md:border-s md:ps-8",
            ),
            class_name="grid gap-6 md:grid-cols-2 md:gap-8",
        ),
        class_name="p-4 sm:p-6",
    )
    nothing = empty_state(
        "calendar-x",
        "No free times at the moment",
        "Everything in the coming weeks is taken. A cancelled time appears here by itself.",
        link_button("Tell me when a time becomes free", href=f"/services/{Wizard.slug}/waitlist"),
        link_button("Find another service", href="/services", kind="secondary"),
    )
    return rx.cond(
        Wizard.step == "time",
        rx.cond(
            Wizard.loaded,
            rx.cond(Wizard.day != "", chooser, nothing),
            card(skeleton("h-72 w-full"), class_name="p-6"),
        ),
    )


def _form() -> rx.Component:
    """Details and review are one form: what was typed stays in the page, whatever happens to the connection."""
    return rx.el.form(
        rx.el.div(_details(), class_name=rx.cond(Wizard.step == "details", "", "hidden")),
        rx.cond(Wizard.step == "review", _review()),
        id=FORM,
        no_validate=True,
        reset_on_submit=False,
        on_submit=lambda form: Wizard.submit(form, ATTEMPT),
        class_name=rx.cond(Wizard.step == "time", "hidden", ""),
    )


def _typed(name: str) -> dict[str, Any]:
    """What makes a field show and keep what was typed."""
    return {
        "name": name,
        "error": Wizard.errors[name],
        "default_value": getattr(Wizard, name),
        "on_blur": lambda value: Wizard.keep(name, value),
    }


def _details() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Viewer.signed_in,
            rx.fragment(),
            rx.el.p(
                "No account needed: the mail has a link to manage the booking. ",
                rx.el.a("Sign in", href=f"/login?next=/book/{Wizard.slug}?{BACK_HERE}", class_name=TEXT_LINK),
                " to have it in your list.",
                class_name="text-sm text-ink-soft",
            ),
        ),
        contact_fields(_typed),
        rx.foreach(Wizard.questions, lambda question: question_field(question, Wizard.answer)),
        text_area("Anything the provider should know?", optional=True, rows=3, max_length=2000, **_typed("notes")),
        rx.el.div(
            link_button("Change the time", href=f"/book/{Wizard.slug}?{UNKEPT}step=time", kind="quiet"),
            button("Continue", type="submit", size="large"),
            class_name="flex flex-wrap items-center justify-between gap-3 pt-2",
        ),
        class_name="flex max-w-text flex-col gap-5",
    )


def _review() -> rx.Component:
    return rx.el.div(
        card(
            rx.el.dl(
                fact("When", when(), BESIDE),
                fact("Where", Wizard.offer.place, BESIDE),
                fact("Price", Wizard.offer.pays, BESIDE),
                fact("Name", Wizard.customer_name),
                fact("Email", Wizard.customer_email),
                rx.cond(Wizard.customer_phone != "", fact("Phone", Wizard.customer_phone)),
                rx.cond(Wizard.notes != "", fact("Note", Wizard.notes)),
                rx.foreach(
                    Wizard.questions,
                    lambda question: rx.cond(question.value != "", fact(question.label, question.value)),
                ),
                class_name="divide-y divide-line text-sm",
            ),
            rx.el.p(
                text_link("Change your details", href=f"/book/{Wizard.slug}?{UNKEPT}step=details"),
                class_name="border-t border-line py-2.5 text-sm",
            ),
            class_name="w-full px-5 py-1.5",
        ),
        rx.el.p(
            rx.cond(
                Wizard.offer.by_request,
                f"{Wizard.offer.provider} answers each request by mail. The time is kept for you until then.",
                "Your booking is confirmed at once, and we mail you the confirmation.",
            ),
            class_name="text-ink-soft",
        ),
        rx.el.p(Wizard.offer.policy, class_name="text-sm text-ink-faint"),
        button(
            rx.cond(Wizard.offer.by_request, "Request this time", "Book"),
            type="submit",
            size="large",
            busy=Wizard.sending | (Wizard.leads_to != ""),
            disabled=Wizard.chosen.taken,
            class_name="w-full sm:w-auto sm:min-w-48",
        ),
        class_name="flex max-w-text flex-col items-start gap-5",
    )
