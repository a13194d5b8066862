"""Everything that can happen to appointments, in any order: after every step the promises hold.

Two customers, a provider with two services (one of them a group) and a clock. After each step: nobody is booked twice
at one time, counts equal rows, every move is legal (tests/invariants.py), and what is offered is what can be booked.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, LiteralString, TypeVar, cast
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import reading, transaction
from appointly.database.embedded import Servers
from appointly.database.statement import select
from appointly.domain.actor import GUEST, SYSTEM, Actor
from appointly.errors import AppointlyError
from appointly.models import Provider, Service
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.answer_offer import Taking, leave_waitlist, pass_offer, take_offer
from appointly.operations.answer_reschedule import (
    accept_reschedule,
    decline_reschedule,
    expire_reschedules,
    withdraw_reschedule,
)
from appointly.operations.block_time import TimeToBlock, add_blocked_time, remove_blocked_time
from appointly.operations.book_appointment import book_appointment
from appointly.operations.booking_draft import book_chosen, leave_booking
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.choose_time import choose_time
from appointly.operations.end_waits import end_waits
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.operations.hold_slot import expire_holds
from appointly.operations.join_waitlist import WaitRequest, join_waitlist
from appointly.operations.offer_freed import offer_missed
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.operations.reschedule import reschedule
from appointly.operations.run_queue import call_next
from appointly.operations.set_working_hours import set_working_hours
from appointly.operations.undo_finish import undo_finish
from appointly.queries.availability import free_slots
from appointly.queries.waitlist import full_days
from tests.conftest import clean
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, every_day, make_provider, make_service, make_user, owner_of

Result = TypeVar("Result")
STEPS, EXAMPLES = 40, int(os.environ.get("LIFE_EXAMPLES", "20"))  # more of them: other ones each time
MANY = 100
DAYS = 2
numbers = st.integers(0, 10**6)
seen: Counter[str] = Counter()
VERBS = (
    "book",
    "choose",
    "leave",
    "cancel",
    "answer",
    "finish",
    "undo",
    "move",
    "accept_reschedule",
    "decline_reschedule",
    "withdraw_reschedule",
    "wait in line",
    "take",
    "pass on",
    "call",
    "block",
    "unblock",
    "change hours",
    "wait",
)


@dataclass
class World:
    """Who is there, what time it is, and the ids that verbs can be about."""

    people: list[Actor] = field(default_factory=list)
    owner: Actor = SYSTEM
    services: list[UUID] = field(default_factory=list)
    now: datetime = NOW


@dataclass(frozen=True)
class Known:
    """The id of something that exists."""

    id: UUID


async def make_world() -> World:
    """A business that opens from nine to ten, with a service that asks first and a group of two."""
    world = World()
    async with transaction() as session:
        provider: Provider = await make_provider(session, time_zone="UTC")
        world.owner = owner_of(provider)
        world.people = [customer(await make_user(session, name)) for name in ("Ada", "Bob")]
        common: dict[str, Any] = {"duration_minutes": 30, "horizon_days": DAYS, "min_notice_minutes": 30}
        alone: Service = await make_service(session, provider, "A", approval="manual", **common)
        group: Service = await make_service(session, provider, "B", capacity=2, reschedule="instant", **common)
        world.services = [alone.id, group.id]
        await session.flush()
        await set_working_hours(session, world.owner, every_day("09:00", "10:00"), NOW)
    return world


@dataclass(frozen=True)
class There:
    """How much there is that verbs can be about, so that fewer steps are in vain."""

    bookings: int = 0
    requests: int = 0
    finished: int = 0
    wishes: int = 0
    offers: int = 0
    waits: int = 0
    holds: int = 0
    full: int = 0


WHAT_IS_THERE = """
SELECT (SELECT count(*) FROM appointment WHERE status IN ('pending', 'confirmed')) AS bookings,
       (SELECT count(*) FROM appointment WHERE status = 'pending') AS requests,
       (SELECT count(*) FROM appointment WHERE status IN ('completed', 'no_show')) AS finished,
       (SELECT count(*) FROM reschedule_request WHERE status = 'waiting') AS wishes,
       (SELECT count(*) FROM waitlist_entry WHERE status = 'offered') AS offers,
       (SELECT count(*) FROM waitlist_entry WHERE status IN ('waiting', 'offered')) AS waits,
       (SELECT count(*) FROM booking_draft WHERE hold_id IS NOT NULL) AS holds,
       %(full)s AS full
"""


async def full_at(session: AsyncSession, world: World) -> list[tuple[UUID, date]]:
    """The services with their days on which there is nothing but the waitlist."""
    today = world.now.date()
    return [
        (service, day)
        for service in world.services
        for day in await full_days(session, service, today, DAYS + 1, world.now)
    ]


async def what_is_there(world: World) -> There:
    async with reading() as session:
        full = len(await full_at(session, world))
        [found] = await select(session, There, WHAT_IS_THERE, full=full)
    return found


class Undo(Exception):
    """Leaves a transaction without a trace."""


class Life(RuleBasedStateMachine):
    """Any verb by anybody at any time. A verb may be refused; then nothing has changed."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], forget: Callable[[], None]) -> None:
        super().__init__()
        forget()
        self.run, self.probes = run, 0
        self.world: World = run(make_world())
        self.there = There()

    def act(self, verb: Callable[[AsyncSession, datetime], Coroutine[Any, Any, Any]], what: str) -> None:
        """Carry out a verb in a transaction of its own; a refusal is an answer too."""

        async def work() -> str:
            try:
                async with transaction() as session:
                    await verb(session, self.world.now)
            except AppointlyError as refusal:
                return refusal.code
            return "done"

        outcome = self.run(work())
        self.there = self.run(what_is_there(self.world))
        seen[f"{what} {'done' if outcome == 'done' else 'refused'}"] += 1
        note(f"{self.world.now:%d %H:%M} {what}: {outcome}")

    def any_of(self, table: LiteralString, number: int, where: str = "true") -> UUID | None:
        """The id of one row of the table, the same for the same number as long as the rows are."""

        async def work() -> UUID | None:
            async with reading() as session:
                order = "start_time, capacity" if table == "slot" else "id"  # ids of one millisecond are in any order
                query = f"SELECT id FROM {table} WHERE {where} ORDER BY {order}"  # noqa: S608
                known = await select(session, Known, cast(LiteralString, query))
                return known[number % len(known)].id if known else None

        return self.run(work())  # type: ignore[no-any-return]

    def person(self, who: int) -> Actor:
        """One of the customers, or the provider."""
        return [*self.world.people, self.world.owner][who]

    @initialize(places=st.lists(numbers, min_size=2, max_size=4))
    def begin_with_bookings(self, places: list[int]) -> None:
        for place in places:
            if (slot := self.any_offered(place)) is not None:
                self.book_slot(place % 2, slot)

    @rule(who=st.integers(0, 1), number=numbers)
    def book(self, who: int, number: int) -> None:
        """Any time there is, offered or not."""
        if (slot := self.any_of("slot", number)) is not None:
            self.book_slot(who, slot)

    @rule(who=st.integers(0, 1), number=numbers)
    def book_offered(self, who: int, number: int) -> None:
        if (slot := self.any_offered(number)) is not None:
            self.book_slot(who, slot)

    def book_slot(self, who: int, slot: UUID) -> None:
        person = self.person(who)
        request = asking(slot, customer_name=person.name, customer_email=person.email)
        self.act(lambda session, now: book_chosen(session, person, request, now), "book")

    @rule(who=st.integers(0, 1), number=numbers)
    def choose(self, who: int, number: int) -> None:
        """Keep a time while deciding; one that was kept before is let go."""
        if (slot := self.any_of("slot", number)) is not None:
            self.act(lambda session, now: choose_time(session, self.person(who), slot, now), "choose")

    @precondition(lambda self: self.there.holds)
    @rule(who=st.integers(0, 1))
    def book_what_is_kept(self, who: int) -> None:
        of_mine = f"EXISTS (SELECT FROM hold WHERE slot_id = slot.id AND holder = 'user:{self.person(who).user_id}')"
        if (slot := self.any_of("slot", 0, of_mine)) is not None:
            self.book_slot(who, slot)

    @precondition(lambda self: self.there.holds)
    @rule(who=st.integers(0, 1), service=st.integers(0, 1))
    def leave(self, who: int, service: int) -> None:
        person, provider = self.person(who), self.world.owner.provider_id
        assert provider is not None
        chosen = self.world.services[service]
        self.act(lambda session, now: leave_booking(session, person, chosen, provider, now), "leave")

    def any_offered(self, number: int, booking: UUID | None = None) -> UUID | None:
        """The id of one free time, of the service of `booking` if there is one."""

        async def work() -> UUID | None:
            async with reading() as session:
                free = await self.offered(session)
                if booking is not None:
                    query = "SELECT slot.id FROM slot JOIN appointment USING (service_id) WHERE appointment.id = %(id)s"
                    same = {known.id for known in await select(session, Known, query, id=booking)}
                    free = [slot for slot in free if slot in same]
                return free[number % len(free)] if free else None

        return self.run(work())  # type: ignore[no-any-return]

    @precondition(lambda self: self.there.bookings)
    @rule(who=st.integers(0, 2), number=numbers)
    def cancel(self, who: int, number: int) -> None:
        if (booking := self.any_of("appointment", number)) is not None:
            verb = "cancel"
            self.act(lambda session, now: cancel_appointments(session, self.person(who), [booking], "", now), verb)

    @precondition(lambda self: self.there.requests)
    @rule(number=numbers, verb=st.sampled_from([confirm_appointment, decline_appointment]))
    def answer(self, number: int, verb: Any) -> None:
        if (booking := self.any_of("appointment", number, "status = 'pending'")) is not None:
            self.act(lambda session, now: verb(session, self.world.owner, booking, now), "answer")

    @rule(who=st.sampled_from([0, 2, 2, 2]), number=numbers, verb=st.sampled_from([complete_appointment, mark_no_show]))
    def finish(self, who: int, number: int, verb: Any) -> None:
        begun = f"status IN ('confirmed', 'completed') AND start_time <= '{self.world.now}'"
        if (booking := self.any_of("appointment", number, begun)) is not None:
            self.act(lambda session, now: verb(session, self.person(who), booking, now), "finish")

    @precondition(lambda self: self.there.finished)
    @rule(number=numbers)
    def undo(self, number: int) -> None:
        if (booking := self.any_of("appointment", number, "status IN ('completed', 'no_show')")) is not None:
            self.act(lambda session, now: undo_finish(session, self.world.owner, booking, now), "undo")

    @precondition(lambda self: self.there.bookings)
    @rule(who=st.sampled_from([0, 1, 0, 1, 2]), number=numbers, to=numbers, offered=st.booleans())
    def move(self, who: int, number: int, to: int, offered: bool) -> None:
        """Ask for another time, or move there at once; to any time there is, or to one that is offered."""
        booking = self.any_of("appointment", number, "status IN ('pending', 'confirmed')")
        of_service = f"service_id = (SELECT service_id FROM appointment WHERE id = '{booking}')"  # noqa: S608
        slot = self.any_offered(to, booking) if offered else self.any_of("slot", to, of_service)
        if booking is not None and slot is not None:
            self.act(lambda session, now: reschedule(session, self.person(who), booking, slot, now), "move")

    @precondition(lambda self: self.there.wishes)
    @rule(number=numbers, verb=st.sampled_from([accept_reschedule, decline_reschedule, withdraw_reschedule]))
    def answer_move(self, number: int, verb: Any) -> None:
        """By the provider, or taken back by whoever asked; and by everybody else, who may not."""
        if (wish := self.any_of("reschedule_request", number, "status = 'waiting'")) is not None:
            for who in (2, 0, 1):
                self.act(lambda session, now, who=who: verb(session, self.person(who), wish, now), verb.__name__)

    @precondition(lambda self: self.there.full)
    @rule(who=st.integers(0, 1), number=numbers)
    def wait_in_line(self, who: int, number: int) -> None:
        person = self.person(who)

        async def wait(session: AsyncSession, now: datetime) -> None:
            full = await full_at(session, self.world)
            service, day = full[number % len(full)]
            about = {"customer_name": person.name, "customer_email": person.email}
            await join_waitlist(session, person, WaitRequest(service_id=service, dates=[day], **about), now)

        self.act(wait, "wait in line")

    @precondition(lambda self: not self.there.waits)
    @rule(who=st.integers(0, 1), service=st.integers(0, 1))
    def wait_in_vain(self, who: int, service: int) -> None:
        person, chosen = self.person(who), self.world.services[service]
        about = {"customer_name": person.name, "customer_email": person.email}
        request = WaitRequest(service_id=chosen, dates=[self.world.now.date()], **about)
        self.act(lambda session, now: join_waitlist(session, person, request, now), "wait in line")

    @precondition(lambda self: self.there.offers)
    @rule(who=st.integers(0, 1), number=numbers)
    def take(self, who: int, number: int) -> None:
        if (entry := self.any_of("waitlist_entry", number, "status = 'offered'")) is not None:
            self.act(lambda session, now: take_offer(session, self.person(who), entry, Taking(), now), "take")

    @precondition(lambda self: self.there.waits)
    @rule(who=st.integers(0, 1), number=numbers, verb=st.sampled_from([pass_offer, leave_waitlist]))
    def pass_on(self, who: int, number: int, verb: Any) -> None:
        if (entry := self.any_of("waitlist_entry", number, "status IN ('waiting', 'offered')")) is not None:
            self.act(lambda session, now: verb(session, self.person(who), entry, now), "pass on")

    @precondition(lambda self: self.there.bookings)
    @rule()
    def call(self) -> None:
        """The next one in today's line."""
        serving = self.any_of("queue_ticket", 0, "status = 'serving'")
        self.act(lambda session, now: call_next(session, self.world.owner, serving, now), "call")

    @rule(start=st.integers(0, 8), halves=st.integers(1, 3))
    def block(self, start: int, halves: int) -> None:
        begins = self.world.now + timedelta(minutes=30 * start)
        wanted = TimeToBlock(start=begins, end=begins + timedelta(minutes=30 * halves))
        self.act(lambda session, now: add_blocked_time(session, self.world.owner, wanted, now), "block")

    @rule(number=numbers)
    def unblock(self, number: int) -> None:
        if (blocked := self.any_of("blocked_time", number)) is not None:
            self.act(lambda session, now: remove_blocked_time(session, self.world.owner, blocked, now), "unblock")

    @rule(closes=st.sampled_from(["09:30", "10:00", "11:00"]))
    def change_hours(self, closes: str) -> None:
        hours = every_day("09:00", closes)
        self.act(lambda session, now: set_working_hours(session, self.world.owner, hours, now), "change hours")

    @rule(minutes=st.sampled_from([1, 30, 90, 600]))
    def wait(self, minutes: int) -> None:
        """Time passes, and the clock's own work is done."""
        self.world.now += timedelta(minutes=minutes)
        self.act(by_the_clock, "wait")

    @invariant()
    def the_promises_hold(self) -> None:
        assert self.run(broken()) == []

    @invariant()
    def what_is_offered_can_be_booked_and_nothing_else(self) -> None:
        """Two times a step, in turn; all of them at the end."""
        for _ in range(2):
            self.probes += 1
            if (slot := self.any_of("slot", self.probes)) is not None:
                self.run(self.compare([slot]))

    def teardown(self) -> None:
        self.run(self.compare(None))
        seen["examples"] += 1

    async def compare(self, ids: list[UUID] | None) -> None:
        """Try to book each of these times (or all there are), and undo it; the list of free times must have known."""
        now = self.world.now
        async with reading() as session:
            offered = set(await self.offered(session))
            if ids is None:
                ids = [known.id for known in await select(session, Known, "SELECT id FROM slot")]
        for slot in ids:
            outcome = await booked_and_undone(slot, now)
            assert (slot in offered) == (outcome == "booked"), f"offered: {slot in offered}, but {outcome}"

    async def offered(self, session: AsyncSession) -> list[UUID]:
        """The ids of all free times, by service and start."""
        today, now = self.world.now.date(), self.world.now
        found = [await free_slots(session, service, today, DAYS + 1, now) for service in self.world.services]
        return [slot.id for slots in found for slot in slots]


async def booked_and_undone(slot: UUID, now: datetime) -> str:
    """Whether somebody could book this time, or the refusal's code."""
    try:
        async with transaction() as session:
            await book_appointment(session, GUEST, asking(slot), now)
            raise Undo
    except Undo:
        return "booked"
    except AppointlyError as refusal:
        return refusal.code


async def broken() -> list[str]:
    async with reading() as session:
        return await broken_invariants(session)


async def by_the_clock(session: AsyncSession, now: datetime) -> None:
    """What workers do as time passes."""
    await expire_reschedules(session, now)
    await expire_holds(session, now)
    await expire_appointments(session, now)
    await regenerate_slots(session, now=now)
    while await end_waits(session, now) or await offer_missed(session, now):
        pass


@pytest.mark.timeout(180 + 10 * EXAMPLES)
async def test_the_whole_life(database: str, worker_servers: Servers, emptied_tables: list[str]) -> None:
    """The machine runs on a thread of its own and does its database work on this loop."""
    loop = asyncio.get_running_loop()

    def run(work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    def machine() -> RuleBasedStateMachine:
        return Life(run, lambda: clean(worker_servers, emptied_tables))

    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=EXAMPLES < MANY,
        suppress_health_check=list(HealthCheck),
    )
    seen.clear()
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)  # type: ignore[arg-type]
    print(dict(sorted(seen.items())))
    assert {verb for verb in VERBS if not seen[f"{verb} done"]} == set() or EXAMPLES < MANY
