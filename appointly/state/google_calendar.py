"""A provider's calendars at Google: connect, choose, disconnect."""

import secrets
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly import google_choice
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.errors import AppointlyError, GoogleCalendarStale, ValidationFailed
from appointly.google_choice import Choice
from appointly.operations.google_calendars import (
    Chosen,
    Grant,
    choose_google_calendars,
)
from appointly.operations.remove_calendar import remove_calendar
from appointly.queries.google_calendars import own_google_rows
from appointly.settings import settings
from appointly.state.live import watch
from appointly.state.settings_page import say
from appointly.state.sign_in import SENTENCES
from appointly.visitor import current_actor, current_visitor

Ticked = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[str | bool, Field(max_length=400)]], Field(max_length=600)
]
NOWHERE = "nowhere"
OWN = "Google Calendar"  # what the account's own calendar is called; at Google it has the account's address


@dataclass(frozen=True)
class OfferedView:
    """A calendar to choose; `name` is the field's."""

    field: str = ""
    title: str = ""
    note: str = ""
    blocks: bool = False


@dataclass(frozen=True)
class ConnectedView:
    """A calendar that was chosen."""

    id: str = ""
    name: str = ""
    account: str = ""
    writes: bool = False
    leaving: bool = False
    trouble: str = ""


class GoogleCalendarPage(rx.State):
    """The page at /dashboard/calendars/google."""

    __access__ = "provider"

    loaded: bool = False
    demo: bool = False
    possible: bool = False
    problem: str = ""
    account: str = ""
    offered: list[OfferedView] = []
    writable: list[OfferedView] = []
    writes_to: str = NOWHERE
    had_bookings: bool = False
    connected: list[ConnectedView] = []

    @rx.event
    async def load(self) -> None:
        """The page opens, perhaps on the way back from Google."""
        actor = current_actor()
        if actor.provider_id is not None:
            watch(self, GoogleCalendarPage.refresh, f"provider:{actor.provider_id}")
        code = self.router.url.query_parameters.get("error", "")
        self.problem = SENTENCES.get(code, AppointlyError.message) if code else ""
        self.demo, self.possible = settings().google_calendar_demo, settings().google_calendars
        await self._read()
        choice = None if code else await self._choice()
        if choice is not None:
            await self._offer(choice)
        else:
            self.offered, self.writable, self.account = [], [], ""
        self.loaded = True

    @rx.event
    async def refresh(self) -> None:
        """Something of the business has changed."""
        await self._read()

    async def _read(self) -> None:
        async with reading() as session:
            rows = await own_google_rows(session, current_actor()) if current_actor().provider_id else []
        self.connected = [
            ConnectedView(
                id=str(row.id),
                name=row.name,
                account=row.facts["account"],
                writes=row.writes_back,
                leaving=row.leaving,
                trouble=row.last_error,
            )
            for row in rows
        ]

    async def _choice(self) -> Choice | None:
        key = current_visitor().cookies.get(google_choice.COOKIE, "")
        return await google_choice.choice_of(key, current_actor().user_id)

    async def _offer(self, choice: Choice) -> None:
        """What is ticked at first: what was chosen before, else the account's own calendar."""
        async with reading() as session:
            rows = await own_google_rows(session, current_actor())
        before = {row.facts["calendar"]: row for row in rows if row.facts["account"] == choice.account}
        views = [
            OfferedView(
                field=f"calendar-{place}",
                title="Your own calendar" if each.primary else each.name,
                note=each.name if each.primary else "" if each.writable else "Read only",
                blocks=each.id in before if before else each.primary,
            )
            for place, each in enumerate(choice.calendars)
        ]
        writing = [
            place for place, each in enumerate(choice.calendars) if each.id in before and before[each.id].writes_back
        ]
        first = [place for place, each in enumerate(choice.calendars) if each.primary and choice.write and not before]
        self.account, self.offered = choice.account, views
        self.writable = [
            replace(view, note="")
            for view, each in zip(views, choice.calendars, strict=True)
            if each.writable and choice.write
        ]
        self.writes_to = views[(writing or first)[0]].field if writing or first else NOWHERE
        self.had_bookings = any(row.writes_back for row in rows)

    @rx.event
    async def choose(self, form: Ticked) -> EventSpec | None:
        """These calendars block time, and bookings are written into the one of `writes`."""
        choice = await self._choice()
        if choice is None:
            self.problem = GoogleCalendarStale.message
            self.offered, self.writable = [], []
            return None
        writes = str(form.get("writes", NOWHERE))
        chosen = [
            Chosen(
                each.id,
                OWN if each.primary else each.name,
                writes=writes == f"calendar-{place}" and each.writable and choice.write,
            )
            for place, each in enumerate(choice.calendars)
            if f"calendar-{place}" in form or writes == f"calendar-{place}"
        ]
        grant = Grant(secrets.token_hex(8), choice.account, choice.refresh_token, choice.scope)
        try:
            async with transaction() as session:
                await choose_google_calendars(
                    session, current_actor(), grant, chosen, now(), take_out="take_out" in form
                )
        except ValidationFailed as error:
            self.problem = next(iter(error.fields.values()), error.message)
            return None
        except AppointlyError as error:
            self.problem = error.message
            return None
        await google_choice.forget_choice(current_visitor().cookies.get(google_choice.COOKIE, ""))
        self.offered, self.writable, self.problem = [], [], ""
        await self._read()
        return say("Connected. We are reading your calendars now.")

    @rx.event
    async def cancel_choice(self) -> None:
        """Nothing is connected, and what Google gave is forgotten."""
        await google_choice.forget_choice(current_visitor().cookies.get(google_choice.COOKIE, ""))
        self.offered, self.writable, self.problem = [], [], ""

    @rx.event
    async def leave(self, calendar: UUID, take_out: bool) -> EventSpec:
        """Disconnect one of them; with `take_out` our bookings leave it first."""
        try:
            async with transaction() as session:
                await remove_calendar(session, current_actor(), calendar, now(), take_out=take_out)
        except AppointlyError as error:
            return say(error.message, "problem")
        await self._read()
        return say("It is disconnected, and blocks no time any more.")
