"""Forms that the browser sends itself. Reflex's own keep every form from being sent."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

# A second press of the button while the first is under way is not sent.
ONCE: dict[str, Any] = {
    "onSubmit": rx.Var(
        "(event) => { const sent = event.currentTarget.dataset; if (sent.sent) event.preventDefault();"
        " sent.sent = 'yes'; setTimeout(() => delete sent.sent, 5000); }"
    )
}


class PlainForm(BaseHTML):
    """An HTML form, and nothing more."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]


def hidden(name: str, value: Any) -> rx.Component:
    """A field that is sent without being seen."""
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def form(*children: Any, action: str, method: str = "post", **props: Any) -> rx.Component:
    """Fields that are sent to `action`: works before any script has run."""
    return PlainForm.create(*children, action=action, method=method, custom_attrs=ONCE, **props)
