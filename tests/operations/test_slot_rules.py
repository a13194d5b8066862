"""The slot rules in SQL and in Python give the same times, in zones whose clocks change oddly."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, select
from appointly.domain.slot_times import DAY, Hours, SlotRules, slot_times
from appointly.models import DateOverride, WorkingHours
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from tests.making import make_provider, make_service

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour
    "Africa/Casablanca",  # back in Ramadan
    "Asia/Kathmandu",
    "Pacific/Apia",  # left out a day in 2011
    "America/Havana",  # midnight comes twice
    "America/Santiago",  # midnight is skipped
    "Asia/Beirut",
    "Pacific/Chatham",
    "Antarctica/Troll",  # two hours
    "America/Caracas",
    "Asia/Pyongyang",
    "UTC",
)


def clock_changes(zone: ZoneInfo) -> list[date]:
    """The dates of 2011 to 2027 on which the clock changes."""
    noons = [datetime(2010, 12, 31, 12, tzinfo=UTC) + DAY * number for number in range(17 * 365)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    return [noons[i].date() for i in range(1, len(noons)) if offsets[i] != offsets[i - 1]]


CHANGES = {name: clock_changes(ZoneInfo(name)) for name in ZONES}
LEAP_DAYS = [date(2012, 2, 29), date(2024, 2, 29)]
Week = Mapping[int, Sequence[Hours]]
Overrides = Mapping[date, Sequence[Hours]]


@dataclass(frozen=True)
class Case:
    zone: str
    now: datetime
    rules: SlotRules
    week: Week
    overrides: Overrides


@dataclass(frozen=True)
class Row:
    id: UUID
    date: date
    token: int
    start: datetime
    end: datetime
    occupied_from: datetime
    occupied_until: datetime
    capacity: int
    booked_count: int
    withdrawn: bool


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> list[Hours]:
    """Ranges that do not overlap, often touching, the last of them often past midnight."""
    step = draw(st.sampled_from([60, 60, 30, 15, 7]))
    edges = sorted(draw(st.sets(st.integers(0, 1439 // step), max_size=6)))
    found = []
    for number, edge in enumerate(edges):
        opens = edge * step
        limit = edges[number + 1] * step if number + 1 < len(edges) else opens + 1440
        wanted = draw(st.sampled_from([limit, 1440, opens + step, opens + 90, limit]))
        if draw(st.integers(0, 3)):
            found.append(Hours(opens, wanted if opens < wanted <= limit else limit))
    return found


usual_days = st.one_of(
    hours_of_a_day(),
    st.sampled_from([[Hours(0, 1440)], [Hours(540, 1020)], [Hours(1320, 1560)], [Hours(0, 360)], [Hours(120, 180)]]),
)


@st.composite
def rules(draw: st.DrawFn) -> SlotRules:
    """Any service, with a horizon that keeps the examples small."""
    return SlotRules(
        duration=draw(st.sampled_from([15, 20, 25, 30, 45, 60, 90, 240, 1440])),
        buffer_before=draw(st.sampled_from([0, 0, 5, 60])),
        buffer_after=draw(st.sampled_from([0, 0, 10, 120])),
        interval=draw(st.sampled_from([None, None, 15, 35, 60, 1440])),
        daily_cap=draw(st.one_of(st.none(), st.integers(1, 12))),
        spread=draw(st.sampled_from(["pack", "even"])),
        horizon_days=draw(st.integers(1, 10)),
        capacity=draw(st.sampled_from([1, 1, 2, 5])),
    )


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    if draw(st.integers(0, 3)) == 0:
        every_day = draw(usual_days)
        return dict.fromkeys(range(1, 8), every_day)
    return {weekday: draw(usual_days) for weekday in range(1, 8)}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(ZONES))
    near = draw(st.sampled_from([*CHANGES[zone], *LEAP_DAYS]))
    day = near + DAY * draw(st.integers(-6, 3))
    now = datetime.combine(day, time(), UTC) + timedelta(minutes=draw(st.integers(0, 1439)))
    dates = st.integers(-9, 12).map(lambda number: day + DAY * number)
    overrides = draw(st.dictionaries(dates, usual_days, max_size=3))
    return Case(zone, now, draw(rules()), draw(weeks()), overrides)


async def set_hours(session: AsyncSession, provider_id: UUID, week: Week, overrides: Overrides) -> None:
    await execute(session, "DELETE FROM working_hours WHERE provider_id = %(id)s", id=provider_id)
    await execute(session, "DELETE FROM date_override WHERE provider_id = %(id)s", id=provider_id)
    for weekday, ranges in week.items():
        for hours in ranges:
            session.add(WorkingHours(provider_id=provider_id, weekday=weekday, **vars(hours)))
    for day, ranges in overrides.items():
        session.add_all(DateOverride(provider_id=provider_id, local_date=day, **vars(hours)) for hours in ranges)
        if not ranges:
            session.add(DateOverride(provider_id=provider_id, local_date=day))
    await session.flush()


def columns(rules: SlotRules) -> dict[str, Any]:
    return {
        "duration_minutes": rules.duration,
        "buffer_before_minutes": rules.buffer_before,
        "buffer_after_minutes": rules.buffer_after,
        "slot_interval_minutes": rules.interval,
        "max_appointments_per_day": rules.daily_cap,
        "spread": rules.spread,
        "horizon_days": rules.horizon_days,
        "capacity": rules.capacity,
    }


async def rows_of(session: AsyncSession, service_id: UUID) -> list[Row]:
    return await select(
        session,
        Row,
        """
        SELECT id, slot_date AS date, token, start_time AS start, end_time AS "end", lower(occupies) AS occupied_from,
               upper(occupies) AS occupied_until, capacity, booked_count, withdrawn
        FROM slot WHERE service_id = %(service_id)s ORDER BY start_time
        """,
        service_id=service_id,
    )


def expected(case: Case, kept: Sequence[Row] = ()) -> list[tuple[object, ...]]:
    """What a regeneration should leave, as tuples without ids: the kept rows, and the wanted times around them."""
    wanted = slot_times(case.rules, ZoneInfo(case.zone), case.week, case.overrides, case.now)
    starts = {row.start for row in kept}
    starts_wanted = {slot.start for slot in wanted}
    result: list[tuple[object, ...]] = [fields(marked(row, case, starts_wanted)) for row in kept]
    for day in {slot.date for slot in wanted}:
        added = [slot for slot in wanted if slot.date == day and slot.start not in starts]
        taken = {row.token for row in kept if row.date == day}
        tokens = (number for number in count(1) if number not in taken)
        for token, slot in zip(tokens, added, strict=False):
            span = slot.start, slot.end, slot.occupied_from, slot.occupied_until
            result.append((day, token, *span, case.rules.capacity, 0, False))
    return sorted(result, key=lambda row: row[2])  # type: ignore[arg-type,return-value]


def marked(row: Row, case: Case, wanted: Container[datetime]) -> Row:
    """A kept row with the places it has from now on, and whether it goes once nobody has it any more."""
    if row.start <= case.now or not row.booked_count:
        return row
    return replace(row, capacity=max(case.rules.capacity, row.booked_count), withdrawn=row.start not in wanted)


def fields(row: Row) -> tuple[object, ...]:
    return tuple(vars(row).values())[1:]


EXAMPLES = settings(
    max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
BAR = Case(  # open from ten until two, the night the clock goes back, in halves that touch at midnight
    "Europe/Berlin",
    datetime(2026, 10, 24, 6, 0, tzinfo=UTC),
    SlotRules(duration=45, horizon_days=2),
    {6: [Hours(1320, 1440)], 7: [Hours(0, 240)]},
    {},
)
SKIPPED = Case(
    "America/New_York",
    datetime(2026, 3, 7, 12, 0, tzinfo=UTC),
    SlotRules(duration=15, horizon_days=2),
    {7: [Hours(120, 150), Hours(165, 240)]},
    {},
)
LOST_DAY = Case(
    "Pacific/Apia",
    datetime(2011, 12, 29, 12, 0, tzinfo=UTC),
    SlotRules(duration=60, horizon_days=5),
    {weekday: [Hours(600, 720), Hours(1380, 1560)] for weekday in range(1, 8)},
    {},
)


@EXAMPLES
@given(case=cases())
@example(case=BAR)
@example(case=SKIPPED)
@example(case=LOST_DAY)
async def test_the_database_offers_what_the_rules_say(session: AsyncSession, case: Case) -> None:
    provider = await make_provider(session, time_zone=case.zone)
    service = await make_service(session, provider, **columns(case.rules))
    await set_hours(session, provider.id, case.week, case.overrides)
    result = await regenerate_slots(session, now=case.now, provider_id=provider.id)
    rows = await rows_of(session, service.id)
    assert [fields(row) for row in rows] == expected(case)
    assert result == Regenerated(len(rows), 0, 0)
    await session.rollback()


@EXAMPLES
@given(case=cases(), later=cases(), hours=st.integers(0, 60), booked=st.sets(st.integers(0, 30), max_size=6))
async def test_a_change_regenerates_by_difference(
    session: AsyncSession, case: Case, later: Case, hours: int, booked: set[int]
) -> None:
    provider = await make_provider(session, time_zone=case.zone)
    service = await make_service(session, provider, **columns(case.rules))
    await set_hours(session, provider.id, case.week, case.overrides)
    await regenerate_slots(session, now=case.now, service_id=service.id)
    before = await rows_of(session, service.id)
    await book(session, [before[place] for place in booked if place < len(before)])
    before = await rows_of(session, service.id)

    changed = Case(later.zone, case.now + timedelta(hours=hours), later.rules, later.week, later.overrides)
    for column, value in columns(changed.rules).items():
        setattr(service, column, value)
    provider.time_zone = changed.zone
    await set_hours(session, provider.id, changed.week, changed.overrides)
    kept = [row for row in before if row.booked_count or row.start <= changed.now]
    result = await regenerate_slots(session, now=changed.now, service_id=service.id)
    after = await rows_of(session, service.id)

    assert [fields(row) for row in after] == expected(changed, kept)
    ids = {row.start: row.id for row in before}
    assert all(row.id == ids.get(row.start, row.id) for row in after), "what stays keeps its id"
    old, new = {row.id: row for row in before}, {row.id: row for row in after}
    assert result == Regenerated(
        len(new.keys() - old.keys()),
        len(old.keys() - new.keys()),
        sum(old[key] != new[key] for key in old.keys() & new.keys()),
    )
    assert await regenerate_slots(session, now=changed.now, service_id=service.id) == Regenerated(0, 0, 0)
    assert await rows_of(session, service.id) == after
    await session.rollback()


async def book(session: AsyncSession, slots: Sequence[Row]) -> None:
    """Book those of the slots that do not overlap."""
    free_from = datetime.min.replace(tzinfo=UTC)
    for slot in sorted(slots, key=lambda slot: slot.start):
        if slot.occupied_from >= free_from:
            await execute(session, "UPDATE slot SET booked_count = ceil(capacity / 2.0) WHERE id = %(id)s", id=slot.id)
            free_from = slot.occupied_until
