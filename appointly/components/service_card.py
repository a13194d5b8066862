"""A service among others: picture, price, rating and the next free times at a glance."""

from typing import Any

import reflex as rx

from appointly.components.links import link
from appointly.components.marks import stars
from appointly.components.ranges import in_order
from appointly.components.surfaces import CARD
from appointly.components.zones import zone_note
from appointly.display.services import QuickTime, ServiceCard

QUICK_TIME = (
    "flex min-h-12 flex-col items-center justify-center rounded-control border border-accent-line bg-accent-soft px-1"
    " text-accent-ink transition-colors hover:border-accent hover:bg-accent hover:text-on-accent"
)


def service_card(service: ServiceCard, level: int = 2) -> rx.Component:
    """A service with its next free times as buttons into the wizard. `level` is that of its heading on the page."""
    heading: Any = {2: rx.el.h2, 3: rx.el.h3}[level]
    return rx.el.article(
        rx.el.div(
            rx.el.img(
                src=service.picture,
                alt="",
                loading="lazy",
                width="480",
                height="320",
                class_name="size-full object-cover dark:brightness-90",
            ),
            class_name="aspect-[5/3] overflow-hidden bg-sunken",
        ),
        rx.el.div(
            rx.el.div(
                heading(
                    link(
                        service.title,
                        href=service.href,
                        class_name="after:absolute after:inset-0 group-hover:underline underline-offset-4",
                    ),
                    dir="auto",
                    class_name="min-w-0 font-semibold text-balance wrap-anywhere",
                ),
                stars(service.rating, service.reviews),
                class_name="flex items-start justify-between gap-3",
            ),
            rx.el.p(
                rx.el.bdi(service.provider),
                " · ",
                rx.cond(service.distance != "", service.distance, service.city),
                class_name="mt-0.5 truncate text-sm text-ink-soft",
            ),
            rx.el.p(
                rx.el.span(
                    rx.el.span(service.price, class_name="font-semibold text-ink"),
                    rx.el.span(" · ", in_order(service.duration), class_name="text-ink-soft"),
                    class_name="whitespace-nowrap",
                ),
                zone_note(service.zone, service.zone_name, "min-w-0 truncate text-xs text-ink-faint"),
                class_name="mt-2 flex items-baseline justify-between gap-3 text-sm tabular-nums",
            ),
            rx.el.div(
                rx.cond(
                    service.times.length() > 0,  # type: ignore[attr-defined]
                    rx.foreach(service.times, lambda time: quick_time(time, service.title)),
                    rx.el.p(service.when, class_name="col-span-3 flex min-h-12 items-center text-sm text-ink-faint"),
                ),
                class_name="relative z-10 mt-auto grid grid-cols-3 gap-2 pt-4",
            ),
            class_name="flex flex-1 flex-col p-4",
        ),
        class_name=f"{CARD} group relative flex flex-col overflow-hidden transition-shadow hover:shadow-high",
    )


def quick_time(time: QuickTime, about: str) -> rx.Component:
    """A free time of the service called `about`."""
    return link(
        rx.el.span(time.day, class_name="text-xs whitespace-nowrap"),
        rx.el.span(time.time, class_name="text-sm font-semibold tabular-nums"),
        href=time.href,
        aria_label="Book " + about + ", " + time.label,
        class_name=QUICK_TIME,
    )
