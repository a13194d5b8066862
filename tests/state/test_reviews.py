"""Reviews on the page of a booking, on public pages and on the dashboard; and why a time is not offered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.http import api
from appointly.appointly import app
from appointly.clock import now
from appointly.database import bus, transaction
from appointly.database.statement import execute
from appointly.domain.actor import Actor
from appointly.models import Provider, Service
from appointly.operations.answer_review import NewAnswer, NewReport, answer_review, report_review
from appointly.operations.book_appointment import book_appointment
from appointly.operations.finish_appointment import complete_appointment
from appointly.operations.flags import decide_flag
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.operations.write_review import NewReview, write_review
from appointly.queries.flags import flags
from appointly.queries.reviews import reviews_of_service
from appointly.state.base import Viewer
from appointly.state.booking_page import BookingPage
from appointly.state.booking_review import NO_STARS, BookingReview
from appointly.state.live import watchers
from appointly.state.profile_editor import ProfileEditor
from appointly.state.provider import ProviderView
from appointly.state.provider_reviews import ProviderReviews
from appointly.state.public_reviews import REVIEWS
from appointly.state.service import ServiceView
from appointly.state.why_not import WhyNot
from tests.api.conftest import keeps_its_word
from tests.making import asking, make_open_provider, make_provider, make_service, make_slots, make_user, owner_of
from tests.people import Person, person, signed_in
from tests.state.driver import Tab, browser_tab


class World:
    """A provider with a service, and Ada, whose appointments there are completed."""

    provider: Provider
    service: Service
    ada: Person
    owner: Person
    bookings: list[UUID]
    references: list[str]


@pytest.fixture
async def world(database: str, session: AsyncSession) -> World:
    world = World()
    world.provider = await make_open_provider(session)
    world.service = await make_service(session, world.provider)
    await session.commit()
    world.ada = await person("Ada King Lovelace")
    world.owner = await signed_in(world.provider.user_id, "")
    world.bookings, world.references = [], []
    ada = Actor(kind="customer", user_id=world.ada.user_id)
    for slot in await make_slots(session, world.service, 9, now() - timedelta(days=2)):
        booked = await book_appointment(
            session, ada, asking(slot, customer_name="Ada King Lovelace"), now() - timedelta(days=5)
        )
        await complete_appointment(session, owner_of(world.provider), booked.id, now())
        world.bookings.append(booked.id)
        world.references.append(booked.reference)
    await session.commit()
    return world


@pytest.fixture
async def tab(database: str) -> AsyncIterator[Tab]:
    async with browser_tab(app) as tab:
        yield tab


@pytest.fixture
async def http(database: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(api, client=("203.0.113.9", 1))
    hooks = {"response": [keeps_its_word]}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", event_hooks=hooks) as client:
        yield client


async def say(world: World, *words: str) -> None:
    ada = Actor(kind="customer", user_id=world.ada.user_id)
    async with transaction() as session:
        for booking, said in zip(world.bookings, words, strict=False):
            await write_review(session, ada, booking, NewReview(stars=5, words=said), now())


async def test_the_page_of_a_booking_asks_once(tab: Tab, world: World) -> None:
    tab.cookie, tab.path = world.ada.cookie, f"/booking/{world.references[0]}"
    await tab.send(BookingPage.load)
    await tab.send(BookingReview.load)
    review = await tab.state(BookingReview)
    assert (review.review.asks, review.review.name) == (True, "Ada L.")
    await tab.send(BookingReview.send, form={"words": "No stars"})
    review = await tab.state(BookingReview)
    assert (review.stars_problem, review.review.asks) == (NO_STARS, True)
    for stars in ("0", "6", "five", "4.5"):
        await tab.send(BookingReview.send, form={"stars": stars, "words": ""})
        assert (await tab.state(BookingReview)).stars_problem == NO_STARS
    await tab.send(BookingReview.send, form={"stars": "4", "words": "x" * 2001})
    assert "2000" in (await tab.state(BookingReview)).words_problem
    await tab.send(BookingReview.send, form={"stars": "4", "words": "<b>Fine</b>"})
    review = await tab.state(BookingReview)
    assert (review.review.stars, review.review.words, review.review.asks) == (4, "<b>Fine</b>", False)
    await tab.send(BookingReview.change, changing=True)
    await tab.send(BookingReview.send, form={"stars": "5", "words": ""})
    review = await tab.state(BookingReview)
    assert (review.review.stars, review.review.words, review.changing) == (5, "", False)
    await tab.send(BookingReview.delete)
    assert (await tab.state(BookingReview)).review.asks


async def test_two_tabs_say_it_once(tab: Tab, world: World) -> None:
    tab.cookie, tab.path = world.ada.cookie, f"/booking/{world.references[0]}"
    await tab.send(BookingReview.load)
    await say(world, "First")
    await tab.send(BookingReview.send, form={"stars": "1", "words": "Second"})
    assert (await tab.state(Viewer)).notice == "You have reviewed this appointment already."
    assert (await tab.state(BookingReview)).review.words == "First"


async def test_the_provider_reads_and_cannot_write(tab: Tab, world: World) -> None:
    tab.cookie, tab.path = world.owner.cookie, f"/booking/{world.references[0]}"
    await tab.send(BookingReview.load)
    assert not (await tab.state(BookingReview)).review.asks
    await tab.send(BookingReview.send, form={"stars": "5", "words": "I am great"})
    assert (await tab.state(Viewer)).notice == "Only the customer can review an appointment."
    await say(world, "Fine")
    await tab.send(BookingReview.load)
    review = (await tab.state(BookingReview)).review
    assert (review.words, review.can_change, review.can_delete) == ("Fine", False, False)
    tab.cookie, tab.path = "", f"/booking/{world.references[0]}"
    await tab.send(BookingReview.load)
    assert (await tab.state(BookingReview)).review.id == ""


async def test_show_more_adds_below(tab: Tab, world: World) -> None:
    await say(world, *(f"Review {number}" for number in range(9)))
    tab.path = f"/services/{world.service.slug}"
    await tab.send(ServiceView.load)
    page = await tab.state(ServiceView)
    before = [quote.id for quote in page.reviews]
    assert (len(before), page.more_reviews, page.stars.average, page.stars.count) == (REVIEWS, True, "5.0", "9 reviews")
    await tab.send(ServiceView.show_more_reviews)
    page = await tab.state(ServiceView)
    assert [quote.id for quote in page.reviews][:REVIEWS] == before
    assert (len({quote.id for quote in page.reviews}), page.more_reviews) == (9, False)
    await tab.send(ServiceView.show_more_reviews)
    assert len((await tab.state(ServiceView)).reviews) == 9
    tab.path = f"/providers/{world.provider.slug}"
    await tab.send(ProviderView.load)
    await tab.send(ProviderView.show_more_reviews)
    profile = await tab.state(ProviderView)
    assert (len(profile.reviews), profile.reviews[0].name, profile.more_reviews) == (9, "Ada L.", False)


async def test_open_pages_move_when_something_is_said(tab: Tab, world: World) -> None:
    """What is shown, and that another tab of the worker reads nothing of its own: it sees what was kept for all."""
    await say(world, "First")
    service, profile = f"/services/{world.service.slug}", f"/providers/{world.provider.slug}"
    async with browser_tab(app, path=service) as other, asyncio.timeout(60), aclosing(bus.listen()) as listening:
        for path, view in ((service, ServiceView), (profile, ProviderView)):
            tab.path = path
            await tab.send(view.load)
            assert f"reviews:{world.provider.id}" in watchers.tabs[tab.token].topics
        await other.send(ServiceView.load)
        await anext(listening)

        async def seen() -> list[tuple[str, list[tuple[str, str]]]]:
            await other.send(ServiceView.refresh)
            tab.path = profile
            await tab.send(ProviderView.refresh)
            pages = [await other.state(ServiceView), await tab.state(ProviderView)]
            return [(page.stars.count, [(each.words, each.answer) for each in page.reviews]) for page in pages]

        async def heard() -> None:
            while (topics := await anext(listening)) and f"reviews:{world.provider.id}" not in topics:
                pass
            watchers.forget(topics)

        assert await seen() == [("1 review", [("First", "")])] * 2
        async with transaction() as session:
            ada = Actor(kind="customer", user_id=world.ada.user_id)
            await write_review(session, ada, world.bookings[1], NewReview(stars=4, words="Second"), now())
        assert await seen() == [("1 review", [("First", "")])] * 2
        await heard()
        assert await seen() == [("2 reviews", [("Second", ""), ("First", "")])] * 2
        assert (await tab.state(ProviderView)).services[0].reviews == "(2)"
        async with transaction() as session:
            [_, first] = (await reviews_of_service(session, world.service.id)).items
            await answer_review(session, owner_of(world.provider), first.id, NewAnswer(words="Thanks"), now())
        await heard()
        assert await seen() == [("2 reviews", [("Second", ""), ("First", "Thanks")])] * 2
        async with transaction() as session:
            await report_review(session, owner_of(world.provider), first.id, NewReport(reason="Rude"), now())
        async with transaction() as session:
            root = Actor(kind="admin", user_id=(await make_user(session, "Root")).id)
            [flag] = (await flags(session, root, is_open=True)).items
            await decide_flag(session, root, flag.id, "upheld", "It is rude.", now())
        await heard()
        assert await seen() == [("1 review", [("Second", "")])] * 2


async def test_the_dashboard_answers_and_reports(tab: Tab, world: World, session: AsyncSession) -> None:
    await say(world, "Slow", "Kind", "")
    tab.cookie, tab.path = world.owner.cookie, "/dashboard/reviews?show=unanswered"
    await tab.send(ProviderReviews.load)
    page = await tab.state(ProviderReviews)
    assert ([each.words for each in page.reviews], page.stars.unanswered) == (["Kind", "Slow"], "2")
    review_id = page.reviews[0].id
    await tab.send(ProviderReviews.begin, review_id=review_id)
    await tab.send(ProviderReviews.answer, review_id=review_id, form={"answer": "  "})
    page = await tab.state(ProviderReviews)
    assert (page.answering, page.problem) == (review_id, "Please fill this in.")
    await tab.send(ProviderReviews.answer, review_id=review_id, form={"answer": "Thank you"})
    page = await tab.state(ProviderReviews)
    assert (page.answering, [each.words for each in page.reviews]) == ("", ["Slow"])
    await tab.send(ProviderReviews.report, review_id=page.reviews[0].id, form={"reason": "Not our customer"})
    assert (await tab.state(ProviderReviews)).reviews[0].report == "open"
    await tab.send(ProfileEditor.load)
    profile = await tab.state(ProfileEditor)
    assert (profile.rating, profile.reviews) == (page.stars.average, "(3)")
    await tab.send(ProviderReviews.report, review_id=page.reviews[0].id, form={"reason": "Again"})
    assert (await tab.state(Viewer)).notice == "This review was reported already."


async def test_over_http(http: httpx.AsyncClient, world: World) -> None:
    path = f"/api/v1/bookings/{world.bookings[0]}/review"
    said = await http.post(path, json={"stars": 5, "words": "Very good"}, headers=world.ada.headers)
    assert (said.status_code, said.json()["words"]) == (201, "Very good")
    again = await http.post(path, json={"stars": 5}, headers=world.ada.headers)
    assert (again.status_code, again.json()["code"]) == (409, "review_exists")
    wrong = await http.post(path, json={"stars": 9}, headers=world.ada.headers)
    assert wrong.json()["fields"] == {"stars": "Please give at most 5."}
    assert (await http.patch(path, json={"stars": 4}, headers=world.ada.headers)).json()["stars"] == 4
    answer = f"/api/v1/reviews/{said.json()['id']}"
    assert (await http.post(f"{answer}/answer", json={"words": "Thanks"}, headers=world.owner.headers)).is_success
    assert (await http.post(f"{answer}/report", json={"reason": "Test"}, headers=world.owner.headers)).is_success
    listed = (await http.get(f"/api/v1/services/{world.service.id}/reviews")).json()
    [review] = listed["items"]
    assert (listed["rating"], listed["count"], listed["stars"]["4"]) == (4.0, 1, 1)
    assert (review["customer"], review["answer"], review["words"]) == ("Ada L.", "Thanks", "Very good")
    assert "customer_email" not in review
    assert (await http.delete(path, headers=world.ada.headers)).status_code == 204
    assert (await http.get(f"/api/v1/services/{world.service.slug}/reviews")).json()["rating"] is None
    assert (await http.get("/api/v1/services/nothing/reviews")).status_code == 404


async def test_why_a_time_is_not_offered(
    tab: Tab, http: httpx.AsyncClient, world: World, session: AsyncSession
) -> None:
    await regenerate_slots(session, now=now(), provider_id=world.provider.id)
    await session.commit()
    tab.cookie, tab.path = world.owner.cookie, "/dashboard/availability"
    day = (now() + timedelta(days=3)).date()
    await tab.send(WhyNot.point, day=day.isoformat(), minute=8 * 60)
    state = await tab.state(WhyNot)
    assert (state.service, state.day, state.clock) == (str(world.service.id), day.isoformat(), "08:00")
    assert [each.code for each in state.answer.reasons] == ["hours"]
    await tab.send(WhyNot.put, name="clock", value="10:00")
    state = await tab.state(WhyNot)
    assert state.answer.offered
    assert state.answer.href.startswith("/book/")
    await tab.send(WhyNot.begin_on, day=(day + timedelta(days=1)).isoformat())
    state = await tab.state(WhyNot)
    assert (state.day, state.clock) == ((day + timedelta(days=1)).isoformat(), "10:00")
    for name, value in (("clock", "25:00"), ("day", "2026-02-30"), ("service", "x")):
        await tab.send(WhyNot.put, name=name, value=value)
        assert (await tab.state(WhyNot)).problem
    stranger = await person("Bob", "provider")
    beginner = await make_provider(session, "Beginner")
    await session.commit()
    async with browser_tab(app, (await signed_in(beginner.user_id, "")).cookie, "/dashboard/availability") as another:
        await another.send(WhyNot.begin)
        assert (await another.state(WhyNot)).problem == "There is no service yet, so no time can be offered."
    params = {"service_id": str(world.service.id), "start": f"{day}T08:00"}
    url = "/api/v1/provider/why-not"
    told = (await http.get(url, params=params, headers=world.owner.headers)).json()
    assert (told["offered"], [each["code"] for each in told["reasons"]]) == (False, ["hours"])
    assert len(told["nearest"]) == 3
    params["start"] = f"{day}T10:00"
    assert (await http.get(url, params=params, headers=world.owner.headers)).json()["offered"]
    assert (await http.get(url, params=params, headers=stranger.headers)).status_code == 403
    assert (await http.get(url, params=params, headers=world.ada.headers)).status_code == 403
    root = await person("Root")
    async with transaction() as own:
        await execute(own, "UPDATE \"user\" SET role = 'admin' WHERE id = %(id)s", id=root.user_id)
    assert (await http.get(url, params=params, headers=root.headers)).json()["offered"]
