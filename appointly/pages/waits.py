"""Where somebody is in line, in their account."""

from typing import Any

import reflex as rx

from appointly.components.links import link
from appointly.components.surfaces import section_title
from appointly.components.zones import zone_note

DISC = "flex size-14 shrink-0 items-center justify-center rounded-card"


def waits_of(places: Any, title: str, name: str) -> rx.Component:
    """A section of the account; nothing where nobody waits."""
    return rx.cond(
        places,
        rx.el.section(
            section_title(title, id=name),
            rx.el.ul(rx.foreach(places, _line), class_name="mt-4 flex flex-col gap-3"),
            aria_labelledby=name,
        ),
    )


def _line(place: Any) -> rx.Component:
    offered = place.offered != ""
    return rx.el.li(
        link(
            rx.el.span(
                rx.cond(
                    offered,
                    rx.icon("bell-ring", size=24, aria_hidden=True),
                    rx.icon("hourglass", size=24, aria_hidden=True),
                ),
                class_name=rx.cond(offered, f"{DISC} bg-good text-on-accent", f"{DISC} bg-sunken text-ink-soft"),
            ),
            rx.el.span(
                rx.el.span(place.service, dir="auto", class_name="max-w-full truncate font-semibold"),
                rx.el.span(
                    rx.cond(
                        offered,
                        rx.fragment(
                            f"{place.offered} ",
                            zone_note(place.zone, place.zone_name, "whitespace-nowrap text-ink-faint"),
                            f", kept for you until {place.until}",
                        ),
                        place.dates,
                    ),
                    rx.el.span(" · ", aria_hidden=True, class_name="max-sm:hidden"),
                    rx.el.span(rx.el.bdi(place.provider), class_name="max-sm:block"),
                    class_name="max-w-full text-sm wrap-anywhere text-ink-soft",
                ),
                class_name="flex min-w-0 flex-1 flex-col items-start",
            ),
            rx.icon("chevron-right", size=18, aria_hidden=True, class_name="shrink-0 text-ink-faint rtl:-scale-x-100"),
            href=place.href,
            class_name="flex items-center gap-4 rounded-card border border-line bg-surface p-4 transition-colors"
            " hover:border-accent-line hover:shadow-low",
        )
    )
