"""A provider's week to scale, on phones a day of it: bookings, closed hours, and blocked time that is drawn on it."""

from typing import Any

import reflex as rx

from appointly.components.buttons import KINDS, SHAPE, button, link_button
from appointly.components.dialogs import closes, dialog, opens
from appointly.components.feedback import message, skeleton
from appointly.components.fields import CONTROL
from appointly.components.links import link
from appointly.components.now_in_view import NowInView
from appointly.components.surfaces import CARD, page_title
from appointly.components.time_brush import TimeBrush
from appointly.components.time_drag import TimeDrag
from appointly.components.timeline import narrow_entry, timeline_entry
from appointly.display.timeline import MINUTE
from appointly.pages.exception_sheet import SHEET, exception_sheet
from appointly.pages.move_dialog import MOVE
from appointly.pages.panel import booking_panel
from appointly.pages.shell import workspace
from appointly.pages.why_not import SHEET as WHY_NOT
from appointly.pages.why_not import why_not_button, why_not_sheet
from appointly.state.calendar_move import CalendarMove
from appointly.state.exception_form import ExceptionForm
from appointly.state.exceptions import Exceptions
from appointly.state.provider_bookings import ProviderCalendar
from appointly.state.why_not import WhyNot

HERE = "/dashboard/calendar"
BLOCK = "blocked-time"
ARROW = f"{SHAPE} {KINDS['quiet']} size-11"


def provider_calendar() -> rx.Component:
    """The page at /dashboard/calendar."""
    here = f"{HERE}?day={ProviderCalendar.day}"
    return workspace(
        page_title("Calendar", _lead(), _block_button(), _week_controls()),
        _day_controls(),
        rx.el.div(rx.cond(Exceptions.removed != "", _undo()), aria_live="polite"),
        rx.cond(
            ProviderCalendar.loaded,
            rx.fragment(_week(here), _day(here)),
            skeleton("mt-5 h-96 w-full"),
        ),
        rx.el.p(
            "Draw over free time to block it; drag an appointment to move it. With a finger, press first and hold."
            " Who comes to a class is moved one by one, from its list."
            " Click or tap a free time to see why it is not offered. Times are ",
            ProviderCalendar.zone_name,
            ".",
            class_name="mt-3 text-sm text-ink-faint",
        ),
        why_not_button("small", "mt-1 -ml-3", WhyNot.begin_on(ProviderCalendar.day)),
        exception_sheet(),
        why_not_sheet(),
        _blocked_time(),
        booking_panel(here),
        current=HERE,
    )


def _lead() -> rx.Component:
    return rx.fragment(
        rx.el.span(ProviderCalendar.title, class_name="max-lg:hidden"),
        rx.el.span(ProviderCalendar.day_title, class_name="lg:hidden"),
    )


def _block_button() -> rx.Component:
    return button(
        rx.icon("ban", size=16, aria_hidden=True),
        "Block time",
        kind="secondary",
        size="small",
        on_click=ExceptionForm.begin_on(ProviderCalendar.day),
        **opens(SHEET),
    )


def _week_controls() -> rx.Component:
    return rx.el.div(
        _arrow("left", "The week before", ProviderCalendar.previous),
        link_button("This week", href=HERE, kind="secondary", size="small"),
        _arrow("right", "The week after", ProviderCalendar.next),
        _date("ml-2 w-44"),
        class_name="flex items-center gap-1 max-lg:hidden",
    )


def _day_controls() -> rx.Component:
    return rx.el.div(
        _arrow("left", "The day before", ProviderCalendar.day_before, swipe="previous"),
        link_button("Today", href=HERE, kind="secondary", size="small"),
        _arrow("right", "The day after", ProviderCalendar.day_after, swipe="next"),
        _date("ml-auto max-w-44 min-w-0"),
        class_name="mt-3 -ml-2 flex items-center gap-1 lg:hidden",
    )


def _date(class_name: str) -> rx.Component:
    return rx.el.input(
        type="date",
        aria_label="Go to a day",
        value=ProviderCalendar.day,
        on_change=ProviderCalendar.go,
        class_name=f"{CONTROL} {class_name}",
    )


def _arrow(side: str, label: str, day: Any, swipe: str = "") -> rx.Component:
    return link(
        rx.icon(f"chevron-{side}", size=20, aria_hidden=True, class_name="rtl:rotate-180"),
        href=f"{HERE}?day={day}",
        aria_label=label,
        class_name=ARROW,
        **({"custom_attrs": {"data-swipe": swipe}} if swipe else {}),
    )


def _brush(*children: Any, minute: Any) -> rx.Component:
    """A minute is `minute` high. Free time can be drawn on, and appointments dragged to another time."""
    return TimeBrush.create(
        TimeDrag.create(
            *children,
            sheet=MOVE,
            on_take=CalendarMove.take,
            on_leave=CalendarMove.leave,
            on_drop=CalendarMove.drop,
            class_name="flex min-w-0 flex-1",
        ),
        first=ProviderCalendar.first_minute,
        sheet=SHEET,
        on_draw=ExceptionForm.draw,
        point_sheet=WHY_NOT,
        on_point=WhyNot.point,
        style={"--minute": minute, "height": ProviderCalendar.height},
        class_name="my-4 flex",
    )


def _week(here: str) -> rx.Component:
    """Seven columns to scale, for wide screens."""
    return NowInView.create(
        rx.el.div(
            rx.el.span(class_name="w-14 shrink-0"),
            rx.foreach(ProviderCalendar.columns, _column_head),
            class_name="sticky top-0 z-30 flex border-b border-line bg-surface",
        ),
        _brush(
            _hours(),
            rx.foreach(ProviderCalendar.columns, lambda day: _column(day, lambda entry: narrow_entry(entry, here))),
            minute=f"{MINUTE}px",
        ),
        label="The week's appointments",
        day=ProviderCalendar.day,
        entries=False,  # the first of them is not the earliest
        class_name=f"{CARD} week-window mt-5 max-lg:hidden",
    )


def _day(here: str) -> rx.Component:
    """The days of the week to choose from and one of them to scale, for phones."""
    return rx.el.div(
        rx.el.nav(
            rx.foreach(ProviderCalendar.columns, _day_chip),
            aria_label="Days of this week",
            class_name="grid grid-cols-7 gap-1",
        ),
        NowInView.create(
            _brush(
                _hours(),
                _column(ProviderCalendar.shown, lambda entry: timeline_entry(entry, here, separator="&")),
                minute=ProviderCalendar.shown.minute,
            ),
            label="The day's appointments",
            day=ProviderCalendar.day,
            class_name=f"{CARD} day-window mt-4 pr-3",
        ),
        class_name="mt-4 lg:hidden",
    )


def _hours() -> rx.Component:
    return rx.el.div(
        rx.foreach(
            ProviderCalendar.marks,
            lambda mark: rx.el.span(
                mark.label,
                style={"top": mark.top},
                class_name="absolute right-2 -translate-y-1/2 text-xs text-ink-faint tabular-nums",
            ),
        ),
        aria_hidden=True,
        class_name="relative w-14 shrink-0",
    )


def _number(day: Any) -> rx.Component:
    return rx.el.span(
        day.number,
        class_name=rx.cond(
            day.today,
            "flex size-8 items-center justify-center rounded-full bg-accent font-semibold text-on-accent",
            "flex size-8 items-center justify-center font-semibold",
        ),
    )


def _column_head(day: Any) -> rx.Component:
    return rx.el.div(
        rx.el.span(day.name, class_name="text-xs text-ink-faint"),
        _number(day),
        class_name="flex flex-1 flex-col items-center gap-1 border-l border-line py-3",
    )


def _day_chip(day: Any) -> rx.Component:
    chosen = ProviderCalendar.day == day.date
    look = "flex min-h-14 flex-col items-center justify-center gap-0.5 rounded-control border text-xs"
    return link(
        rx.el.span(day.name),
        _number(day),
        rx.el.span(day.note, class_name="sr-only"),
        href=f"{HERE}?day={day.date}",
        aria_current=rx.cond(chosen, "date", "false"),
        class_name=rx.cond(
            chosen, f"{look} border-accent bg-accent-soft text-accent-ink", f"{look} border-transparent text-ink-soft"
        ),
    )


def _column(day: Any, entry: Any) -> rx.Component:
    return rx.el.div(
        rx.foreach(day.areas, _area),
        rx.foreach(
            ProviderCalendar.marks,
            lambda mark: rx.el.span(
                aria_hidden=True,
                style={"top": mark.top},
                class_name="pointer-events-none absolute inset-x-0 h-px bg-line",
            ),
        ),
        rx.cond(  # behind the appointments, whose words it would strike out
            day.now != "",
            rx.el.span(
                rx.el.span(class_name="absolute -top-1 -left-1 size-2.5 rounded-full bg-bad"),
                aria_hidden=True,
                style={"top": day.now},
                custom_attrs={"data-now": ""},
                class_name="pointer-events-none absolute inset-x-0 h-0.5 bg-bad",
            ),
        ),
        rx.el.div(
            rx.foreach(day.booked, lambda booked: entry(booked)),
            class_name="pointer-events-none absolute inset-y-0 right-1 left-1 *:pointer-events-auto",
        ),
        rx.foreach(CalendarMove.targets, lambda target: rx.cond(target.day == day.date, _target(target))),
        custom_attrs={"data-day": day.date},
        class_name="relative min-w-0 flex-1 border-l border-line select-none",
    )


def _target(target: Any) -> rx.Component:
    """Where the appointment that is being dragged may land."""
    return rx.el.div(
        target.label,
        aria_hidden=True,
        style={"top": target.top, "height": target.height},
        custom_attrs={"data-slot": target.slot},
        class_name="pointer-events-none absolute inset-x-1 z-20 overflow-hidden rounded-control border"
        " border-accent-line bg-surface px-1 text-xs leading-4 text-accent-ink tabular-nums data-aimed:bg-accent"
        " data-aimed:font-semibold data-aimed:text-on-accent",
    )


def _area(area: Any) -> rx.Component:
    """Closed hours are hatched; blocked time can be opened."""
    place = {"top": area.top, "height": area.height}
    return rx.cond(
        area.key != "",
        rx.el.button(
            rx.el.span(area.label, dir="auto", class_name="line-clamp-2 wrap-anywhere"),
            rx.el.span(f", blocked, {area.times}", class_name="sr-only"),
            type="button",
            on_click=Exceptions.choose(area.key),
            style=place,
            class_name="absolute inset-x-1 flex items-start overflow-hidden rounded-control border border-dashed"
            " border-line-strong bg-sunken px-1.5 pt-0.5 text-left text-xs text-ink-soft hover:border-field-line",
            **opens(BLOCK),
        ),
        rx.el.div(aria_hidden=True, style=place, class_name="hatched pointer-events-none absolute inset-x-0"),
    )


def _blocked_time() -> rx.Component:
    chosen = Exceptions.chosen
    return dialog(
        BLOCK,
        "Blocked time",
        rx.cond(
            chosen.days != "",
            rx.el.div(
                rx.el.p(rx.el.span(chosen.days, class_name="font-medium"), f" · {chosen.what}"),
                rx.el.p(chosen.reason, dir="auto", class_name="mt-1 text-ink-soft wrap-anywhere empty:hidden"),
                rx.el.p(chosen.series, class_name="mt-1 text-sm text-ink-faint empty:hidden"),
            ),
            rx.el.p("This blocked time is over, or it was removed.", class_name="text-ink-soft"),
        ),
        footer=rx.fragment(
            button("Keep it", kind="secondary", **closes(BLOCK)),
            rx.cond(
                chosen.series != "",
                button("Remove all", kind="danger", on_click=Exceptions.remove(chosen.key, True), **closes(BLOCK)),
            ),
            rx.cond(
                chosen.days != "",
                button("Remove", kind="danger", on_click=Exceptions.remove(chosen.key, False), **closes(BLOCK)),
            ),
        ),
    )


def _undo() -> rx.Component:
    return rx.el.div(
        message(
            rx.el.span(Exceptions.removed),
            rx.el.button("Undo", type="button", on_click=Exceptions.undo, class_name="ml-4 font-semibold underline"),
            tone="good",
        ),
        class_name="mt-4",
    )
