"""The page of one place in line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.questions import Question, answers_in, question_of
from appointly.display.waitlist import PlaceView, place_view
from appointly.domain.manage_key import manage_key
from appointly.errors import AppointlyError, NotFound, ValidationFailed
from appointly.operations.answer_offer import Taking, leave_waitlist, pass_offer, take_offer
from appointly.queries.waitlist import place_by_id
from appointly.settings import settings
from appointly.state.base import Viewer
from appointly.state.live import MINUTE, watch
from appointly.validation import parse
from appointly.visitor import current_actor

Typed = Annotated[
    dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=4000)]], Field(max_length=60)
]


class WaitPlace(rx.State):
    """What is waited for, what is offered, and what can be done; changes by itself."""

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    place: PlaceView = PlaceView()
    questions: list[Question] = []
    problem: str = ""
    leads_to: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens, or returns after a dropped connection."""
        self.problem, self.leads_to = "", ""
        await self._read(follow=True)

    @rx.event
    async def refresh(self) -> None:
        """A time was offered, or a minute has passed."""
        if not self.leads_to:
            await self._read()

    @rx.event
    async def take(self, form: Typed) -> None:
        """Book the time that is kept."""
        if self.leads_to:
            return
        answers = answers_in(form)
        self.problem = ""
        try:
            taking = parse(Taking, {"answers": answers, "notes": form.get("notes", "")})
            async with transaction() as session:
                booked = await take_offer(session, current_actor(), self._asked(), taking, now())
        except ValidationFailed as error:
            self._mark(form, error.fields)
            self.problem = "" if any(each.error for each in self.questions) else error.message
        except AppointlyError as error:
            await self._read()
            self.problem = error.message
        else:
            key = manage_key(settings().secret_key, booked.id)
            self.leads_to = routes.open_booking(booked.reference, key)

    @rx.event
    async def pass_on(self) -> EventSpec | None:
        """Not this time: the next one in line gets it."""
        try:
            async with transaction() as session:
                await pass_offer(session, current_actor(), self._asked(), now())
        except AppointlyError as error:
            offered = self.place.offered
            await self._read()
            return Viewer.tell(error.message) if offered else None  # type: ignore[operator]  # else pressed twice
        await self._read()
        return None

    @rx.event
    async def leave(self) -> EventSpec | None:
        """Leave the list, after the dialog has said what that means."""
        try:
            async with transaction() as session:
                await leave_waitlist(session, current_actor(), self._asked(), now())
        except AppointlyError as error:
            return Viewer.tell(error.message)  # type: ignore[operator]
        await self._read()
        return Viewer.dismiss_notice()  # type: ignore[operator]

    def _asked(self) -> UUID:
        """The place in the address. Raises `NotFound`."""
        try:
            return UUID(str(self.router.url.path.rpartition("/")[2]))
        except ValueError:
            raise NotFound("We could not find this place in line.") from None

    def _mark(self, form: Mapping[str, str], fields: Mapping[str, str]) -> None:
        self.questions = [
            replace(each, value=form.get(each.name, ""), error=fields.get(each.name, "")) for each in self.questions
        ]

    async def _read(self, *, follow: bool = False) -> None:
        actor, at = current_actor(), now()
        self.loaded = True
        try:
            entry_id = self._asked()
            async with reading() as session:
                found = await place_by_id(session, actor, entry_id)
                if follow:
                    watch(self, WaitPlace.refresh, f"waitlist:{entry_id}", MINUTE)
                    found = await place_by_id(session, actor, entry_id)
        except NotFound:
            self.missing, self.place, self.questions = True, PlaceView(), []
            return
        self.missing, self.place = False, place_view(found, at)
        known = {each.name: each for each in self.questions}
        asked = [question_of(question) for question in found.questions]
        self.questions = [
            replace(each, value=known[each.name].value, error=known[each.name].error) if each.name in known else each
            for each in asked
        ]
