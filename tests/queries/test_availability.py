"""What is listed as free: as read models, and as the JSON that the database writes."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.models import WorkingHours
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.queries.availability import availability_json, available_days, free_slots, nearest_free
from tests.making import make_provider, make_service, make_slots


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
async def test_the_json_says_the_same_with_the_offset_of_each_moment(session: AsyncSession, zone: str) -> None:
    now = datetime(2026, 10, 3, 9, tzinfo=UTC)  # clocks change in each season within the month that follows
    provider = await make_provider(session, time_zone=zone)
    service = await make_service(session, provider, horizon_days=35)
    for weekday in range(1, 8):
        session.add(WorkingHours(provider_id=provider.id, weekday=weekday, opens_minute=0, closes_minute=300))
    await session.flush()
    await regenerate_slots(session, now=now, service_id=service.id)
    free = await free_slots(session, service.id, date(2026, 10, 4), 33, now)
    assert len(free) > 300
    body = await availability_json(session, service.id, date(2026, 10, 4), 33, now)
    assert body is not None
    assert json.loads(body) == {
        "service_id": str(service.id),
        "timezone": zone,
        "slots": [
            {
                "id": str(slot.id),
                "date": slot.date.isoformat(),
                "start": slot.start.astimezone(ZoneInfo(zone)).isoformat(),
                "end": slot.end.astimezone(ZoneInfo(zone)).isoformat(),
                "token": slot.token,
                "remaining": slot.remaining,
            }
            for slot in free
        ],
    }
    days = await available_days(session, service.id, date(2026, 10, 4), 33, now)
    assert sum(day.free for day in days) == len(free)


async def test_what_hides_a_time(session: AsyncSession) -> None:
    nine = datetime(2026, 11, 24, 9, tzinfo=UTC)
    provider = await make_provider(session, time_zone="UTC")
    group = await make_service(session, provider, capacity=2, min_notice_minutes=60)
    other = await make_service(session, provider, "B")
    slots = await make_slots(session, group, 6, nine)
    [elsewhere] = await make_slots(session, other, 1, nine + timedelta(minutes=45))
    slots[0].booked_count, elsewhere.booked_count = 1, 1
    await session.flush()

    async def tokens(now: datetime) -> list[tuple[str, int]]:
        found = await free_slots(session, group.id, nine.date(), 1, now)
        return [(slot.token, slot.remaining) for slot in found]

    whole = [("A1", 1), ("A4", 2), ("A5", 2), ("A6", 2)]
    assert await tokens(nine - timedelta(hours=1)) == whole, "half full is free; the other booking hides A2 and A3"
    assert await tokens(nine - timedelta(minutes=59)) == whole[1:], "notice"
    assert await tokens(nine - timedelta(days=29)) == whole, "the last date of the horizon"
    assert await tokens(nine - timedelta(days=30)) == []
    near = await nearest_free(session, slots[2].id, 2, nine - timedelta(hours=1))
    assert [slot.token for slot in near] == ["A4", "A1"]
    group.status = "paused"
    assert await tokens(nine - timedelta(hours=1)) == []
    group.status, provider.suspended_at = "active", nine
    assert await tokens(nine - timedelta(hours=1)) == []


async def test_an_unknown_service_has_no_times(session: AsyncSession) -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert await availability_json(session, uuid4(), now.date(), 1, now) is None
    assert await free_slots(session, uuid4(), now.date(), 1, now) == []
    assert await nearest_free(session, uuid4(), 3, now) == []
