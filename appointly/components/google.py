"""The way through Google."""

from typing import Any

import reflex as rx

from appointly.components.buttons import Size, looks
from appointly.components.links import outward_link
from appointly.components.marks import google_mark


def google_link(label: str, came_from: str, rest: Any, size: Size = "large") -> rx.Component:
    """Off to Google, and back to `came_from` if it fails; `rest` is the end of the address."""
    return outward_link(
        google_mark(), label, href=f"/session/google?page={came_from}&{rest}", class_name=looks("secondary", size)
    )
