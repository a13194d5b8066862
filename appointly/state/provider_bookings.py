"""A provider's bookings as a list and as a week."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading
from appointly.display.bookings import BookingView, view_of
from appointly.display.classes import as_one, with_class
from appointly.display.formatting import count, long_day, zone_name
from appointly.display.timeline import MINUTE, Area, Entry, Mark, Timeline, frame_of, minute_of, timeline_of
from appointly.domain.actor import Actor
from appointly.domain.slot_times import hours_on
from appointly.operations.hours import DAY_MINUTES
from appointly.queries.bookings import Booking, bookings_of_provider, provider_find, provider_list, provider_requests
from appointly.queries.classes import sizes_of
from appointly.queries.dashboard import Hours, business
from appointly.queries.find_bookings import LONGEST
from appointly.queries.offered import OpenHours, open_hours
from appointly.state.booking_panel import BookingPanel
from appointly.state.live import watch
from appointly.state.provider_waits import ProviderWaits
from appointly.validation import Line
from appointly.visitor import current_actor

PAGE = 25
MOST = 200
WEEK_ROWS = 300
DAY = timedelta(days=1)
ENDED = ("declined", "cancelled", "expired")
Shown = Literal["upcoming", "requests", "past", "waiting"]


@dataclass(frozen=True)
class WeekColumn:
    """One day of the week view."""

    date: str = ""
    name: str = ""
    number: str = ""
    note: str = ""
    today: bool = False
    minute: str = ""
    now: str = ""
    areas: list[Area] = field(default_factory=list)
    booked: list[Entry] = field(default_factory=list)


class ProviderBookings(rx.State):
    """The list: upcoming, requests, past or who waits, as the address says (`?show=…`); or of all what is searched for.

    What is typed stays out of the address, for it is somebody's name or number.
    """

    __access__ = "provider"

    loaded: bool = False
    show: Shown = "upcoming"
    bookings: list[BookingView] = []
    requests: int = 0
    q: str = ""
    version: int = 0
    more: bool = False
    capped: bool = False
    _limit: int = PAGE

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or its address changes."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, ProviderBookings.refresh, f"provider:{actor.provider_id}")
        address = self.router.url.query_parameters
        wanted, opened = address.get("show", ""), address.get("booking", "")
        led_here = opened != "" and opened not in {booking.reference for booking in self.bookings}
        self._fill(self.q if wanted and not led_here else "")  # the menu, and other pages, lead to the whole list
        wanted = wanted or "upcoming"
        if wanted != self.show:
            self._limit = PAGE
        self.show = wanted if wanted in ("requests", "past", "waiting") else "upcoming"  # type: ignore[assignment]
        await self._read(actor)
        return None

    @rx.event
    async def refresh(self) -> list[EventSpec]:
        """Something of this provider has changed."""
        await self._read(current_actor())
        return [ProviderWaits.load(), *await BookingPanel.follow(self)]  # type: ignore[operator]

    @rx.event
    async def find(self, q: Annotated[Line, Field(max_length=LONGEST)]) -> None:
        """While typing: a part of a name, a mail address, a telephone number or a reference."""
        self.q, self._limit = q, PAGE
        await self._read(current_actor())

    @rx.event
    async def leave_search(self) -> None:
        """Show the list again."""
        self._fill("")
        await self._read(current_actor())

    def _fill(self, q: str) -> None:
        if self.q:
            self.q, self.version, self._limit = q, self.version + 1, self._limit if q else PAGE

    @rx.event
    async def show_more(self) -> None:
        """The next page of the list."""
        self._limit = min(self._limit + PAGE, MOST)
        await self._read(current_actor())

    async def _read(self, actor: Actor) -> None:
        at, limit = now(), self._limit
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            asked = await provider_requests(session, actor, shop.id, at, MOST + 1)
            if self.q:
                found = await provider_find(session, actor, shop.id, at, self.q, limit + 1)
            elif self.show == "waiting":
                found = []
            elif self.show == "requests":
                found = asked[: limit + 1]
            else:
                past = self.show == "past"
                found = await provider_list(session, actor, shop.id, at, past=past, limit=limit + 1)
            singly = self.q != "" or self.show == "requests"
            sizes = {} if singly else await sizes_of(session, [booking.slot_id for booking in found])
        lines = as_one(found[:limit], sizes)
        self.bookings = [with_class(view_of(booking, at), booking, sizes) for booking in lines]
        self.more, self.capped = MOST > limit < len(found), limit == MOST < len(found)
        self.requests, self.loaded = len(asked), True


class ProviderCalendar(rx.State):
    """A week to scale, and of it one day for phones: those of the day the address names (`?day=`)."""

    __access__ = "provider"

    loaded: bool = False
    title: str = ""
    day_title: str = ""
    previous: str = ""
    next: str = ""
    day_before: str = ""
    day_after: str = ""
    day: str = ""
    height: str = "0px"
    first_minute: int = 0
    marks: list[Mark] = []
    columns: list[WeekColumn] = []
    shown: WeekColumn = WeekColumn()
    zone_name: str = ""
    _wanted: str = ""

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or its address changes."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, ProviderCalendar.refresh, f"provider:{actor.provider_id}")
        wanted = self.router.url.query_parameters
        self._wanted = str(wanted.get("day", wanted.get("week", "")))
        await self._read(actor)
        return None

    @rx.event
    async def refresh(self) -> list[EventSpec]:
        """Something of this provider has changed."""
        await self._read(current_actor())
        return await BookingPanel.follow(self)

    @rx.event
    def go(self, day: Annotated[str, Field(max_length=20)]) -> EventSpec | None:
        """Show a day that was chosen; not what is half typed, or far from ours."""
        today = now().date()
        found = day_of(day, today)
        return rx.redirect(f"/dashboard/calendar?day={found}") if found.isoformat() == day else None

    async def _read(self, actor: Actor) -> None:
        at = now()
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            zone = ZoneInfo(shop.time_zone)
            today = at.astimezone(zone).date()
            chosen = day_of(self._wanted, today)
            monday = chosen - DAY * chosen.weekday()
            page = await bookings_of_provider(session, actor, shop.id, monday, monday + 6 * DAY, limit=WEEK_ROWS)
            begins = datetime.combine(monday, time(), zone)
            clock = await open_hours(session, shop.id, monday - DAY, begins)
            sizes = await sizes_of(session, {booking.slot_id for booking in page.items})
        kept = as_one((booking for booking in page.items if booking.status not in ENDED), sizes)
        self._name(chosen, monday, shop.time_zone)
        self._show(kept, sizes, clock, chosen, today, at)
        self.loaded = True

    def _name(self, chosen: date, monday: date, zone: str) -> None:
        last = monday + 6 * DAY
        begin = f"{monday.day} {monday:%B}" if monday.month != last.month else str(monday.day)
        self.title = f"{begin} – {last.day} {last:%B} {last.year}"
        self.day_title, self.day, self.zone_name = long_day(chosen), chosen.isoformat(), zone_name(zone)
        self.previous, self.next = str(monday - 7 * DAY), str(monday + 7 * DAY)
        self.day_before, self.day_after = str(chosen - DAY), str(chosen + DAY)

    def _show(
        self,
        bookings: list[Booking],
        classes: Collection[UUID],
        clock: OpenHours,
        chosen: date,
        today: date,
        at: datetime,
    ) -> None:
        zone, monday = str(clock.zone), chosen - DAY * chosen.weekday()
        by_day: dict[date, list[Booking]] = {monday + day * DAY: [] for day in range(7)}
        for booking in bookings:
            by_day[booking.slot_date].append(booking)
        open_on = {day: hours_on(day, clock.week, clock.overrides) for day in by_day}
        spans = [(minute_of(b.start, b.slot_date, zone), minute_of(b.end, b.slot_date, zone)) for b in bookings]
        frame = frame_of([*spans, *((each.opens_minute, each.closes_minute) for each in chain(*open_on.values()))])

        def drawn(day: date, minute: float | None) -> Timeline:
            opened = opened_on(day, clock)
            return timeline_of(by_day[day], opened, clock.blocked, day, zone, at, frame, classes, minute)

        week = {day: drawn(day, MINUTE) for day in by_day}
        self.height, self.marks, self.first_minute = week[monday].height, week[monday].marks, frame[0]
        self.columns = [column_of(day, week[day], day == today) for day in by_day]
        self.shown = column_of(chosen, drawn(chosen, None), chosen == today)


def day_of(wanted: str, today: date) -> date:
    """The wanted day; today for what is no date near ours."""
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return today
    return day if abs((day - today).days) <= 800 else today


def opened_on(day: date, clock: OpenHours) -> list[Hours]:
    """The hours of a day in order, with what is left of those of the night before."""
    before = [
        Hours(0, each.closes_minute - DAY_MINUTES)
        for each in hours_on(day - DAY, clock.week, clock.overrides)
        if each.closes_minute > DAY_MINUTES
    ]
    own = [Hours(each.opens_minute, each.closes_minute) for each in hours_on(day, clock.week, clock.overrides)]
    return sorted([*before, *own], key=lambda each: each.opens)


def column_of(day: date, drawn: Timeline, is_today: bool) -> WeekColumn:
    """A day of the week view."""
    return WeekColumn(
        date=day.isoformat(),
        name=f"{datetime.combine(day, time()):%a}",
        number=str(day.day),
        note=count(len(drawn.booked), "booking"),
        today=is_today,
        minute=drawn.minute,
        now=drawn.now if is_today else "",
        areas=drawn.areas,
        booked=drawn.booked,
    )
