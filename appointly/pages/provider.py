"""The public profile of a provider."""

from typing import Any

import reflex as rx

from appointly.components.feedback import WAITING, skeleton, skeleton_card, skeleton_lines
from appointly.components.links import TEXT_LINK, link
from appointly.components.marks import portrait, stars
from appointly.components.ranges import in_order
from appointly.components.reviews import public_reviews
from appointly.components.service_card import service_card
from appointly.components.surfaces import card, section_title
from appointly.components.written import written
from appointly.display.services import Hours
from appointly.pages.not_found import nothing_here
from appointly.pages.queue import queue_link
from appointly.pages.shell import page
from appointly.state.provider import ProviderView, Shown

STORY = ProviderView.story


def provider() -> rx.Component:
    """The whole page."""
    return page(
        rx.cond(
            ProviderView.missing,
            nothing_here(),
            rx.cond(ProviderView.loaded, _provider(), _loading()),
        )
    )


def _provider() -> rx.Component:
    return rx.fragment(
        _head(),
        rx.el.div(
            rx.el.div(
                section_title("Services"),
                rx.el.div(
                    rx.foreach(ProviderView.services, lambda service: service_card(service, level=3)),
                    class_name="mt-5 grid gap-4 sm:grid-cols-2",
                ),
                rx.cond(
                    ProviderView.gallery.length() > 0,  # type: ignore[attr-defined]
                    rx.el.div(
                        section_title("Pictures"),
                        rx.el.ul(
                            rx.foreach(ProviderView.gallery, _picture),
                            class_name="mt-5 grid grid-cols-2 gap-3 sm:grid-cols-3",
                        ),
                        class_name="mt-12",
                    ),
                ),
                class_name="min-w-0",
            ),
            rx.el.aside(
                rx.cond(STORY.about != "", _side("About", written(STORY.about))),
                _side(
                    "Opening hours",
                    rx.el.ul(rx.foreach(ProviderView.hours, _hours), class_name="text-sm"),
                    rx.el.p(STORY.zone, class_name="mt-2 text-sm text-ink-faint"),
                    rx.el.p(queue_link(STORY.slug, "Today's queue"), class_name="mt-2 text-sm"),
                ),
                _side("Find us", _contact()),
                class_name="flex flex-col gap-4 lg:sticky lg:top-20 lg:col-start-2 lg:row-span-2 lg:row-start-1"
                " lg:self-start",
            ),
            rx.cond(
                ProviderView.stars.average != "",
                rx.el.div(
                    section_title("Reviews"),
                    rx.el.div(
                        public_reviews(ProviderView),
                        class_name="mt-5",
                    ),
                    class_name="min-w-0",
                ),
            ),
            class_name="mt-10 grid gap-10 lg:grid-cols-[1fr_22rem] lg:grid-rows-[auto_1fr]",
        ),
    )


def _head() -> rx.Component:
    return rx.el.div(
        portrait(STORY.photo, STORY.initials, STORY.tint),
        rx.el.div(
            rx.el.h1(STORY.name, dir="auto", class_name="text-2xl font-semibold break-words"),
            rx.el.p(STORY.headline, dir="auto", class_name="break-words mt-1 text-lg text-ink-soft"),
            rx.el.p(
                stars(ProviderView.stars.average, ProviderView.stars.count),
                link(STORY.category, href=STORY.category_href, class_name=f"{TEXT_LINK} text-sm"),
                class_name="mt-3 flex flex-wrap items-center gap-4",
            ),
            class_name="min-w-0",
        ),
        class_name="flex flex-col gap-5 sm:flex-row sm:items-center",
    )


def _side(title: str, *children: Any) -> rx.Component:
    return card(rx.el.h2(title, class_name="mb-2 text-lg font-semibold"), *children)


def _picture(picture: Shown) -> rx.Component:
    """A picture of the gallery that opens in full size."""
    return rx.el.li(
        rx.el.a(
            rx.el.img(
                src=picture.small,
                alt=picture.label,
                loading="lazy",
                width="480",
                height="480",
                class_name="aspect-square w-full rounded-card bg-sunken object-cover",
            ),
            href=picture.large,
            target="_blank",
            rel="noopener",
        ),
    )


def _hours(hours: Hours) -> rx.Component:
    return rx.el.li(
        rx.el.span(hours.day),
        rx.el.span(in_order(hours.hours), class_name="text-end tabular-nums"),
        class_name=rx.cond(
            hours.today,
            "flex justify-between gap-4 py-1.5 font-semibold",
            "flex justify-between gap-4 py-1.5 text-ink-soft",
        ),
    )


def _contact() -> rx.Component:
    def line(icon: str, *words: Any) -> rx.Component:
        return rx.el.li(
            rx.icon(icon, size=18, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
            rx.el.div(*words, class_name="min-w-0 break-words"),
            class_name="flex gap-3 text-sm",
        )

    return rx.el.ul(
        line(
            "map-pin",
            rx.el.p(STORY.place),
            rx.el.a("Open in maps", href=STORY.map_href, target="_blank", rel="noopener", class_name=TEXT_LINK),
        ),
        rx.cond(STORY.serves, line("navigation", STORY.serves)),
        rx.cond(STORY.phone, line("phone", rx.el.a(STORY.phone, href="tel:" + STORY.phone, class_name=TEXT_LINK))),
        rx.cond(STORY.languages, line("languages", STORY.languages)),
        rx.foreach(
            ProviderView.sites,
            lambda site: line(
                "link",
                rx.el.a(
                    site.name,
                    href=site.href,
                    target="_blank",
                    rel="nofollow noopener ugc",
                    class_name=f"{TEXT_LINK} break-all",
                ),
            ),
        ),
        class_name="flex flex-col gap-3",
    )


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.div(skeleton("size-16 rounded-full"), skeleton("h-9 w-1/2"), class_name="flex items-center gap-5"),
        rx.el.div(
            rx.el.div(skeleton_card(), skeleton_card(), class_name="grid gap-4 sm:grid-cols-2"),
            skeleton_lines(6),
            class_name="mt-10 grid gap-10 lg:grid-cols-[1fr_22rem]",
        ),
        id=WAITING,
        aria_hidden=True,
    )
