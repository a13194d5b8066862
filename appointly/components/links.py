"""Links: within the product they change the page without loading it anew."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

TEXT_LINK = "font-medium text-accent underline-offset-4 hover:underline"


def link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link to another page of ours, without a look of its own."""
    return ReactRouterLink.create(*children, to=href, **props)


def text_link(*children: Any, href: Any, **props: Any) -> rx.Component:
    """A link within text."""
    return link(*children, href=href, class_name=TEXT_LINK, **props)
