"""What customers do: two with an account, and a stranger in a browser."""

from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.holds import holder_of
from appointly.operations.answer_appointment import confirm_appointment
from appointly.operations.answer_offer import Taking, leave_waitlist, pass_offer, take_offer
from appointly.operations.answer_reschedule import accept_reschedule, decline_reschedule, withdraw_reschedule
from appointly.operations.booking_draft import book_chosen, leave_booking, take_over_drafts
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.check_in import check_in
from appointly.operations.choose_time import choose_time
from appointly.operations.flags import dispute_no_show
from appointly.operations.join_waitlist import WaitRequest, join_waitlist
from appointly.operations.reschedule import reschedule
from appointly.operations.write_review import NewReview, ReviewChanges, change_review, delete_review, write_review
from appointly.queries.cancellations import previews
from tests.making import asking
from tests.operations.life.world import ADA, BOB, BROWSER, OWNER, STRANGER, Machine, full_at, numbers

customers = st.sampled_from([ADA, BOB, ADA, BOB, STRANGER])


class Customers(Machine):
    """Anybody may try anything with anything; what is not theirs is refused."""

    @initialize(places=st.lists(numbers, min_size=2, max_size=4), later=st.sampled_from([0, 0, 85, 180]))
    def begin_with_bookings(self, places: list[int], later: int) -> None:
        """Some have booked, and their requests are answered before it is later, in the middle of the day or after."""
        for place in places:
            if (slot := self.any_offered(place)) is not None:
                self.book_slot(place % 2, slot)
        for number in range(len(places) if later else 0):
            self.answer(number, confirm_appointment)
        if later:
            self.wait(later)

    def answer(self, number: int, verb: Any) -> None:
        """The provider answers a request."""
        raise NotImplementedError

    def wait(self, minutes: int) -> None:
        """Time passes."""
        raise NotImplementedError

    @rule(who=customers, number=numbers)
    def book(self, who: int, number: int) -> None:
        """Any time there is, offered or not."""
        if (slot := self.any_of("slot", number)) is not None:
            self.book_slot(who, slot)

    @rule(who=customers, number=numbers)
    def book_offered(self, who: int, number: int) -> None:
        if (slot := self.any_offered(number)) is not None:
            self.book_slot(who, slot)

    def book_slot(self, who: int, slot: UUID) -> None:
        person = self.person(who)
        request = asking(slot, customer_name=person.name, customer_email=person.email)
        self.act(lambda session, now: book_chosen(session, person, request, now), "book")

    @rule(who=customers, number=numbers)
    def choose(self, who: int, number: int) -> None:
        """Keep a time while deciding; one that was kept before is let go."""
        person = self.person(who)
        if (slot := self.any_of("slot", number)) is not None:
            self.act(lambda session, now: choose_time(session, person, slot, now), "choose")

    @precondition(lambda self: self.there.holds)
    @rule(who=customers)
    def book_what_is_kept(self, who: int) -> None:
        of_mine = f"EXISTS (SELECT FROM hold WHERE slot_id = slot.id AND holder = '{holder_of(self.person(who))}')"
        if (slot := self.any_of("slot", 0, of_mine)) is not None:
            self.book_slot(who, slot)

    @precondition(lambda self: self.there.holds)
    @rule(who=customers, service=st.integers(0, 1))
    def leave(self, who: int, service: int) -> None:
        person, provider = self.person(who), self.world.owner.provider_id
        assert provider is not None
        chosen = self.world.services[service]
        self.act(lambda session, now: leave_booking(session, person, chosen, provider, now), "leave")

    @precondition(lambda self: self.there.holds)
    @rule(number=numbers)
    def sign_in(self, number: int) -> None:
        """What was begun in the browser becomes Ada's, who may have begun the same."""
        ada, stranger = self.person(ADA), self.person(STRANGER)
        if (slot := self.any_offered(number)) is not None:
            self.act(lambda session, now: choose_time(session, stranger, slot, now), "choose")
        self.act(lambda session, now: take_over_drafts(session, ada, BROWSER, now), "sign in")

    @precondition(lambda self: self.there.bookings)
    @rule(who=st.sampled_from([ADA, BOB, OWNER, STRANGER]), number=numbers, many=st.booleans())
    def cancel(self, who: int, number: int, many: bool) -> None:
        """One, or all that are alive, all or none; what was shown before is what comes back."""
        alive = "status IN ('pending', 'confirmed')"
        ids = [self.any_of("appointment", number + each, alive) for each in range(self.there.bookings if many else 1)]
        chosen, person = [each for each in ids if each], self.person(who)

        async def cancel(session: AsyncSession, now: Any) -> None:
            shown = {each.booking.id: each.outcome.refund for each in await previews(session, person, chosen, now)}
            done = await cancel_appointments(session, person, chosen, "", now, shown)
            assert {each.id: each.refund_amount for each in done} == shown

        self.act(cancel, "cancel many" if len(chosen) > 1 else "cancel")

    @precondition(lambda self: self.there.bookings)
    @rule(who=st.sampled_from([ADA, BOB, ADA, BOB, OWNER, STRANGER]), number=numbers, to=numbers, offered=st.booleans())
    def move(self, who: int, number: int, to: int, offered: bool) -> None:
        """Ask for another time, or move there at once; to any time there is, or to one that is offered."""
        booking, person = self.any_of("appointment", number, "status IN ('pending', 'confirmed')"), self.person(who)
        of_service = f"service_id = (SELECT service_id FROM appointment WHERE id = '{booking}')"  # noqa: S608
        slot = self.any_offered(to, booking) if offered else self.any_of("slot", to, of_service)
        if booking is not None and slot is not None:
            verb = "move as provider" if who == OWNER else "move"
            self.act(lambda session, now: reschedule(session, person, booking, slot, now), verb)

    @precondition(lambda self: self.there.wishes)
    @rule(number=numbers, verb=st.sampled_from([accept_reschedule, decline_reschedule, withdraw_reschedule]))
    def answer_move(self, number: int, verb: Any) -> None:
        """By the provider, or taken back by whoever asked; and by everybody else, who may not."""
        if (wish := self.any_of("reschedule_request", number, "status = 'waiting'")) is not None:
            for person in map(self.person, (OWNER, ADA, BOB, STRANGER)):
                self.act(lambda session, now, person=person: verb(session, person, wish, now), verb.__name__)

    @precondition(lambda self: self.there.full)
    @rule(who=customers, number=numbers)
    def wait_in_line(self, who: int, number: int) -> None:
        person = self.person(who)

        async def wait(session: AsyncSession, now: Any) -> None:
            full = await full_at(session, self.world)
            service, day = full[number % len(full)]
            about = {"customer_name": person.name, "customer_email": person.email}
            await join_waitlist(session, person, WaitRequest(service_id=service, dates=[day], **about), now)

        self.act(wait, "wait in line")

    @precondition(lambda self: not self.there.waits)
    @rule(who=customers, service=st.integers(0, 1))
    def wait_in_vain(self, who: int, service: int) -> None:
        person, chosen = self.person(who), self.world.services[service]
        about = {"customer_name": person.name, "customer_email": person.email}
        request = WaitRequest(service_id=chosen, dates=[self.world.now.date()], **about)
        self.act(lambda session, now: join_waitlist(session, person, request, now), "wait in line")

    @precondition(lambda self: self.there.offers)
    @rule(who=customers, number=numbers)
    def take(self, who: int, number: int) -> None:
        person = self.person(who)
        if (entry := self.any_of("waitlist_entry", number, "status = 'offered'")) is not None:
            self.act(lambda session, now: take_offer(session, person, entry, Taking(), now), "take")

    @precondition(lambda self: self.there.waits)
    @rule(who=customers, number=numbers, verb=st.sampled_from([pass_offer, leave_waitlist]))
    def pass_on(self, who: int, number: int, verb: Any) -> None:
        person = self.person(who)
        if (entry := self.any_of("waitlist_entry", number, "status IN ('waiting', 'offered')")) is not None:
            self.act(lambda session, now: verb(session, person, entry, now), verb.__name__)

    @precondition(lambda self: self.there.bookings)
    @rule(who=st.sampled_from([ADA, BOB, OWNER, STRANGER]), number=numbers)
    def come(self, who: int, number: int) -> None:
        """With the code at the door, or told by the provider."""
        person, door = self.person(who), self.world.owner.provider_id
        if (booking := self.any_of("appointment", number, "status = 'confirmed'")) is not None:
            self.act(lambda session, now: check_in(session, person, booking, door, now), "check in")

    @precondition(lambda self: self.there.finished)
    @rule(who=customers, number=numbers, stars=st.integers(1, 5))
    def write_review(self, who: int, number: int, stars: int) -> None:
        """Write one, change it where there is one, or take it back."""
        person = self.person(who)
        booking = self.any_of("appointment", number, "status IN ('completed', 'no_show')")
        if booking is None:
            return
        words = NewReview(stars=stars, words="As promised.")
        if self.act(lambda session, now: write_review(session, person, booking, words, now), "review"):
            return
        changes = ReviewChanges(stars=stars)
        if self.act(lambda session, now: change_review(session, person, booking, changes, now), "change review"):
            return
        self.act(lambda session, _: delete_review(session, person, booking), "delete review")

    @precondition(lambda self: self.there.reviews)
    @rule(who=customers, number=numbers)
    def delete_review(self, who: int, number: int) -> None:
        person, of = self.person(who), "EXISTS (SELECT FROM review WHERE appointment_id = appointment.id)"
        if (booking := self.any_of("appointment", number, of)) is not None:
            self.act(lambda session, _: delete_review(session, person, booking), "delete review")

    @precondition(lambda self: self.there.missed)
    @rule(who=customers, number=numbers)
    def dispute(self, who: int, number: int) -> None:
        person = self.person(who)
        if (booking := self.any_of("appointment", number, "status = 'no_show'")) is not None:
            self.act(lambda session, now: dispute_no_show(session, person, booking, "I came.", now), "dispute")
