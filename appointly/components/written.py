"""What people write about themselves and what they offer."""

import reflex as rx


def written(html: rx.Var[str]) -> rx.Component:
    """Words that `appointly.display.markdown.rendered` has made: never anything else."""
    return rx.html(html, class_name="written")
