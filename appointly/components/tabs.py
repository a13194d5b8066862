"""The parts of one page, or the pages of one place, side by side above what they show."""

from typing import Any

import reflex as rx

from appointly.components.links import link

SHAPE = "flex min-h-11 items-center gap-2 border-b-2 px-2 text-sm sm:px-3 font-medium whitespace-nowrap"
HERE = "border-accent text-accent-ink [scroll-initial-target:nearest]"
ELSEWHERE = "border-transparent text-ink-soft hover:text-ink"


def tabs(label: str, *links: rx.Component) -> rx.Component:
    """A row of `tab`s that scrolls sideways where it is too wide, and shows that it does; `label` is read aloud."""
    look = "scroll-hint mt-5 flex gap-1 overflow-x-auto border-b border-line"
    return rx.el.nav(*links, aria_label=label, class_name=look)


def tab(label: str, href: str, here: Any, count: Any = "") -> rx.Component:
    """A link to one of them; `here`: it is the one shown; `count` stands beside its name."""
    return link(
        label,
        count,
        href=href,
        aria_current=rx.cond(here, "page", "false"),
        class_name=rx.cond(here, f"{SHAPE} {HERE}", f"{SHAPE} {ELSEWHERE}"),
    )
