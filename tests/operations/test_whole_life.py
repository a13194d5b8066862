"""Everything that can happen to appointments, in any order: after every step the promises hold.

Two customers, a provider with two services (one of them a group) and a clock. After each step: nobody is booked twice
at one time, counts equal rows, every move is legal (tests/invariants.py), and what is offered is what can be booked.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString, TypeVar, cast
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import reading, transaction
from appointly.database.embedded import Servers
from appointly.database.statement import select
from appointly.domain.actor import GUEST, SYSTEM, Actor
from appointly.errors import AppointlyError
from appointly.models import Provider, Service
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.block_time import TimeToBlock, add_blocked_time, remove_blocked_time
from appointly.operations.book_appointment import book_appointment
from appointly.operations.booking_draft import book_chosen, leave_booking
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.choose_time import choose_time
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.operations.hold_slot import expire_holds
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from tests.conftest import clean
from tests.invariants import broken_invariants
from tests.making import NOW, asking, customer, every_day, make_provider, make_service, make_user, owner_of

Result = TypeVar("Result")
STEPS, EXAMPLES = 40, int(os.environ.get("LIFE_EXAMPLES", "20"))
DAYS = 2
numbers = st.integers(0, 10**6)
seen: Counter[str] = Counter()
VERBS = ("book", "choose", "leave", "cancel", "answer", "finish", "block", "unblock", "change hours", "wait")


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
    """A business that opens from nine to eleven, with a service that asks first and a group of two."""
    world = World()
    async with transaction() as session:
        provider: Provider = await make_provider(session, time_zone="UTC")
        world.owner = owner_of(provider)
        world.people = [customer(await make_user(session, name)) for name in ("Ada", "Bob")]
        common: dict[str, Any] = {"duration_minutes": 30, "horizon_days": DAYS, "min_notice_minutes": 30}
        alone: Service = await make_service(session, provider, "A", approval="manual", **common)
        group: Service = await make_service(session, provider, "B", capacity=2, **common)
        world.services = [alone.id, group.id]
        await session.flush()
        await set_working_hours(session, world.owner, every_day("09:00", "11:00"), NOW)
    return world


class Undo(Exception):
    """Leaves a transaction without a trace."""


class Life(RuleBasedStateMachine):
    """Any verb by anybody at any time. A verb may be refused; then nothing has changed."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], forget: Callable[[], None]) -> None:
        super().__init__()
        forget()
        self.run, self.probes = run, 0
        self.world: World = run(make_world())

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
        seen[f"{what} {'done' if outcome == 'done' else 'refused'}"] += 1
        note(f"{self.world.now:%d %H:%M} {what}: {outcome}")

    def any_of(self, table: LiteralString, number: int, where: str = "true") -> UUID | None:
        """The id of one row of the table, the same for the same number as long as the rows are."""

        async def work() -> UUID | None:
            async with reading() as session:
                query = f"SELECT id FROM {table} WHERE {where} ORDER BY id"  # noqa: S608
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

    @rule(who=st.integers(0, 1))
    def book_what_is_kept(self, who: int) -> None:
        of_mine = f"EXISTS (SELECT FROM hold WHERE slot_id = slot.id AND holder = 'user:{self.person(who).user_id}')"
        if (slot := self.any_of("slot", 0, of_mine)) is not None:
            self.book_slot(who, slot)

    @rule(who=st.integers(0, 1), service=st.integers(0, 1))
    def leave(self, who: int, service: int) -> None:
        person, provider = self.person(who), self.world.owner.provider_id
        assert provider is not None
        chosen = self.world.services[service]
        self.act(lambda session, now: leave_booking(session, person, chosen, provider, now), "leave")

    def any_offered(self, number: int) -> UUID | None:
        async def work() -> UUID | None:
            async with reading() as session:
                free = await self.offered(session)
                return free[number % len(free)] if free else None

        return self.run(work())  # type: ignore[no-any-return]

    @rule(who=st.integers(0, 2), number=numbers)
    def cancel(self, who: int, number: int) -> None:
        if (booking := self.any_of("appointment", number)) is not None:
            verb = "cancel"
            self.act(lambda session, now: cancel_appointments(session, self.person(who), [booking], "", now), verb)

    @rule(number=numbers, verb=st.sampled_from([confirm_appointment, decline_appointment]))
    def answer(self, number: int, verb: Any) -> None:
        if (booking := self.any_of("appointment", number, "status = 'pending'")) is not None:
            self.act(lambda session, now: verb(session, self.world.owner, booking, now), "answer")

    @rule(who=st.sampled_from([0, 2, 2, 2]), number=numbers, verb=st.sampled_from([complete_appointment, mark_no_show]))
    def finish(self, who: int, number: int, verb: Any) -> None:
        begun = f"status IN ('confirmed', 'completed') AND start_time <= '{self.world.now}'"
        if (booking := self.any_of("appointment", number, begun)) is not None:
            self.act(lambda session, now: verb(session, self.person(who), booking, now), "finish")

    @rule(start=st.integers(0, 8), halves=st.integers(1, 3))
    def block(self, start: int, halves: int) -> None:
        begins = self.world.now + timedelta(minutes=30 * start)
        wanted = TimeToBlock(start=begins, end=begins + timedelta(minutes=30 * halves))
        self.act(lambda session, now: add_blocked_time(session, self.world.owner, wanted, now), "block")

    @rule(number=numbers)
    def unblock(self, number: int) -> None:
        if (blocked := self.any_of("blocked_time", number)) is not None:
            self.act(lambda session, now: remove_blocked_time(session, self.world.owner, blocked, now), "unblock")

    @rule(closes=st.sampled_from(["10:00", "11:00", "12:00"]))
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
    await expire_holds(session, now)
    await expire_appointments(session, now)
    await regenerate_slots(session, now=now)


@pytest.mark.timeout(180)
async def test_the_whole_life(database: str, worker_servers: Servers, emptied_tables: list[str]) -> None:
    """The machine runs on a thread of its own and does its database work on this loop."""
    loop = asyncio.get_running_loop()

    def run(work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    def machine() -> RuleBasedStateMachine:
        return Life(run, lambda: clean(worker_servers, emptied_tables))

    chosen = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    seen.clear()
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)  # type: ignore[arg-type]
    print(dict(sorted(seen.items())))
    assert {verb for verb in VERBS if not seen[f"{verb} done"]} == set()
