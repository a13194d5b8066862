"""The demo data: what it must hold, at any hour it may be made."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.demo import recreate, seed
from appointly.demo.seed import PASSWORD
from appointly.domain.actor import Actor
from appointly.errors import DatabaseNotEmpty
from appointly.operations.answer_reschedule import accept_reschedule
from appointly.operations.flags import dispute_no_show
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.passwords import password_fits
from appointly.queries.reschedules import asked_moves

NOON = datetime(2026, 11, 21, 12, 20, tzinfo=UTC)


@dataclass
class One:
    """A single value."""

    value: Any


async def one(session: AsyncSession, query: LiteralString, **values: object) -> Any:
    [found] = await select(session, One, query, **values)
    return found.value


@pytest.fixture(params=range(0, 24, 3))
async def now(request: pytest.FixtureRequest) -> datetime:
    """Another hour of another weekday each time."""
    return NOON.replace(hour=request.param) + timedelta(days=request.param // 3)


async def test_it_holds_what_the_contract_promises(session: AsyncSession) -> None:
    await seed(session, NOON)
    assert await one(session, "SELECT count(*) AS value FROM provider") >= 24
    assert await one(session, "SELECT count(DISTINCT category) AS value FROM service") == 8
    assert await one(session, "SELECT count(DISTINCT time_zone) AS value FROM provider") >= 4
    assert await one(session, "SELECT count(*) AS value FROM service") >= 60
    assert await one(session, "SELECT count(*) AS value FROM service WHERE approval = 'manual'") >= 5
    assert await one(session, "SELECT count(*) AS value FROM service WHERE capacity > 1") >= 5
    assert await one(session, "SELECT count(*) AS value FROM service WHERE questions <> '[]'") >= 5
    oldest = await one(session, "SELECT min(start_time) AS value FROM appointment")
    assert timedelta(days=85) < NOON - oldest < timedelta(days=95)
    statuses = await one(session, "SELECT array_agg(DISTINCT status ORDER BY status) AS value FROM appointment")
    assert statuses == ["cancelled", "completed", "confirmed", "no_show", "pending"]
    for role in ("customer", "provider", "admin"):
        stored = await one(
            session, 'SELECT password_hash AS value FROM "user" WHERE email = %(email)s', email=f"{role}@demo.test"
        )
        assert await password_fits(PASSWORD, stored)


async def test_everybody_looks_finished(session: AsyncSession) -> None:
    await seed(session, NOON)
    assert await one(session, 'SELECT count(*) AS value FROM "user" WHERE email_verified_at IS NULL') == 0
    unfinished: LiteralString = """
        SELECT count(*) AS value FROM provider WHERE onboarded_at IS NULL OR places = '{}' OR languages = '{}'
          OR links = '{}' OR about = '' OR latitude IS NULL OR ('customer' = ANY(places)) <> (travel_radius_km > 0)"""
    assert await one(session, unfinished) == 0
    elsewhere: LiteralString = """
        SELECT count(*) AS value FROM service JOIN provider ON provider.id = provider_id
        WHERE location <> ALL(places)"""
    assert await one(session, elsewhere) == 0


INVARIANTS: dict[str, LiteralString] = {
    "booked_count is what lives on the slot": """
        SELECT count(*) AS value FROM slot WHERE booked_count <> (
            SELECT count(*) FROM appointment WHERE slot_id = slot.id
              AND status IN ('held', 'pending', 'confirmed', 'completed', 'no_show'))
            + (SELECT count(*) FROM hold WHERE slot_id = slot.id)""",
    "nothing that is over is still open": """
        SELECT count(*) AS value FROM appointment WHERE end_time <= %(now)s AND status IN ('pending', 'confirmed')""",
    "nothing to come has finished": """
        SELECT count(*) AS value FROM appointment WHERE end_time > %(now)s AND status IN ('completed', 'no_show')""",
    "an appointment repeats its slot": """
        SELECT count(*) AS value FROM appointment JOIN slot ON slot.id = slot_id
        JOIN service ON service.id = slot.service_id
        WHERE (appointment.start_time, appointment.end_time, appointment.slot_date, appointment.token)
           <> (slot.start_time, slot.end_time, slot.slot_date, letter || slot.token)""",
    "events lead from nothing to the status without a gap": """
        SELECT count(*) AS value FROM appointment WHERE (
            SELECT coalesce(string_agg(coalesce(from_status, '') || '>' || to_status, ',' ORDER BY created_at, id), '')
            FROM appointment_event WHERE appointment_id = appointment.id)
        NOT IN ('>' || status, '>confirmed,confirmed>' || status, '>pending,pending>' || status,
                '>pending,pending>confirmed,confirmed>' || status)""",
    "nothing was done in the future": """
        SELECT (SELECT count(*) FROM appointment_event WHERE created_at > %(now)s)
             + (SELECT count(*) FROM review WHERE created_at > %(now)s)
             + (SELECT count(*) FROM appointment WHERE greatest(created_at, updated_at) > %(now)s) AS value""",
    "only completed appointments are reviewed": """
        SELECT count(*) AS value FROM review JOIN appointment ON appointment.id = appointment_id
        WHERE status <> 'completed' OR review.service_id <> appointment.service_id""",
    "nobody is in two places": """
        SELECT count(*) AS value FROM appointment a JOIN appointment b ON a.customer_email = b.customer_email
          AND a.id < b.id AND a.slot_id = b.slot_id""",
    "no booking to come in time kept free": """
        SELECT count(*) AS value FROM slot JOIN blocked_time USING (provider_id) WHERE booked_count > 0
          AND slot.start_time > %(now)s AND occupies && tstzrange(blocked_time.start_time, blocked_time.end_time)""",
    "every queue in order of time": """
        SELECT count(*) AS value FROM slot JOIN slot later USING (service_id, slot_date)
        WHERE later.start_time > slot.start_time AND later.token < slot.token""",
    "every ticket as its slot says": """
        SELECT count(*) AS value FROM appointment
        JOIN slot ON slot.id = slot_id JOIN service ON service.id = slot.service_id
        WHERE appointment.token <> letter || slot.token""",
}


async def test_the_invariants_hold_and_the_day_is_under_way_at_any_hour(session: AsyncSession, now: datetime) -> None:
    await seed(session, now)
    for sentence, query in INVARIANTS.items():
        assert await one(session, query, now=now) == 0, sentence
    assert (await regenerate_slots(session, now=now)).__dict__ == {"added": 0, "removed": 0, "changed": 0}
    today = await select(
        session,
        Today,
        """
        SELECT status, start_time <= %(now)s AND end_time > %(now)s AS current, start_time > %(now)s AS ahead,
               slot_date = (%(now)s AT TIME ZONE provider.time_zone)::date AS today
        FROM appointment JOIN provider ON provider.id = provider_id JOIN "user" ON "user".id = user_id
        WHERE email = 'provider@demo.test' AND status <> 'cancelled'
        """,
        now=now,
    )
    assert sum(row.today and row.status in ("completed", "no_show") for row in today) >= 2
    assert [row.status for row in today if row.current] == ["confirmed"]
    assert sum(row.today and row.ahead for row in today) >= 2
    assert Counter(row.status for row in today)["pending"] == 2
    waits = await select(session, One, WAITS)
    assert [each.value for each in waits] == ["Jonas Berg offered 1", "Mira Santos waiting 0", "Jonas Weber waiting 0"]
    await dispute_and_accept(session, now)


# In order of the days: who waits, how they stand, and how many places are kept for them.
WAITS = """
SELECT customer_name || ' ' || status || ' ' || (SELECT count(*) FROM hold WHERE holder = waitlist_entry.id::text)
    AS value
FROM waitlist_entry ORDER BY dates, created_at
"""


async def dispute_and_accept(session: AsyncSession, now: datetime) -> None:
    """The demo customer's no-show can be disputed, and the demo provider can accept the wish for another time."""
    [missed] = await select(session, Owned, MISSED)
    await dispute_no_show(session, Actor("customer", missed.owner), missed.id, "I did come.", now)
    [shop] = await select(session, Owned, SHOP)
    [wish] = await asked_moves(session, Actor("provider", shop.owner, shop.id), shop.id, now)
    done = await accept_reschedule(session, Actor("provider", shop.owner, shop.id), wish.id, now)
    assert (done.status, wish.customer) == ("accepted", "Jonas Berg")


SHOP = """
SELECT provider.id, user_id AS owner FROM provider JOIN "user" ON "user".id = user_id
WHERE email = 'provider@demo.test'
"""


MISSED = """
SELECT id, customer_id AS owner FROM appointment WHERE status = 'no_show' AND customer_email = 'customer@demo.test'
"""


@dataclass
class Owned:
    """A provider or an appointment, and whose account it is."""

    id: UUID
    owner: UUID


@dataclass
class Today:
    """A booking of the demo provider."""

    status: str
    current: bool
    ahead: bool
    today: bool


async def test_the_demo_customer_has_past_and_coming_bookings(session: AsyncSession) -> None:
    await seed(session, NOON)
    ahead: LiteralString = """
        SELECT array_agg(start_time > %(now)s) AS value FROM appointment JOIN "user" ON "user".id = customer_id
        WHERE email = 'customer@demo.test'"""
    found = Counter(await one(session, ahead, now=NOON))
    assert found[True] >= 3
    assert found[False] >= 5


async def test_the_same_moment_gives_the_same_data(session: AsyncSession) -> None:
    rows: LiteralString = (
        "SELECT array_agg((id, reference, start_time, status)::text ORDER BY id) AS value FROM appointment"
    )
    await seed(session, NOON)
    first = await one(session, rows)
    await recreate(session, NOON)
    again = await one(session, rows)
    assert len(first) > 1000
    assert [row for row in first if row not in set(again)] == []


async def test_it_takes_an_empty_database_alone(session: AsyncSession) -> None:
    await execute(session, "INSERT INTO \"user\" (email, name, role) VALUES ('a@b.example', 'A', 'customer')")
    for make in (seed, recreate):
        with pytest.raises(DatabaseNotEmpty):
            await make(session, NOON)
    assert await one(session, 'SELECT count(*) AS value FROM "user"') == 1


async def test_it_is_not_recreated_over_an_account_from_elsewhere(session: AsyncSession) -> None:
    await seed(session, NOON)
    await execute(session, "INSERT INTO \"user\" (email, name, role) VALUES ('a@b.example', 'A', 'customer')")
    with pytest.raises(DatabaseNotEmpty):
        await recreate(session, NOON)
    assert isinstance(await one(session, "SELECT id AS value FROM \"user\" WHERE email = 'a@b.example'"), UUID)
