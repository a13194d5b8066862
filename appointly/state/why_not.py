""" "Why is this time not offered?", asked on the page of availability and on the calendar, and by our team."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field

from appointly.clock import now
from appointly.database import reading
from appointly.display.formatting import zone_name
from appointly.display.why_not import WhyView, why_view
from appointly.errors import AppointlyError
from appointly.operations.hours import clock_of
from appointly.queries.dashboard import business
from appointly.queries.own_services import own_services
from appointly.queries.why_not_offered import why_not_offered
from appointly.visitor import current_actor

Name = Literal["service", "day", "clock"]
Minute = Annotated[int, Field(ge=0, le=2880)]


@dataclass(frozen=True)
class Choice:
    """A service to choose."""

    id: str
    title: str


class Question(rx.State, mixin=True):
    """The question and its answer, which follows each change. `day` is YYYY-MM-DD, `clock` HH:MM, both local there."""

    services: list[Choice] = []
    service: str = ""
    day: str = ""
    clock: str = ""
    zone_name: str = ""
    problem: str = ""
    answer: WhyView = WhyView()

    @rx.event
    async def put(self, name: Name, value: Annotated[str, Field(max_length=60)]) -> None:
        """One of the fields was changed."""
        if self.services:
            setattr(self, name, value)
            await self._ask()

    async def _begin(self, services: list[Choice], time_zone: str, at: datetime) -> None:
        """Ask about one of these services: the one asked about last, at that time, else the next full hour."""
        self.services, self.zone_name = services, zone_name(time_zone)
        if self.service not in {each.id for each in services}:
            self.service = services[0].id if services else ""
        local = at.astimezone(ZoneInfo(time_zone))
        self.day = self.day or local.date().isoformat()
        self.clock = self.clock or clock_of((local.hour + 1) % 24 * 60)
        if services:
            await self._ask()
        else:
            self.problem, self.answer = "There is no service yet, so no time can be offered.", WhyView()

    async def _ask(self) -> None:
        self.problem, self.answer = "", WhyView()
        try:
            service, start = UUID(self.service), datetime.combine(date.fromisoformat(self.day), time_of(self.clock))
        except ValueError:
            self.problem = "Please choose a service, a date and a time."
            return
        actor, at = current_actor(), now()
        try:
            async with reading() as session:
                found = await why_not_offered(session, actor, service, start, at)
        except AppointlyError as error:
            self.problem = next(iter(error.fields.values()), error.message)
            return
        self.answer = why_view(found, at, own=actor.provider_id is not None)


class WhyNot(Question, rx.State):
    """A provider asks about their own times."""

    __access__ = "provider"

    @rx.event
    async def begin(self) -> None:
        """The sheet opens: with what was asked last, else with the next full hour."""
        await self._open()

    @rx.event
    async def begin_on(self, day: date) -> None:
        """The sheet opens on a page that shows this day."""
        self.day = day.isoformat()
        await self._open()

    @rx.event
    async def point(self, day: date, minute: Minute) -> None:
        """The sheet opens with a time that was pointed at, in minutes after the midnight of `day`."""
        at = datetime.combine(day, time()) + timedelta(minutes=minute)
        self.day, self.clock = at.date().isoformat(), f"{at:%H:%M}"
        await self._open()

    async def _open(self) -> None:
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            found = await own_services(session, actor, at)
        offered = [Choice(str(each.id), each.title) for each in found if each.status != "archived"]
        await self._begin(offered, shop.time_zone, at)


def time_of(clock: str) -> time:
    """HH:MM as the browser's input holds it. Raises `ValueError`."""
    return time.fromisoformat(clock).replace(tzinfo=None)
