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
GOOGLE = (
    (
        "#EA4335",
        "M24 9.5c3.54 0 6.71 1.22 9.21 3.6l6.85-6.85C35.9 2.38 30.47 0 24 0 14.62 0 6.51 5.38 2.56 13.22l7.98 6.19"
        "C12.43 13.72 17.74 9.5 24 9.5z",
    ),
    (
        "#4285F4",
        "M46.98 24.55c0-1.57-.15-3.09-.38-4.55H24v9.02h12.94c-.58 2.96-2.26 5.48-4.78 7.18l7.73 6"
        "c4.51-4.18 7.09-10.36 7.09-17.65z",
    ),
    (
        "#FBBC05",
        "M10.53 28.59c-.48-1.45-.76-2.99-.76-4.59s.27-3.14.76-4.59l-7.98-6.19C.92 16.46 0 20.12 0 24"
        "c0 3.88.92 7.54 2.56 10.78l7.97-6.19z",
    ),
    (
        "#34A853",
        "M24 48c6.48 0 11.93-2.13 15.89-5.81l-7.73-6c-2.15 1.45-4.92 2.3-8.16 2.3-6.26 0-11.57-4.22-13.47-9.91"
        "l-7.98 6.19C6.51 42.62 14.62 48 24 48z",
    ),
)
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


def portrait(photo: Any, initials: Any, tint: Any) -> rx.Component:
    """A provider's own photo, else a large disc with initials; the name stands beside it."""
    shape = "size-28 shrink-0 rounded-full bg-sunken object-cover"
    return rx.cond(
        photo,
        rx.el.img(src=photo, alt="", width="112", height="112", class_name=shape),
        avatar(initials, tint, "large"),
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


def google_mark() -> rx.Component:
    """Google's letter in Google's colours, as its rules for such buttons ask."""
    return rx.el.svg(
        *[rx.el.path(d=shape, fill=colour) for colour, shape in GOOGLE],
        view_box="0 0 48 48",
        width="18",
        height="18",
        aria_hidden=True,
        class_name="shrink-0",
    )
