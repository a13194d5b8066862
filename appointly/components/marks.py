"""Small marks: badges, avatars, stars."""

from typing import Any, Literal

import reflex as rx

Tone = Literal["neutral", "accent", "good", "warn", "bad"]

BADGE = "inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap"
TONES: dict[Tone, str] = {
    "neutral": "bg-sunken text-ink-soft",
    "accent": "bg-accent-soft text-accent-ink",
    "good": "bg-good-soft text-good-ink",
    "warn": "bg-warn-soft text-warn-ink",
    "bad": "bg-bad-soft text-bad-ink",
}
STATUSES: dict[str, tuple[Tone, str, str]] = {
    "held": ("warn", "timer", "Held"),
    "pending": ("warn", "hourglass", "Awaiting answer"),
    "confirmed": ("good", "check", "Confirmed"),
    "completed": ("neutral", "check-check", "Completed"),
    "no_show": ("bad", "user-x", "No-show"),
    "declined": ("bad", "x", "Declined"),
    "cancelled": ("neutral", "x", "Cancelled"),
    "expired": ("neutral", "clock", "Expired"),
}
TINT_CLASSES = {
    1: "bg-tint-1 text-tint-1-ink",
    2: "bg-tint-2 text-tint-2-ink",
    3: "bg-tint-3 text-tint-3-ink",
    4: "bg-tint-4 text-tint-4-ink",
    5: "bg-tint-5 text-tint-5-ink",
    6: "bg-tint-6 text-tint-6-ink",
}
AVATAR_SIZES = {"small": "size-8 text-xs", "medium": "size-10 text-sm", "large": "size-16 text-xl"}


def badge(*children: Any, tone: Tone = "neutral", icon: str = "") -> rx.Component:
    """A word that stands out a little."""
    mark = rx.icon(icon, size=13, aria_hidden=True) if icon else rx.fragment()
    return rx.el.span(mark, *children, class_name=f"{BADGE} {TONES[tone]}")


def status_badge(status: str) -> rx.Component:
    """Where an appointment stands, as icon, word and colour."""
    cases = [(name, badge(word, tone=tone, icon=icon)) for name, (tone, icon, word) in STATUSES.items()]
    return rx.match(status, *cases, rx.fragment())


def avatar(initials: Any, tint: Any, size: Literal["small", "medium", "large"] = "medium") -> rx.Component:
    """A disc with initials; the name stands beside it, so that it is silent for screen readers."""
    if isinstance(tint, rx.Var):
        colour: Any = rx.match(tint, *list(TINT_CLASSES.items()), TINT_CLASSES[1])
    else:
        colour = TINT_CLASSES[tint]
    shape = "inline-flex shrink-0 items-center justify-center rounded-full font-display font-semibold"
    return rx.el.span(
        rx.el.span(initials),
        aria_hidden=True,
        class_name=[f"{shape} {AVATAR_SIZES[size]}", colour],
    )


def stars(rating: str, note: Any = "") -> rx.Component:
    """The average rating with a star, and how many gave it; nothing where nobody has."""
    return rx.cond(
        rating,
        rx.el.span(
            rx.icon("star", size=15, aria_hidden=True, class_name="fill-star text-star"),
            rx.el.span(rating, class_name="font-semibold text-ink tabular-nums"),
            rx.el.span("out of 5", class_name="sr-only"),
            rx.el.span(note, class_name="text-ink-faint"),
            class_name="inline-flex items-center gap-1 text-sm whitespace-nowrap",
        ),
        badge("New"),
    )


def logo() -> rx.Component:
    """The name with its mark: a day with one time taken."""
    return rx.el.span(
        rx.el.svg(
            rx.el.rect(x="2", y="4", width="24", height="22", rx="7", class_name="fill-accent"),
            rx.el.path(
                d="M8.5 15.5l4 4 7.5-9",
                fill="none",
                stroke_width="3",
                stroke_linecap="round",
                stroke_linejoin="round",
                class_name="stroke-on-accent",
            ),
            view_box="0 0 28 28",
            width="28",
            height="28",
            aria_hidden=True,
        ),
        rx.el.span("Appointly", class_name="font-display text-lg font-semibold tracking-tight"),
        class_name="inline-flex items-center gap-2",
    )
