"""Buttons, and links that look like them."""

from typing import Any, Literal

import reflex as rx

from appointly.components.forms import form, hidden
from appointly.components.links import link

Kind = Literal["primary", "secondary", "quiet", "danger"]
Size = Literal["small", "medium", "large"]

SHAPE = (
    "inline-flex items-center justify-center gap-2 rounded-control font-semibold whitespace-nowrap select-none"
    " transition-colors active:opacity-70 disabled:opacity-55 aria-disabled:opacity-55"
)
KINDS: dict[Kind, str] = {
    "primary": "bg-accent text-on-accent hover:bg-accent-strong",
    "secondary": "border border-line-strong bg-surface text-ink hover:bg-sunken",
    "quiet": "text-ink-soft hover:bg-sunken hover:text-ink",
    "danger": "border border-bad bg-surface text-bad-ink hover:bg-bad-soft",
}
SIZES: dict[Size, str] = {
    "small": "min-h-9 px-3 text-sm pointer-coarse:min-h-11",
    "medium": "min-h-11 px-4 text-sm",
    "large": "min-h-12 px-6 text-base",
}


def looks(kind: Kind, size: Size, extra: str = "") -> str:
    """The classes of a button."""
    return f"{SHAPE} {KINDS[kind]} {SIZES[size]} {extra}".strip()


def button(
    *children: Any,
    kind: Kind = "primary",
    size: Size = "medium",
    busy: Any = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A button. While `busy` it cannot be pressed again and says so."""
    props.setdefault("type", "button")
    if isinstance(busy, rx.Var):
        props["disabled"] = busy | props["disabled"] if "disabled" in props else busy
        children = (
            rx.cond(busy, rx.icon("loader-circle", size=18, class_name="animate-spin"), rx.fragment()),
            *children,
        )
        props["aria_busy"] = busy
    return rx.el.button(*children, class_name=looks(kind, size, class_name), **props)


def link_button(
    *children: Any,
    href: Any,
    kind: Kind = "primary",
    size: Size = "medium",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A link to a page of ours that looks like a button."""
    return link(*children, href=href, class_name=looks(kind, size, class_name), **props)


def icon_button(icon: str, label: str, class_name: str = "", **props: Any) -> rx.Component:
    """A button with an icon alone; `label` is what it is called."""
    props.setdefault("type", "button")
    return rx.el.button(
        rx.icon(icon, size=20, aria_hidden=True),
        aria_label=label,
        title=label,
        class_name=f"{SHAPE} {KINDS['quiet']} size-11 {class_name}",
        **props,
    )


def form_button(*children: Any, action: str, class_name: str, **fields: Any) -> rx.Component:
    """A form of one button: posts `fields` to `action`."""
    return form(
        *[hidden(name, value) for name, value in fields.items()],
        rx.el.button(*children, type="submit", class_name=class_name),
        action=action,
    )
