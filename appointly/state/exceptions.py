"""The coming exceptions, time off and blocked times of a provider, and their removal."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.changes import times_sentence
from appointly.display.exceptions import ExceptionView, exceptions_of
from appointly.errors import AppointlyError
from appointly.operations.block_time import put_back_blocked_times, remove_blocked_series_of, remove_blocked_time
from appointly.operations.preview_change import measure_change
from appointly.operations.set_date_override import clear_date_override, clear_date_series, put_back_dates
from appointly.queries.dashboard import business
from appointly.queries.hours import Blocked, DateRange, blocked_times, date_overrides
from appointly.state.base import Viewer
from appointly.visitor import current_actor

PAGE_MONTHS = 3
MOST_MONTHS = 48
Key = Annotated[str, Field(max_length=60)]
NOTHING = ExceptionView("", "", "", "", "", "", "", "")


class Exceptions(rx.State):
    """The list, some months of it; what was removed last can be put back."""

    __access__ = "provider"

    loaded: bool = False
    shown: list[ExceptionView] = []
    more: bool = False
    removed: str = ""
    chosen: ExceptionView = NOTHING
    _months: int = PAGE_MONTHS
    _dates: list[DateRange] = []
    _blocked: list[Blocked] = []

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        self._months, self.removed = PAGE_MONTHS, ""
        await self._read()

    @rx.event
    async def refresh(self) -> None:
        """Something of this provider has changed."""
        await self._read()

    @rx.event
    async def show_more(self) -> None:
        """Some months further ahead."""
        self._months = min(self._months + PAGE_MONTHS, MOST_MONTHS)
        await self._read()

    async def _read(self) -> None:
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            today = at.astimezone(ZoneInfo(shop.time_zone)).date()
            dates = await date_overrides(session, shop.id, today)
            blocked = await blocked_times(session, shop.id, at)
        found = exceptions_of(dates, blocked, shop.time_zone, today)
        end = months_after(today, self._months).isoformat()
        self.shown = [each for each in found if each.first < end]
        self.chosen = next((each for each in found if each.key == self.chosen.key), NOTHING)
        self.more, self.loaded = len(found) > len(self.shown), True

    @rx.event
    async def choose(self, key: Key) -> None:
        """Look at one entry: a blocked time on the calendar."""
        self.chosen = replace(NOTHING, key=key)
        self.removed = ""
        await self._read()

    @rx.event
    async def remove(self, key: Key, whole: bool = False) -> EventSpec | None:
        """Remove an entry of the list, or with it all that were made together."""
        actor, at = current_actor(), now()
        for entry in [*self.shown, self.chosen]:
            if entry.key == key != "":
                break
        else:
            return None
        try:
            async with transaction() as session:
                dates, blocked = await rows_of(session, actor.provider_id, entry, whole)

                def removal() -> Awaitable[object]:
                    if entry.kind != "block":
                        if whole and entry.series_id:
                            return clear_date_series(session, actor, UUID(entry.series_id), at)
                        first, last = date.fromisoformat(entry.first), date.fromisoformat(entry.last)
                        return clear_date_override(session, actor, first, at, last)
                    blocked_id = UUID(entry.key.removeprefix("block-"))
                    if whole:
                        return remove_blocked_series_of(session, actor, blocked_id, at)
                    return remove_blocked_time(session, actor, blocked_id, at)

                change = await measure_change(session, actor, removal, at)
        except AppointlyError as error:
            await self._read()
            return Viewer.tell(error.message)  # type: ignore[operator]
        self._dates, self._blocked = dates, blocked
        self.removed = f"Removed. {times_sentence(change, done=True)}"
        await self._read()
        return None

    @rx.event
    async def undo(self) -> EventSpec | None:
        """Put back what was removed last."""
        actor, at = current_actor(), now()
        dates, blocked = self._dates, self._blocked
        if not self.removed:
            return None
        try:
            async with transaction() as session:
                if dates:
                    await put_back_dates(session, actor, dates, at)
                if blocked:
                    await put_back_blocked_times(session, actor, blocked, at)
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        self.removed, self._dates, self._blocked = "", [], []
        await self._read()
        return None


async def rows_of(
    session: AsyncSession, provider_id: UUID | None, entry: ExceptionView, whole: bool
) -> tuple[list[DateRange], list[Blocked]]:
    """What is behind an entry, or its whole series, so that it can be put back."""
    if provider_id is None:
        return [], []

    def belongs(row: DateRange | Blocked) -> bool:
        return whole and entry.series_id != "" and str(row.series_id) == entry.series_id

    if entry.kind == "block":
        rows = await blocked_times(session, provider_id, now())
        return [], [row for row in rows if belongs(row) or f"block-{row.id}" == entry.key]
    first, last = date.fromisoformat(entry.first), date.fromisoformat(entry.last)
    dates = await date_overrides(session, provider_id, date.min if whole else first)
    return [row for row in dates if belongs(row) or first <= row.date <= last], []


def months_after(day: date, months: int) -> date:
    """The first day of the month so many months after this one's."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
