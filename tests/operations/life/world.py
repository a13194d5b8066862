"""Who is there, what time it is, and how a verb is carried out."""

from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, LiteralString, cast
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import reading, transaction
from appointly.database.statement import select
from appointly.domain.actor import SYSTEM, Actor
from appointly.errors import AppointlyError
from appointly.operations.external_calendars import CalendarToAdd, add_calendar
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from appointly.queries.waitlist import full_days
from tests.making import NOW, customer, every_day, make_provider, make_service, make_user, owner_of

DAYS = 2
ADA, BOB, OWNER, STRANGER = range(4)  # the stranger is known by the cookie of Ada's browser, until she signs in
BROWSER = sha256(b"Ada's").digest()
numbers = st.integers(0, 10**6)
seen: Counter[str] = Counter()


@dataclass
class World:
    """Who is there, what time it is, and the ids that verbs can be about."""

    people: list[Actor] = field(default_factory=list)
    owner: Actor = SYSTEM
    admin: Actor = SYSTEM
    services: list[UUID] = field(default_factory=list)
    now: datetime = NOW


@dataclass(frozen=True)
class Known:
    """The id of something that exists."""

    id: UUID


async def make_world() -> World:
    """A business that opens from nine to ten, with a service that asks first and a group of two, and a calendar."""
    world = World()
    async with transaction() as session:
        provider = await make_provider(session, time_zone="UTC")
        world.owner = owner_of(provider)
        world.people = [customer(await make_user(session, name)) for name in ("Ada", "Bob")]
        world.admin = Actor(kind="admin", user_id=(await make_user(session, "Admin", "admin")).id)
        common: dict[str, Any] = {"duration_minutes": 30, "horizon_days": DAYS, "min_notice_minutes": 30}
        alone = await make_service(session, provider, "A", approval="manual", **common)
        group = await make_service(session, provider, "B", capacity=2, reschedule="instant", **common)
        world.services = [alone.id, group.id]
        await session.flush()
        await set_working_hours(session, world.owner, every_day("09:00", "10:00"), NOW)
        private = CalendarToAdd(kind="ics", name="Private", address="https://calendar.example.test/private.ics")
        await add_calendar(session, world.owner, private, NOW)
    return world


@dataclass(frozen=True)
class There:
    """How much there is that verbs can be about, so that fewer steps are in vain."""

    bookings: int = 0
    requests: int = 0
    finished: int = 0
    missed: int = 0
    wishes: int = 0
    offers: int = 0
    waits: int = 0
    holds: int = 0
    reviews: int = 0
    flags: int = 0
    full: int = 0


WHAT_IS_THERE = """
SELECT (SELECT count(*) FROM appointment WHERE status IN ('pending', 'confirmed')) AS bookings,
       (SELECT count(*) FROM appointment WHERE status = 'pending') AS requests,
       (SELECT count(*) FROM appointment WHERE status IN ('completed', 'no_show')) AS finished,
       (SELECT count(*) FROM appointment WHERE status = 'no_show') AS missed,
       (SELECT count(*) FROM reschedule_request WHERE status = 'waiting') AS wishes,
       (SELECT count(*) FROM waitlist_entry WHERE status = 'offered') AS offers,
       (SELECT count(*) FROM waitlist_entry WHERE status IN ('waiting', 'offered')) AS waits,
       (SELECT count(*) FROM booking_draft WHERE hold_id IS NOT NULL) AS holds,
       (SELECT count(*) FROM review) AS reviews,
       (SELECT count(*) FROM flag WHERE status = 'open') AS flags,
       %(full)s AS full
"""
OF_THE_STRANGER = """
SELECT id FROM appointment WHERE customer_id IS NULL UNION ALL SELECT id FROM waitlist_entry WHERE customer_id IS NULL
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


async def offered(session: AsyncSession, world: World) -> list[UUID]:
    """The ids of all free times, by service and start."""
    today, now = world.now.date(), world.now
    found = [await free_slots(session, service, today, DAYS + 1, now) for service in world.services]
    return [slot.id for slots in found for slot in slots]


class Machine(RuleBasedStateMachine):
    """Carries out verbs. A verb may be refused; then nothing has changed."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], forget: Callable[[], None]) -> None:
        super().__init__()
        forget()
        self.run = run
        self.world: World = run(make_world())
        self.there = There()

    def act(self, verb: Callable[[AsyncSession, datetime], Coroutine[Any, Any, Any]], what: str) -> bool:
        """Carry out a verb in a transaction of its own; a refusal is an answer too. Whether it was done."""

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
        return bool(outcome == "done")

    def any_of(self, table: LiteralString, number: int, where: str = "true") -> UUID | None:
        """The id of one row of the table, the same for the same number as long as the rows are."""

        async def work() -> UUID | None:
            async with reading() as session:
                order = "start_time, capacity" if table == "slot" else "id"  # ids of one millisecond are in any order
                query = f"SELECT id FROM {table} WHERE {where} ORDER BY {order}"  # noqa: S608
                known = await select(session, Known, cast(LiteralString, query))
                return known[number % len(known)].id if known else None

        return self.run(work())  # type: ignore[no-any-return]

    def any_offered(self, number: int, booking: UUID | None = None) -> UUID | None:
        """The id of one free time, of the service of `booking` if there is one."""

        async def work() -> UUID | None:
            async with reading() as session:
                free = await offered(session, self.world)
                if booking is not None:
                    query = "SELECT slot.id FROM slot JOIN appointment USING (service_id) WHERE appointment.id = %(id)s"
                    same = {known.id for known in await select(session, Known, query, id=booking)}
                    free = [slot for slot in free if slot in same]
                return free[number % len(free)] if free else None

        return self.run(work())  # type: ignore[no-any-return]

    def person(self, who: int) -> Actor:
        """One of the customers, the provider, or somebody without an account and the links from their mails."""

        async def managed() -> frozenset[UUID]:
            async with reading() as session:
                return frozenset(known.id for known in await select(session, Known, OF_THE_STRANGER))

        if who == STRANGER:
            return Actor(name="Grace", email="grace@example.test", browser=BROWSER, managed=self.run(managed()))
        return [*self.world.people, self.world.owner][who]
