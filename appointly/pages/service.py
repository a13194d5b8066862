"""A service: the story on the left, the booker on the right, on phones in a sheet."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button, looks
from appointly.components.calendar import month_calendar, slot_picker
from appointly.components.countdown import countdown
from appointly.components.dialogs import dialog, opens
from appointly.components.feedback import WAITING, message, skeleton, skeleton_lines
from appointly.components.links import TEXT_LINK, link, text_link
from appointly.components.marks import badge, portrait, stars
from appointly.components.ranges import in_order
from appointly.components.reviews import public_reviews
from appointly.components.surfaces import CARD
from appointly.components.written import written
from appointly.pages.not_found import nothing_here
from appointly.pages.shell import page
from appointly.state.service import ServiceView

SHEET = "booker"
BANNER = (
    "mt-4 aspect-[3/2] max-h-[45dvh] w-full rounded-card bg-sunken object-cover sm:aspect-[2/1] dark:brightness-90"
    " low:hidden"
)
CRUMB = "hover:text-ink hover:underline pointer-coarse:py-3"
BEGUN = "mt-4 flex items-center gap-2 text-sm"
STORY = ServiceView.story


def service() -> rx.Component:
    """The whole page."""
    return page(
        rx.cond(
            ServiceView.missing,
            nothing_here(),
            rx.cond(ServiceView.loaded, _service(), _loading()),
        )
    )


def _service() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _breadcrumb(),
            rx.el.img(
                src=STORY.picture,
                alt="",
                width="480",
                height="320",
                class_name=rx.cond(STORY.picture.startswith("/media/"), BANNER, f"{BANNER} object-[50%_40%]"),
            ),
            rx.el.div(
                rx.el.h1(STORY.title, dir="auto", class_name="text-2xl font-semibold break-words"),
                rx.el.p(
                    "with ",
                    text_link(STORY.provider, href=STORY.provider_href),
                    class_name="mt-1 text-ink-soft wrap-anywhere",
                ),
                rx.cond(STORY.open, rx.fragment(), rx.el.div(_break(), class_name="mt-4")),
                rx.el.p(
                    stars(ServiceView.stars.average, ServiceView.stars.count),
                    rx.cond(STORY.open, badge(STORY.approval, tone="good", icon="badge-check")),
                    rx.cond(STORY.group, badge(STORY.group, icon="users")),
                    class_name="mt-3 flex flex-wrap items-center gap-3",
                ),
                _begun(),
                rx.el.p(
                    rx.el.span(STORY.price, class_name="font-display text-xl font-semibold text-ink"),
                    rx.el.span(in_order(STORY.duration)),
                    class_name="mt-4 flex items-baseline gap-3 text-ink-soft lg:hidden",
                ),
                class_name="mt-6",
            ),
            _part("About this appointment", written(STORY.description)),
            _part("Where", _where()),
            _part("Good to know", _good_to_know()),
            _part("Who you will meet", _who()),
            rx.cond(
                ServiceView.stars.average != "",
                _part("Reviews", public_reviews(ServiceView)),
            ),
            class_name="min-w-0",
        ),
        rx.el.aside(
            rx.el.div(_price(), class_name="border-b border-line px-5 py-4"),
            rx.el.div(_choice(), class_name="min-h-0 overflow-y-auto px-5 py-4"),
            rx.el.div(_continue(), class_name="border-t border-line px-5 py-4"),
            aria_label="Choose a time",
            class_name=f"{CARD} sticky top-20 hidden max-h-[calc(100dvh-6rem)] flex-col self-start shadow-low lg:flex",
        ),
        _phone_bar(),
        class_name="grid gap-10 pb-20 lg:grid-cols-[1fr_24rem] lg:pb-0",
    )


def _begun() -> rx.Component:
    """What whoever looks has begun here is not lost."""
    return rx.cond(
        ServiceView.begun,
        rx.el.p(
            rx.icon("pencil-line", size=16, aria_hidden=True, class_name="shrink-0 text-accent"),
            text_link(f"Continue your booking: {ServiceView.begun}", href=f"/book/{ServiceView.slug}?step=details"),
            class_name=rx.cond(ServiceView.kept.until > 0, f"{BEGUN} lg:hidden", BEGUN),  # the booker says it there
        ),
    )


def _breadcrumb() -> rx.Component:
    return rx.el.nav(
        link("All services", href="/services", class_name=CRUMB),
        rx.icon("chevron-right", size=14, aria_hidden=True, class_name="rtl:-scale-x-100"),
        link(STORY.category, href=STORY.category_href, class_name=CRUMB),
        aria_label="You are here",
        class_name="flex items-center gap-1.5 text-sm text-ink-soft",
    )


def _part(title: str, *children: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, class_name="text-lg font-semibold"),
        rx.el.div(*children, class_name="mt-3"),
        class_name="mt-8 border-t border-line pt-8 first-of-type:border-t-0 first-of-type:pt-0",
    )


def _where() -> rx.Component:
    return rx.el.div(
        rx.icon("map-pin", size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
        rx.el.div(
            rx.el.p(STORY.where, class_name="font-medium"),
            rx.el.p(STORY.place, class_name="text-ink-soft"),
            rx.cond(
                STORY.map_href,
                rx.el.a(
                    "Open in maps",
                    href=STORY.map_href,
                    target="_blank",
                    rel="noopener",
                    class_name=f"{TEXT_LINK} text-sm",
                ),
            ),
        ),
        class_name="flex gap-3",
    )


def _good_to_know() -> rx.Component:
    def line(icon: str, words: Any) -> rx.Component:
        return rx.el.li(
            rx.icon(icon, size=20, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
            rx.el.span(words, class_name="text-ink-soft"),
            class_name="flex gap-3",
        )

    return rx.el.ul(
        line("calendar-x", STORY.policy),
        line("calendar-sync", STORY.moves),
        line("wallet", "You pay at the appointment."),
        rx.cond(STORY.notice, line("clock", "Book " + STORY.notice.lower() + "hand.")),
        rx.cond(STORY.languages, line("languages", STORY.languages)),
        class_name="flex flex-col gap-3",
    )


def _who() -> rx.Component:
    return rx.el.div(
        portrait(STORY.photo, STORY.provider_initials, STORY.provider_tint),
        rx.el.div(
            rx.el.p(text_link(rx.el.bdi(STORY.provider), href=STORY.provider_href), class_name="text-lg break-words"),
            rx.el.p(STORY.headline, class_name="font-medium"),
            rx.el.p(STORY.about, dir="auto", class_name="mt-2 break-words max-w-text text-ink-soft"),
            class_name="min-w-0",
        ),
        class_name="flex flex-col gap-4 sm:flex-row",
    )


def _price() -> rx.Component:
    return rx.el.p(
        rx.el.span(STORY.price, class_name="font-display text-xl font-semibold"),
        rx.el.span(in_order(STORY.duration), class_name="text-ink-soft"),
        class_name="flex items-baseline justify-between",
    )


def _choice() -> rx.Component:
    """The month, then the times of the chosen day."""
    return rx.cond(
        STORY.open & ~ServiceView.nothing_free,
        rx.el.div(
            month_calendar(ServiceView.month, ServiceView.day, ServiceView.choose_day, ServiceView.leaf),
            rx.el.div(
                rx.el.p(
                    rx.el.span(ServiceView.day_label, class_name="font-display font-semibold"),
                    rx.el.span(ServiceView.zone, class_name="text-sm text-ink-faint"),
                    class_name="mb-4 flex items-baseline justify-between gap-3",
                ),
                rx.cond(
                    ServiceView.groups.length() > 0,  # type: ignore[attr-defined]
                    slot_picker(ServiceView.groups, ServiceView.slot, ServiceView.choose_time),
                    rx.el.div(
                        rx.el.p("Nothing is free on this day any more.", class_name="text-sm text-ink-soft"),
                        link_button(
                            "Tell me when a time becomes free",
                            href=ServiceView.wait_href,
                            kind="secondary",
                            class_name="mt-4 w-full",
                        ),
                    ),
                ),
                class_name="mt-4 border-t border-line pt-4",
            ),
        ),
        rx.cond(
            STORY.open,
            rx.el.div(
                message(
                    "Every time of the coming weeks is taken. We can tell you when one becomes free.",
                    tone="warn",
                ),
                link_button(
                    "Tell me when a time becomes free",
                    href=ServiceView.wait_href,
                    kind="secondary",
                    class_name="mt-4 w-full",
                ),
            ),
            _break(),
        ),
    )


def _break() -> rx.Component:
    return message("This service takes a break and cannot be booked at the moment.", tone="warn")


def _continue() -> rx.Component:
    """On to the wizard, once a time is chosen; it is kept meanwhile."""
    return rx.cond(
        ServiceView.slot,
        rx.el.div(
            rx.cond(
                ServiceView.kept.until > 0,
                countdown(
                    ServiceView.kept,
                    "We keep this time for you:",
                    button("Not now", kind="quiet", size="small", on_click=ServiceView.let_go),
                    on_end=ServiceView.refresh,
                    class_name="mb-3 rounded-control bg-accent-soft py-0.5 ps-3 pe-1 text-accent-ink",
                ),
            ),
            link_button(
                "Continue with ", ServiceView.slot_label, href=ServiceView.book_href, size="large", class_name="w-full"
            ),
            class_name="w-full",
        ),
        button("Choose a time", size="large", disabled=True, class_name="w-full"),
    )


def _phone_bar() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.p(
                rx.el.span(STORY.price, class_name="block font-display text-lg font-semibold"),
                rx.el.span(in_order(STORY.duration), class_name="block text-sm text-ink-soft"),
            ),
            rx.cond(
                STORY.open,
                rx.el.button("Choose a time", type="button", class_name=looks("primary", "large"), **opens(SHEET)),
                link_button("What else there is", href=STORY.provider_href, kind="secondary", size="large"),
            ),
            class_name="fixed inset-x-0 bottom-0 z-30 flex items-center justify-between gap-4 border-t border-line"
            " bg-surface px-4 py-3 lg:hidden",
        ),
        dialog(SHEET, "Choose a time", _choice(), footer=_continue()),
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            skeleton("aspect-[2/1] w-full"), skeleton("mt-6 h-9 w-2/3"), rx.el.div(skeleton_lines(4), class_name="mt-8")
        ),
        skeleton("hidden h-96 w-full lg:block"),
        id=WAITING,
        aria_hidden=True,
        class_name="grid gap-10 lg:grid-cols-[1fr_24rem]",
    )
