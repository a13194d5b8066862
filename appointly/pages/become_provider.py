"""What offering services here is like, and the one way to begin."""

import reflex as rx

from appointly.components.buttons import link_button, looks
from appointly.components.dashboard_miniature import dashboard_miniature
from appointly.components.feedback import message
from appointly.components.forms import form
from appointly.components.links import text_link
from appointly.components.surfaces import CARD, section_title
from appointly.pages.shell import WIDTH, page
from appointly.state.become_provider import BecomeProvider

GAINS = (
    ("shield-check", "No double bookings", "Two people can never have the same time. The database sees to it."),
    ("zap", "Booked while you work", "Customers see your real free times and take one, at any hour of the day."),
    ("list-ordered", "A day that sorts itself", "Who is next, who is asking, what is free: it moves by itself."),
    ("mail-check", "Mails you need not write", "Confirmations with a calendar entry, changes and cancellations."),
)
STEPS = (
    ("Say who you are", "Name, category, place. Two minutes, and your page begins to grow beside it."),
    ("Say when you work", "A usual week is filled in already. Change what is different for you."),
    ("Add one service", "What it is, how long it takes, what it costs. From then on people can book it."),
)
FREE = (
    ("To join", "Nothing"),
    ("Each month", "Nothing"),
    ("To leave", "Nothing"),
)


def become_provider() -> rx.Component:
    """The page at /become-provider."""
    return page(
        rx.el.section(
            rx.el.div(
                rx.el.div(
                    rx.el.h1("Be booked while you work.", class_name="text-2xl font-semibold sm:text-3xl"),
                    rx.el.p(
                        "Put your services online this afternoon. Your customers see the times you really have and book"
                        " one of them; you see your day.",
                        class_name="mt-4 max-w-panel text-lg text-ink-soft",
                    ),
                    _trouble(),
                    rx.el.div(_call(), class_name="mt-8"),
                    rx.el.p(_note(), class_name="mt-3 text-sm text-ink-faint"),
                    class_name="min-w-0",
                ),
                dashboard_miniature(),
                class_name="grid items-center gap-12 lg:grid-cols-[1fr_30rem] lg:gap-20",
            ),
            class_name=f"{WIDTH} pt-10 sm:pt-16",
        ),
        rx.el.section(
            section_title("What you get"),
            rx.el.ul(*[_gain(*gain) for gain in GAINS], class_name="mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-4"),
            class_name=f"{WIDTH} pt-16 sm:pt-20",
        ),
        rx.el.section(
            rx.el.div(
                rx.el.div(
                    section_title("Three steps, about five minutes"),
                    rx.el.ol(
                        *[_step(number, *step) for number, step in enumerate(STEPS, start=1)],
                        class_name="mt-6 flex flex-col gap-6",
                    ),
                ),
                rx.el.div(
                    rx.el.h2("What it costs", class_name="text-xl font-semibold"),
                    rx.el.dl(*[_cost(*cost) for cost in FREE], class_name="mt-4 divide-y divide-accent-line"),
                    rx.el.div(_call(), class_name="mt-6"),
                    class_name="rounded-card bg-accent-soft p-6 text-accent-ink sm:p-10",
                ),
                class_name="grid items-start gap-12 lg:grid-cols-2 lg:gap-20",
            ),
            class_name=f"{WIDTH} pt-16 sm:pt-20",
        ),
        wide=True,
    )


def _trouble() -> rx.Component:
    return rx.cond(
        BecomeProvider.problem != "",
        rx.el.div(message(BecomeProvider.problem, tone="bad", role="alert"), class_name="mt-6"),
    )


def _call() -> rx.Component:
    """The one button; for a customer it is a form, because the rights of the sign-in change."""
    upgrade = form(
        rx.el.button("Become a provider", type="submit", class_name=looks("primary", "large")),
        action="/session/become-provider",
    )
    return rx.match(
        BecomeProvider.stage,
        ("customer", upgrade),
        ("newcomer", link_button("Set up your business", href="/onboarding", size="large")),
        ("owner", link_button("Go to your dashboard", href="/dashboard", size="large")),
        ("admin", link_button("Go to the overview", href="/admin", size="large")),
        link_button("Offer your services", href="/signup?role=provider&next=/onboarding", size="large"),
    )


def _note() -> rx.Component:
    words = {
        "customer": "Your account stays the same, and so do the bookings you made as a customer.",
        "newcomer": "Your business begins there, and what you saved is still there.",
        "owner": "Your business is with us already.",
        "admin": "An administrator's account cannot offer services.",
    }
    return rx.match(
        BecomeProvider.stage,
        *[(stage, rx.el.span(sentence)) for stage, sentence in words.items()],
        rx.el.span("With us already? ", text_link("Provider sign-in", href="/login-provider")),
    )


def _gain(icon: str, title: str, words: str) -> rx.Component:
    return rx.el.li(
        rx.icon(icon, size=22, aria_hidden=True, class_name="text-accent"),
        rx.el.h3(title, class_name="mt-3 font-semibold"),
        rx.el.p(words, class_name="mt-1 text-sm text-ink-soft"),
        class_name=f"{CARD} p-5",
    )


def _step(number: int, title: str, words: str) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            str(number),
            aria_hidden=True,
            class_name="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft text-sm"
            " font-semibold text-accent-ink",
        ),
        rx.el.p(rx.el.strong(title, class_name="block font-semibold"), rx.el.span(words, class_name="text-ink-soft")),
        class_name="flex gap-4",
    )


def _cost(what: str, price: str) -> rx.Component:
    return rx.el.div(
        rx.el.dt(what),
        rx.el.dd(price, class_name="text-right font-semibold"),
        class_name="flex justify-between gap-6 py-2.5",
    )
