"""Booking a service: time, details, review. The address holds the service, the step and the chosen time."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits, routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.bookings import pays, place_of
from appointly.display.formatting import clock_time, day, duration, long_day, moment, money, zone_name
from appointly.display.services import POLICIES
from appointly.display.shapes import Month, Time, TimeGroup, month_of, times_of_day, with_taken
from appointly.domain.actor import Actor
from appointly.domain.answers import check_answers
from appointly.domain.manage_key import manage_key
from appointly.errors import AppointlyError, NotFound, SlotTaken, ValidationFailed
from appointly.operations.book_appointment import BookingRequest, book_appointment
from appointly.operations.remember_answer import claim_key, keep_answer
from appointly.queries.availability import available_days, free_slots, nearest_free
from appointly.queries.wizard import ChosenSlot, Offer, chosen_slot, offer
from appointly.settings import settings
from appointly.state.live import watch
from appointly.validation import parse
from appointly.visitor import current_actor

STEPS = ("time", "details", "review")
NEAREST = 3
GONE = "This time is no longer offered. Please choose another one."
JUST_TAKEN = "This time has just been taken. Nothing you wrote is lost: please choose another one."
ASKED_ANEW = "The provider has just changed the questions. Please look at your answers again; nothing is booked yet."
ANSWER = "answers."

Typed = Annotated[
    dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=4000)]], Field(max_length=60)
]
Attempt = Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f]{32,64}$")]
FieldName = Literal["customer_name", "customer_email", "customer_phone", "notes"]


@dataclass(frozen=True)
class OfferView:
    """The service in the summary that stays."""

    title: str = ""
    provider: str = ""
    service_href: str = ""
    picture: str = ""
    category: str = ""
    duration: str = ""
    price: str = ""
    pays: str = ""
    place: str = ""
    policy: str = ""
    zone: str = ""
    zone_name: str = ""
    by_request: bool = False
    open: bool = True


@dataclass(frozen=True)
class Question:
    """A question of the service: `kind` is text, choice or yes_no; `name` that of its field."""

    name: str
    label: str
    kind: str
    required: bool
    choices: list[str] = field(default_factory=list)
    value: str = ""
    error: str = ""


@dataclass(frozen=True)
class Chosen:
    """The time in the summary; `taken` when it is not free any more."""

    id: str = ""
    day: str = ""
    date: str = ""
    starts: str = ""
    ends: str = ""
    token: str = ""
    taken: bool = False


class Wizard(rx.State):
    """One visitor's way to a booking. Typed text is kept here and in the page; nothing is held before "Book"."""

    __access__ = "public"

    loaded: bool = False
    missing: bool = False
    step: str = "time"
    place: int = 0
    slug: str = ""
    offer: OfferView = OfferView()
    chosen: Chosen = Chosen()
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
    _shown_month: str = ""

    @rx.event
    async def load(self) -> EventSpec | None:
        """The page opens, its address changes, or the connection returns. A new step takes the focus."""
        before = (self.slug, self.step) if self.loaded else None
        await self._open()
        moved = before is not None and before != (self.slug, self.step)
        return rx.set_focus("step-title") if moved else None

    async def _open(self) -> None:
        slug = str(self.router.url.path.rpartition("/")[2])
        asked = self.router.url.query_parameters
        actor, at = current_actor(), now()
        self.leads_to, self.sending, self.problem, self.alternatives = "", False, "", []
        try:
            async with reading() as session:
                service = await offer(session, slug)
                watch(self, Wizard.refresh, f"times:{service.provider_id}")
                self._begin(service, actor)
                await self._choose(session, service, str(asked.get("slot", "")), at)
                self.step = self._step(str(asked.get("step", "")))
                self.place = STEPS.index(self.step)
                await self._read_times(session, service, at, fresh=True)
        except NotFound:
            self.missing = True
        self.loaded = True

    async def _remember(self) -> None:
        """After Redis has lost what an open page showed: read the page's address again."""
        if not self.loaded:
            await self._open()

    @rx.event
    async def refresh(self) -> None:
        """A time of this service was taken or has become free, or its provider has changed it."""
        await self._refresh()

    async def _refresh(self) -> None:
        if self.leads_to or not self.slug:
            return
        at = now()
        try:
            async with reading() as session:
                service = await offer(session, self.slug)
                self.offer, self.questions = offer_view(service), renewed(self.questions, service.questions)
                await self._choose(session, service, self.chosen.id, at)
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
    async def pick(self, slot_id: UUID) -> EventSpec:
        """Choose a time: on to the details, or back to the review where the details are known."""
        await self._remember()
        return rx.redirect(self._address(str(slot_id), "review" if self.step == "review" else ""))

    @rx.event
    def keep(self, name: FieldName, value: Annotated[str, Field(max_length=4000)]) -> None:
        """Remember what was typed, so that a reload does not lose it."""
        setattr(self, name, value)

    @rx.event
    def answer(self, name: Annotated[str, Field(max_length=80)], value: Annotated[str, Field(max_length=1000)]) -> None:
        """Remember an answer, for the same reason."""
        self.questions = [replace(asked, value=value) if asked.name == name else asked for asked in self.questions]

    @rx.event
    async def submit(self, form: Typed, attempt: Attempt) -> AsyncIterator[EventSpec | None]:
        """Continue from the details to the review, or book. `attempt` is the same for each click of one page."""
        if self.leads_to or self.sending:
            return
        for name in self.errors:
            setattr(self, name, form.get(name, ""))
        await self._remember()
        request = self._checked(form)
        if request is None:
            if self.step == "review":
                yield rx.redirect(self._address(self.chosen.id), replace=True)
            return
        if self.step != "review":
            yield rx.redirect(self._address(self.chosen.id, "review"))
            return
        self.sending = True
        yield None
        try:
            await self._book(request, attempt)
        except SlotTaken as error:
            self.chosen = replace(self.chosen, taken=True)
            self.problem, self.alternatives = JUST_TAKEN, self._offered(error)
        except ValidationFailed:
            # The page's own check passed: the questions have changed since.
            await self._refresh()
            self.problem, self.step, self.place = ASKED_ANEW, "details", STEPS.index("details")
        except AppointlyError as error:
            self.problem = error.message
        finally:
            self.sending = False

    async def _book(self, request: BookingRequest, attempt: str) -> None:
        actor, at = current_actor(), now()
        await limits.take("booking", request.customer_email)
        async with transaction() as session:
            key = f"page:{attempt}:{request.slot_id}"
            claim = await claim_key(session, actor, request.customer_email, key, b"page", at)
            if claim.status:
                booking_id, reference = claim.body.decode().split()
            else:
                booked = await book_appointment(session, actor, request, at)
                booking_id, reference = str(booked.id), booked.reference
                await keep_answer(session, claim, 201, f"{booking_id} {reference}".encode())
        key = manage_key(settings().secret_key, UUID(booking_id))
        self.leads_to = routes.open_booking(reference, key)

    def _checked(self, form: Mapping[str, str]) -> BookingRequest | None:
        """The request that the form makes; None when a sentence stands under one of its fields."""
        answers = {name.removeprefix(ANSWER): value for name, value in form.items() if name.startswith(ANSWER)}
        typed = {name: form.get(name, "") for name in self.errors}
        fields: dict[str, str] = {}
        request = None
        try:
            request = parse(BookingRequest, {"slot_id": self.chosen.id or None, "answers": answers, **typed})
        except ValidationFailed as error:
            fields |= error.fields
        try:
            check_answers([_as_asked(question) for question in self.questions], answers)
        except ValidationFailed as error:
            fields |= error.fields
        self.errors = {name: fields.get(name, "") for name in self.errors}
        self.questions = [
            replace(question, value=form.get(question.name, ""), error=fields.get(question.name, ""))
            for question in self.questions
        ]
        self.problem = GONE if "slot_id" in fields else ""
        return None if fields else request

    def _begin(self, service: Offer, actor: Actor) -> None:
        """Show the service; keep what was typed for it, prefill what is known of who is signed in."""
        self.missing, self.offer = False, offer_view(service)
        if self.slug != service.slug:
            self.slug, self._service_id, self.day, self._shown_month = service.slug, str(service.id), "", ""
            self.errors, self.questions = dict.fromkeys(self.errors, ""), []
        self.questions = renewed(self.questions, service.questions)
        if actor.user_id and not self.customer_email:
            self.customer_name, self.customer_email = actor.name, actor.email

    async def _choose(self, session: AsyncSession, service: Offer, slot_id: str, at: datetime) -> None:
        """Look at the chosen time again; where it is gone, say so and offer the nearest."""
        try:
            found = await chosen_slot(session, service.id, UUID(slot_id), at) if slot_id else None
        except ValueError:
            found = None
        self.chosen = chosen_view(found, service.time_zone, at)
        if slot_id and found is None:
            self.problem = GONE
        elif found and not found.free:
            if not self.alternatives:
                nearest = await nearest_free(session, found.id, NEAREST, at)
                self.alternatives = [Time(str(slot.id), moment(slot.start, service.time_zone, at)) for slot in nearest]
            self.problem = JUST_TAKEN
        elif self.problem == JUST_TAKEN:
            self.problem, self.alternatives = "", []

    def _step(self, wanted: str) -> str:
        if not self.chosen.id or wanted == "time":
            return "time"
        return "review" if wanted == "review" and self.customer_name and self.customer_email else "details"

    async def _show(self, *, fresh: bool) -> None:
        async with reading() as session:
            await self._read_times(session, await offer(session, self.slug), now(), fresh=fresh)

    async def _read_times(self, session: AsyncSession, service: Offer, at: datetime, *, fresh: bool) -> None:
        """The month and the times of the shown day. Unless `fresh`, times that have gone fade instead of vanishing."""
        today = at.astimezone(ZoneInfo(service.time_zone)).date()
        last = today + timedelta(days=service.horizon_days - 1)
        free = {each.date for each in await available_days(session, service.id, today, service.horizon_days, at)}
        if fresh and not self.day:
            self.day = self.chosen.date or (min(free).isoformat() if free else "")
        shown = min(max(date.fromisoformat(self.day), today), last) if self.day else today
        first = min(max(date.fromisoformat(self._shown_month), today), last) if self._shown_month else shown
        self.month = month_of(first, free, today, last)
        slots = await free_slots(session, service.id, shown, 1, at)
        new = times_of_day(slots, service.time_zone, service.capacity)
        known = {time.id for group in self.times for time in group.times}
        ids = {str(slot.id) for slot in slots}
        self.times = new if fresh or ids - known else with_taken(self.times, new)
        self.day_title = long_day(shown) if self.day else ""

    def _address(self, slot_id: str, step: str = "") -> str:
        address = routes.book(self.slug, slot_id)
        return f"{address}&step={step}" if step else address

    def _offered(self, error: SlotTaken) -> list[Time]:
        """The nearest free times that a refusal names."""
        listed: Any = error.details.get("alternatives", [])
        return [
            Time(each["id"], moment(datetime.fromisoformat(each["start"]), self.offer.zone, now())) for each in listed
        ]


def offer_view(service: Offer) -> OfferView:
    """The service ready to show."""
    return OfferView(
        title=service.title,
        provider=service.provider,
        service_href=routes.service(service.slug),
        picture=routes.small(service.picture),
        category=service.category,
        duration=duration(service.duration_minutes),
        price=money(service.price_amount, service.currency),
        pays=pays(service.price_amount, service.currency),
        place=place_of(service.location, service.address, service.city),
        policy=POLICIES[service.cancellation_policy],
        zone=service.time_zone,
        zone_name=zone_name(service.time_zone),
        by_request=service.approval == "manual",
        open=service.open,
    )


def chosen_view(slot: ChosenSlot | None, zone: str, at: datetime) -> Chosen:
    """The chosen time ready to show."""
    if slot is None:
        return Chosen()
    local = slot.start.astimezone(ZoneInfo(zone)).date()
    today = at.astimezone(ZoneInfo(zone)).date()
    return Chosen(
        id=str(slot.id),
        day=day(local, today),
        date=local.isoformat(),
        starts=clock_time(slot.start, zone),
        ends=clock_time(slot.end, zone),
        token=slot.token,
        taken=not slot.free,
    )


def _question(asked: Mapping[str, Any]) -> Question:
    choices = ["Yes", "No"] if asked.get("kind") == "yes_no" else list(asked.get("choices", ()))
    return Question(
        name=ANSWER + asked["id"],
        label=asked["label"],
        kind=asked.get("kind", "text"),
        required=bool(asked.get("required")),
        choices=choices,
    )


def renewed(shown: Sequence[Question], asked: Sequence[Mapping[str, Any]]) -> list[Question]:
    """The questions as they are asked now, with what was answered already."""
    answered = {question.name: question.value for question in shown}
    return [replace(question, value=answered.get(question.name, "")) for question in map(_question, asked)]


def _as_asked(question: Question) -> dict[str, Any]:
    return {
        "id": question.name.removeprefix(ANSWER),
        "label": question.label,
        "kind": question.kind,
        "required": question.required,
        "choices": question.choices,
    }
