"""Time off, other hours for a date, blocked time: one sheet, on the page of availability and on the calendar."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.changes import INSIDE, OUTSIDE_HOURS, ChangeView, change_view, outcome
from appointly.display.formatting import long_day, zone_name
from appointly.domain.actor import Actor
from appointly.domain.slot_times import first_moment
from appointly.errors import AppointlyError, ValidationFailed
from appointly.operations.block_time import TimeToBlock, add_blocked_time
from appointly.operations.hours import CLOCK, clock_of
from appointly.operations.preview_change import Change, measure_change, preview_change
from appointly.operations.set_date_override import DateHours, set_date_override
from appointly.queries.dashboard import business
from appointly.state.base import Viewer
from appointly.validation import parse
from appointly.visitor import current_actor

Kind = Literal["off", "hours", "block"]
Name = Literal["kind", "first", "last", "start", "end", "start_again", "end_again", "reason", "repeat", "until"]
Minute = Annotated[int, Field(ge=0, le=2880)]
DAY = timedelta(days=1)
USUAL_REPEAT = timedelta(weeks=12)
USUAL_BLOCK = ("12:00", "13:00")
LAST_HOUR = 22  # after it there is no full hour left to block today


class ExceptionForm(rx.State):
    """What is typed into the sheet, what is wrong with it, and what saving it would change, told after each change.

    Dates are YYYY-MM-DD, times HH:MM, as the browser's own inputs hold them. Blocked time that ends earlier than it
    begins, on one date, ends on the next one.
    """

    __access__ = "provider"

    kind: Kind = "off"
    first: str = ""
    last: str = ""
    start: str = ""
    end: str = ""
    start_again: str = ""
    end_again: str = ""
    reason: str = ""
    repeat: str = "no"
    until: str = ""
    version: int = 0
    problem: str = ""
    words: str = ""
    ready: bool = False
    saved: bool = False
    change: ChangeView = ChangeView()
    zone: str = ""
    zone_name: str = ""
    today: str = ""
    _shown: Change | None = None

    @rx.event
    async def begin(self, kind: Kind) -> None:
        """The sheet opens."""
        await self._begin(kind)

    @rx.event
    async def begin_on(self, day: date) -> None:
        """The sheet opens to block time on the day that is looked at, or tomorrow where that is over."""
        await self._begin("block", day)

    @rx.event
    async def draw(self, day: date, start: Minute, end: Minute) -> None:
        """The sheet opens for a stretch that was drawn on the calendar, in minutes after the midnight of `day`."""
        await self._begin("block", day, start, end)

    async def _begin(self, kind: Kind, day: date | None = None, start: int = 0, end: int = 0) -> None:
        actor = current_actor()
        if actor.provider_id is None:
            return
        async with reading() as session:
            shop = await business(session, actor.provider_id)
        self.zone, self.zone_name = shop.time_zone, zone_name(shop.time_zone)
        local = now().astimezone(ZoneInfo(shop.time_zone))
        self.today = local.date().isoformat()
        self.kind, self.reason, self.repeat, self.until = kind, "", "no", ""
        self.start_again = self.end_again = ""
        first, self.start, self.end = proposed(kind, day, local)
        if day and end > start:
            first, self.start, self.end = day, clock_of(start), clock_of(end % (24 * 60))
        self.first = self.last = first.isoformat()
        self.version += 1
        self.saved = False
        await self._tell()

    @rx.event
    async def put(self, name: Name, value: Annotated[str, Field(max_length=250)]) -> None:
        """One of the fields was changed."""
        if not self.version:
            return  # the sheet has not been opened
        if name == "kind":
            self.kind = value if value in ("off", "hours", "block") else "off"  # type: ignore[assignment]
            if self.kind == "block" and self.repeat == "year":
                self.repeat = "no"
        else:
            setattr(self, name, value)
        if name == "repeat" and value == "week" and not self.until:
            with suppress(AppointlyError):
                self.until = (day_of(self.first) + USUAL_REPEAT).isoformat()
        if name == "first" and self.last < value:
            self.last = value
            self.version += 1
        await self._tell()

    @rx.event
    async def save(self) -> EventSpec | None:
        """Save what was shown, close the sheet and say what really happened; refused, it stays open and says why."""
        if not self.ready:
            return None
        actor, at, shown = current_actor(), now(), self._shown
        try:
            async with transaction() as session:
                done = await measure_change(session, actor, self._change(session, actor, at), at)
        except AppointlyError as error:
            self.problem = f"This was not saved. {sentence_of(error)}"
            return None
        self.saved, self.ready, self._shown, self.problem = True, False, None, ""
        return Viewer.tell(outcome(done, shown, self._where()), "success")  # type: ignore[operator]

    async def _tell(self) -> None:
        """Say what saving would change, or why it cannot be saved."""
        actor, at = current_actor(), now()
        self.ready, self.problem, self._shown = False, "", None
        try:
            self.words = self._in_words()
            async with transaction() as session:
                self._shown = await preview_change(session, actor, self._change(session, actor, at), at)
        except AppointlyError as error:
            self.problem = sentence_of(error)
            return
        self.change, self.ready = change_view(self._shown, self._where(), self.zone, at), True

    def _where(self) -> tuple[str, str]:
        return OUTSIDE_HOURS if self.kind == "hours" else INSIDE

    def _change(self, session: AsyncSession, actor: Actor, at: datetime) -> Callable[[], Awaitable[object]]:
        if self.kind == "block":
            block = self._block()
            return lambda: add_blocked_time(session, actor, block, at)
        dates = self._dates()
        return lambda: set_date_override(session, actor, dates, at)

    def _dates(self) -> DateHours:
        ranges = [(self.start, self.end)] if self.kind == "hours" else []
        if ranges and (self.start_again or self.end_again):
            ranges.append((self.start_again, self.end_again))
        values: dict[str, Any] = {
            "date": day_of(self.first),
            "last": day_of(self.last or self.first),
            "ranges": [
                {"opens": opens, "closes": "24:00" if opens == closes == "00:00" else closes}
                for opens, closes in ranges
            ],
            "reason": self.reason,
            "repeat": self.repeat,
            "until": day_of(self.until, "Please choose until when it repeats.") if self.repeat == "week" else None,
        }
        return parse(DateHours, values)

    def _block(self) -> TimeToBlock:
        first, last = day_of(self.first), day_of(self.last or self.first)
        start, end = clock_on(first, self.start), clock_on(last, self.end)
        if first == last and end <= start:
            end += DAY
        zone = ZoneInfo(self.zone)
        values: dict[str, Any] = {"start": shown_by(start, zone), "end": shown_by(end, zone), "reason": self.reason}
        if self.repeat == "week":
            values["repeat_until"] = day_of(self.until, "Please choose until when it repeats.")
        return parse(TimeToBlock, values)

    def _in_words(self) -> str:
        """When blocked time runs past midnight: until when."""
        if self.kind != "block" or self.first != self.last or not self.end or self.end > self.start:
            return ""
        if self.end == "00:00":
            return "until midnight"
        return f"until {self.end} on {long_day(day_of(self.first) + DAY)}"


def sentence_of(error: AppointlyError) -> str:
    """The most particular thing a refusal says."""
    return next(iter(error.fields.values()), error.message)


def day_of(text: str, missing: str = "Please choose a day.") -> date:
    """A date as the browser gives it. Raises `ValidationFailed`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationFailed(missing) from None
    if not 2000 < day.year < 2200:
        raise ValidationFailed("Please choose a day of these years.")
    return day


def clock_on(day: date, clock: str) -> datetime:
    """A time of the clock on a day, without zone. Raises `ValidationFailed`."""
    if not CLOCK.fullmatch(clock) or clock == "24:00":
        raise ValidationFailed("Please fill in when it begins and when it ends.")
    return datetime.combine(day, time.fromisoformat(clock))


def shown_by(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the zone's clock shows `local`. Raises `ValidationFailed` where it never does."""
    instant = first_moment(local, zone)
    if instant.astimezone(zone).replace(tzinfo=None) != local:
        raise ValidationFailed(
            f"On {long_day(local.date())} the clocks skip {local:%H:%M}. Please choose another time."
        )
    return instant


def proposed(kind: Kind, day: date | None, local: datetime) -> tuple[date, str, str]:
    """What the sheet begins with: the day that is looked at where it is ahead, else tomorrow; or the hour to come."""
    today = local.date()
    hours = ("09:00", "13:00") if kind == "hours" else USUAL_BLOCK
    if kind == "block" and day == today and local.hour < LAST_HOUR:
        hours = (clock_of((local.hour + 1) * 60), clock_of((local.hour + 2) * 60))
        return today, *hours
    return day if day and day > today else today + DAY, *hours
