"""Everything that can happen to appointments, in any order: after every step the promises hold.

Two customers with accounts, a stranger in a browser, a provider with two services (one of them a group), an admin and a
clock. After each step: nobody is booked twice at one time, counts equal rows, every move is legal, nobody has touched
what is another's, each amount is what was promised, and what is offered is what can be booked. After the clock nothing
is overdue.
"""

import asyncio
import os
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import reading
from appointly.database.embedded import Servers
from appointly.operations.answer_offer import pass_offer
from appointly.operations.answer_reschedule import accept_reschedule, decline_reschedule, expire_reschedules
from appointly.operations.end_waits import end_waits
from appointly.operations.expire_appointments import expire_appointments
from appointly.operations.hold_slot import expire_holds
from appointly.operations.offer_freed import offer_missed
from appointly.operations.regenerate_slots import regenerate_slots
from tests.conftest import clean
from tests.operations.life.checks import Promise, broken, compare, late, statuses, unbalanced
from tests.operations.life.customers import Customers
from tests.operations.life.desk import Desk
from tests.operations.life.world import ADA, BOB, OWNER, STRANGER, numbers, seen

Result = TypeVar("Result")
STEPS, EXAMPLES = 40, int(os.environ.get("LIFE_EXAMPLES", "15"))  # more of them: other ones each time
MANY = 100
# In many lives each of these has to come to pass; what else there is comes to pass in some of them.
VERBS = """
book, choose, leave, sign in, cancel, cancel many, move, move as provider, accept_reschedule, decline_reschedule,
wait in line, take, leave_waitlist, remove, check in, review, answer review, report review, dispute, take back, decide,
confirm_appointment, decline_appointment, complete_appointment, mark_no_show, undo, call next, skip, walk in,
announce delay, block, unblock, call off, read calendar, change hours, change service, wait
"""
ENDS = """
appointment completed, appointment no_show, appointment declined, appointment cancelled, appointment expired,
wish accepted, wish declined, place in line left, place in line taken, offer taken, offer passed, offer expired,
ticket serving, ticket skipped, report upheld, report dismissed, hold run out
"""


class Life(Desk, Customers):
    """Any verb by anybody at any time."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self.probes = 0
        self.promises: dict[UUID, Promise] = {}

    @precondition(lambda self: self.there.bookings)
    @rule(number=numbers, came=st.booleans(), upheld=st.booleans())
    def evening(self, number: int, came: bool, upheld: bool) -> None:
        """The day is over, and all that can be said of one of its appointments is said: alone it rarely comes to it."""
        self.wait(600)
        self.finish(OWNER, number, 0 if came else 1)
        for who in (ADA, BOB, STRANGER):
            (self.write_review if came else self.dispute)(who, number, *([4] if came else []))
        if came:
            for answers in (True, False):
                self.answer_review(number, answers)
        self.decide(number, "upheld" if upheld else "dismissed")

    @precondition(lambda self: self.there.bookings)
    @rule(number=numbers, to=numbers, verb=st.sampled_from([accept_reschedule, decline_reschedule]))
    def ask_and_answer(self, number: int, to: int, verb: Any) -> None:
        for who in (ADA, BOB):
            self.move(who, number, to, True)
        self.answer_move(number, verb)

    @precondition(lambda self: self.there.waits and self.there.bookings)
    @rule(number=numbers, takes=st.booleans())
    def free_and_offer(self, number: int, takes: bool) -> None:
        """A place becomes free, and whoever is offered it answers."""
        self.cancel(OWNER, number, False)
        for who in (ADA, BOB, STRANGER):
            if takes:
                self.take(who, number)
            else:
                self.pass_on(who, number, pass_offer)

    @rule(minutes=st.sampled_from([1, 30, 90, 600]))
    def wait(self, minutes: int) -> None:
        """Time passes, and the clock's own work is done."""
        self.world.now += timedelta(minutes=minutes)
        self.act(by_the_clock, "wait")
        assert self.run(late(self.world.now)) == []

    @invariant()
    def the_promises_hold(self) -> None:
        assert self.run(broken()) == []

    @invariant()
    def the_money_is_balanced(self) -> None:
        assert self.run(unbalanced(self.world, self.promises, self.world.now)) == []

    @invariant()
    def what_is_offered_can_be_booked_and_nothing_else(self) -> None:
        """Two times a step, in turn; all of them at the end."""
        for _ in range(2):
            self.probes += 1
            if (slot := self.any_of("slot", self.probes)) is not None:
                self.run(compare(self.world, [slot]))

    def teardown(self) -> None:
        async def ends() -> list[str]:
            async with reading() as session:
                return await statuses(session)

        self.run(compare(self.world, None))
        seen.update(set(self.run(ends())))
        seen["examples"] += 1


async def by_the_clock(session: AsyncSession, now: datetime) -> None:
    """What workers do as time passes."""
    await expire_reschedules(session, now)
    seen["hold run out"] += await expire_holds(session, now)
    await expire_appointments(session, now)
    await regenerate_slots(session, now=now)
    while await end_waits(session, now) or await offer_missed(session, now):
        pass


@pytest.mark.timeout(180 + 20 * EXAMPLES)
async def test_the_whole_life(database: str, worker_servers: Servers, emptied_tables: list[str]) -> None:
    """The machine runs on a thread of its own and does its database work on this loop."""
    loop = asyncio.get_running_loop()

    def run(work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    def machine() -> Life:
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
    expected = [f"{verb.strip()} done" for verb in VERBS.split(",")] + [end.strip() for end in ENDS.split(",")]
    assert [what for what in expected if not seen[what]] == [] or EXAMPLES < MANY
