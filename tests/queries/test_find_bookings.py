"""A provider types what the customer says, and finds the booking."""

from datetime import timedelta

import pytest
from psycopg import sql
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import raw
from appointly.domain.actor import GUEST, Actor
from appointly.models import Appointment, Provider
from appointly.models.base import uuid7
from appointly.operations.book_appointment import book_appointment
from appointly.queries.bookings import BACKWARDS, SELECT, bookings_of, provider_find
from appointly.queries.find_bookings import naming, of_status, words_of
from appointly.queries.oversight import LATEST_BOOKINGS, latest_bookings
from tests.making import NOW, asking, make_provider, make_service, make_slots, owner_of

ADMIN = Actor(kind="admin", user_id=uuid7())
DAY = timedelta(days=1)
PEOPLE = (
    ("Zoë Müller-Lüdenscheidt", "zoe.m@post.example", "+436641234567"),
    ("Anna O'Brien", "anna_b@mail.example", ""),
    ("王 伟", "wei@mail.example", "+4915112345678"),
)


async def make_bookings(session: AsyncSession) -> tuple[Provider, list[Appointment]]:
    """One of each of the PEOPLE, in the order of their times."""
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider), len(PEOPLE))
    made = []
    for slot, (name, email, phone) in zip(slots, PEOPLE, strict=True):
        wanted = asking(slot, customer_name=name, customer_email=email, customer_phone=phone)
        booked = await book_appointment(session, GUEST, wanted, NOW)
        made.append((await session.exec(select(Appointment).where(Appointment.id == booked.id))).one())
    return provider, made


async def test_a_booking_is_found_by_what_is_said_of_it(session: AsyncSession) -> None:
    provider, made = await make_bookings(session)
    owner = owner_of(provider)

    async def found(q: str) -> list[int]:
        ids = [booking.id for booking in await provider_find(session, owner, provider.id, NOW, q)]
        return [each for each, appointment in enumerate(made) if appointment.id in ids]

    zoe, anna, wei = [0], [1], [2]
    for q in ("zoe", "ZOË", "mull", "muller-lud", "müller zoë", "zoe.m@post", "mü zoë"):
        assert await found(q) == zoe, q
    for q in ("+43 664 1234567", "0664/123 45 67", "0043 664 123", "41234567", "(0664) 12"):
        assert await found(q) == zoe, q
    for q in ("o'brien", "anna_b", "brien an"):
        assert await found(q) == anna, q
    for q in ("王", "王 伟", "0151 123"):
        assert await found(q) == wei, q
    for q in (made[1].reference, made[1].reference.lower(), f"{made[1].reference[:5]} {made[1].reference[5:]}"):
        assert await found(q) == anna, q
    for q in ("%", "_", "\\", "100%", "a%a", "annaXb", "x' OR true --", "\0", "zoe anna", "99999999", "٣٤٥", "😀" * 20):
        assert await found(q) == [] or not words_of(q), q


async def test_what_comes_stands_first_and_strangers_find_nothing(session: AsyncSession) -> None:
    provider, made = await make_bookings(session)
    later = made[0].end_time + timedelta(seconds=1)
    both = await provider_find(session, owner_of(provider), provider.id, later, "example")
    assert [booking.id for booking in both] == [made[1].id, made[2].id, made[0].id]
    two = await provider_find(session, owner_of(provider), provider.id, later, "example", limit=2)
    assert [booking.id for booking in two] == [made[1].id, made[2].id]
    for stranger in (GUEST, Actor(kind="customer", user_id=uuid7()), Actor(kind="provider", provider_id=uuid7())):
        assert await provider_find(session, stranger, provider.id, NOW, "example") == []
        assert (await bookings_of(session, stranger, q="example")).items == []


async def test_pages_of_what_is_found_hold_everything_once(session: AsyncSession) -> None:
    provider, made = await make_bookings(session)
    page = await bookings_of(session, owner_of(provider), q="mail.example", limit=1)
    assert [booking.id for booking in page.items] == [made[2].id]
    last = await bookings_of(session, owner_of(provider), q="mail.example", limit=1, cursor=page.next_cursor)
    assert ([booking.id for booking in last.items], last.next_cursor) == ([made[1].id], None)


@pytest.mark.parametrize("q", ["anna", "an", "0664 123"])
async def test_an_index_serves(session: AsyncSession, q: str) -> None:
    condition, values = naming(q)
    connection = raw(await (await session.connection()).get_raw_connection())
    await connection.execute("SET LOCAL enable_seqscan = off")
    plan = await connection.execute(sql.SQL(f"EXPLAIN SELECT FROM appointment WHERE {condition}"), values)  # type: ignore[arg-type]
    assert "ix_appointment_words" in "".join(line for (line,) in await plan.fetchall())


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (f"{SELECT} WHERE true AND {BACKWARDS}", "ix_appointment_start_time"),
        (LATEST_BOOKINGS.replace("{which}", of_status("cancelled")), "ix_appointment_created_at"),
    ],
)
async def test_the_list_of_everybodys_sorts_nothing(session: AsyncSession, query: str, index: str) -> None:
    values = {"after": NOW, "after_id": uuid7(), "limit": 25, "offset": 0}
    connection = raw(await (await session.connection()).get_raw_connection())
    await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = await connection.execute(sql.SQL(f"EXPLAIN {query}"), values)  # type: ignore[arg-type]
    said = "".join(line for (line,) in await plan.fetchall())
    assert index in said
    assert "Sort" not in said


async def test_bookings_of_a_status_and_between_dates(session: AsyncSession) -> None:
    provider, made = await make_bookings(session)
    day = made[0].slot_date
    for actor in (ADMIN, owner_of(provider)):
        for status, number in ((None, 3), ("confirmed", 3), ("declined", 0)):
            assert len((await bookings_of(session, actor, status=status)).items) == number
        for first, last, number in ((day, day, 3), (None, day - DAY, 0), (day + DAY, None, 0), (day - DAY, None, 3)):
            assert len((await bookings_of(session, actor, first_date=first, last_date=last)).items) == number
    assert (await bookings_of(session, GUEST)).items == []
    assert len(await latest_bookings(session, ADMIN, status="confirmed")) == 3
    for status in ("cancelled", "no such status", "' OR true --", "%(limit)s"):
        assert await latest_bookings(session, ADMIN, status=status) == []
