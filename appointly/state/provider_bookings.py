"""A provider's bookings as a list and as a week."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import reflex as rx
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading
from appointly.display.bookings import BookingView, view_of
from appointly.display.formatting import count
from appointly.display.timeline import Entry, Mark, Timeline, frame_of, minute_of, timeline_of
from appointly.domain.actor import Actor
from appointly.queries.bookings import Booking, bookings_of_provider, provider_list, provider_requests
from appointly.queries.dashboard import business
from appointly.state.booking_panel import BookingPanel
from appointly.state.live import watch
from appointly.visitor import current_actor

PAGE = 25
MOST = 200
WEEK_ROWS = 300
ENDED = ("declined", "cancelled", "expired")
Shown = Literal["upcoming", "requests", "past"]


@dataclass(frozen=True)
class WeekColumn:
    """One day of the week view."""

    date: str = ""
    name: str = ""
    number: str = ""
    note: str = ""
    today: bool = False
    now: str = ""
    booked: list[Entry] = field(default_factory=list)


class ProviderBookings(rx.State):
    """The list: upcoming, requests or past, as the address says (`?show=…`)."""

    __access__ = "provider"

    loaded: bool = False
    show: Shown = "upcoming"
    bookings: list[BookingView] = []
    more: bool = False
    _limit: int = PAGE

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or its address changes."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, ProviderBookings.refresh, f"provider:{actor.provider_id}")
        wanted = self.router.url.query_parameters.get("show", "upcoming")
        if wanted != self.show:
            self._limit = PAGE
        self.show = wanted if wanted in ("requests", "past") else "upcoming"  # type: ignore[assignment]
        await self._read(actor)
        return None

    @rx.event
    async def refresh(self) -> EventSpec | None:
        """Something of this provider has changed."""
        await self._read(current_actor())
        return await BookingPanel.follow(self)

    @rx.event
    async def show_more(self) -> None:
        """The next page of the list."""
        self._limit = min(self._limit + PAGE, MOST)
        await self._read(current_actor())

    async def _read(self, actor: Actor) -> None:
        at, limit = now(), self._limit
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            if self.show == "requests":
                found = await provider_requests(session, actor, shop.id, at, limit + 1)
            else:
                past = self.show == "past"
                found = await provider_list(session, actor, shop.id, at, past=past, limit=limit + 1)
        self.bookings = [view_of(booking, at) for booking in found[:limit]]
        self.more, self.loaded = len(found) > limit, True


class ProviderCalendar(rx.State):
    """A week to scale, the one the address names (`?week=` its Monday)."""

    __access__ = "provider"

    loaded: bool = False
    title: str = ""
    previous: str = ""
    next: str = ""
    week: str = ""
    this_week: bool = True
    height: str = "0px"
    marks: list[Mark] = []
    columns: list[WeekColumn] = []
    _monday: str = ""

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or its address changes."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, ProviderCalendar.refresh, f"provider:{actor.provider_id}")
        self._monday = str(self.router.url.query_parameters.get("week", ""))
        await self._read(actor)
        return None

    @rx.event
    async def refresh(self) -> EventSpec | None:
        """Something of this provider has changed."""
        await self._read(current_actor())
        return await BookingPanel.follow(self)

    async def _read(self, actor: Actor) -> None:
        at = now()
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            today = at.astimezone(ZoneInfo(shop.time_zone)).date()
            monday = week_of(self._monday, today)
            last = monday + timedelta(days=6)
            page = await bookings_of_provider(session, actor, shop.id, monday, last, limit=WEEK_ROWS)
        kept = [booking for booking in page.items if booking.status not in ENDED]
        self._show(kept, monday, today, shop.time_zone, at)

    def _show(self, bookings: list[Booking], monday: date, today: date, zone: str, at: datetime) -> None:
        last = monday + timedelta(days=6)
        self.title = f"{monday.day} {monday:%B} – {last.day} {last:%B} {last.year}"
        self.previous, self.next = str(monday - timedelta(days=7)), str(monday + timedelta(days=7))
        self.week = monday.isoformat()
        self.this_week = monday <= today <= last
        by_day: dict[date, list[Booking]] = {monday + timedelta(days=day): [] for day in range(7)}
        for booking in bookings:
            by_day[booking.slot_date].append(booking)
        frame = frame_of((minute_of(b.start, b.slot_date, zone), minute_of(b.end, b.slot_date, zone)) for b in bookings)
        drawn = {day: timeline_of(booked, [], [], day, zone, at, frame) for day, booked in by_day.items()}
        self.height, self.marks = drawn[monday].height, drawn[monday].marks
        self.columns = [column_of(day, drawn[day], day == today) for day in by_day]
        self.loaded = True


def week_of(wanted: str, today: date) -> date:
    """The Monday of the wanted week; of this one for what is no date near ours."""
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        day = today
    if abs((day - today).days) > 800:
        day = today
    return day - timedelta(days=day.weekday())


def column_of(day: date, drawn: Timeline, is_today: bool) -> WeekColumn:
    """A day of the week view."""
    return WeekColumn(
        date=day.isoformat(),
        name=f"{datetime.combine(day, time()):%a}",
        number=str(day.day),
        note=count(len(drawn.booked), "booking"),
        today=is_today,
        now=drawn.now if is_today else "",
        booked=drawn.booked,
    )
