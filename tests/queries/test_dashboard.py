"""The figures of a provider's dashboard and of the admin's."""

from datetime import timedelta

import pytest
from psycopg import sql
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute, raw
from appointly.domain.actor import GUEST, Actor
from appointly.errors import Forbidden, NotFound, NotSignedIn
from appointly.models import BlockedTime, DateOverride, Job, WorkingHours
from appointly.operations.answer_appointment import confirm_appointment
from appointly.operations.book_appointment import book_appointment
from appointly.operations.finish_appointment import complete_appointment
from appointly.operations.jobs import enqueue
from appointly.queries.dashboard import Hours, business, day_frame, figures
from appointly.queries.oversight import DEAD_JOBS, JOBS, counts, jobs, latest_bookings
from appointly.queries.reviews import BEST
from appointly.queries.wizard import chosen_slot, offer
from tests.making import NOW, asking, make_provider, make_service, make_slots, owner_of

ADMIN = Actor(kind="admin")


async def test_figures_follow_the_bookings(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider, approval="manual"))
    shop = await business(session, provider.id)
    first = await book_appointment(session, GUEST, asking(slots[0]), NOW)
    await book_appointment(session, GUEST, asking(slots[1]), NOW)
    told = await figures(session, shop, NOW)
    assert (told.today, told.requests, told.next_week, told.new_bookings) == (0, 2, 2, 2)
    await confirm_appointment(session, owner_of(provider), first.id, NOW)
    after = slots[0].start_time + timedelta(minutes=20)
    assert (await figures(session, shop, after)).today_left == 2
    await complete_appointment(session, owner_of(provider), first.id, after)
    told = await figures(session, shop, after)
    assert (told.today, told.requests, told.earned, told.earned_before) == (2, 1, 4500, 0)
    assert (await figures(session, shop, after + timedelta(days=40))).earned_before == 4500


async def test_the_day_has_its_own_hours(session: AsyncSession) -> None:
    provider = await make_provider(session)
    session.add(WorkingHours(provider_id=provider.id, weekday=1, opens_minute=540, closes_minute=1020))
    session.add(WorkingHours(provider_id=provider.id, weekday=2, opens_minute=600, closes_minute=900))
    session.add(
        BlockedTime(provider_id=provider.id, start_time=NOW, end_time=NOW + timedelta(hours=1), reason="Dentist")
    )
    await session.flush()
    shop = await business(session, provider.id)
    hours, blocked = await day_frame(session, shop, NOW)
    until = NOW + timedelta(hours=1)
    assert hours == [Hours(540, 1020)]
    assert [(each.start, each.end, each.reason) for each in blocked] == [(NOW, until, "Dentist")]
    session.add(DateOverride(provider_id=provider.id, local_date=NOW.date()))
    await session.flush()
    assert (await day_frame(session, shop, NOW))[0] == []


async def test_an_account_without_a_business_has_no_dashboard(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await business(session, None)


async def test_the_wizard_knows_whether_its_time_is_still_free(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service, 2)
    other = await make_slots(session, await make_service(session, provider, "B"), 2)
    assert (await offer(session, service.slug)).id == service.id
    found = await chosen_slot(session, service.id, slots[0].id, NOW)
    assert found is not None
    assert (found.free, found.token) == (True, "A1")
    await book_appointment(session, GUEST, asking(other[0]), NOW)
    found = await chosen_slot(session, service.id, slots[0].id, NOW)
    assert found is not None
    assert not found.free
    assert await chosen_slot(session, service.id, other[0].id, NOW) is None
    with pytest.raises(NotFound):
        await offer(session, "no-such-service")


async def test_only_an_admin_watches_over_everything(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider))
    await book_appointment(session, GUEST, asking(slots[0], customer_name="Percy 50%_off"), NOW)
    told = await counts(session, ADMIN, NOW)
    assert (told.providers, told.services, told.booked_today, told.open_jobs, told.dead_jobs) == (1, 1, 1, 2, 0)
    assert [each.customer_name for each in await latest_bookings(session, ADMIN, words="50%_")] == ["Percy 50%_off"]
    assert await latest_bookings(session, ADMIN, words="50%x") == []
    assert await latest_bookings(session, ADMIN, status="cancelled") == []
    assert {job.state for job in await jobs(session, ADMIN, NOW)} == {"waiting"}
    assert await jobs(session, ADMIN, NOW, only_dead=True) == []
    for actor, refusal in ((GUEST, NotSignedIn), (owner_of(provider), Forbidden)):
        with pytest.raises(refusal):
            await counts(session, actor, NOW)
        with pytest.raises(refusal):
            await latest_bookings(session, actor)
        with pytest.raises(refusal):
            await jobs(session, actor, NOW)


async def test_jobs_that_were_given_up_come_first_then_the_newest(session: AsyncSession) -> None:
    for number in range(4):
        await enqueue(session, "mail", {}, f"key:{number}", NOW)
    await execute(session, "UPDATE job SET dead_at = due_at WHERE dedupe_key IN ('key:0', 'key:2')")
    await execute(session, "UPDATE job SET dead_at = dead_at + interval '1 hour' WHERE dedupe_key = 'key:0'")
    keys = {job.id: job.dedupe_key for job in await session.exec(select(Job))}
    assert [keys[job.id] for job in await jobs(session, ADMIN, NOW)] == ["key:0", "key:2", "key:3", "key:1"]
    assert [keys[job.id] for job in await jobs(session, ADMIN, NOW, limit=3)] == ["key:0", "key:2", "key:3"]
    assert [keys[job.id] for job in await jobs(session, ADMIN, NOW, only_dead=True)] == ["key:0", "key:2"]


@pytest.mark.parametrize(
    ("query", "indexes"), [(JOBS, {"ix_job_dead", "pk_job"}), (DEAD_JOBS, {"ix_job_dead"}), (BEST, {"ix_review_best"})]
)
async def test_what_everybody_wrote_and_every_job_is_never_read_whole(
    session: AsyncSession, query: str, indexes: set[str]
) -> None:
    connection = raw(await (await session.connection()).get_raw_connection())
    await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = await connection.execute(sql.SQL(f"EXPLAIN {query}"), {"now": NOW, "limit": 9, "count": 3})  # type: ignore[arg-type]
    said = "".join(line for (line,) in await plan.fetchall())
    assert all(index in said for index in indexes), said
