"""Today's line, for the provider who runs it."""

from typing import Any

import reflex as rx

from appointly.components.buttons import button, link_button, looks
from appointly.components.dialogs import CloseAfter, closes, dialog, opens
from appointly.components.feedback import empty_state, message, skeleton
from appointly.components.fields import option, select, sent_once, text_area, text_field
from appointly.components.marks import badge
from appointly.components.surfaces import card, page_title, unfolds
from appointly.components.zones import zone_note
from appointly.pages.door_code import door_code
from appointly.pages.shell import workspace
from appointly.state.provider_queue import ProviderQueue

HERE = "/dashboard/queue"
REMOVE = "remove-walk-in"
WALK_IN = "walk-in"
DELAY = "running-late"
# On phones held upright always above the bar of places, for whoever stands at the door does not wait for a list to end.
AT_HAND = (
    "flex gap-2 rounded-card border border-line-strong bg-surface p-2 shadow-high max-xl:sticky max-xl:bottom-18"
    " low:static max-xl:z-20 lg:bottom-4 xl:border-line xl:shadow-none"
)
PLACE = "w-16 shrink-0 font-display text-xl font-semibold tabular-nums"


def provider_queue() -> rx.Component:
    """The page at /dashboard/queue."""
    return workspace(
        page_title(
            "Queue",
            rx.el.span(
                rx.el.span(ProviderQueue.date, " "),
                zone_note(ProviderQueue.zone, ProviderQueue.zone_name, "text-ink-faint"),
            ),
            rx.cond(
                ProviderQueue.slug != "",
                link_button("What customers see", href=f"/queue/{ProviderQueue.slug}", kind="secondary", size="small"),
            ),
        ),
        rx.cond(
            ProviderQueue.loaded,
            rx.el.div(
                rx.el.div(
                    _serving(),
                    _list("Waiting", ProviderQueue.waiting, _nobody_waits()),
                    _list("Passed over", ProviderQueue.skipped),
                    _list("Their time is over, and they were not called", ProviderQueue.overdue),
                    _done(),
                    class_name="flex min-w-0 flex-col gap-6",
                ),
                rx.el.div(_at_hand(), door_code(), class_name="contents min-w-0 flex-col gap-6 xl:flex"),
                class_name="mt-6 flex flex-col gap-6 xl:grid xl:grid-cols-[minmax(0,1fr)_23rem] xl:items-start",
            ),
            rx.el.div(skeleton("h-40 w-full"), skeleton("mt-6 h-96 w-full"), aria_busy=True, class_name="mt-6"),
        ),
        _walk_in(),
        _delay(),
        _sure(),
        current=HERE,
    )


def _at_hand() -> rx.Component:
    return rx.el.div(
        button(
            rx.icon("user-plus", size=18, aria_hidden=True),
            "Add a walk-in",
            kind="secondary",
            class_name="flex-1 max-sm:px-2",
            **opens(WALK_IN),
        ),
        button(
            rx.icon("clock-alert", size=18, aria_hidden=True),
            "Running late",
            kind="secondary",
            class_name="flex-1 max-sm:px-2",
            **opens(DELAY),
        ),
        custom_attrs={"data-at-hand": ""},
        class_name=AT_HAND,
    )


def _serving() -> rx.Component:
    serving = ProviderQueue.serving
    return card(
        rx.el.div(
            rx.el.h2("Now serving", class_name="text-lg font-semibold"),
            rx.cond(ProviderQueue.delay != "", badge(ProviderQueue.delay, tone="warn", icon="clock")),
            class_name="flex items-center justify-between gap-3",
        ),
        rx.cond(
            serving.id != "",
            rx.el.div(
                rx.el.p(serving.token, class_name="font-display text-3xl font-semibold text-accent tabular-nums"),
                rx.el.div(
                    rx.el.p(serving.name, dir="auto", class_name="text-lg font-medium wrap-anywhere"),
                    rx.el.p(
                        rx.cond(serving.about != "", f"{serving.about}, {serving.at}", serving.at),
                        class_name="text-ink-soft",
                    ),
                    class_name="min-w-0",
                ),
                class_name="mt-3 flex items-center gap-5",
            ),
            rx.el.p("Nobody.", class_name="mt-3 text-ink-soft"),
        ),
        rx.el.div(
            button(
                rx.icon("bell", size=18, aria_hidden=True),
                rx.cond(
                    ProviderQueue.next_token != "",
                    rx.cond(serving.id != "", "Done, call ", "Call next: "),
                    rx.cond(serving.id != "", "Done", "Call next"),
                ),
                ProviderQueue.next_token,
                disabled=(ProviderQueue.next_token == "") & (serving.id == ""),
                on_click=ProviderQueue.call_next(ProviderQueue.seen),
            ),
            rx.cond(
                serving.id != "",
                rx.fragment(
                    rx.cond(
                        ProviderQueue.next_token != "",
                        button("Done", kind="secondary", on_click=_do("done", serving)),
                    ),
                    button("Not there: skip", kind="secondary", on_click=_do("skip", serving)),
                    button("Back to waiting", kind="quiet", on_click=_do("undo", serving)),
                ),
            ),
            class_name="mt-5 flex flex-wrap gap-2",
        ),
        class_name="p-5 sm:p-6",
    )


def _do(verb: str, row: Any) -> Any:
    return ProviderQueue.act(verb, row.id)


def _nobody_waits() -> rx.Component:
    return empty_state(
        "coffee", "Nobody waits", "Today's appointments stand here, and whoever comes without one.", level=3
    )


def _list(title: str, rows: Any, empty: rx.Component | None = None) -> rx.Component:
    listed = card(
        rx.el.div(
            rx.el.h2(title, class_name="text-lg font-semibold"),
            badge(rows.length()),
            class_name="flex items-center justify-between gap-3 px-5 pt-4 pb-2",
        ),
        rx.cond(rows.length() > 0, rx.el.ol(rx.foreach(rows, _row), class_name="divide-y divide-line"), empty or ""),
        class_name="overflow-hidden",
    )
    return listed if empty is not None else rx.cond(rows.length() > 0, listed)


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.token, class_name=PLACE),
        rx.el.div(
            rx.el.p(
                rx.el.span(row.name, dir="auto", class_name="font-medium wrap-anywhere"),
                rx.cond(row.here, badge("Here", tone="good", icon="map-pin-check")),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(
                row.when,
                rx.cond(row.about != "", " · ", ""),
                rx.el.span(row.about, dir="auto"),
                class_name="truncate text-sm text-ink-soft tabular-nums",
            ),
            rx.cond(row.at != "", rx.el.p(row.at, class_name="text-sm text-ink-faint tabular-nums")),
            class_name="min-w-0 flex-1 basis-40",
        ),
        rx.el.div(
            rx.cond(
                (row.turn == "waiting") & row.can_check_in,
                button("Is here", kind="quiet", size="small", on_click=_do("check_in", row)),
            ),
            rx.cond(
                (row.turn == "waiting") | (row.turn == "overdue"),
                button("Skip", kind="quiet", size="small", on_click=_do("skip", row)),
            ),
            rx.cond(
                row.can_go_back,
                button("Back to waiting", kind="quiet", size="small", on_click=_do("undo", row)),
            ),
            rx.cond(
                row.walk_in & (row.turn != "done"),
                button(
                    "Remove",
                    kind="quiet",
                    size="small",
                    aria_label=f"Remove {row.token}",
                    on_click=ProviderQueue.ask(row.id),
                    **opens(REMOVE),
                ),
            ),
            rx.cond(
                row.turn != "done",
                button("Call", kind="secondary", size="small", on_click=_do("call", row)),
            ),
            class_name="ml-auto flex flex-wrap justify-end gap-1",
        ),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3",
    )


def _done() -> rx.Component:
    rows = ProviderQueue.done
    return rx.cond(
        rows.length() > 0,  # type: ignore[attr-defined]
        rx.el.details(
            unfolds(rx.el.span("Served today: ", rows.length())),  # type: ignore[attr-defined]
            card(rx.el.ol(rx.foreach(rows, _row), class_name="divide-y divide-line"), class_name="mt-2"),
        ),
    )


def _sure() -> rx.Component:
    asked = ProviderQueue.asked
    return dialog(
        REMOVE,
        rx.fragment("Remove ", asked.token, " from the line?"),
        rx.el.p(asked.name, ", ", asked.when, dir="auto", class_name="font-medium wrap-anywhere"),
        rx.el.p(
            "For somebody who has left, or was added by mistake. The token is not given again today.",
            class_name="mt-2 text-ink-soft",
        ),
        footer=rx.fragment(
            button("Keep", kind="secondary", **closes(REMOVE)),
            button("Yes, remove", kind="danger", on_click=_do("remove", asked), **closes(REMOVE)),
        ),
    )


def _walk_in() -> rx.Component:
    return dialog(
        WALK_IN,
        "Add a walk-in",
        CloseAfter.create(dialog=WALK_IN, times=ProviderQueue.walk_ins),
        rx.el.form(
            text_field("Name", name="name", optional=True, max_length=120, auto_complete="off"),
            rx.el.div(
                rx.el.p("For", class_name="text-sm font-medium"),
                select(
                    option("Anything", ""),
                    rx.foreach(ProviderQueue.services, lambda each: option(each[1], each[0])),
                    label="What they come for",
                    name="service_id",
                    default_value="",
                ),
                class_name="flex flex-col gap-1.5",
            ),
            _problem(ProviderQueue.walk_in_problem),
            rx.el.button("Give a token", type="submit", class_name=looks("primary", "medium", "w-full")),
            sent_once(ProviderQueue.walk_ins),
            key=f"walk-in-{ProviderQueue.walk_ins}",
            on_submit=ProviderQueue.add,
            class_name="mt-3 flex flex-col gap-3",
        ),
    )


def _problem(words: Any) -> rx.Component:
    return rx.cond(words != "", message(words, tone="bad", role="alert"))


def _delay() -> rx.Component:
    return dialog(
        DELAY,
        "Running late",
        CloseAfter.create(dialog=DELAY, times=ProviderQueue.version),
        rx.el.p(
            "The estimates move at once. Everybody who still waits with an appointment gets one mail with your words.",
            class_name="mt-1 text-sm text-ink-soft",
        ),
        rx.el.form(
            text_field(
                "Minutes",
                name="minutes",
                error=ProviderQueue.delay_problem,
                input_mode="numeric",
                max_length=3,
                default_value=ProviderQueue.delay_minutes,
                auto_complete="off",
            ),
            text_area(
                "Your words",
                name="note",
                error=ProviderQueue.note_problem,
                optional=True,
                rows=2,
                max_length=300,
                default_value=ProviderQueue.note,
            ),
            rx.el.button("Tell everybody", type="submit", class_name=looks("primary", "medium", "w-full")),
            sent_once(ProviderQueue.version),
            key=f"delay-{ProviderQueue.version}",
            on_submit=ProviderQueue.announce,
            class_name="mt-3 flex flex-col gap-3",
        ),
        rx.cond(
            ProviderQueue.delay != "",
            button("On time again", kind="quiet", on_click=ProviderQueue.on_time, class_name="mt-2 w-full"),
        ),
    )
