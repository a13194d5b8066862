"""What a change would do is told truthfully, and telling it leaves no trace."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import transaction
from appointly.database.engine import JOBS, TOPICS
from appointly.domain.actor import GUEST
from appointly.errors import Forbidden, ValidationFailed
from appointly.models import Provider, Service
from appointly.operations.block_time import TimeToBlock, add_blocked_time
from appointly.operations.book_appointment import book_appointment
from appointly.operations.change_time_zone import change_time_zone
from appointly.operations.hours import WeekdayHours
from appointly.operations.preview_change import Change, measure_change, preview_change
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from tests.hostile import fingerprint
from tests.making import NOW, asking, every_day, make_provider, make_service, owner_of
from tests.operations.test_hours import TUESDAY

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # in Berlin


async def shop(hours: list[WeekdayHours]) -> Provider:
    """A provider with two services, and one booking of Tuesday's first time."""
    async with transaction() as session:
        provider = await make_provider(session)
        service = await make_service(session, provider, horizon_days=7)
        await make_service(session, provider, "B", horizon_days=7, duration_minutes=60, buffer_after_minutes=15)
        await set_working_hours(session, owner_of(provider), hours, NOW)
        [first, *_] = await free_slots(session, service.id, TUESDAY, 1, NOW)
        await book_appointment(session, GUEST, asking(first.id), NOW)
    return provider


async def test_a_preview_says_what_goes_comes_and_stays_and_leaves_no_trace(database: str) -> None:
    provider = await shop(every_day("09:00", "12:00"))
    owner, before = owner_of(provider), fingerprint(database)
    async with transaction() as session:
        found = await preview_change(
            session, owner, lambda: set_working_hours(session, owner, every_day("10:00", "12:00"), NOW), NOW
        )
        assert TOPICS not in session.info
        assert JOBS not in session.info
    assert fingerprint(database) == before
    # Two half hours a day, and 09:00 and 10:15 of the longer service, which gets 10:00 instead. Today's 09:00 has
    # begun, Tuesday's is booked.
    assert (found.go, found.come) == (12 + 12, 7)
    assert [(each.customer, each.start) for each in found.outside] == [("Grace Hopper", NINE)]
    assert found.gone[0].service == "Haircut"


async def test_bookings_that_lay_outside_before_are_not_told_again(database: str) -> None:
    provider = await shop(every_day("09:00", "12:00"))
    owner = owner_of(provider)
    async with transaction() as session:
        saved = await measure_change(session, owner, lambda: set_working_hours(session, owner, [], NOW), NOW)
    assert len(saved.outside) == 1
    async with transaction() as session:
        again = await measure_change(session, owner, lambda: set_working_hours(session, owner, [], NOW), NOW)
    assert again == Change()


async def test_blocked_time_hides_free_times_and_names_the_bookings_inside(database: str) -> None:
    provider = await shop(every_day("09:00", "12:00"))
    owner = owner_of(provider)
    wanted = TimeToBlock(start=NINE, end=NINE + timedelta(hours=1))
    async with transaction() as session:
        found = await preview_change(session, owner, lambda: add_blocked_time(session, owner, wanted, NOW), NOW)
    assert [each.start - NINE for each in found.gone] == [timedelta(minutes=30)]
    assert (found.go, found.come, len(found.outside)) == (1, 0, 1)


async def test_a_refused_change_is_refused_in_the_preview_too(database: str) -> None:
    provider = await shop(every_day("09:00", "12:00"))
    owner = owner_of(provider)
    with pytest.raises(ValidationFailed):
        async with transaction() as session:
            await preview_change(session, owner, lambda: change_time_zone(session, owner, "CET", NOW), NOW)
    with pytest.raises(Forbidden):
        async with transaction() as session:
            await preview_change(session, GUEST, lambda: set_working_hours(session, owner, [], NOW), NOW)


clocks = some.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@some.composite
def weeks(draw: some.DrawFn) -> list[WeekdayHours]:
    """Weeks of at most one range a day, some past midnight."""
    found = []
    for weekday in draw(some.sets(some.integers(1, 7))):
        opens, closes = draw(some.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]))
        found.append(WeekdayHours(weekday=weekday, opens=opens, closes=closes))
    return found


@pytest.fixture
async def provider(database: str) -> Provider:
    return await shop(every_day("09:00", "12:00"))


@given(week=weeks())
@settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
async def test_saving_does_what_the_preview_said(provider: Provider, week: list[WeekdayHours]) -> None:
    """From each week to the next one, as one provider would."""
    owner = owner_of(provider)
    async with transaction() as session:
        told = await preview_change(session, owner, lambda: set_working_hours(session, owner, week, NOW), NOW)
    async with transaction() as session:
        free = await free_ids(session, provider)
        assert await measure_change(session, owner, lambda: set_working_hours(session, owner, week, NOW), NOW) == told
        after = await free_ids(session, provider)
    assert (len(free - after), len(after - free)) == (told.go, told.come)


async def free_ids(session: AsyncSession, provider: Provider) -> set[object]:
    """The free times as customers' pages list them, service by service."""
    services = (await session.exec(select(Service.id).where(Service.provider_id == provider.id))).all()
    return {
        slot.id for each in services for slot in await free_slots(session, each, NOW.date() - timedelta(days=1), 9, NOW)
    }
