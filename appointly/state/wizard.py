"""Booking a service: time, details, review. The address holds the service and the step, the draft all the rest.

`?slot=` chooses a time: once it is kept the address goes on without it, so the way back chooses nothing again. Where it
cannot be kept (a browser without cookies, three kept already) it stays in the address.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import long_day, moment
from appointly.display.holds import UNKEPT, Kept, kept
from appointly.display.questions import ANSWER, Question, renewed
from appointly.display.shapes import Month, Time, TimeGroup, month_of, times_of_day, with_taken
from appointly.domain.actor import Actor
from appointly.domain.holds import holder_of
from appointly.errors import AppointlyError, NotFound, SlotTaken, TooManyHolds, TooManyRequests, ValidationFailed
from appointly.keeping import keep_time
from appointly.operations.book_appointment import BookingRequest
from appointly.operations.booking_draft import keep_typed, leave_booking
from appointly.queries.availability import available_days, free_slots, nearest_free
from appointly.queries.drafts import Draft, draft_of
from appointly.queries.waitlist import full_days
from appointly.queries.wizard import Offer, chosen_slot, offer
from appointly.state.live import watch
from appointly.state.open_drafts import OpenDrafts
from appointly.state.wizard_form import book_once, request_of
from appointly.state.wizard_views import Chosen, OfferView, chosen_view, offer_view, offered
from appointly.visitor import current_actor

STEPS = ("time", "details", "review")
NEAREST = 3
GONE = "This time is no longer offered. Please choose another one."
BOOKED = (
    "This time is booked now. If that was you in another window, there is nothing left to do here."
    " Otherwise please choose another one."
)
JUST_TAKEN = "This time has just been taken. Nothing you wrote is lost: please choose another one."
ASKED_ANEW = "The provider has just changed the questions. Please look at your answers again; nothing is booked yet."

Typed = Annotated[
    dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=4000)]], Field(max_length=60)
]
Attempt = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]{32,64}$")]
FieldName = Literal["customer_name", "customer_email", "customer_phone", "notes"]


class Wizard(rx.State):
    """One visitor's way to a booking. What is typed goes into the draft, and the chosen time is kept for a while.

    `kept` counts down; `run_out` says that it is over and the time still free. `unkept` is the time in the address;
    `crowded`, that it cannot be kept while so many others are.
    """

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    step: str = "time"
    place: int = 0
    slug: str = ""
    offer: OfferView = OfferView()
    chosen: Chosen = Chosen()
    kept: Kept = Kept()
    run_out: bool = False
    crowded: bool = False
    unkept: str = ""
    month: Month = Month("", [])
    day: str = ""
    day_title: str = ""
    times: list[TimeGroup] = []
    questions: list[Question] = []
    customer_name: str = ""
    customer_email: str = ""
    customer_phone: str = ""
    notes: str = ""
    errors: dict[str, str] = {"customer_name": "", "customer_email": "", "customer_phone": "", "notes": ""}
    problem: str = ""
    alternatives: list[Time] = []
    sending: bool = False
    leads_to: str = ""
    _service_id: str = ""
    _provider_id: str = ""
    _shown_month: str = ""

    @rx.event
    async def load(self) -> list[EventSpec]:
        """The page opens, its address changes, or the connection returns. A new step takes the focus."""
        before = (self.slug, self.step) if self.loaded else None
        onward = await self._open()
        moved = before is not None and before != (self.slug, self.step)
        events = [rx.redirect(onward, replace=True)] if onward else []
        return [*events, rx.set_focus("step-title")] if moved else events

    async def _open(self) -> str:
        """Read the address, keep the time it chooses; where to go on to once that is kept."""
        slug, asked = str(self.router.url.path.rpartition("/")[2]), self.router.url.query_parameters
        wanted, step = str(asked.get("slot", "")), str(asked.get("step", ""))
        actor, at = current_actor(), now()
        self.leads_to, self.sending, self.alternatives, self.crowded = "", False, [], False
        self.problem = BOOKED if self.problem == BOOKED and not wanted else ""  # true on every step, until a new choice
        onward = ""
        try:
            async with reading() as session:
                service = await offer(session, slug)
            watch(self, Wizard.refresh, f"times:{service.provider_id}")
            self._begin(service)
            self.unkept = wanted
            if wanted and await self._keep(service, wanted, actor, at):
                self.unkept, step = "", step or "details"
                onward = self._address(step)
            async with reading() as session:
                draft = await draft_of(session, actor, service.id, at)
                self._fill(draft, actor)
                await self._choose(session, service, draft, at)
                self.step = self._step(step or ("details" if wanted else ""))
                self.place = STEPS.index(self.step)
                await self._read_times(session, service, at, fresh=True)
        except NotFound:
            self.missing = True
        self.loaded = True
        return onward

    async def _keep(self, service: Offer, slot_id: str, actor: Actor, at: datetime) -> bool:
        """Keep a time of this service; whether it is kept. What is to be said about it otherwise is a problem."""
        self.crowded = False
        try:
            async with reading() as session:
                found = await chosen_slot(session, service.id, UUID(slot_id), at)
            if found and holder_of(actor):
                await keep_time(actor, found.id, at)
                return True
        except TooManyHolds:
            self.crowded = True
            await (await self.get_state(OpenDrafts))._read()
        except TooManyRequests:
            self.problem = UNKEPT
        except (AppointlyError, ValueError):
            pass  # a time that cannot be booked says so itself
        return False

    async def _remember(self) -> None:
        """After Redis has lost what an open page showed: read the page's address again."""
        if not self.loaded:
            await self._open()

    @rx.event
    async def refresh(self) -> None:
        """A time of this service was taken or has become free, its provider has changed it, or the minutes are over."""
        await self._refresh()

    async def _refresh(self) -> None:
        if self.leads_to or not self.slug:
            return
        actor, at = current_actor(), now()
        try:
            async with reading() as session:
                service = await offer(session, self.slug)
                self.offer, self.questions = offer_view(service), renewed(self.questions, service.questions)
                await self._choose(session, service, await draft_of(session, actor, service.id, at), at)
                await self._read_times(session, service, at, fresh=False)
        except NotFound:
            self.missing = True

    @rx.event
    async def show_month(self, month: Annotated[str, Field(pattern=r"^\d{4}-\d\d$")]) -> None:
        """Leaf to another month."""
        await self._remember()
        with suppress(ValueError):
            self._shown_month = date.fromisoformat(f"{month}-01").isoformat()
            await self._show(fresh=True)

    @rx.event
    async def show_day(self, chosen: date) -> None:
        """Show the times of another day."""
        await self._remember()
        self.day = chosen.isoformat()
        await self._show(fresh=True)

    @rx.event
    async def pick(self, slot_id: UUID) -> EventSpec | None:
        """Choose a time: on to the details, or back to the review where the details are known."""
        await self._remember()
        return await self._pick(slot_id)

    async def _pick(self, slot_id: UUID) -> EventSpec | None:
        actor, at, step = current_actor(), now(), "review" if self.step == "review" else "details"
        if self.missing:
            return None
        async with reading() as session:
            service = await offer(session, self.slug)
        self.problem, self.alternatives = "", []
        if not await self._keep(service, str(slot_id), actor, at):
            return rx.redirect(self._address(step, str(slot_id)))
        self.unkept = ""
        await self._save(slot_id)
        await self._refresh()
        return rx.redirect(self._address(step))

    @rx.event
    async def keep_again(self) -> EventSpec | None:
        """The minutes were over: keep the same time once more."""
        await self._remember()
        return await self._pick(UUID(self.chosen.id)) if self.chosen.id else None

    @rx.event
    async def make_room(self, draft_id: UUID) -> EventSpec | None:
        """Let another time go, and keep the one that was chosen here instead."""
        await self._remember()
        await (await self.get_state(OpenDrafts))._forget(draft_id)
        return await self._pick(UUID(self.chosen.id)) if self.chosen.id else None

    @rx.event
    async def let_go(self) -> EventSpec | None:
        """ "Not now": the time is free for others at once. What was typed stays in this page."""
        await self._remember()
        if not self._service_id:
            return None
        async with transaction() as session:
            service_id, provider_id = UUID(self._service_id), UUID(self._provider_id)
            await leave_booking(session, current_actor(), service_id, provider_id, now())
        self.chosen, self.problem, self.alternatives, self.unkept, self.crowded = Chosen(), "", [], "", False
        await self._refresh()
        return rx.redirect(self._address("time"))

    @rx.event
    async def keep(self, name: FieldName, value: Annotated[str, Field(max_length=4000)]) -> None:
        """Remember what was typed, wherever the person goes on."""
        await self._remember()
        if getattr(self, name) != value:
            setattr(self, name, value)
            await self._save()

    @rx.event
    async def answer(
        self, name: Annotated[str, Field(max_length=80)], value: Annotated[str, Field(max_length=1000)]
    ) -> None:
        """Remember an answer, for the same reason."""
        await self._remember()
        answered = [replace(asked, value=value) if asked.name == name else asked for asked in self.questions]
        if answered != self.questions:
            self.questions = answered
            await self._save()

    async def _save(self, slot_id: UUID | None = None) -> None:
        """Write what is typed into the draft."""
        chosen = slot_id or (UUID(self.chosen.id) if self.chosen.id else None)
        if chosen is None:
            return
        typed: dict[str, object] = {name: getattr(self, name) for name in self.errors}
        typed["answers"] = {asked.name.removeprefix(ANSWER): asked.value for asked in self.questions if asked.value}
        async with transaction() as session:
            await keep_typed(session, current_actor(), UUID(self._service_id), chosen, typed, now())

    @rx.event
    async def submit(self, form: Typed, attempt: Attempt) -> AsyncIterator[EventSpec | None]:
        """Continue from the details to the review, or book. `attempt` is the same for each click of one page."""
        if self.leads_to or self.sending:
            return
        await self._remember()
        for name in self.errors:
            setattr(self, name, form.get(name, ""))
        request = self._checked(form)
        if request is None or self.step != "review":
            await self._save()
        if request is None:
            if self.step == "review":
                yield rx.redirect(self._address("details"), replace=True)
            elif wrong := next((name for name in self.errors if self.errors[name]), ""):
                yield rx.set_focus(wrong)
            return
        if self.step != "review":
            yield rx.redirect(self._address("review"))
            return
        self.sending = True
        yield None
        try:
            self.leads_to = await book_once(request, attempt)
        except SlotTaken as error:
            self.chosen = replace(self.chosen, taken=True)
            self.problem, self.alternatives = JUST_TAKEN, offered(error, self.offer.zone, now())
        except ValidationFailed:
            # The page's own check passed: the questions have changed since.
            await self._refresh()
            self.problem, self.step, self.place = ASKED_ANEW, "details", STEPS.index("details")
        except AppointlyError as error:
            self.problem = error.message
        finally:
            self.sending = False

    def _checked(self, form: Mapping[str, str]) -> BookingRequest | None:
        """The request that the form makes; None when a sentence stands under one of its fields."""
        request, fields = request_of(self.chosen.id, form, self.errors, self.questions)
        self.errors = {name: fields.get(name, "") for name in self.errors}
        self.questions = [
            replace(question, value=form.get(question.name, ""), error=fields.get(question.name, ""))
            for question in self.questions
        ]
        self.problem = GONE if "slot_id" in fields else ""
        return request

    def _begin(self, service: Offer) -> None:
        """Show the service; what belongs to another one is forgotten."""
        self.missing, self.offer = False, offer_view(service)
        if self.slug != service.slug:
            self.slug, self.day, self._shown_month = service.slug, "", ""
            self._service_id, self._provider_id = str(service.id), str(service.provider_id)
            self.errors, self.questions = dict.fromkeys(self.errors, ""), []
            self.chosen, self.kept, self.run_out, self.problem = Chosen(), Kept(), False, ""
        self.questions = renewed(self.questions, service.questions)

    def _fill(self, draft: Draft | None, actor: Actor) -> None:
        """What was typed before, here or on another device; else what is known of who is signed in."""
        if draft:
            for name in self.errors:
                setattr(self, name, getattr(draft, name) or getattr(self, name))
            given = {ANSWER + name: str(value) for name, value in draft.answers.items()}
            self.questions = [replace(asked, value=given.get(asked.name, asked.value)) for asked in self.questions]
        if actor.user_id and not self.customer_email:
            self.customer_name, self.customer_email = self.customer_name or actor.name, actor.email

    async def _choose(self, session: AsyncSession, service: Offer, draft: Draft | None, at: datetime) -> None:
        """Look at the chosen time again; where it is gone, say so and offer the nearest."""
        slot_id = self.unkept or (str(draft.slot_id or "") if draft else self.chosen.id)
        try:
            found = await chosen_slot(session, service.id, UUID(slot_id), at) if slot_id else None
        except ValueError:
            found = None
        held = bool(found and draft and draft.hold_id and draft.slot_id == found.id)
        if found and held:
            found = replace(found, free=True)
        # Without a draft it was let go in another window, or booked there.
        booked_there = self.problem == BOOKED or (draft is None and self.kept.until > 0)
        known = draft.slot_id == found.id if draft and found else self.kept.until > 0 or self.run_out
        kept_before = known and not self.unkept
        self.chosen = chosen_view(found, service.time_zone, at)
        self.kept = kept(draft.until, at) if draft and held else Kept()
        self.run_out = bool(found and found.free and not held and kept_before)
        if found is None and (slot_id or draft):
            self.problem = GONE
        elif found and not found.free:
            if not self.alternatives:
                nearest = await nearest_free(session, found.id, NEAREST, at)
                self.alternatives = [Time(str(slot.id), moment(slot.start, service.time_zone, at)) for slot in nearest]
            self.problem = BOOKED if booked_there else JUST_TAKEN
        elif self.problem in (JUST_TAKEN, BOOKED, GONE):
            self.problem, self.alternatives = "", []

    def _step(self, wanted: str) -> str:
        if not self.chosen.id or wanted not in STEPS:
            return "time"
        return "details" if wanted == "review" and not (self.customer_name and self.customer_email) else wanted

    async def _show(self, *, fresh: bool) -> None:
        async with reading() as session:
            await self._read_times(session, await offer(session, self.slug), now(), fresh=fresh)

    async def _read_times(self, session: AsyncSession, service: Offer, at: datetime, *, fresh: bool) -> None:
        """The month and the times of the shown day. Unless `fresh`, times that have gone fade instead of vanishing."""
        today = at.astimezone(ZoneInfo(service.time_zone)).date()
        last = today + timedelta(days=service.horizon_days - 1)
        own = UUID(self.chosen.id) if self.kept.until else None
        days = await available_days(session, service.id, today, service.horizon_days, at, own)
        full = set(await full_days(session, service.id, today, service.horizon_days, at))
        free = {each.date for each in days}
        if fresh and not self.day:
            self.day = self.chosen.date or (min(free).isoformat() if free else "")
        shown = min(max(date.fromisoformat(self.day), today), last) if self.day else today
        first = min(max(date.fromisoformat(self._shown_month), today), last) if self._shown_month else shown
        self.month = month_of(first, free, today, last, full - free)
        slots = await free_slots(session, service.id, shown, 1, at, own)
        new = times_of_day(slots, service.time_zone, service.capacity, str(own))
        known = {time.id for group in self.times for time in group.times}
        ids = {str(slot.id) for slot in slots}
        self.times = new if fresh or ids - known else with_taken(self.times, new)
        self.day_title = long_day(shown) if self.day else ""

    def _address(self, step: str, slot_id: str = "") -> str:
        return routes.with_query(routes.book(self.slug), slot=slot_id or self.unkept, step=step)
