"""When a provider can be booked."""

import reflex as rx

from appointly.components.surfaces import page_title, section_title
from appointly.pages.shell import workspace
from appointly.pages.week_editor import review_bar, week_editor
from appointly.state.week_editor import WeekEditor

HERE = "/dashboard/availability"


def availability() -> rx.Component:
    """The page at /dashboard/availability."""
    return workspace(
        page_title("Availability", "When customers can book you. Free times follow as soon as you save."),
        rx.el.div(
            section_title("Your week", id="week"),
            rx.el.p(
                "All times are ",
                rx.el.strong(WeekEditor.zone_name, class_name="font-medium text-ink"),
                ". Hours that close earlier than they open run past midnight.",
                class_name="mt-1 mb-4 text-sm text-ink-soft",
            ),
            week_editor(),
            review_bar(),
            class_name="mt-6 max-w-text",
        ),
        current=HERE,
    )
