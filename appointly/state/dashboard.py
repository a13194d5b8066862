"""The provider's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading
from appointly.display.bookings import BookingView, view_of
from appointly.display.classes import as_one
from appointly.display.formatting import count, duration, long_day, sum_of, zone_name
from appointly.display.queue import late
from appointly.display.timeline import Timeline, timeline_of
from appointly.domain.actor import Actor
from appointly.queries.bookings import (
    Booking,
    DayLoad,
    provider_day,
    provider_list,
    provider_requests,
    provider_week,
)
from appointly.queries.classes import sizes_of
from appointly.queries.dashboard import Business, Figures, business, day_frame, figures
from appointly.queries.queue import delay_of
from appointly.state.asked_moves import AskedMoves
from appointly.state.booking_panel import BookingPanel
from appointly.state.how_it_went import HowItWent
from appointly.state.live import MINUTE, watch
from appointly.state.own_calendars import CalendarNews
from appointly.visitor import current_actor

SHOWN_REQUESTS = 5
NEXT_UP = 4
UNDER_WAY = 100  # a full group


@dataclass(frozen=True)
class WeekDay:
    """One day of the week at a glance; `share` of the busiest day, in percent."""

    name: str
    number: str
    note: str
    share: str
    waiting: int
    today: bool


@dataclass(frozen=True)
class Soon:
    """An appointment to come, and how long until then."""

    booking: BookingView
    until: str


class Dashboard(rx.State):
    """Today at a glance; re-read whenever one of the provider's bookings changes, and every minute."""

    __access__ = "provider"

    loaded: bool = False
    profile: str = ""
    date: str = ""
    zone: str = ""
    zone_name: str = ""
    today: str = ""
    today_note: str = ""
    waiting: int = 0
    late: str = ""
    waiting_note: str = ""
    week_ahead: str = ""
    week_note: str = ""
    earned: str = ""
    earned_note: str = ""
    timeline: Timeline = Timeline()
    requests: list[BookingView] = []
    soon: list[Soon] = []
    week: list[WeekDay] = []

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        actor = current_actor()
        if actor.provider_id is None:
            return
        watch(self, Dashboard.refresh, f"provider:{actor.provider_id}", MINUTE)
        await self._read(actor)

    @rx.event
    async def refresh(self) -> list[EventSpec]:
        """Something of this provider has changed."""
        await self._read(current_actor())
        return [CalendarNews.load(), HowItWent.load(), *await BookingPanel.follow(self)]  # type: ignore[operator]

    async def _read(self, actor: Actor) -> None:
        at = now()
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            today = at.astimezone(ZoneInfo(shop.time_zone)).date()
            told = await figures(session, shop, at)
            day = await provider_day(session, actor, shop.id, today)
            hours, blocked = await day_frame(session, shop, at)
            requests = await provider_requests(session, actor, shop.id, at, SHOWN_REQUESTS)
            coming = await provider_list(session, actor, shop.id, at, status="confirmed", limit=UNDER_WAY + NEXT_UP)
            week = await provider_week(session, actor, shop.id, today)
            sizes = await sizes_of(session, {booking.slot_id for booking in [*day, *coming]})
            self.late = late(await delay_of(session, shop, at))
            await AskedMoves.follow(self, session, shop)
        self._tell(shop, told, at)
        self.timeline = timeline_of(as_one(day, sizes), hours, blocked, today, shop.time_zone, at, classes=sizes)
        self.requests = [view_of(booking, at) for booking in requests]
        self.soon = soon_of(as_one(coming, sizes), at)
        self.week = week_of(week)
        self.loaded = True

    def _tell(self, shop: Business, told: Figures, at: datetime) -> None:
        self.profile, self.zone = shop.slug, shop.time_zone
        self.zone_name = zone_name(shop.time_zone)
        self.date = long_day(at.astimezone(ZoneInfo(shop.time_zone)).date())
        self.today = str(told.today)
        self.today_note = (
            f"{told.today_left} still to come" if told.today_left else "All done" if told.today else "Nobody is booked"
        )
        self.waiting = told.requests
        self.waiting_note = "waiting for your answer" if told.requests else "Nothing waits for you"
        self.week_ahead = str(told.next_week)
        self.week_note = f"{count(told.new_bookings, 'new booking')} this week"
        self.earned = sum_of(told.earned, shop.currency)
        self.earned_note = compared(told.earned, told.earned_before)


def compared(value: int, before: int) -> str:
    """How a figure of the last 30 days stands to that of the 30 before."""
    if not before:
        return "Nothing in the 30 days before"
    change = round(100 * (value - before) / before)
    return f"{change:+d} % on the 30 days before" if change else "as in the 30 days before"


def soon_of(bookings: Sequence[Booking], at: datetime) -> list[Soon]:
    """The next appointments, and how long until each: "in 25 min", later by day and time."""
    ahead = [booking for booking in bookings if booking.start > at][:NEXT_UP]
    return [Soon(view_of(booking, at), until(booking.start, at)) for booking in ahead]


def until(start: datetime, at: datetime) -> str:
    """How long it is until `start`, where that is within six hours; else nothing."""
    minutes = -((at - start) // timedelta(minutes=1))
    return f"in {duration(minutes)}" if minutes <= 6 * 60 else ""


def week_of(days: list[DayLoad]) -> list[WeekDay]:
    """Seven days from today, each as high as its share of the busiest."""
    most = max((day.bookings + day.requests for day in days), default=0) or 1
    return [
        WeekDay(
            name=f"{day.date:%a}",
            number=str(day.date.day),
            note=count(day.bookings + day.requests, "booking"),
            share=f"{100 * (day.bookings + day.requests) / most:.0f}%",
            waiting=day.requests,
            today=place == 0,
        )
        for place, day in enumerate(days)
    ]
