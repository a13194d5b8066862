"""Reviews: once a completed appointment, changed for a while, answered, reported, and shown alike everywhere."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.descriptions import provider_description, service_description
from appointly.clock import now
from appointly.database import engine
from appointly.database.embedded import Servers
from appointly.database.engine import sqlalchemy_url
from appointly.database.statement import execute, select
from appointly.domain.actor import GUEST, SYSTEM, Actor
from appointly.domain.lifecycle import Status
from appointly.domain.reviews import shown_name
from appointly.emails.bookings import compose
from appointly.errors import (
    AppointmentReviewed,
    Forbidden,
    NotFound,
    ReviewClosed,
    ReviewExists,
    ReviewFinal,
    ReviewHidden,
    ReviewReported,
    ReviewTooEarly,
)
from appointly.models import Provider, Service
from appointly.operations import write_review as writing
from appointly.operations.answer_review import NewAnswer, NewReport, answer_review, report_review
from appointly.operations.book_appointment import book_appointment
from appointly.operations.delete_account import delete_account
from appointly.operations.finish_appointment import complete_appointment, mark_no_show
from appointly.operations.jobs import ClaimedJob
from appointly.operations.move_appointments import lock_bookings, move
from appointly.operations.refresh_listings import refresh_listings
from appointly.operations.write_review import NewReview, ReviewChanges, change_review, delete_review, write_review
from appointly.queries.mails import news_of
from appointly.queries.reviews import (
    received_reviews,
    review_of,
    reviews_of_provider,
    reviews_of_service,
    spread_of_provider,
    spread_of_service,
)
from appointly.queries.search import search_services
from appointly.queries.search_request import SearchRequest
from appointly.queries.storefront import offers_of_provider, provider_page, service_page
from appointly.settings import settings
from tasks.mail import send_mail
from tests.conftest import clone_database
from tests.invariants import broken_invariants
from tests.making import asking, customer, make_provider, make_service, make_slots, make_user, owner_of

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
DONE = START + timedelta(minutes=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = NewReview(stars=4, words="Quick and kind.\n<b>Bold</b>")


@dataclass
class World:
    provider: Provider
    service: Service
    ada: Actor
    appointments: list[UUID]

    @property
    def owner(self) -> Actor:
        return owner_of(self.provider)


async def make_world(session: AsyncSession, completed: int = 1) -> World:
    """A customer with completed appointments."""
    provider = await make_provider(session, time_zone="UTC")
    service = await make_service(session, provider)
    ada = customer(await make_user(session, "Ada King Lovelace"))
    appointments = []
    for slot in await make_slots(session, service, completed):
        booked = await book_appointment(session, ada, asking(slot, customer_name=ada.name), START - DAY)
        await complete_appointment(session, owner_of(provider), booked.id, slot.end_time)
        appointments.append(booked.id)
    return World(provider, service, ada, appointments)


async def test_a_review_is_written_changed_and_deleted(session: AsyncSession) -> None:
    world = await make_world(session)
    [booking] = world.appointments
    review = await write_review(session, world.ada, booking, GOOD, DONE + HOUR)
    assert (review.stars, review.words, review.hidden) == (4, GOOD.words, False)
    with pytest.raises(ReviewExists):
        await write_review(session, world.ada, booking, GOOD, DONE + HOUR)
    changed = await change_review(session, world.ada, booking, ReviewChanges(stars=5), DONE + 14 * DAY)
    assert (changed.stars, changed.words) == (5, GOOD.words)
    with pytest.raises(ReviewFinal):
        await change_review(session, world.ada, booking, ReviewChanges(stars=1), DONE + HOUR + 14 * DAY)
    for stranger in (world.owner, Actor(kind="admin")):
        with pytest.raises(Forbidden):
            await write_review(session, stranger, booking, GOOD, DONE)
    with pytest.raises(NotFound):
        await write_review(session, GUEST, booking, GOOD, DONE)
    await delete_review(session, world.ada, booking)
    assert await review_of(session, world.ada, booking) is None
    with pytest.raises(NotFound):
        await delete_review(session, world.ada, booking)
    with pytest.raises(ReviewClosed):
        await write_review(session, world.ada, booking, GOOD, DONE + 90 * DAY)
    link = Actor(managed=frozenset([booking]))
    assert (await write_review(session, link, booking, GOOD, DONE + 90 * DAY - HOUR)).stars == 4
    assert await broken_invariants(session) == []


async def test_only_what_took_place_is_reviewed_and_what_was_reviewed_stays_completed(session: AsyncSession) -> None:
    world = await make_world(session)
    for slot, end in zip(await make_slots(session, world.service, 3, START + DAY), Status, strict=False):
        booked = await book_appointment(session, world.ada, asking(slot), START)
        if end == Status.HELD:
            await mark_no_show(session, world.owner, booked.id, slot.end_time)
        with pytest.raises(ReviewTooEarly):
            await write_review(session, world.ada, booked.id, GOOD, slot.end_time)
    bookings = await lock_bookings(session, SYSTEM, world.appointments)
    await move(session, SYSTEM, bookings, Status.CONFIRMED, DONE)
    await complete_appointment(session, world.owner, world.appointments[0], DONE + HOUR)
    await write_review(session, world.ada, world.appointments[0], GOOD, DONE + HOUR)
    bookings = await lock_bookings(session, SYSTEM, world.appointments)
    with pytest.raises(AppointmentReviewed):
        await move(session, SYSTEM, bookings, Status.CONFIRMED, DONE + HOUR)
    assert await broken_invariants(session) == []


async def test_answers_and_reports(session: AsyncSession) -> None:
    world = await make_world(session, 2)
    reviews = [await write_review(session, world.ada, each, GOOD, DONE) for each in world.appointments]
    first, second = reviews[0].id, reviews[1].id
    stranger = owner_of(await make_provider(session, "Other"))
    with pytest.raises(NotFound):
        await answer_review(session, stranger, first, NewAnswer(words="Mine?"), DONE)
    await answer_review(session, world.owner, first, NewAnswer(words="Thank you"), DONE + HOUR)
    await answer_review(session, world.owner, first, NewAnswer(words="Thank you!"), DONE + DAY)
    page = await received_reviews(session, world.owner, world.provider.id)
    assert {(each.id, each.answer, each.answered_at) for each in page.items} == {
        (first, "Thank you!", DONE + HOUR),
        (second, "", None),
    }
    unanswered = await received_reviews(session, world.owner, world.provider.id, which="unanswered")
    assert [each.id for each in unanswered.items] == [second]
    with pytest.raises(Forbidden):
        await received_reviews(session, stranger, world.provider.id)
    await report_review(session, world.owner, first, NewReport(reason="An insult"), DONE)
    with pytest.raises(ReviewReported):
        await report_review(session, world.owner, first, NewReport(reason="Again"), DONE)
    page = await received_reviews(session, world.owner, world.provider.id)
    assert {(each.report, each.reportable) for each in page.items} == {("open", False), (None, True)}
    dismiss = "UPDATE flag SET status = 'dismissed', decided_at = %(at)s WHERE review_id = %(id)s"
    await execute(session, dismiss, id=first, at=DONE + 13 * DAY)  # it can still be changed after that
    await report_review(session, world.owner, first, NewReport(reason="Worse than before"), DONE + 13 * DAY)
    await execute(session, dismiss, id=first, at=DONE + 14 * DAY)
    page = await received_reviews(session, world.owner, world.provider.id)
    assert {(each.report, each.reportable) for each in page.items} == {("dismissed", False), (None, True)}
    with pytest.raises(ReviewReported):
        await report_review(session, world.owner, first, NewReport(reason="Again"), DONE + 15 * DAY)
    await execute(session, "UPDATE review SET hidden_at = now() WHERE id = %(id)s", id=first)
    with pytest.raises(NotFound):
        await answer_review(session, world.owner, first, NewAnswer(words="Late"), DONE)
    for attempt in (
        change_review(session, world.ada, world.appointments[0], ReviewChanges(stars=5), DONE),
        delete_review(session, world.ada, world.appointments[0]),
    ):
        with pytest.raises(ReviewHidden):
            await attempt
    await delete_review(session, world.ada, world.appointments[1])


@dataclass(frozen=True)
class Number:
    number: int


async def figures(session: AsyncSession, world: World) -> set[tuple[str, int]]:
    """Average and count as every place tells them."""
    service, provider = world.service, world.provider
    shown: list[tuple[float | None, int]] = []
    page = await service_page(session, service.slug)
    business = await provider_page(session, provider.slug)
    assert page is not None
    assert business is not None
    shown += [(page.rating, page.reviews), (business.rating, business.reviews)]
    shown += [(offer.rating, offer.reviews) for offer in await offers_of_provider(session, provider.id)]
    for spread in (await spread_of_service(session, service.id), await spread_of_provider(session, provider.id)):
        assert spread.fives + spread.fours + spread.threes + spread.twos + spread.ones == spread.count
        shown.append((spread.average, spread.count))
    found = await search_services(session, SearchRequest(q=service.title), now())
    shown += [(each.rating, each.reviews) for each in found.items]
    told = {(f"{average or 0:.1f}", count) for average, count in shown}
    await session.commit()
    for described in (
        await service_description("https://a.test", service.slug, now()),
        await provider_description("https://a.test", provider.slug, now()),
    ):
        assert described is not None
        stars = described.data[0].get("aggregateRating", {"ratingValue": "0.0", "reviewCount": 0})
        told.add((stars["ratingValue"], stars["reviewCount"]))
        assert "SECRET" not in described.body
    return told


async def test_every_place_shows_the_same_figure_and_none_a_hidden_review(session: AsyncSession) -> None:
    world = await make_world(session, 4)
    await refresh_listings(session, now())
    assert await figures(session, world) == {("0.0", 0)}
    for booking, stars in zip(world.appointments, (5, 4, 4, 1), strict=True):
        words = "SECRET" if stars == 1 else "Good."
        await write_review(session, world.ada, booking, NewReview(stars=stars, words=words), DONE)
    await execute(session, "UPDATE review SET hidden_at = now() WHERE stars = 1")
    assert await figures(session, world) == {("4.3", 3)}
    for page in (
        await reviews_of_service(session, world.service.id, silent=True),
        await reviews_of_provider(session, world.provider.id),
        await received_reviews(session, world.owner, world.provider.id),
    ):
        assert len(page.items) == 3
        assert {shown_name(each.customer) for each in page.items} == {"Ada L."}
    first = await reviews_of_service(session, world.service.id, limit=2)
    rest = await reviews_of_service(session, world.service.id, limit=2, cursor=first.next_cursor)
    assert len({each.id for each in [*first.items, *rest.items]}) == 3
    assert rest.next_cursor is None
    await execute(session, "UPDATE review SET hidden_at = now() WHERE stars = 5")
    assert await figures(session, world) == {("4.0", 2)}


async def test_the_words_of_a_deleted_account_stay_without_its_name(session: AsyncSession) -> None:
    world = await make_world(session)
    await write_review(session, world.ada, world.appointments[0], GOOD, DONE)
    await delete_account(session, world.ada, DONE + DAY)
    [said] = (await reviews_of_service(session, world.service.id)).items
    assert (said.words, shown_name(said.customer)) == (GOOD.words, "A former customer")


@dataclass(frozen=True)
class Asked:
    id: UUID
    job: UUID
    due_at: datetime
    status: str


ASKED = """
SELECT message.id, job.id AS job, due_at, message.status FROM message JOIN job ON dedupe_key = 'mail:' || message.id
WHERE message.kind = 'how_was_it'
"""


async def test_one_mail_asks_an_hour_later_unless_it_is_pointless(session: AsyncSession) -> None:
    world = await make_world(session)
    [booking] = world.appointments
    [asked] = await select(session, Asked, ASKED)
    assert asked.due_at == DONE + HOUR
    await move(session, SYSTEM, await lock_bookings(session, SYSTEM, [booking]), Status.CONFIRMED, DONE + HOUR / 60)
    news = await news_of(session, asked.id, DONE + HOUR)
    assert news is not None
    assert not news.matters, "undone"
    await complete_appointment(session, world.owner, booking, DONE + HOUR)
    assert len(await select(session, Asked, ASKED)) == 1
    news = await news_of(session, asked.id, DONE + HOUR)
    assert news is not None
    assert news.matters
    mail = compose(news, settings())
    assert mail.subject == "How was it? Haircut at Studio Nine"
    assert "/session/booking/" in mail.text
    await write_review(session, world.ada, booking, GOOD, DONE + HOUR)
    await session.commit()
    await send_mail(ClaimedJob(asked.job, "mail", {"message_id": str(asked.id)}, "key", 1))
    assert [each.status for each in await select(session, Asked, ASKED)] == ["skipped"]


async def crowd(crowded: AsyncEngine, booking: UUID, ada: Actor) -> list[object]:
    ready = asyncio.Barrier(20)

    async def one() -> object:
        async with AsyncSession(crowded) as session:
            await session.connection()
            await ready.wait()
            await write_review(session, ada, booking, GOOD, DONE)
            await session.commit()
            return "written"

    return await asyncio.gather(*(one() for _ in range(20)), return_exceptions=True)


COUNT = "SELECT count(*)::int AS number FROM review"


async def test_twenty_at_once_write_one(session: AsyncSession) -> None:
    world = await make_world(session)
    await session.commit()
    crowded = create_async_engine(engine().url, pool_size=20)
    results = await crowd(crowded, world.appointments[0], world.ada)
    await crowded.dispose()
    assert sorted(type(each).__name__ for each in results) == ["ReviewExists"] * 19 + ["str"]
    assert await select(session, Number, COUNT) == [Number(1)]


@pytest.fixture
async def unguarded(
    servers: Servers, worker_number: int, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncEngine]:
    """Neither the unique index nor the lock, on a database of its own."""
    crowded = create_async_engine(
        sqlalchemy_url(clone_database(servers.database_url, f"unreviewed_{worker_number}")), pool_size=20
    )
    async with AsyncSession(crowded) as session:
        await execute(session, "ALTER TABLE review DROP CONSTRAINT uq_review_appointment_id")
        await session.commit()
    guarded = writing.WRITE
    loose = guarded.replace("ON CONFLICT (appointment_id) DO NOTHING", "")
    loose = loose.replace("VALUES (", "SELECT ").replace("%(now)s)", "%(now)s")
    monkeypatch.setattr(
        writing, "WRITE", f"{loose} WHERE NOT EXISTS (SELECT FROM review WHERE appointment_id = %(appointment_id)s)"
    )
    monkeypatch.setattr("appointly.operations.own_provider.LOCK", "SELECT FROM provider WHERE id = ANY(%(ids)s)")
    yield crowded
    await crowded.dispose()


async def test_control_without_index_and_lock_several_get_through(unguarded: AsyncEngine) -> None:
    for _ in range(10):
        async with AsyncSession(unguarded) as session:
            world = await make_world(session)
            await session.commit()
        await crowd(unguarded, world.appointments[0], world.ada)
        async with AsyncSession(unguarded) as session:
            query = "SELECT count(*)::int AS number FROM review GROUP BY appointment_id HAVING count(*) > 1"
            if await select(session, Number, query):
                return
    pytest.fail("the crowd never got in each other's way: these tests prove nothing")
