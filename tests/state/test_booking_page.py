"""The page of one booking: what it says of one that does not take place, to each who may read it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.display.cancellations import Ending, MissedView
from appointly.domain.actor import Actor
from appointly.operations.answer_appointment import decline_appointment
from appointly.operations.book_appointment import book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.finish_appointment import mark_no_show
from appointly.operations.flags import dispute_no_show
from appointly.queries.bookings import Booking
from appointly.state.base import Viewer
from appointly.state.booking_ends import BookingEnds
from appointly.state.booking_page import BookingPage
from appointly.state.booking_panel import DONE, BookingPanel
from appointly.state.how_it_went import HowItWent
from tests.making import asking, make_open_provider, make_service, make_slots, owner_of
from tests.people import Person, person, signed_in
from tests.state.driver import browser_tab

DAY = timedelta(days=1)
WORDS = "The heating is broken."


@dataclass
class Told:
    """Ada's appointment at a provider's, ahead or two days ago."""

    ada: Person
    owner: Person
    customer: Actor
    provider: Actor
    booked: Booking


async def book(session: AsyncSession, approval: str, ahead: timedelta = 3 * DAY) -> Told:
    provider = await make_open_provider(session)
    service = await make_service(session, provider, approval=approval, category="hair")
    [slot] = await make_slots(session, service, 1, now() + ahead)
    await session.commit()
    ada = await person()
    customer = Actor(kind="customer", user_id=ada.user_id)
    async with transaction() as writing:
        booked = await book_appointment(writing, customer, asking(slot), now() + min(ahead - DAY, timedelta()))
    return Told(ada, await signed_in(provider.user_id, ""), customer, owner_of(provider), booked)


async def shown(told: Told, who: Person) -> BookingPage:
    async with browser_tab(app, who.cookie, f"/booking/{told.booked.reference}") as tab:
        await tab.send(BookingPage.load)
        return await tab.state(BookingPage)


@pytest.mark.parametrize("reason", [WORDS, ""])
async def test_a_declined_request_shows_the_provider_s_words_first(session: AsyncSession, reason: str) -> None:
    told = await book(session, "manual")
    async with transaction() as writing:
        await decline_appointment(writing, told.provider, told.booked.id, now(), reason)
    page = await shown(told, told.ada)
    said = "Studio Nine wrote:" if reason else ""
    assert page.ending == Ending(said, reason, "Nothing was charged.")
    assert (page.heading, page.steps) == ("The provider could not take this request", [])
    assert "paid" not in page.booking.pays
    assert page.booking.similar == "/services?category=hair"
    assert [line.who for line in page.history] == ["by the provider", "by you"]
    page = await shown(told, told.owner)
    assert page.ending.said == ("You wrote:" if reason else "")
    assert [line.who for line in page.history] == ["by you", "by the customer"]


async def test_only_its_customer_is_told_what_happens_next(session: AsyncSession) -> None:
    told = await book(session, "instant")
    page = await shown(told, told.ada)
    assert (page.heading, len(page.steps)) == ("Your appointment is booked", 3)
    page = await shown(told, told.owner)
    assert (page.heading, page.steps) == ("This appointment is booked", [])


async def test_a_cancelled_booking_says_who_cancelled_it(session: AsyncSession) -> None:
    told = await book(session, "instant")
    async with transaction() as writing:
        await cancel_appointments(writing, told.customer, [told.booked.id], "", now())
    assert (await shown(told, told.ada)).ending == Ending(
        "You cancelled it.", "", "Nothing was charged. The time is free for others again."
    )
    assert (await shown(told, told.owner)).ending.said == "Grace Hopper cancelled it."


async def test_a_booking_cancelled_by_its_provider_gives_the_reason(session: AsyncSession) -> None:
    told = await book(session, "instant")
    async with transaction() as writing:
        await cancel_appointments(writing, told.provider, [told.booked.id], WORDS, now())
    assert (await shown(told, told.ada)).ending == Ending("Studio Nine cancelled it:", WORDS, "Nothing was charged.")


async def test_what_has_begun_or_is_over_says_so(session: AsyncSession) -> None:
    told = await book(session, "instant", -2 * DAY)
    assert (await shown(told, told.ada)).heading == "Your appointment is over"
    async with transaction() as writing:
        await mark_no_show(writing, told.provider, told.booked.id, now())
    page = await shown(told, told.ada)
    assert (page.heading, page.ending) == ("This appointment is marked as missed", Ending())
    assert "paid" not in page.booking.pays


async def test_saying_twice_that_one_came_is_once_and_no_problem(session: AsyncSession) -> None:
    told = await book(session, "instant", -2 * DAY)
    async with transaction() as writing:
        await mark_no_show(writing, told.provider, told.booked.id, now())
    async with browser_tab(app, told.ada.cookie, f"/booking/{told.booked.reference}") as tab:
        await tab.send(BookingEnds.load)
        for _ in range(2):
            await tab.send(BookingEnds.dispute, form={"dispute": "I was there."})
            assert (await tab.state(Viewer)).notice.startswith("Thank you.")
        assert (await tab.state(BookingEnds)).missed.words == "I was there."


async def test_a_provider_reads_beside_a_missed_appointment_that_its_customer_says_they_came(
    session: AsyncSession,
) -> None:
    told = await book(session, "instant", -2 * DAY)
    async with transaction() as writing:
        await mark_no_show(writing, told.provider, told.booked.id, now())
    async with browser_tab(app, told.owner.cookie, f"/dashboard?booking={told.booked.reference}") as tab:
        await tab.send(BookingPanel.load)
        assert (await tab.state(BookingPanel)).missed == MissedView()
        async with transaction() as writing:
            await dispute_no_show(writing, told.customer, told.booked.id, "I paid in cash.", now())
        await tab.send(BookingPanel.refresh)
        missed = (await tab.state(BookingPanel)).missed
        assert missed.said.startswith("The customer told us that they came.")
        assert (missed.words, missed.until) == ("I paid in cash.", "")
        tab.path = "/dashboard"
        await tab.send(BookingPanel.load)
        assert (await tab.state(BookingPanel)).missed == MissedView()


async def test_the_second_of_two_clicks_leaves_the_news_of_the_first(session: AsyncSession) -> None:
    asked = await book(session, "manual")
    async with browser_tab(app, asked.owner.cookie, "/dashboard") as tab:
        for _ in range(2):
            await tab.send(BookingPanel.act, verb="confirm", booking_id=str(asked.booked.id))
            assert (await tab.state(Viewer)).notice == DONE["confirm"]
        await tab.send(BookingPanel.act, verb="decline", booking_id=str(asked.booked.id))
        assert (await tab.state(Viewer)).notice != DONE["confirm"], "another deed is refused aloud"


async def test_the_second_of_two_clicks_on_who_came_is_no_problem(session: AsyncSession) -> None:
    over = await book(session, "instant", -2 * DAY)
    async with browser_tab(app, over.owner.cookie, "/dashboard") as tab:
        for _ in range(2):
            await tab.send(HowItWent.finish, booking_id=str(over.booked.id), end="completed")
            assert (await tab.state(HowItWent)).said == "Noted: they came."
        assert (await tab.state(Viewer)).notice == ""
