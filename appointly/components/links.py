"""Links: within the product they change the page without loading it anew."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML
from reflex_components_core.react_router.dom import ReactRouterLink

TEXT_LINK = "font-medium text-accent underline-offset-4 hover:underline"


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link to another page of ours, without a look of its own."""
    return ReactRouterLink.create(*children, to=href, **props)


def text_link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link within text."""
    return link(*children, href=href, class_name=TEXT_LINK, **props)


def aside_link(label: str, href: str) -> rx.Component:
    """A link beside a heading, large enough for a thumb."""
    return link(label, href=href, class_name=f"{TEXT_LINK} inline-flex min-h-9 items-center pointer-coarse:min-h-11")


def back_link(label: Any, href: Any) -> rx.Component:
    """The way to what this page is a part of, above its heading."""
    return link(
        rx.icon("arrow-left", size=16, aria_hidden=True, class_name="rtl:-scale-x-100"),
        label,
        href=href,
        class_name="inline-flex min-h-9 items-center gap-1.5 text-sm text-ink-soft hover:text-ink print:hidden"
        " pointer-coarse:min-h-11",
    )


class PlainLink(BaseHTML):
    """A link that the browser follows itself, as those within a page."""

    tag = "a"

    href: rx.Var[str]
    target: rx.Var[str]


def outward_link(*children: Any, href: Any, class_name: str) -> rx.Component:
    """A link that leaves the pages for a moment: one that our HTTP routes answer."""
    return PlainLink.create(*children, href=href, class_name=class_name)


def skip_link() -> rx.Component:
    """The first stop of the keyboard: past what is on every page."""
    return PlainLink.create(
        "Skip to the content",
        href="#content",
        class_name="sr-only rounded-control bg-ink px-4 py-3 text-sm text-canvas focus:not-sr-only focus:fixed"
        " focus:top-3 focus:left-3 focus:z-50",
    )
