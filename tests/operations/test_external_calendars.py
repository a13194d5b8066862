"""Busy times of providers' own calendars: kept by difference, in the way of new bookings, never of those made."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST
from appointly.domain.calendar import Reading, Span
from appointly.encrypted import decrypt
from appointly.errors import Forbidden, NotFound, SlotTaken, TooManyCalendars
from appointly.models import ExternalBusy, ExternalCalendar, Job, Listing, Message, Provider, Slot
from appointly.operations.book_appointment import book_appointment
from appointly.operations.external_calendars import (
    EVERY,
    LEASE,
    LONGEST_WAIT,
    MOST_CALENDARS,
    PURPOSE,
    CalendarToAdd,
    Claimed,
    add_calendar,
    claim_due_calendars,
    keep_busy,
    note_failure,
    note_reading,
    read_calendar_now,
    rename_calendar,
)
from appointly.operations.remove_calendar import remove_calendar
from appointly.queries.availability import free_slots
from appointly.queries.external_calendars import collisions, own_calendars
from tests.invariants import broken_invariants
from tests.making import (
    NOW,
    TOMORROW_NINE,
    asking,
    customer,
    make_provider,
    make_service,
    make_slots,
    make_user,
    owner_of,
)
from tests.operations.waiting import make_line

SECRET = "https://calendar.example/private-a1b2c3/basic.ics"
HALF_HOUR = timedelta(minutes=30)


def wanted(**values: object) -> CalendarToAdd:
    return CalendarToAdd.model_validate({"kind": "ics", "name": "Family", "address": SECRET, **values})


def busy(first: int, last: int) -> Span:
    """From one half-hour after nine to another."""
    return Span(TOMORROW_NINE + first * HALF_HOUR, TOMORROW_NINE + last * HALF_HOUR)


async def added(session: AsyncSession, provider: Provider, **values: object) -> UUID:
    return await add_calendar(session, owner_of(provider), wanted(**values), NOW)


async def claimed(session: AsyncSession, at: datetime = NOW) -> Claimed:
    [one] = await claim_due_calendars(session, at, 5)
    return one


async def spans_in(session: AsyncSession) -> dict[tuple[datetime, datetime], UUID]:
    found = await session.exec(select(ExternalBusy).execution_options(populate_existing=True))
    return {(each.start_time, each.end_time): each.id for each in found}


async def test_what_is_kept_names_no_secret(session: AsyncSession) -> None:
    provider = await make_provider(session)
    calendar_id = await added(
        session, provider, kind="caldav", user="ada", password="hunter2-app", address="https://dav.example/ada/home/"
    )
    row = await session.get_one(ExternalCalendar, calendar_id)
    assert row.shown == "ada at dav.example"
    assert b"hunter2" not in row.secret
    secret = decrypt(PURPOSE, row.secret)
    assert secret == {"address": "https://dav.example/ada/home/", "user": "ada", "password": "hunter2-app"}
    [job] = await session.exec(select(Job))
    assert "hunter2" not in f"{job.payload}{job.dedupe_key}"
    assert (job.kind, job.payload) == ("read_calendars", {})


async def test_a_reading_is_kept_by_difference(session: AsyncSession) -> None:
    provider = await make_provider(session)
    calendar_id = await added(session, provider)
    first = await keep_busy(session, calendar_id, provider.id, [busy(0, 1), busy(2, 3), busy(5, 6)])
    assert (len(first.come), first.gone) == (3, 0)
    before = await spans_in(session)
    again = await keep_busy(session, calendar_id, provider.id, [busy(5, 6), busy(2, 3), busy(0, 1)])
    assert not again.any
    changed = await keep_busy(session, calendar_id, provider.id, [busy(0, 1), busy(2, 4), busy(3, 4), busy(4, 5)])
    assert (len(changed.come), changed.gone) == (1, 2)
    after = await spans_in(session)
    assert set(after) == {(busy(0, 1).start, busy(0, 1).end), (busy(2, 5).start, busy(2, 5).end)}
    assert after[busy(0, 1).start, busy(0, 1).end] == before[busy(0, 1).start, busy(0, 1).end]


async def test_busy_time_is_not_offered_and_not_sold_and_bookings_stay(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service, 4)
    booked = await book_appointment(session, GUEST, asking(slots[0]), NOW)
    await added(session, provider)
    await note_reading(session, await claimed(session), Reading([busy(0, 2)], {"etag": "x"}), NOW)
    free = await free_slots(session, service.id, TOMORROW_NINE.date(), 2, NOW)
    assert [slot.id for slot in free] == [slots[2].id, slots[3].id]
    with pytest.raises(SlotTaken):
        await book_appointment(session, GUEST, asking(slots[1], customer_email="b@example.test"), NOW)
    [met] = await collisions(session, owner_of(provider), provider.id, NOW)
    assert (met.reference, met.booked, met.places, met.calendar) == (booked.reference, 1, 1, "Family")
    assert (await session.get_one(Slot, slots[0].id, populate_existing=True)).booked_count == 1
    await remove_calendar(
        session, owner_of(provider), (await session.exec(select(ExternalCalendar.id))).one(), NOW, take_out=True
    )
    assert await collisions(session, owner_of(provider), provider.id, NOW) == []
    assert len(await free_slots(session, service.id, TOMORROW_NINE.date(), 2, NOW)) == 3
    assert await broken_invariants(session) == []


async def test_what_a_calendar_frees_is_offered_to_who_waits_first(session: AsyncSession) -> None:
    line = await make_line(session, full=False)
    await added(session, line.provider)
    whole_day = Span(line.slots[0].start_time, line.slots[1].end_time)
    await note_reading(session, await claimed(session), Reading([whole_day]), NOW)
    await line.wait("Ann")
    await note_reading(session, await claimed(session, NOW + EVERY), Reading(None), NOW + EVERY)
    assert await line.offers() == []
    later = NOW + 2 * EVERY
    left = Span(line.slots[1].start_time, line.slots[1].end_time)
    await note_reading(session, await claimed(session, later), Reading([left]), later)
    assert await line.offers() == [("Ann", line.slots[0].start_time, "open")]
    assert await broken_invariants(session) == []


async def test_a_new_collision_is_mailed_once_and_the_first_reading_mails_none(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider), 4)
    for slot in slots[:2]:
        await book_appointment(session, GUEST, asking(slot), NOW)
    calendar_id = await added(session, provider)

    async def read(*spans: Span) -> int:
        await read_calendar_now(session, owner_of(provider), calendar_id, NOW)
        await note_reading(session, await claimed(session), Reading(list(spans)), NOW)
        return len((await session.exec(select(Message).where(Message.kind == "calendar_collision"))).all())

    assert await read(busy(0, 1)) == 0
    assert await read(busy(0, 1), busy(2, 3)) == 0
    assert await read(busy(0, 3)) == 2
    assert await read() == 2
    assert await read(busy(1, 2)) == 2


async def test_a_class_that_is_met_is_one_mail(session: AsyncSession) -> None:
    provider = await make_provider(session)
    [slot] = await make_slots(session, await make_service(session, provider, capacity=3), 1)
    for _ in range(3):
        await book_appointment(session, GUEST, asking(slot), NOW)
    calendar_id = await added(session, provider)
    for spans in ([], [busy(0, 1)]):
        await read_calendar_now(session, owner_of(provider), calendar_id, NOW)
        await note_reading(session, await claimed(session), Reading(spans), NOW)
    assert len((await session.exec(select(Message).where(Message.kind == "calendar_collision"))).all()) == 1


async def test_a_failing_calendar_keeps_its_last_copy_and_waits_longer(session: AsyncSession) -> None:
    provider = await make_provider(session)
    calendar_id = await added(session, provider)
    await note_reading(session, await claimed(session), Reading([busy(0, 1)]), NOW)
    at, waits = NOW, []
    for _ in range(8):
        row = await session.get_one(ExternalCalendar, calendar_id, populate_existing=True)
        at = max(at, row.due_at)
        await note_failure(session, await claimed(session, at), "The password was refused.", at)
        row = await session.get_one(ExternalCalendar, calendar_id, populate_existing=True)
        waits.append(row.due_at - at)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (EVERY, LONGEST_WAIT)
    assert len(await spans_in(session)) == 1
    day = timedelta(days=1)
    await read_calendar_now(session, owner_of(provider), calendar_id, at)
    await note_failure(session, await claimed(session, at), "The password was refused.", at, wait=day)
    row = await session.get_one(ExternalCalendar, calendar_id, populate_existing=True)
    assert row.due_at - at == day
    [shown] = await own_calendars(session, owner_of(provider), provider.id, at)
    # Looked at by hand: it fails no more often for that.
    assert (shown.last_error, shown.failures, shown.last_synced_at) == ("The password was refused.", 8, NOW)
    for _ in range(3):
        await read_calendar_now(session, owner_of(provider), calendar_id, at)
    row = await session.get_one(ExternalCalendar, calendar_id, populate_existing=True)
    assert (row.failures, row.due_at) == (7, at)
    await note_failure(session, await claimed(session, at), "The password was refused.", at)
    failing = [job for job in await session.exec(select(Job)) if job.payload.get("kind") == "calendar_failing"]
    assert [job.payload["name"] for job in failing] == []
    for hours in (25, 50):
        await read_calendar_now(session, owner_of(provider), calendar_id, NOW + timedelta(hours=hours))
        late = NOW + timedelta(hours=hours)
        await note_failure(session, await claimed(session, late), "The password was refused.", late)
    failing = [job for job in await session.exec(select(Job)) if job.payload.get("kind") == "calendar_failing"]
    assert [job.payload["name"] for job in failing] == ["Family"]


async def test_a_dead_worker_s_lease_ends_and_its_late_note_counts_no_more(session: AsyncSession) -> None:
    provider = await make_provider(session)
    await added(session, provider)
    dead = await claimed(session)
    assert await claim_due_calendars(session, NOW, 5) == []
    later = NOW + LEASE + timedelta(seconds=1)
    alive = await claimed(session, later)
    await note_reading(session, alive, Reading([busy(0, 1)]), later)
    await note_reading(session, dead, Reading([busy(2, 3)]), later)
    await note_failure(session, dead, "too late", later)
    assert list(await spans_in(session)) == [(busy(0, 1).start, busy(0, 1).end)]
    [shown] = await own_calendars(session, owner_of(provider), provider.id, later)
    assert (shown.last_error, shown.reading, shown.due_at) == ("", False, later + EVERY)


async def test_nobody_touches_another_s_calendar(session: AsyncSession) -> None:
    provider, other = await make_provider(session), await make_provider(session, "Other")
    calendar_id = await added(session, provider)
    for act in (
        read_calendar_now(session, owner_of(other), calendar_id, NOW),
        rename_calendar(session, owner_of(other), calendar_id, "Mine"),
        remove_calendar(session, owner_of(other), calendar_id, NOW, take_out=True),
    ):
        with pytest.raises(NotFound):
            await act
    stranger = customer(await make_user(session))
    for act in (add_calendar(session, stranger, wanted(), NOW), own_calendars(session, stranger, provider.id, NOW)):
        with pytest.raises(Forbidden):
            await act
    await rename_calendar(session, owner_of(provider), calendar_id, "Work")
    assert [each.name for each in await own_calendars(session, owner_of(provider), provider.id, NOW)] == ["Work"]


async def test_there_is_an_end_to_calendars(session: AsyncSession) -> None:
    provider = await make_provider(session)
    for _ in range(MOST_CALENDARS):
        await added(session, provider)
    with pytest.raises(TooManyCalendars):
        await added(session, provider)


async def next_free(session: AsyncSession, service_id: UUID) -> datetime:
    listing = await session.get_one(Listing, service_id, populate_existing=True)
    return listing.next_free_at


async def test_the_search_follows_busy_times_as_they_come_change_and_go(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service, 6)
    calendar_id = await added(session, provider)

    async def after(*spans: Span) -> int:
        """The place of the first time that the search shows as free."""
        await keep_busy(session, calendar_id, provider.id, spans)
        return [slot.start_time for slot in slots].index(await next_free(session, service.id))

    assert await after() == 0
    assert await after(busy(0, 2)) == 2
    assert await after(busy(0, 3)) == 3  # longer
    assert await after(busy(1, 3)) == 0  # later
    assert await after(busy(-1, 4)) == 4  # begins earlier and ends later
    assert await after(busy(0, 1)) == 1  # shorter
    assert await after(busy(4, 6)) == 0
    await remove_calendar(session, owner_of(provider), calendar_id, NOW, take_out=True)
    assert await next_free(session, service.id) == slots[0].start_time
