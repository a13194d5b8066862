"""Why a time is not offered: what is told agrees with the lists, minute by minute, and each rule is told."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.display.why_not import SAYINGS, why_view
from appointly.domain.actor import GUEST, Actor
from appointly.errors import AppointlyError, Forbidden, NotFound, ValidationFailed
from appointly.models import (
    BlockedTime,
    DateOverride,
    ExternalBusy,
    ExternalCalendar,
    Provider,
    RescheduleRequest,
    Service,
    Slot,
    WorkingHours,
)
from appointly.operations.book_appointment import book_appointment
from appointly.operations.hold_slot import hold_slot
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.queries.availability import free_slots
from appointly.queries.why_not_offered import Explained, why_not_offered
from tests.making import asking, make_provider, make_service, owner_of

NOW = datetime(2026, 3, 27, 7, 20, tzinfo=UTC)  # two days before the clocks of Berlin go forward
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ADMIN = Actor(kind="admin")


async def hours(session: AsyncSession, provider: Provider, *ranges: tuple[int, int], weekdays: range) -> None:
    for weekday in weekdays:
        for opens, closes in ranges:
            session.add(
                WorkingHours(provider_id=provider.id, weekday=weekday, opens_minute=opens, closes_minute=closes)
            )
    await session.flush()


async def busy_calendar(session: AsyncSession, provider: Provider, start: datetime, end: datetime) -> None:
    calendar = ExternalCalendar(
        provider_id=provider.id, kind="ics", name="Family", shown="family.example", secret=b"x", due_at=NOW
    )
    session.add(calendar)
    await session.flush()
    session.add(ExternalBusy(calendar_id=calendar.id, provider_id=provider.id, uid="1", start_time=start, end_time=end))


async def random_world(session: AsyncSession, random: Random) -> list[Service]:
    """A provider with odd hours, exceptions, services of all kinds, bookings, holds and time that is blocked."""
    zone = random.choice(["Europe/Berlin", "America/St_Johns", "UTC"])
    provider = await make_provider(session, time_zone=zone)
    opens = random.choice([0, 480, 525])
    closes = opens + random.choice([300, 500, 1440])
    ranges = random.choice([[(opens, closes)], [(opens, opens + 130), (opens + 170, closes)]])
    await hours(session, provider, *ranges, weekdays=range(1, random.choice([6, 8])))
    today = NOW.astimezone(ZoneInfo(zone)).date()
    for ahead, when in ((1, (None, None)), (2, (600, 800))):
        if random.random() < 0.4:
            day = today + DAY * ahead
            session.add(
                DateOverride(provider_id=provider.id, local_date=day, opens_minute=when[0], closes_minute=when[1])
            )
    services = [
        await make_service(
            session,
            provider,
            letter,
            duration_minutes=random.choice([20, 45, 90]),
            buffer_before_minutes=random.choice([0, 10]),
            buffer_after_minutes=random.choice([0, 15]),
            slot_interval_minutes=random.choice([None, None, 30]),
            max_appointments_per_day=random.choice([None, 3, 6]),
            spread=random.choice(["pack", "even"]),
            capacity=random.choice([1, 1, 3]),
            min_notice_minutes=random.choice([0, 120, 1500]),
            horizon_days=random.choice([2, 3, 30]),
            status=random.choice(["active", "active", "active", "paused"]),
        )
        for letter in "ABC"
    ]
    await session.flush()
    await regenerate_slots(session, now=NOW, provider_id=provider.id)
    for service in services:
        for slot in await free_slots(session, service.id, today, 3, NOW):
            if random.random() < 0.12:
                try:
                    await book_appointment(session, GUEST, asking(slot.id), NOW)
                except AppointlyError:
                    continue
            elif random.random() < 0.06:
                await hold_slot(session, slot.id, "draft", "somebody", NOW + 10 * MINUTE, NOW)
    for _ in range(2):
        begin = NOW + MINUTE * random.randint(0, 4000)
        session.add(BlockedTime(provider_id=provider.id, start_time=begin, end_time=begin + 50 * MINUTE))
    begin = NOW + MINUTE * random.randint(0, 4000)
    await busy_calendar(session, provider, begin, begin + 35 * MINUTE)
    await session.flush()
    return services


@pytest.mark.parametrize("seed", [1, 4])
async def test_it_agrees_with_the_lists_at_every_minute(session: AsyncSession, seed: int) -> None:
    """All minutes of an hour and a half around the first free times, every tenth minute of two days."""
    random = Random(seed)  # noqa: S311
    told: Counter[str] = Counter()
    for service in await random_world(session, random):
        listed = {slot.start for slot in await free_slots(session, service.id, date(2026, 3, 26), 6, NOW)}
        first = min(listed, default=NOW) - 30 * MINUTE
        moments = {first + MINUTE * number for number in range(90)}
        moments |= {NOW.replace(minute=0) + 10 * MINUTE * number for number in range(2 * 144)}
        offered = set()
        for moment in sorted(moments | listed):
            found = await why_not_offered(session, ADMIN, service.id, moment, NOW)
            assert found.offered == (found.slot_id is not None and not found.reasons)
            told.update(reason.code for reason in found.reasons)
            if found.offered:
                offered.add(moment)
        assert offered == listed
    assert len(told) >= 6, told


class Shop:
    """A provider in Berlin, open on weekdays from 9 to 12 and from 13 to 17, whose service takes 45 minutes."""

    def __init__(self, session: AsyncSession, provider: Provider, service: Service) -> None:
        self.session, self.provider, self.service = session, provider, service

    async def ask(self, local: str, service: Service | None = None, now: datetime = NOW) -> Explained:
        chosen = (service or self.service).id
        return await why_not_offered(self.session, owner_of(self.provider), chosen, datetime.fromisoformat(local), now)

    async def codes(self, local: str, service: Service | None = None, now: datetime = NOW) -> list[str]:
        found = await self.ask(local, service, now)
        view = why_view(found, now)
        assert all(each.sentence and "None" not in each.sentence for each in view.reasons)
        self.said = [each.sentence for each in view.reasons]
        return [reason.code for reason in found.reasons]

    async def slot(self, local: str, service: Service | None = None) -> Slot:
        found = await self.ask(local, service)
        assert found.slot_id, found
        return await self.session.get_one(Slot, found.slot_id)


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    provider = await make_provider(session, time_zone="Europe/Berlin")
    await hours(session, provider, (540, 720), (780, 1020), weekdays=range(1, 6))
    service = await make_service(session, provider, duration_minutes=45, min_notice_minutes=60, horizon_days=14)
    await regenerate_slots(session, now=NOW, provider_id=provider.id)
    return Shop(session, provider, service)


async def test_hours_grid_and_cap(shop: Shop) -> None:
    session, provider = shop.session, shop.provider
    assert await shop.codes("2026-03-30T09:45") == []
    assert await shop.codes("2026-03-30T09:45+02:00") == [], "as the lists of free times write it"
    assert await shop.codes("2026-03-30T09:50") == ["off_grid"]
    assert shop.said == [
        "No start is at this minute. Starts are at 09:00, 09:45, 10:30, 11:15, 13:00, 13:45, 14:30, 15:15 …;"
        " the nearest: 09:45 and 10:30."
    ]
    assert await shop.codes("2026-03-30T11:30") == ["past_closing"]
    assert "closing is 12:00. The last start is 11:15." in shop.said[0]
    assert await shop.codes("2026-03-30T12:00") == ["hours"]
    assert shop.said == ["It is outside the weekly hours: Mondays are 09:00 to 12:00, 13:00 to 17:00."]
    assert await shop.codes("2026-03-28T10:00") == ["closed"]
    assert await shop.codes("2026-03-29T02:30") == ["clock_change"], "the clocks go from 2 to 3"
    assert shop.said == ["There is no such time on this date: the clocks go forward, to 03:00."]
    session.add(DateOverride(provider_id=provider.id, local_date=date(2026, 3, 31)))
    session.add(DateOverride(provider_id=provider.id, local_date=date(2026, 4, 1), opens_minute=600, closes_minute=700))
    shop.service.max_appointments_per_day = 2
    await session.flush()
    await regenerate_slots(session, now=NOW, provider_id=provider.id)
    assert await shop.codes("2026-03-31T10:00") == ["date_closed"]
    assert await shop.codes("2026-04-01T09:00") == ["date_hours"]
    assert await shop.codes("2026-03-30T13:00") == ["cap"]
    assert shop.said == ["Haircut is offered at most 2 times a day, and those are the first: 09:00 and 09:45."]
    shop.service.spread = "even"
    await session.flush()
    await regenerate_slots(session, now=NOW, provider_id=provider.id)
    assert await shop.codes("2026-03-30T09:45") == ["spread"]
    await execute(session, "DELETE FROM slot")
    assert await shop.codes("2026-03-30T09:00") == ["not_made"]


async def test_what_concerns_the_whole_service(shop: Shop) -> None:
    assert await shop.codes("2026-03-27T08:00") == ["past"]
    assert await shop.codes("2026-03-27T09:00") == ["too_soon"]
    assert await shop.codes("2026-04-09T09:00") == [], "the fourteenth day"
    assert await shop.codes("2026-04-10T09:00") == ["beyond_horizon"]
    assert shop.said[0].endswith("14 days, counting today, up to Thursday 9 April.")
    shop.service.status, shop.provider.suspended_at = "paused", NOW
    await shop.session.flush()
    assert await shop.codes("2026-03-30T09:00") == ["suspended", "paused"]
    shop.service.status, shop.provider.suspended_at, shop.service.unlisted = "archived", None, True
    await shop.session.flush()
    assert await shop.codes("2026-03-30T09:00") == ["archived"]
    assert why_view(await shop.ask("2026-03-30T09:00"), NOW).note


async def test_who_has_the_time(shop: Shop) -> None:
    session, provider = shop.session, shop.provider
    other = await make_service(
        session, provider, "B", title="Wash", duration_minutes=30, slot_interval_minutes=15, buffer_after_minutes=30
    )
    group = await make_service(session, provider, "C", title="Class", duration_minutes=60, capacity=2)
    await session.flush()
    await regenerate_slots(session, now=NOW, provider_id=provider.id)
    booked = await book_appointment(session, GUEST, asking(await shop.slot("2026-03-30T09:00", other)), NOW)
    assert await shop.codes("2026-03-30T09:45") == ["booking"], "the half hour afterwards is kept free"
    assert shop.said == ["Grace Hopper has booked Wash, from 09:00 to 09:30, and the time before and after counts too."]
    assert why_view(await shop.ask("2026-03-30T09:45"), NOW).reasons[0].href.endswith(booked.reference)
    assert await shop.codes("2026-03-30T09:00", other) == ["booking"]

    until = NOW + 10 * MINUTE
    for purpose, local in (("draft", "13:00"), ("offer", "14:30"), ("reschedule", "16:00")):
        held = await hold_slot(session, (await shop.slot(f"2026-03-30T{local}")).id, purpose, "x", until, NOW)
        assert held
        if purpose == "reschedule":
            session.add(
                RescheduleRequest(
                    appointment_id=booked.id,
                    provider_id=provider.id,
                    slot_id=held.slot_id,
                    hold_id=held.id,
                    from_time=booked.start,
                    start_time=booked.start,
                    end_time=booked.end,
                    expires_at=until,
                )
            )
            await session.flush()
    assert await shop.codes("2026-03-30T13:00") == ["held"]
    assert shop.said == ["Somebody is booking Haircut at 13:00 right now; it is kept until 08:30."]
    assert await shop.codes("2026-03-30T14:30") == ["offer"]
    assert await shop.codes("2026-03-30T16:00") == ["reschedule"]
    assert shop.said == ["Grace Hopper asks to move Haircut to 16:00; it is kept until that is answered."]

    first = await shop.slot("2026-03-31T09:00", group)
    await book_appointment(session, GUEST, asking(first), NOW)
    assert await shop.codes("2026-03-31T09:00", group) == [], "one place is left"
    await book_appointment(session, GUEST, asking(first, customer_email="b@example.test"), NOW)
    assert await shop.codes("2026-03-31T09:00", group) == ["full"]

    begin = datetime(2026, 4, 1, 7, 50, tzinfo=UTC)
    session.add(BlockedTime(provider_id=provider.id, start_time=begin, end_time=begin + DAY, reason="Painters"))
    await busy_calendar(session, provider, begin, begin + 30 * MINUTE)
    await session.flush()
    assert sorted(await shop.codes("2026-04-01T09:45")) == ["blocked", "calendar"]
    assert "(Painters)" in shop.said[0] + shop.said[1]


async def test_every_code_has_words() -> None:
    codes = {
        "past", "suspended", "paused", "archived", "too_soon", "beyond_horizon", "hours", "closed", "date_hours",
        "date_closed", "past_closing", "off_grid", "cap", "spread", "not_made", "clock_change", "blocked", "calendar",
        "booking", "full", "held", "offer", "reschedule",
    }  # fmt: skip
    assert set(SAYINGS) == codes, "each of them is produced by the tests above"


async def test_who_may_ask(shop: Shop) -> None:
    stranger = await make_provider(shop.session, "Other")
    at = datetime(2026, 3, 30, 9, tzinfo=UTC)
    with pytest.raises(Forbidden):
        await why_not_offered(shop.session, owner_of(stranger), shop.service.id, at, NOW)
    with pytest.raises(NotFound):
        await why_not_offered(shop.session, ADMIN, stranger.id, at, NOW)
    for far in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)):
        with pytest.raises(ValidationFailed):
            await why_not_offered(shop.session, ADMIN, shop.service.id, far, NOW)
    view = why_view(await why_not_offered(shop.session, ADMIN, shop.service.id, at, NOW), NOW, own=False)
    assert all(not each.href for each in view.reasons)
    assert len(view.nearest) == 3
