"""A provider's own calendars elsewhere: the page, and what the dashboard says about them."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly import limits
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.calendars import CalendarView, CollisionView, calendar_view, collision_view
from appointly.domain.calendar import host_of
from appointly.domain.rights import Whose, require
from appointly.errors import AppointlyError, ValidationFailed
from appointly.gateways.caldav import discover
from appointly.operations.external_calendars import (
    AccountToSearch,
    CalendarNewName,
    CalendarToAdd,
    add_calendar,
    read_calendar_now,
    rename_calendar,
)
from appointly.operations.remove_calendar import remove_calendar
from appointly.queries.dashboard import business
from appointly.queries.external_calendars import collisions, own_calendars
from appointly.state.base import Viewer, again
from appointly.state.live import MINUTE, watch
from appointly.validation import parse
from appointly.visitor import current_actor

Form = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=4000)]], Field(max_length=20)
]
FIELDS = ("name", "address", "user", "password", "calendar", "form")
COLLISIONS_SHOWN = 3  # on the dashboard
FAILING_SHOWN = 2  # failures in a row, before the dashboard speaks of it


@dataclass(frozen=True)
class FoundView:
    """A calendar of the account that was searched."""

    name: str
    address: str


class OwnCalendars(rx.State):
    """The page. No password is kept here: the form sends it again with the choice."""

    __access__ = "provider"

    loaded: bool = False
    calendars: list[CalendarView] = []
    kind: str = "ics"
    found: list[FoundView] = []
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    made: int = 0

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, or returns after a dropped connection."""
        actor = current_actor()
        if actor.provider_id is None:
            return rx.redirect("/dashboard")
        watch(self, OwnCalendars.refresh, f"provider:{actor.provider_id}", MINUTE)
        self.errors, self.found = dict.fromkeys(FIELDS, ""), []
        return await self._read()

    @rx.event
    async def refresh(self) -> EventSpec | None:
        """Something of this provider has changed, or a minute has passed."""
        return await self._read()

    async def _read(self) -> EventSpec | None:
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return None
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            found = await own_calendars(session, actor, shop.id, at)
        self.calendars = [calendar_view(each, shop.time_zone, at) for each in found]
        self.loaded = True
        return CalendarNews.load()  # type: ignore[operator]

    @rx.event
    def choose_kind(self, kind: Annotated[str, Field(max_length=10)]) -> None:
        """By address, or through CalDAV."""
        self.kind = "caldav" if kind == "caldav" else "ics"
        self.errors, self.found = dict.fromkeys(FIELDS, ""), []

    @rx.event
    async def submit(self, form: Form) -> EventSpec | None:
        """Add the calendar; of a CalDAV account first find those it has."""
        if again(form, self.made):
            return None
        self.errors = dict.fromkeys(FIELDS, "")
        try:
            actor = current_actor()
            require(actor, "calendar.edit", Whose(provider_id=actor.provider_id))
            if self.kind == "caldav" and not form.get("calendar"):
                await self._search(form)
                return None
            await limits.take("calendar", str(actor.user_id))
            async with transaction() as session:
                await add_calendar(session, actor, self._wanted(form), now())
        except ValidationFailed as error:
            self.errors |= {name: words for name, words in error.fields.items() if name in FIELDS}
            return None
        except AppointlyError as error:
            self.errors |= {"form": error.message}
            return None
        self.found = []
        self.made += 1  # empties the form
        return await self._read()

    async def _search(self, form: Form) -> None:
        self.found = []
        typed = {name: form.get(name) or "" for name in ("address", "user", "password")}
        account = parse(AccountToSearch, typed)
        await limits.take("calendar", str(current_actor().user_id))
        found = await discover(account.address, account.user, account.password)
        self.found = [FoundView(each.name, each.address) for each in found]

    def _wanted(self, form: Form) -> CalendarToAdd:
        typed: dict[str, object] = {"kind": self.kind, "address": form.get("address") or ""}
        name = (form.get("name") or "").strip()
        if self.kind == "caldav":
            chosen = next((each for each in self.found if each.address == form.get("calendar")), None)
            if chosen is None:
                raise ValidationFailed(fields={"calendar": "Please choose one of the calendars."})
            typed |= {"address": chosen.address, "user": form.get("user"), "password": form.get("password")}
            name = name or chosen.name
        wanted = parse(CalendarToAdd, typed | {"name": name or "My calendar"})
        return wanted if name else wanted.model_copy(update={"name": host_of(wanted.address)[:120]})

    @rx.event
    async def read_now(self, calendar: UUID) -> EventSpec | None:
        """Read one of them as soon as possible."""
        await limits.take("calendar", str(current_actor().user_id))
        async with transaction() as session:
            await read_calendar_now(session, current_actor(), calendar, now())
        return await self._read()

    @rx.event
    async def rename(self, calendar: UUID, form: Form) -> EventSpec | None:
        """Give one of them another name."""
        name = parse(CalendarNewName, {"name": form.get("new_name") or ""}).name
        async with transaction() as session:
            await rename_calendar(session, current_actor(), calendar, name)
        return await self._read()

    @rx.event
    async def remove(self, calendar: UUID) -> list[EventSpec]:
        """Forget one of them; its busy times are free at once. Google's are asked about on the page of their own."""
        async with transaction() as session:
            await remove_calendar(session, current_actor(), calendar, now(), take_out=True)
        told = Viewer.tell("The calendar is removed. Its busy times can be booked again.", "success")  # type: ignore[operator]
        news = await self._read()
        return [news, told] if news else [told]


class CalendarNews(rx.State):
    """What needs the provider: appointments that meet busy times elsewhere, and calendars that cannot be read."""

    __access__ = "provider"

    collisions: list[CollisionView] = []
    first: list[CollisionView] = []
    title: str = ""
    advice: str = ""
    failing: list[CalendarView] = []

    @rx.event
    async def load(self) -> None:
        """Read it anew."""
        actor, at = current_actor(), now()
        if actor.provider_id is None:
            return
        async with reading() as session:
            shop = await business(session, actor.provider_id)
            met = await collisions(session, actor, shop.id, at)
            calendars = await own_calendars(session, actor, shop.id, at)
        self.collisions = [collision_view(each, shop.time_zone, at) for each in met]
        self.first = self.collisions[:COLLISIONS_SHOWN]
        self.title, self.advice = collision_words(len(met))
        failing = [each for each in calendars if each.failures >= FAILING_SHOWN]
        self.failing = [calendar_view(each, shop.time_zone, at) for each in failing]


def collision_words(number: int) -> tuple[str, str]:
    """ "1 appointment collides with your own calendar", and what to do about it."""
    if number == 1:
        return (
            "1 appointment collides with your own calendar",
            "We changed nothing. Move or cancel it, or leave it if both fit.",
        )
    return (
        f"{number} appointments collide with your own calendar",
        "We changed nothing. Move or cancel them, or leave them if both fit.",
    )
