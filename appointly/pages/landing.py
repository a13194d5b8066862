"""The first page: what Appointly is, and a search that works right there."""

from typing import Any

import reflex as rx

from appointly import routes
from appointly.components.buttons import link_button, looks
from appointly.components.dashboard_miniature import dashboard_miniature
from appointly.components.feedback import skeleton_card
from appointly.components.links import link, text_link
from appointly.components.marks import avatar, badge
from appointly.components.search_bar import search_bar
from appointly.components.service_card import service_card
from appointly.components.surfaces import CARD, section_title
from appointly.display.reviews import Quote
from appointly.display.services import CATEGORIES
from appointly.pages.shell import WIDTH, page
from appointly.state.landing import Landing

POPULAR = ("Haircut", "Deep tissue massage", "Maths tutor", "Dental check-up")
FOR_CUSTOMERS = (
    ("Find", "Search by what you need, where, and when. Every time you see is free."),
    ("Choose", "Pick a time, say who you are, check it once. No account needed."),
    ("Done", "Your place is kept, with a reference and a mail. Cancel in two taps."),
)
FOR_PROVIDERS = (
    ("Set your hours", "Say when you work. Breaks, holidays and buffers are respected."),
    ("Get booked", "Customers find you and book. You confirm, or let us do it at once."),
    ("Run your day", "A dashboard that moves by itself: who is next, who is asking, what is free."),
)
QUICK_LINK = (
    "inline-flex min-h-9 items-center rounded-full border border-line-strong bg-surface px-3.5 text-sm text-ink-soft"
    " transition-colors hover:border-accent hover:text-accent-ink pointer-coarse:min-h-11"
)


def landing() -> rx.Component:
    """The whole page."""
    return page(
        _hero(),
        _section(_categories()),
        _section(_free_today()),
        _section(_how()),
        _section(_words()),
        _section(_call()),
        wide=True,
    )


def _section(*children: Any) -> rx.Component:
    return rx.el.section(*children, class_name=f"{WIDTH} pt-16 sm:pt-20")


def _hero() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h1(
                    "Book the time you see.",
                    class_name="text-2xl font-semibold sm:text-3xl",
                ),
                rx.el.p(
                    "Hair, health, lessons and more near you: real free times, kept for you the moment you choose one.",
                    class_name="mt-4 max-w-panel text-lg text-ink-soft",
                ),
            ),
            _promise_picture(),
            class_name="grid items-center gap-10 lg:grid-cols-[1fr_28rem]",
        ),
        rx.el.div(
            search_bar(Landing.days, Landing.cities),
            rx.el.p(
                rx.el.span("Popular:", class_name="text-sm text-ink-faint"),
                *[link(words, href=routes.search(q=words), class_name=QUICK_LINK) for words in POPULAR],
                class_name="mt-4 flex flex-wrap items-center gap-2",
            ),
            class_name="mt-8 lg:mt-14",
        ),
        class_name=f"{WIDTH} pt-10 sm:pt-14",
    )


def _promise_picture() -> rx.Component:
    """A picture of what one gets: a place, a time, a tick."""
    return rx.el.div(
        rx.el.img(
            src="/pictures/hair-1.svg",
            alt="",
            width="480",
            height="320",
            class_name="aspect-[3/2] w-full rounded-card object-cover dark:brightness-90",
        ),
        rx.el.div(
            rx.el.span(
                rx.icon("check", size=20, aria_hidden=True),
                class_name="flex size-10 shrink-0 items-center justify-center rounded-full bg-good-soft text-good-ink",
            ),
            rx.el.div(
                rx.el.p("Today, 14:30 is yours", class_name="font-semibold"),
                rx.el.p("Haircut and style · 45 min", class_name="truncate text-sm text-ink-soft"),
                class_name="min-w-0 flex-1",
            ),
            badge("A3", tone="accent"),
            class_name=f"{CARD} absolute -start-10 -bottom-6 flex w-80 items-center gap-3 p-3 shadow-high",
        ),
        aria_hidden=True,
        class_name="relative hidden lg:block",
    )


def _categories() -> rx.Component:
    return rx.fragment(
        section_title("What do you need?", text_link("See all services", href="/services")),
        rx.el.ul(
            *[
                rx.el.li(
                    link(
                        rx.el.img(
                            src=category.picture,
                            alt="",
                            loading="lazy",
                            width="480",
                            height="320",
                            class_name="aspect-[3/2] w-full object-cover dark:brightness-90",
                        ),
                        rx.el.span(
                            rx.icon(category.icon, size=18, aria_hidden=True, class_name="text-accent"),
                            category.name,
                            class_name="flex items-center gap-2 px-4 py-3 text-sm font-semibold",
                        ),
                        href=routes.search(category=category.slug),
                        class_name=f"{CARD} block overflow-hidden transition-shadow hover:shadow-high",
                    )
                )
                for category in CATEGORIES
            ],
            class_name="mt-6 grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-4",
        ),
    )


def _free_today() -> rx.Component:
    cards = rx.foreach(Landing.today, lambda service: service_card(service, level=3))
    return rx.fragment(
        section_title("Free today", text_link("More times today", href="/services?sort=next")),
        rx.el.p("Each of these times can be yours in a minute.", class_name="mt-1 text-ink-soft"),
        rx.el.div(
            rx.cond(Landing.loaded, cards, rx.fragment(*[skeleton_card() for _ in range(4)])),
            class_name="mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-4",
        ),
    )


def _how() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2("How it works", class_name="text-xl font-semibold"),
            _steps("For you", FOR_CUSTOMERS),
            _steps("For providers", FOR_PROVIDERS),
            class_name="min-w-0",
        ),
        rx.el.div(dashboard_miniature(), class_name="min-w-0 lg:sticky lg:top-24 lg:self-start lg:pt-14"),
        class_name="grid gap-12 lg:grid-cols-2 lg:gap-20",
    )


def _steps(whose: str, steps: tuple[tuple[str, str], ...]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(whose, class_name="mt-8 text-lg font-semibold text-accent"),
        rx.el.ol(
            *[
                rx.el.li(
                    rx.el.span(
                        str(number),
                        aria_hidden=True,
                        class_name="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft"
                        " text-sm font-semibold text-accent-ink",
                    ),
                    rx.el.p(
                        rx.el.strong(title, class_name="block font-semibold"),
                        rx.el.span(words, class_name="text-ink-soft"),
                    ),
                    class_name="flex gap-4",
                )
                for number, (title, words) in enumerate(steps, 1)
            ],
            class_name="mt-4 flex flex-col gap-5",
        ),
    )


def _words() -> rx.Component:
    return rx.cond(
        Landing.quotes.length() > 0,  # type: ignore[attr-defined]
        rx.fragment(
            section_title("What people say afterwards"),
            rx.el.div(
                rx.foreach(Landing.quotes, _quote),
                class_name="mt-6 grid gap-4 md:grid-cols-3",
            ),
        ),
    )


def _quote(quote: Quote) -> rx.Component:
    return rx.el.figure(
        rx.el.blockquote(rx.el.p("“", quote.words, "”", dir="auto"), class_name="flex-1"),
        rx.el.figcaption(
            avatar(quote.initials, quote.tint, "small"),
            rx.el.span(
                rx.el.span(quote.name, class_name="block text-sm font-semibold"),
                rx.el.span(quote.about, class_name="block text-sm text-ink-faint"),
            ),
            class_name="mt-4 flex items-center gap-3",
        ),
        class_name=f"{CARD} flex flex-col p-5",
    )


def _call() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2("Your chair, your hours, no double bookings.", class_name="text-2xl font-semibold"),
            rx.el.p(
                "Put your services online this afternoon. Customers see the times you really have, and two of them can"
                " never have the same one.",
                class_name="mt-3 max-w-panel text-lg",
            ),
        ),
        rx.el.div(
            link_button("Offer your services", href="/become-provider", size="large"),
            link("Provider sign-in", href="/login-provider", class_name=looks("secondary", "large")),
            class_name="flex flex-wrap gap-3",
        ),
        id="providers",
        class_name="flex flex-col gap-8 rounded-card bg-accent-soft p-8 text-accent-ink sm:p-12"
        " lg:flex-row lg:items-center lg:justify-between",
    )
