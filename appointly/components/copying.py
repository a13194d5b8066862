"""Handing an address on: to the clipboard, or to another program of the device."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button


def copy_button(label: str, text: Any, **props: Any) -> rx.Component:
    """Copies `text`, and says so in its own place."""
    copy: rx.Var[Any] = rx.Var(
        "(event) => { const button = event.currentTarget; navigator.clipboard.writeText(button.value).then(() => {"
        " button.dataset.copied = ''; setTimeout(() => delete button.dataset.copied, 2000); }); }"
    )
    return button(
        rx.icon("copy", size=18, aria_hidden=True, class_name="group-data-copied:hidden"),
        rx.icon("check", size=18, aria_hidden=True, class_name="hidden group-data-copied:block"),
        rx.el.span(label, class_name="group-data-copied:hidden"),
        rx.el.span("Copied", role="status", class_name="hidden group-data-copied:inline"),
        kind="secondary",
        value=text,
        custom_attrs={"onClick": copy},
        class_name="group",
        **props,
    )


def share_button(label: str, address: Any) -> rx.Component:
    """Opens the device's own way to share; not there where the device has none."""
    share: rx.Var[Any] = rx.Var("(event) => navigator.share({url: event.currentTarget.value}).catch(() => {})")
    return button(
        rx.icon("share-2", size=18, aria_hidden=True),
        label,
        kind="secondary",
        value=address,
        custom_attrs={"onClick": share, "hidden": rx.Var("typeof navigator === 'undefined' || !navigator.share")},
    )
