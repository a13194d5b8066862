"""Another zone: the hours keep their clock, the bookings their instant."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST
from appointly.errors import Forbidden, ValidationFailed
from appointly.operations.block_time import TimeToBlock, add_blocked_time
from appointly.operations.book_appointment import book_appointment
from appointly.operations.change_time_zone import change_time_zone
from appointly.operations.hours import ClockRange, WeekdayHours
from appointly.operations.preview_change import measure_change
from appointly.operations.regenerate_slots import Regenerated
from appointly.operations.set_date_override import DateHours, set_date_override
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from appointly.queries.bookings import booking_by_id
from appointly.queries.hours import blocked_times, date_overrides, working_hours
from tests.making import NOW, asking, every_day, make_provider, make_service, owner_of
from tests.operations.test_hours import TUESDAY

WEDNESDAY = date(2026, 11, 25)


async def test_hours_and_exceptions_keep_their_clock_and_bookings_their_instant(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider, horizon_days=4)
    owner = owner_of(provider)
    await set_working_hours(session, owner, every_day("09:00", "12:00"), NOW)
    evening = DateHours(date=WEDNESDAY, ranges=[ClockRange(opens="18:00", closes="19:00")])
    await set_date_override(session, owner, evening, NOW)
    lunch = TimeToBlock(start=datetime(2026, 11, 26, 11, tzinfo=UTC), end=datetime(2026, 11, 26, 12, tzinfo=UTC))
    await add_blocked_time(session, owner, lunch, NOW)
    [first, *_] = await free_slots(session, service.id, TUESDAY, 1, NOW)
    booked = await book_appointment(session, GUEST, asking(first.id), NOW)
    week = await working_hours(session, provider.id)

    told = await measure_change(session, owner, lambda: change_time_zone(session, owner, "Asia/Tokyo", NOW), NOW)

    assert [each.id for each in told.outside] == [booked.id]
    kept = await booking_by_id(session, owner, booked.id)
    assert (kept.start, kept.slot_id, kept.time_zone) == (first.start, first.id, "Asia/Tokyo")
    assert await working_hours(session, provider.id) == week
    assert [each.opens_minute for each in await date_overrides(session, provider.id, TUESDAY)] == [18 * 60]
    assert [each.start for each in await blocked_times(session, provider.id, NOW)] == [lunch.start]
    [tuesday, *_] = await free_slots(session, service.id, TUESDAY, 1, NOW)
    assert tuesday.start == datetime(2026, 11, 24, 0, tzinfo=UTC), "09:00 in Tokyo"
    [wednesday, *_] = await free_slots(session, service.id, WEDNESDAY, 1, NOW)
    assert wednesday.start == datetime(2026, 11, 25, 9, tzinfo=UTC), "18:00 in Tokyo"
    assert await change_time_zone(session, owner, "Asia/Tokyo", NOW) == Regenerated(0, 0, 0)


async def test_over_a_change_of_the_clocks_each_date_has_its_own_offset(session: AsyncSession) -> None:
    """Berlin changes on 28 March 2027, New York did on the 14th: in between they are five hours apart, not six."""
    now = datetime(2027, 3, 26, 12, tzinfo=UTC)
    provider = await make_provider(session)
    service = await make_service(session, provider, horizon_days=5, max_appointments_per_day=1)
    owner = owner_of(provider)
    week = [WeekdayHours(weekday=day, opens="14:00", closes="15:00") for day in range(1, 8)]
    await set_working_hours(session, owner, week, now)
    in_berlin = [slot.start for slot in await free_slots(session, service.id, date(2027, 3, 27), 2, now)]
    assert [start.hour for start in in_berlin] == [13, 12]
    await change_time_zone(session, owner, "America/New_York", now)
    in_new_york = [slot.start for slot in await free_slots(session, service.id, date(2027, 3, 27), 2, now)]
    assert [start.hour for start in in_new_york] == [18, 18]


@pytest.mark.parametrize("zone", ["", "CET", "EST", "Europe/Atlantis", "europe/berlin", "../etc/passwd", "Berlin\0"])
async def test_zones_that_are_none_are_refused(session: AsyncSession, zone: str) -> None:
    provider = await make_provider(session)
    with pytest.raises(ValidationFailed, match="We do not know this time zone"):
        await change_time_zone(session, owner_of(provider), zone, NOW)


async def test_only_the_owner_moves_the_clock(session: AsyncSession) -> None:
    with pytest.raises(Forbidden):
        await change_time_zone(session, GUEST, "Asia/Tokyo", NOW)
