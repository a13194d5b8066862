"""Regeneration by difference."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.models import Provider, Service, User, WorkingHours
from appointly.operations.regenerate_slots import Regenerated, regenerate_slots
from tests.making import make_provider, make_service

NOW = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)  # the Friday before Berlin's clocks go forward


async def test_a_first_run_adds_and_a_second_changes_nothing(session: AsyncSession) -> None:
    user = User(email="a@b.c", name="x", role="provider")
    session.add(user)
    await session.flush()
    p = Provider(
        user_id=user.id, slug="p", business_name="P", category="hair", city="Berlin", time_zone="Europe/Berlin"
    )
    session.add(p)
    await session.flush()
    s = Service(provider_id=p.id, slug="s", letter="A", title="T", category="hair", price_amount=1, duration_minutes=60)
    session.add(s)
    for d in range(1, 8):
        session.add(WorkingHours(provider_id=p.id, weekday=d, opens_minute=540, closes_minute=1020))
    await session.flush()
    first = await regenerate_slots(session, now=NOW)
    assert first == Regenerated(7 + 29 * 8, 0, 0)
    assert await regenerate_slots(session, now=NOW) == Regenerated(0, 0, 0)
    assert await regenerate_slots(session, now=NOW, provider_id=p.id) == Regenerated(0, 0, 0)
    assert await regenerate_slots(session, now=NOW, service_id=s.id) == Regenerated(0, 0, 0)


async def test_fifty_thousand_times_in_a_table_without_statistics_are_kept_in_seconds(session: AsyncSession) -> None:
    provider = await make_provider(session)
    await make_service(session, provider, duration_minutes=5, horizon_days=170)
    session.add_all(
        WorkingHours(provider_id=provider.id, weekday=day, opens_minute=0, closes_minute=1440) for day in range(1, 8)
    )
    await session.flush()
    assert (await regenerate_slots(session, now=NOW)).added > 48_000
    await execute(session, "SET LOCAL statement_timeout = '8s'")
    assert await regenerate_slots(session, now=NOW) == Regenerated(0, 0, 0)
