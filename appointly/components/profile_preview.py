"""The public profile in small, beside the form that makes it."""

from typing import Any

import reflex as rx

from appointly.components.marks import avatar, badge
from appointly.components.surfaces import CARD
from appointly.components.written import written

EMPTY = "text-ink-faint italic"


def profile_preview(
    preview: Any, photo: Any = "", rated: Any = None, hours: Any = None, gallery: Any = None
) -> rx.Component:
    """How others will see the business; `rated` are its stars, `hours` `preview_line`s, `gallery` addresses.

    An illustration: nothing in it can be pressed.
    """
    return rx.el.figure(
        rx.el.div(
            rx.cond(
                preview.picture != "",
                rx.el.img(src=preview.picture, alt="", class_name="aspect-[5/2] w-full object-cover"),
                rx.el.div(class_name="aspect-[5/2] w-full bg-sunken"),
            ),
            rx.el.div(
                _face(preview, photo),
                _title(preview),
                rx.el.div(
                    badge("New") if rated is None else rated,
                    rx.cond(preview.category != "", badge(preview.category, tone="accent")),
                    class_name="mt-3 flex flex-wrap gap-2",
                ),
                rx.el.ul(
                    rx.cond(preview.place != "", preview_line("map-pin", preview.place)),
                    rx.foreach(preview.ways, lambda way: preview_line("check", way)),
                    rx.cond(preview.languages != "", preview_line("languages", preview.languages)),
                    hours if hours is not None else rx.fragment(),
                    class_name="mt-4 flex flex-col gap-2 text-sm empty:hidden",
                ),
                rx.el.div(
                    rx.foreach(
                        gallery,
                        lambda picture: rx.el.img(
                            src=picture, alt="", class_name="aspect-square w-full rounded-control object-cover"
                        ),
                    ),
                    class_name="mt-4 grid grid-cols-3 gap-2 empty:hidden",
                )
                if gallery is not None
                else rx.fragment(),
                rx.cond(preview.about != "", rx.el.div(written(preview.about), class_name="mt-4 text-sm")),
                rx.cond(preview.service != "", _service(preview)),
                class_name="p-5",
            ),
            aria_hidden=True,
            class_name=f"{CARD} overflow-hidden shadow-low select-none",
        ),
        rx.el.figcaption("Your public profile, as it grows", class_name="mt-3 text-center text-sm text-ink-faint"),
    )


def _face(preview: Any, photo: Any) -> rx.Component:
    disc = avatar(preview.initials, preview.tint, "large")
    picture = rx.el.img(src=photo, alt="", class_name="size-16 rounded-full object-cover")
    return rx.el.div(
        rx.cond(photo != "", picture, disc) if isinstance(photo, rx.Var) else disc,
        class_name="-mt-13 w-fit rounded-full border-4 border-surface bg-surface",
    )


def _title(preview: Any) -> rx.Component:
    name = "mt-3 font-display text-xl font-semibold"
    return rx.fragment(
        rx.cond(
            preview.name != "",
            rx.el.p(preview.name, dir="auto", class_name=f"{name} wrap-anywhere"),
            rx.el.p("Your business", class_name=f"{name} {EMPTY}"),
        ),
        rx.cond(
            preview.headline != "",
            rx.el.p(preview.headline, dir="auto", class_name="mt-0.5 text-ink-soft wrap-anywhere"),
        ),
    )


def _service(preview: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(preview.service, dir="auto", class_name="font-medium wrap-anywhere"),
            rx.el.p(preview.service_note, class_name="text-sm text-ink-soft"),
            class_name="min-w-0",
        ),
        rx.el.span("Book", class_name="rounded-control bg-accent px-3 py-1.5 text-sm font-semibold text-on-accent"),
        class_name="mt-5 flex items-center justify-between gap-3 rounded-control bg-sunken px-4 py-3",
    )


def preview_line(icon: str, words: Any) -> rx.Component:
    """One thing that is known."""
    return rx.el.li(
        rx.icon(icon, size=16, aria_hidden=True, class_name="mt-0.5 shrink-0 text-accent"),
        rx.el.span(words, dir="auto", class_name="min-w-0 wrap-anywhere tabular-nums"),
        class_name="flex gap-2.5",
    )
