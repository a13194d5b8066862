"""What the wizard says of the time that it keeps."""

import reflex as rx

from appointly.components.buttons import button, link_button
from appointly.components.countdown import countdown
from appointly.components.feedback import message
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
        rx.el.p(
            "The minutes are over, so this time is not kept for you any more. It is still free, and nothing you wrote"
            " is lost."
        ),
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
