"""Times from and to."""

from typing import Any

import reflex as rx


def time_range(starts: Any, ends: Any) -> rx.Component:
    """ "12:30 – 13:15": right-to-left text around it would turn it round."""
    return in_order(f"{starts} – {ends}")


def in_order(words: Any) -> rx.Component:
    """Figures that keep their order, whichever way the text around them runs."""
    return rx.el.bdi(words, dir="ltr")
