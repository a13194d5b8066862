"""What a scanned code leads to: the check-in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex_base.event import EventSpec
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits, routes
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.formatting import clock_time, moment_within, street_and_city
from appointly.display.queue import place_in_line
from appointly.domain.actor import Actor
from appointly.domain.check_in import Situation, read_code, situation
from appointly.errors import AppointlyError, DoorCodeInvalid, NotFound, TooManyRequests
from appointly.operations.check_in import check_in
from appointly.queries.bookings import Booking, booking_by_id, id_of_reference
from appointly.queries.check_in import Door, bookings_near, door
from appointly.queries.dashboard import business
from appointly.queries.queue import line_of
from appointly.settings import settings
from appointly.state.base import Viewer
from appointly.state.live import MINUTE, watch
from appointly.visitor import current_actor

Reference = Annotated[dict[str, Annotated[str, Field(max_length=100)]], Field(max_length=1)]
LONGEST_REFERENCE = 20


@dataclass(frozen=True)
class Visit:
    """One of today's appointments at this door. `name` is for the provider's eyes alone."""

    id: str = ""
    when: str = ""
    service: str = ""
    token: str = ""
    name: str = ""
    here: bool = False
    can_check_in: bool = False


def visit_of(booking: Booking, *, name: bool = False, can_check_in: bool = True) -> Visit:
    """An appointment as the check-in shows it."""
    return Visit(
        id=str(booking.id),
        when=clock_time(booking.start, booking.time_zone),
        service=booking.service_title,
        token=booking.token,
        name=booking.customer_name if name else "",
        here=booking.checked_in_at is not None,
        can_check_in=can_check_in and booking.checked_in_at is None,
    )


class MarkPage(rx.State):
    """The check-in of whoever scanned a door's code; or, for the provider, of the customer whose ticket it is.

    Opening the address writes nothing: cameras and messengers fetch addresses by themselves. One tap checks in.
    """

    __access__ = "public"

    loaded: bool = False
    outcome: str = ""
    shop: str = ""
    slug: str = ""
    title: str = ""
    words: str = ""
    visits: list[Visit] = []
    place: str = ""
    place_words: str = ""
    booking_href: str = ""
    login_href: str = ""
    problem: str = ""
    _typed: list[str] = []
    _code: str = ""

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        code = str(self.router.url.query_parameters.get("id", ""))
        if code != self._code:
            self._code, self._typed = code, []
        self.problem, self.login_href = "", routes.login("customer", next=routes.mark(code[:100]))
        await self._read(follow=True)

    @rx.event
    async def refresh(self) -> None:
        """The line has changed, or a minute has passed."""
        if self._code:
            await self._read()

    @rx.event
    async def look_up(self, form: Reference) -> None:
        """Somebody whose browser knows nothing of the booking types its `reference`."""
        typed = "".join(form.get("reference", "").upper().split())[:LONGEST_REFERENCE]
        self.problem = ""
        if not typed:
            self.problem = "Please type the reference of your booking. It stands in the mail."
            return
        try:
            await limits.take("reference")
        except TooManyRequests as error:
            self.problem = error.message
            return
        async with reading() as session:
            found = await id_of_reference(session, typed)
        if found is None:
            self.problem = "There is no booking with this reference. Please check it: it stands in the mail."
            return
        self._typed = [*self._typed[-4:], str(found)]
        await self._read(follow=True)
        if self.outcome == "unknown":
            self.problem = "This booking is not for today, and not for this door."

    @rx.event
    async def check_in(self, booking_id: UUID) -> EventSpec | None:
        """The tap."""
        answer = None
        try:
            async with transaction() as session:
                _, gate = await _read_code(session, self._code)
                await check_in(session, self._actor(), booking_id, gate.id if gate else None, now())
        except AppointlyError as error:
            answer = Viewer.tell(error.message)  # type: ignore[operator]
        await self._read(follow=True)
        return answer

    def _actor(self) -> Actor:
        """Who typed a reference may check that booking in here, and nothing more: nobody else asks for this actor."""
        actor = current_actor()
        return replace(actor, managed=actor.managed | {UUID(each) for each in self._typed})

    async def _read(self, *, follow: bool = False) -> None:
        self.visits, self.place, self.place_words, self.booking_href = [], "", "", ""
        self.shop = self.slug = ""
        try:
            async with reading() as session:
                code, gate = await _read_code(session, self._code)
                if gate is None:
                    await self._ticket(session, code)
                else:
                    await self._at_the_door(session, gate, follow)
        except DoorCodeInvalid as error:
            self.outcome, self.title, self.words = str(error.details["why"]), "", error.message
        self.loaded = True

    async def _ticket(self, session: AsyncSession, appointment_id: UUID) -> None:
        """A customer's ticket: the provider of the booking learns whose it is, everybody else nothing."""
        actor = current_actor()
        self.outcome, self.title = "ticket", "Show this at the door"
        self.words = "It is the ticket of an appointment. The provider scans it when its customer comes."
        try:
            booking = await booking_by_id(session, actor, appointment_id)
        except NotFound:
            return
        if actor.provider_id != booking.provider_id:
            self.booking_href = routes.booking(booking.reference)
            return
        about, _ = situation([booking], booking.provider_id, now())
        self.outcome, self.title = "customer", f"{booking.customer_name}, {booking.token}"
        self.words = ABOUT_CUSTOMER[about].format(
            when=moment_within(booking.start, booking.time_zone, now()), at=clock_time(booking.start, booking.time_zone)
        )
        if about in ("here", "over"):  # else it does not take place: whether they came is no news
            self.visits = [visit_of(booking, name=True, can_check_in=about == "here")]

    async def _at_the_door(self, session: AsyncSession, gate: Door, follow: bool) -> None:
        actor, at = self._actor(), now()
        self.shop, self.slug = gate.name, gate.slug
        if actor.provider_id == gate.id:
            self.outcome, self.title = "own_door", "This is your own door"
            self.words = "Your customers scan this code when they come. Whoever has checked in is marked in your queue."
            return
        about, bookings = situation(await bookings_near(session, actor, gate.id, at), gate.id, at)
        if follow:
            watch(self, MarkPage.refresh, f"queue:{gate.id}", f"provider:{gate.id}", MINUTE)
        self.outcome = about
        self.title, self.words = words_for(about, bookings, gate, bool(actor.user_id), self)
        if bookings:
            known = bookings[0].customer_id == actor.user_id or bookings[0].id in current_actor().managed
            self.booking_href = routes.booking(bookings[0].reference) if known else ""
        if about == "here":
            self.visits = [visit_of(booking) for booking in bookings]
            await self._stand(session, gate, actor, [booking for booking in bookings if booking.checked_in_at])

    async def _stand(self, session: AsyncSession, gate: Door, actor: Actor, here: Sequence[Booking]) -> None:
        """Where those who have checked in stand in the line."""
        if here:
            at = now()
            line = await line_of(session, await business(session, gate.id), actor, at)
            self.place, self.place_words = place_in_line(line, [str(booking.id) for booking in here], at)


ABOUT_CUSTOMER: dict[Situation, str] = {
    "here": "Their appointment is today at {at}.",
    "pending": "They have asked for today at {at}, and you have not answered yet.",
    "over": "Their appointment was at {at}; it is over.",
    "cancelled": "Their appointment at {at} does not take place.",
    "another_day": "Their appointment is not today: {when}.",
    "unknown": "Their appointment is not today: {when}.",
}


def words_for(
    about: Situation, bookings: Sequence[Booking], gate: Door, signed_in: bool, page: MarkPage
) -> tuple[str, str]:
    """What to tell somebody at this door: a heading and a sentence."""
    at = now()
    if not bookings:
        unknown = "We know of no appointment of yours here today." if signed_in or page._typed else ""
        return f"Welcome to {gate.name}", unknown
    first = bookings[0]
    when, begins = moment_within(first.start, first.time_zone, at), clock_time(first.start, first.time_zone)
    match about:
        case "here" if first.checked_in_at and len(bookings) == 1:
            return "You are checked in", f"{first.service_title} at {begins}, token {first.token}."
        case "here" if len(bookings) == 1:
            return "You are here", f"for {first.service_title} at {begins}, token {first.token}."
        case "here":
            return "Welcome", "You have more than one appointment here today. Which one have you come for?"
        case "pending":
            return (
                "Not confirmed yet",
                f"{gate.name} has not answered your request for {begins}. Please ask there.",
            )
        case "elsewhere":
            where = street_and_city(first.address, first.city)
            return (
                f"This is the door of {gate.name}",
                f"Your appointment today is at {first.provider_name}: {begins}, {where}.",
            )
        case "over":
            return "This appointment is over", f"It was at {begins}. If that is wrong, please ask at the desk."
        case "cancelled":
            return "This appointment does not take place", f"{first.service_title} at {begins} is cancelled."
    return "Not today", f"Your appointment here: {when}. You can check in on that day."


async def _read_code(session: AsyncSession, text: str) -> tuple[UUID, Door | None]:
    """The appointment of a ticket and None, or the provider and its door. Raises `DoorCodeInvalid` with why."""
    code = read_code(settings().require_secret(), text)
    if code is None:
        raise DoorCodeInvalid(details={"why": "changed" if text else "missing"})
    if code.kind == "ticket":
        return code.id, None
    gate = await door(session, code.id)
    if gate is None:
        raise DoorCodeInvalid(details={"why": "gone"})
    if gate.version != code.version:
        raise DoorCodeInvalid(details={"why": "old"})
    return gate.id, gate
