"""Who we are, and how to reach us."""

import reflex as rx

from appointly.components.buttons import link_button
from appointly.components.links import TEXT_LINK, text_link
from appointly.components.surfaces import card, page_title
from appointly.pages.shell import page

PROMISES = (
    (
        "shield-check",
        "One time, one person",
        "Two people can never hold the same time. The database refuses the second one, however many ask at once.",
    ),
    (
        "eye",
        "What you see is what you can book",
        "The list of free times and the booking read the same rows. Where a provider answers first, the page says so, "
        "and the time is kept until then.",
    ),
    (
        "mail-check",
        "Everything outside happens once",
        "Each mail is written down together with its booking, and sent afterwards: never lost, never twice.",
    ),
)
EMAIL = "hello@appointly.example"


def about() -> rx.Component:
    """What Appointly is for."""
    return page(
        rx.el.div(
            page_title("Appointments deserve the truth"),
            rx.el.p(
                "Booking an appointment should feel like shaking hands: both sides know what was agreed. Appointly"
                " shows the real free times of independent providers, keeps the one you choose, and tells both of you"
                " the same thing at every step.",
                class_name="mt-4 text-lg text-ink-soft",
            ),
            rx.el.div(
                *[
                    card(
                        rx.icon(icon, size=24, aria_hidden=True, class_name="text-accent"),
                        rx.el.h2(title, class_name="mt-3 text-lg font-semibold"),
                        rx.el.p(words, class_name="mt-1 text-ink-soft"),
                    )
                    for icon, title, words in PROMISES
                ],
                class_name="mt-8 flex flex-col gap-4",
            ),
            rx.el.div(
                link_button("Find an appointment", href="/services", size="large"),
                link_button("Offer your services", href="/become-provider", kind="secondary", size="large"),
                class_name="mt-8 flex flex-wrap gap-3",
            ),
            class_name="mx-auto max-w-text",
        )
    )


def contact() -> rx.Component:
    """Where to write."""
    return page(
        rx.el.div(
            page_title("Talk to us", "A person answers, usually within a working day."),
            card(
                rx.el.h2("About a booking", class_name="text-lg font-semibold"),
                rx.el.p(
                    "The provider knows best: their address and telephone number are on the page of your booking. You"
                    " reach it from ",
                    text_link("your bookings", href="/account"),
                    ", or by the link in the mail that confirmed it.",
                    class_name="mt-1 text-ink-soft",
                ),
                class_name="mt-8 p-5",
            ),
            card(
                rx.el.h2("About Appointly", class_name="text-lg font-semibold"),
                rx.el.p(
                    "Something is broken, confusing or missing? Write to ",
                    rx.el.a(EMAIL, href=f"mailto:{EMAIL}", class_name=TEXT_LINK),
                    " and tell us what you were doing. If it is about one booking, add its reference.",
                    class_name="mt-1 text-ink-soft",
                ),
                class_name="mt-4 p-5",
            ),
            class_name="mx-auto max-w-text",
        )
    )
