"""The week of a provider while it is being edited: on the page of availability, and where a provider begins."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.changes import OUTSIDE_HOURS, ChangeView, change_view, outcome
from appointly.display.formatting import zone_name
from appointly.display.week import EditedDay, EditedRange, another_range, hours_of, week_of, with_neighbours
from appointly.errors import AppointlyError, HoursChanged, ValidationFailed
from appointly.operations.hours import WeekdayHours, clock_time
from appointly.operations.preview_change import Change, measure_change, preview_change
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.dashboard import business
from appointly.queries.hours import WeekdayRange, working_hours
from appointly.state.base import Viewer
from appointly.visitor import current_actor

Weekday = Annotated[int, Field(ge=1, le=7)]
KEPT = "What you have typed is kept here. Saving it now puts it in their place."


class WeekEditor(rx.State):
    """The hours as typed, what saving them would change, and what others have changed meanwhile.

    A page shows it with `pages/week_editor.py` and calls `load` when it opens. A page that saves with a button of its
    own (a step of a longer path) asks for the state and awaits `_store`, which raises what is wrong as a refusal.
    """

    __access__ = "provider"

    loaded: bool = False
    days: list[EditedDay] = []
    zone: str = ""
    zone_name: str = ""
    changed: bool = False
    broken: bool = False
    copying: int = 0
    same_as_copied: list[int] = []
    version: int = 0
    previewed: bool = False
    change: ChangeView = ChangeView()
    meanwhile: str = ""
    _seen: list[WeekdayRange] = []
    _shown: Change | None = None
    _numbers: int = 1000

    @rx.event
    async def load(self) -> None:
        """The page opens: what was typed and not saved in this tab stays."""
        self.previewed, self.copying = False, 0
        await self._read()

    @rx.event
    async def refresh(self) -> None:
        """Something of this provider has changed, perhaps the hours in another window."""
        await self._read()
        if self.previewed:
            await self._preview()

    async def _read(self) -> None:
        actor = current_actor()
        if actor.provider_id is None:
            return
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            stored = await working_hours(session, shop.id)
        self.zone, self.zone_name = shop.time_zone, zone_name(shop.time_zone)
        if not self.changed:
            if stored != self._seen or not self.loaded:
                self._take_over(stored)
        elif stored != self._seen:
            self.meanwhile = f"Your hours were changed in another window meanwhile. {KEPT}"
            self._seen = stored
        self.loaded = True

    def _take_over(self, stored: list[WeekdayRange]) -> None:
        self._seen, self.days = stored, week_of(stored)
        self.version += 1
        self.changed = self.broken = self.previewed = False
        self.meanwhile, self.copying, self._shown = "", 0, None

    def _propose(self, week: list[WeekdayRange]) -> None:
        """Begin with these hours where none are stored; they count once they are saved."""
        if not self._seen and not self.changed:
            self.days, self.changed = week_of(week), True
            self.version += 1

    @rx.event
    def discard(self) -> None:
        """Back to what is stored."""
        self._take_over(self._seen)

    @rx.event
    def toggle_day(self, weekday: Weekday) -> None:
        """Open a day, with the hours it had before or usual ones, or close it."""
        number = self._number()

        def toggled(day: EditedDay) -> EditedDay:
            ranges = day.ranges or [another_range([], number)]
            return replace(day, open=not day.open, ranges=ranges)

        self._edit(weekday, toggled)

    @rx.event
    def set_opens(self, weekday: Weekday, range_id: int, value: str) -> None:
        """A range opens at `value`, HH:MM; empty while it is being typed."""
        self._set(weekday, range_id, opens=typed(value))

    @rx.event
    def set_closes(self, weekday: Weekday, range_id: int, value: str) -> None:
        """A range closes at `value`."""
        self._set(weekday, range_id, closes=typed(value))

    @rx.event
    def add_range(self, weekday: Weekday) -> None:
        """Another range for an open day."""
        number = self._number()
        self._edit(
            weekday,
            lambda day: day if day.full else replace(day, ranges=[*day.ranges, another_range(day.ranges, number)]),
        )

    @rx.event
    def remove_range(self, weekday: Weekday, range_id: int) -> None:
        """Take a range away; a day without any is closed."""

        def shortened(day: EditedDay) -> EditedDay:
            ranges = [each for each in day.ranges if each.id != range_id]
            return replace(day, ranges=ranges, open=day.open and bool(ranges))

        self._edit(weekday, shortened)

    @rx.event
    def choose_copying(self, weekday: Annotated[int, Field(ge=0, le=7)]) -> None:
        """Offer the other days for the hours of this one; 0 closes the offer."""
        self.copying = 0 if weekday == self.copying else weekday
        self._compare()

    @rx.event
    def copy_day(self, source: Weekday, target: Weekday) -> None:
        """Give `target` the hours of `source`."""
        copied = next((day for day in self.days if day.weekday == source != target), None)
        if copied is not None:
            ranges = [EditedRange(self._number(), each.opens, each.closes) for each in copied.ranges]
            opened = copied.open
            self._edit(target, lambda day: replace(day, ranges=ranges, open=opened))

    @rx.event
    async def preview(self) -> EventSpec | None:
        """Say what saving would change."""
        if not self.changed or self.broken:
            return None
        try:
            await self._preview()
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        return None

    async def _preview(self) -> None:
        actor, at, week = current_actor(), now(), self._hours()
        async with transaction() as session:
            self._shown = await preview_change(session, actor, lambda: set_working_hours(session, actor, week, at), at)
        self.change, self.previewed = change_view(self._shown, OUTSIDE_HOURS, self.zone, at), True

    @rx.event
    def hide_preview(self) -> None:
        """Go on editing."""
        self.previewed = False

    @rx.event
    async def save(self) -> EventSpec | None:
        """Save what was previewed, and say what really happened."""
        if not self.previewed:
            return None
        shown = self._shown
        try:
            done = await self._store()
        except HoursChanged as error:
            await self._read()
            self.meanwhile = f"{error.message} {KEPT}"
            await self._preview()
            return None
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        return Viewer.tell(outcome(done, shown, OUTSIDE_HOURS), "success")  # type: ignore[operator]

    async def _store(self) -> Change:
        """Save the week as typed; what it did. Raises `ValidationFailed`, `HoursChanged`, `Forbidden`."""
        actor, at, week = current_actor(), now(), self._hours()
        async with transaction() as session:
            done = await measure_change(
                session, actor, lambda: set_working_hours(session, actor, week, at, self._seen), at
            )
        async with reading() as session:
            self._take_over(await working_hours(session, (await business(session, actor.provider_id)).id))
        return done

    def _hours(self) -> list[WeekdayHours]:
        if self.broken or not self.loaded:
            raise ValidationFailed("Please look at the marked days first.")
        return [hours for day in self.days for hours in hours_of(day)]

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _set(self, weekday: int, range_id: int, **values: Any) -> None:
        self._edit(
            weekday,
            lambda day: replace(
                day, ranges=[replace(each, **values) if each.id == range_id else each for each in day.ranges]
            ),
        )

    def _edit(self, weekday: int, change: Callable[[EditedDay], EditedDay]) -> None:
        days = with_neighbours([change(day) if day.weekday == weekday else day for day in self.days])
        if days == self.days:
            return
        self.days, self.previewed = days, False
        self.broken = any(day.problem for day in days)
        self.changed = self.broken or stored_form(self._hours()) != self._seen
        self._compare()

    def _compare(self) -> None:
        """Note which days have the hours of the one that is being copied."""
        copied = {day.weekday: (day.open, [(each.opens, each.closes) for each in day.ranges]) for day in self.days}
        self.same_as_copied = [day for day, hours in copied.items() if hours == copied.get(self.copying)]


def typed(value: str) -> str:
    """What a time input holds, empty where it is no time."""
    try:
        return clock_time(value[:5])
    except ValueError:
        return ""


def stored_form(week: list[WeekdayHours]) -> list[WeekdayRange]:
    """The week as it is stored."""
    return sorted(
        (WeekdayRange(each.weekday, each.hours.opens_minute, each.hours.closes_minute) for each in week),
        key=lambda each: (each.weekday, each.opens_minute),
    )
