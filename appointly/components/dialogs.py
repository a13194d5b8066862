"""Dialogs and sheets: the browser's own, which keep the focus, close with Escape and need no script."""

from typing import Any

import reflex as rx

from appointly.components.buttons import icon_button


class CloseAfter(rx.Component):
    """Within the dialog called `dialog`: closes it whenever `times`, how often its work was done, changes."""

    library = "$/public/scripts/close_after.jsx"
    tag = "CloseAfter"

    dialog: rx.Var[str]
    times: rx.Var[int]


def opens(name: str) -> dict[str, Any]:
    """What makes a button open the dialog called `name`: `button("Filters", **opens("filters"))`."""
    return {"custom_attrs": {"command": "show-modal", "commandfor": name}, "aria_haspopup": "dialog"}


def closes(name: str) -> dict[str, Any]:
    """What makes a button close the dialog called `name`."""
    return {"custom_attrs": {"command": "close", "commandfor": name}}


def dialog(name: str, title: Any, *children: Any, footer: Any = None) -> rx.Component:
    """A window above the page, opened by a button with `opens(name)`. On phones it is a sheet at the bottom."""
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(title, id=f"{name}-title", class_name="text-lg font-semibold"),
            icon_button("x", "Close", class_name="-me-2", **closes(name)),
            class_name="flex items-center justify-between gap-4 px-5 pt-4 pb-2",
        ),
        rx.el.div(*children, class_name="min-h-0 flex-1 overflow-y-auto px-5 pb-5"),
        rx.el.div(footer, class_name="flex justify-end gap-3 border-t border-line px-5 py-3")
        if footer is not None
        else rx.fragment(),
        id=name,
        aria_labelledby=f"{name}-title",
        custom_attrs={"closedby": "any"},
        class_name=(
            "mx-auto mt-auto mb-0 max-h-[88dvh] w-full max-w-full flex-col rounded-t-card bg-surface text-ink"
            " shadow-high open:flex open:animate-appear sm:my-auto sm:w-full sm:max-w-panel sm:rounded-card"
            " low:max-h-dvh"
        ),
    )
