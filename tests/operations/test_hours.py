"""Changing a provider's hours: who may, what is refused in which words, and what it does to free times."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.engine import TOPICS
from appointly.domain.actor import GUEST
from appointly.errors import Forbidden, HoursChanged, NotFound, ValidationFailed
from appointly.operations.block_time import (
    TimeToBlock,
    add_blocked_time,
    put_back_blocked_times,
    remove_blocked_series_of,
    remove_blocked_time,
)
from appointly.operations.book_appointment import book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.hours import ClockRange, WeekdayHours
from appointly.operations.regenerate_slots import Regenerated
from appointly.operations.set_date_override import (
    DateHours,
    clear_date_override,
    clear_date_series,
    dates_of,
    put_back_dates,
    set_date_override,
)
from appointly.operations.set_working_hours import set_working_hours
from appointly.queries.availability import free_slots
from appointly.queries.bookings import booking_by_id
from appointly.queries.hours import WeekdayRange, blocked_times, date_overrides, working_hours
from tests.making import NOW, asking, customer, every_day, make_provider, make_service, make_user, owner_of

TUESDAY = date(2026, 11, 24)


async def test_a_week_becomes_free_times_and_pages_hear_of_it(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider, horizon_days=3)
    result = await set_working_hours(session, owner_of(provider), every_day("22:00", "01:00"), NOW)
    assert result == Regenerated(18, 0, 0)
    assert session.info[TOPICS] == {f"provider:{provider.id}", f"times:{provider.id}"}
    assert (await working_hours(session, provider.id))[0] == WeekdayRange(1, 1320, 1500)
    night = await free_slots(session, service.id, TUESDAY, 1, NOW)
    assert [slot.token for slot in night] == ["A1", "A2", "A3", "A4", "A5", "A6"]
    assert night[-1].start == datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "00:30 in Berlin, of Tuesday's night"
    assert await set_working_hours(session, owner_of(provider), [], NOW) == Regenerated(0, 18, 0)


@pytest.mark.parametrize(
    ("ranges", "sentence"),
    [
        ([("09:00", "12:00"), ("11:00", "14:00")], "Monday: 09:00 to 12:00 and 11:00 to 14:00 overlap."),
        ([("22:00", "04:00"), ("23:00", "24:00")], "Monday: 22:00 to 04:00 and 23:00 to 24:00 overlap."),
    ],
)
async def test_overlapping_hours_are_named(session: AsyncSession, ranges: list[tuple[str, str]], sentence: str) -> None:
    provider = await make_provider(session)
    week = [WeekdayHours(weekday=1, opens=opens, closes=closes) for opens, closes in ranges]
    with pytest.raises(ValidationFailed) as refusal:
        await set_working_hours(session, owner_of(provider), week, NOW)
    assert refusal.value.fields == {"ranges": sentence}


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("9:00", "12:00"), ("09:00", "09:00"), ("24:00", "01:00"), ("25:00", "26:00"), ("", "12:00"), ("٠٩:00", "12:00")],
)
def test_hours_that_are_none_are_refused(opens: str, closes: str) -> None:
    with pytest.raises(ValidationError):
        ClockRange(opens=opens, closes=closes)


async def test_only_providers_have_hours(session: AsyncSession) -> None:
    user = await make_user(session)
    block = TimeToBlock(start=NOW, end=NOW + timedelta(hours=1))
    for actor in (GUEST, customer(user)):
        with pytest.raises(Forbidden):
            await set_working_hours(session, actor, every_day(), NOW)
        with pytest.raises(Forbidden):
            await set_date_override(session, actor, DateHours(date=TUESDAY), NOW)
        with pytest.raises(Forbidden):
            await add_blocked_time(session, actor, block, NOW)
        with pytest.raises(Forbidden):
            await remove_blocked_time(session, actor, uuid4(), NOW)


async def test_a_date_gets_its_own_hours_and_loses_them(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider, horizon_days=3)
    owner = owner_of(provider)
    await set_working_hours(session, owner, every_day(), NOW)
    assert await set_date_override(session, owner, DateHours(date=TUESDAY), NOW) == Regenerated(0, 6, 0)
    assert await free_slots(session, service.id, TUESDAY, 1, NOW) == []
    assert [entry.opens_minute for entry in await date_overrides(session, provider.id, TUESDAY)] == [None]
    longer = DateHours(date=TUESDAY, ranges=[ClockRange(opens="09:00", closes="13:00")])
    assert await set_date_override(session, owner, longer, NOW) == Regenerated(8, 0, 0)
    assert await clear_date_override(session, owner, TUESDAY, NOW) == Regenerated(0, 2, 0)
    with pytest.raises(ValidationFailed):
        await set_date_override(session, owner, DateHours(date=date(2026, 11, 22)), NOW)


async def test_blocked_time_hides_and_gives_back(session: AsyncSession) -> None:
    provider, other = await make_provider(session), await make_provider(session, "Other")
    service = await make_service(session, provider, horizon_days=2)
    owner = owner_of(provider)
    await set_working_hours(session, owner, every_day(), NOW)
    nine = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    wanted = TimeToBlock(start=nine + timedelta(minutes=45), end=nine + timedelta(hours=2), reason="Dentist")
    blocked = await add_blocked_time(session, owner, wanted, NOW)
    free = [slot.start - nine for slot in await free_slots(session, service.id, TUESDAY, 1, NOW)]
    assert free == [timedelta(0), timedelta(hours=2), timedelta(hours=2, minutes=30)]
    assert [entry.reason for entry in await blocked_times(session, provider.id, NOW)] == ["Dentist"]
    with pytest.raises(NotFound):
        await remove_blocked_time(session, owner_of(other), blocked, NOW)
    await remove_blocked_time(session, owner, blocked, NOW)
    assert len(await free_slots(session, service.id, TUESDAY, 1, NOW)) == 6


async def test_an_ended_appointment_lets_go_of_its_time_and_a_live_one_holds_it(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider, horizon_days=2)
    owner = owner_of(provider)
    await set_working_hours(session, owner, every_day(), NOW)
    first, second = (await free_slots(session, service.id, TUESDAY, 1, NOW))[:2]
    ended = await book_appointment(session, GUEST, asking(first.id), NOW)
    live = await book_appointment(session, GUEST, asking(second.id), NOW)
    await cancel_appointments(session, owner, [ended.id], "", NOW)
    await set_working_hours(session, owner, [], NOW)
    assert (await booking_by_id(session, owner, ended.id)).slot_id is None
    assert (await booking_by_id(session, owner, live.id)).slot_id == second.id


def dates(*days: date) -> list[str]:
    return [day.isoformat() for day in days]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"date": TUESDAY}, dates(TUESDAY)),
        ({"date": TUESDAY, "last": TUESDAY + timedelta(days=2)}, ["2026-11-24", "2026-11-25", "2026-11-26"]),
        (
            {"date": TUESDAY, "repeat": "week", "until": date(2026, 12, 9)},
            ["2026-11-24", "2026-12-01", "2026-12-08"],
        ),
        (
            {"date": date(2026, 12, 31), "last": date(2027, 1, 1), "repeat": "year"},
            ["2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"],
        ),
        ({"date": date(2028, 2, 29), "repeat": "year"}, ["2028-02-29"]),
    ],
)
def test_exceptions_repeat_as_people_mean_it(wanted: dict[str, Any], found: list[str]) -> None:
    assert dates(*dates_of(DateHours(**wanted), date(2028, 11, 24))) == found


@pytest.mark.parametrize(
    "wanted",
    [
        {"date": TUESDAY, "last": TUESDAY - timedelta(days=1)},
        {"date": TUESDAY, "last": TUESDAY + timedelta(days=366)},
        {"date": TUESDAY, "repeat": "week"},
        {"date": TUESDAY, "repeat": "week", "until": TUESDAY - timedelta(days=1)},
        {"date": TUESDAY, "last": TUESDAY + timedelta(days=7), "repeat": "week", "until": date(2027, 1, 1)},
        {"date": "2026-02-30"},
    ],
)
def test_exceptions_that_make_no_sense_are_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DateHours(**wanted)


async def test_time_off_is_one_series_of_which_one_day_or_all_can_be_removed_and_put_back(
    session: AsyncSession,
) -> None:
    provider, other = await make_provider(session), await make_provider(session, "Other")
    service = await make_service(session, provider, horizon_days=7)
    owner = owner_of(provider)
    await set_working_hours(session, owner, every_day(), NOW)
    off = DateHours(date=TUESDAY, last=TUESDAY + timedelta(days=2), reason="Holiday")
    assert await set_date_override(session, owner, off, NOW) == Regenerated(0, 18, 0)
    rows = await date_overrides(session, provider.id, TUESDAY)
    [series_id] = {row.series_id for row in rows}
    assert series_id is not None
    assert await clear_date_series(session, owner_of(other), series_id, NOW) == Regenerated(0, 0, 0)
    assert await clear_date_override(session, owner, TUESDAY, NOW) == Regenerated(6, 0, 0)
    assert len(await free_slots(session, service.id, TUESDAY, 3, NOW)) == 6
    assert await clear_date_series(session, owner, series_id, NOW) == Regenerated(12, 0, 0)
    for _ in range(2):  # a second click finds it done
        await put_back_dates(session, owner, rows, NOW)
        assert await date_overrides(session, provider.id, TUESDAY) == rows
    assert await free_slots(session, service.id, TUESDAY, 3, NOW) == []


async def test_blocked_time_repeats_on_the_providers_clock(session: AsyncSession) -> None:
    """Berlin goes to summer time on 28 March 2027, a Sunday, when 02:00 to 03:00 is skipped."""
    provider = await make_provider(session)
    owner, now = owner_of(provider), datetime(2027, 3, 10, tzinfo=UTC)
    night = TimeToBlock(
        start=datetime(2027, 3, 21, 1, 15, tzinfo=UTC),  # 02:15 to 02:45 in Berlin
        end=datetime(2027, 3, 21, 1, 45, tzinfo=UTC),
        repeat_until=date(2027, 4, 4),
    )
    await add_blocked_time(session, owner, night, now)
    found = await blocked_times(session, provider.id, now)
    assert [each.start.isoformat() for each in found] == ["2027-03-21T01:15:00+00:00", "2027-04-04T00:15:00+00:00"]
    assert await remove_blocked_series_of(session, owner, found[1].id, now) == 2
    for _ in range(2):
        await put_back_blocked_times(session, owner, found, now)
        assert await blocked_times(session, provider.id, now) == found


async def test_a_week_that_has_changed_meanwhile_is_not_overwritten_unseen(session: AsyncSession) -> None:
    provider = await make_provider(session)
    owner = owner_of(provider)
    await set_working_hours(session, owner, every_day(), NOW)
    seen = await working_hours(session, provider.id)
    await set_working_hours(session, owner, every_day()[:6], NOW, seen)
    with pytest.raises(HoursChanged, match="meanwhile: Sunday"):
        await set_working_hours(session, owner, [], NOW, seen)
    assert len(await working_hours(session, provider.id)) == 6
