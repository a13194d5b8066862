"""What the product says about itself: messages, empty places, places still loading, a lost connection."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.core.banner import has_too_many_connection_errors

from appointly.components.surfaces import CARD

MessageTone = Literal["info", "good", "warn", "bad"]

MESSAGES: dict[MessageTone, tuple[str, str]] = {
    "info": ("info", "bg-accent-soft text-accent-ink"),
    "good": ("circle-check", "bg-good-soft text-good-ink"),
    "warn": ("triangle-alert", "bg-warn-soft text-warn-ink"),
    "bad": ("circle-alert", "bg-bad-soft text-bad-ink"),
}
NOTICE = (
    "pointer-events-auto flex max-w-text items-center gap-3 rounded-card bg-ink px-4 py-2 text-sm text-canvas"
    " shadow-high"
)
WAITING = "waiting"  # the id of a skeleton in whose place the document's own words stay (assets/theme.css)


def message(*children: Any, tone: MessageTone = "info", role: str = "status") -> rx.Component:
    """A sentence in the flow of the page. Use role="alert" for what must interrupt."""
    icon, colour = MESSAGES[tone]
    return rx.el.div(
        rx.icon(icon, size=20, aria_hidden=True, class_name="mt-px shrink-0"),
        rx.el.div(*children, class_name="min-w-0"),
        role=role,
        class_name=f"flex gap-3 rounded-card px-4 py-3 text-sm {colour}",
    )


def notice(text: str, kind: str, number: int, on_dismiss: Any) -> rx.Component:
    """A sentence at the edge of the screen; `kind` is problem, success or info. Good news leaves by itself.

    Once it is out of sight it is dismissed (components/document.py), or the next page would show it again.
    """
    icon = rx.match(kind, ("problem", _notice_icon("bad")), ("success", _notice_icon("good")), _notice_icon("info"))
    return rx.el.div(
        rx.cond(
            text,
            rx.el.div(
                icon,
                rx.el.p(text, class_name="min-w-0"),
                rx.el.button(
                    rx.icon("x", size=18, aria_hidden=True),
                    type="button",
                    aria_label="Dismiss",
                    on_click=on_dismiss,
                    class_name="-me-2 flex size-9 shrink-0 items-center justify-center rounded-control",
                ),
                key=number,
                class_name=rx.cond(kind == "problem", f"{NOTICE} animate-appear", f"{NOTICE} animate-leave"),
            ),
        ),
        role="status",
        aria_live="polite",
        class_name="pointer-events-none fixed inset-x-4 bottom-20 z-50 flex justify-center sm:bottom-6"
        " max-xl:[#page:has([data-at-hand])>&]:bottom-38",  # above the buttons that stay at hand
    )


def _notice_icon(tone: MessageTone) -> rx.Component:
    return rx.icon(MESSAGES[tone][0], size=20, aria_hidden=True, class_name="shrink-0")


def empty_state(icon: str, title: Any, sentence: Any, *actions: Any, level: int = 2) -> rx.Component:
    """A place with nothing in it yet: a drawing, a sentence, and something to do. `level` is its heading's."""
    heading: Any = {1: rx.el.h1, 2: rx.el.h2, 3: rx.el.h3}[level]
    return rx.el.div(
        rx.el.span(
            rx.icon(icon, size=28, aria_hidden=True),
            class_name="flex size-14 items-center justify-center rounded-full bg-accent-soft text-accent-ink",
        ),
        heading(title, class_name="mt-4 text-lg font-semibold"),
        rx.el.p(sentence, class_name="mt-1 max-w-form text-ink-soft"),
        rx.el.div(*actions, class_name="mt-5 flex flex-wrap justify-center gap-3") if actions else rx.fragment(),
        class_name="flex flex-col items-center px-4 py-12 text-center",
    )


def skeleton(class_name: str) -> rx.Component:
    """A grey place in the shape of what is coming; `class_name` gives its size."""
    return rx.el.span(
        aria_hidden=True, class_name=f"shimmer-fill block animate-shimmer rounded-control opacity-0 {class_name}"
    )


def skeleton_card() -> rx.Component:
    """A card that is still loading."""
    return rx.el.div(
        skeleton("aspect-[16/10] w-full"),
        skeleton("mt-4 h-5 w-3/4"),
        skeleton("mt-2 h-4 w-1/2"),
        skeleton("mt-4 h-10 w-full"),
        class_name=f"{CARD} p-4",
    )


def skeleton_lines(count: int = 3) -> rx.Component:
    """Text that is still loading."""
    return rx.el.div(
        *[skeleton("h-4 w-full" if line < count - 1 else "h-4 w-2/3") for line in range(count)],
        class_name="flex flex-col gap-3",
    )


def connection_lost() -> rx.Component:
    """A calm strip for as long as the server cannot be reached."""
    return rx.el.div(
        rx.cond(
            has_too_many_connection_errors,
            rx.el.div(
                rx.icon("wifi-off", size=18, aria_hidden=True, class_name="shrink-0"),
                rx.el.p(
                    rx.el.strong("You are offline for the moment. ", class_name="font-semibold"),
                    "Nothing is lost: we reconnect by ourselves, and no booking is made until you see it confirmed.",
                ),
                class_name="mx-auto flex max-w-text animate-appear items-center gap-3 rounded-card bg-ink px-4 py-3"
                " text-sm text-canvas shadow-high",
            ),
        ),
        role="status",
        aria_live="polite",
        class_name="fixed inset-x-4 top-4 z-50",
    )
