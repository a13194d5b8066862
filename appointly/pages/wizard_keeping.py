"""What the wizard says of the time that it keeps, or cannot keep."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.countdown import countdown
from appointly.components.feedback import message
from appointly.components.links import text_link
from appointly.components.zones import zone_note
from appointly.state.open_drafts import OpenDrafts
from appointly.state.wizard import Wizard


def keeping() -> rx.Component:
    """The time that is kept, counted down; or that it is not kept any more, and how it is again."""
    not_now = button("Not now", kind="quiet", size="small", on_click=Wizard.let_go)
    onward = link_button("Continue", href=f"/book/{Wizard.slug}?step=details", size="small")
    counting = countdown(
        Wizard.kept,
        "We keep this time for you:",
        rx.el.div(
            not_now,
            rx.cond(Wizard.step == "time", onward),
            class_name="flex items-center gap-2",
        ),
        on_end=Wizard.refresh,
        class_name="rounded-card bg-accent-soft px-4 py-1.5 text-accent-ink",
    )
    over = message(
        rx.el.p("This time is not kept for you any more. It is still free, and nothing you wrote is lost."),
        rx.el.div(
            button("Keep it again", kind="secondary", size="small", on_click=Wizard.keep_again),
            not_now,
            class_name="mt-2 flex flex-wrap gap-2",
        ),
    )
    return rx.cond(
        (Wizard.kept.until > 0) | Wizard.run_out,
        rx.el.div(
            rx.cond(Wizard.kept.until > 0, counting, over),
            class_name=rx.cond(Wizard.step == "time", "mb-6", "mb-6 max-w-text"),
        ),
    )


def crowded() -> rx.Component:
    """Three others are kept: this one is not, until one of them is let go, which can be done right here."""
    return rx.cond(
        Wizard.crowded,
        rx.el.section(
            rx.el.h2("You keep three other times", id="crowded", class_name="font-semibold"),
            rx.el.p(
                "So this one is not kept for you: you can book it as long as nobody is faster. To keep it, let one of"
                " the others go; what you wrote for that one is then forgotten.",
                role="alert",
                class_name="mt-1 text-sm text-ink-soft",
            ),
            rx.el.ul(rx.foreach(OpenDrafts.drafts, _other), class_name="mt-2 divide-y divide-line"),
            aria_labelledby="crowded",
            class_name="mb-6 max-w-text rounded-card border border-warn bg-surface px-4 py-3",
        ),
    )


def _other(draft: Any) -> rx.Component:
    return rx.cond(
        draft.kept.until > 0,
        rx.el.li(
            rx.el.p(text_link(rx.el.bdi(draft.title), href=draft.href), class_name="text-sm break-words"),
            rx.el.p(
                rx.el.span(draft.provider, dir="auto"),
                zone_note(draft.zone, f" · {draft.zone_name}", "text-ink-faint"),
                class_name="text-sm break-words text-ink-soft",
            ),
            countdown(
                draft.kept,
                draft.words,
                button(
                    "Let it go",
                    rx.el.span(draft.title, class_name="sr-only"),
                    kind="secondary",
                    size="small",
                    on_click=Wizard.make_room(draft.id),
                ),
                on_end=Wizard.load,
                class_name="rounded-control",
            ),
            class_name="py-2.5",
        ),
    )
