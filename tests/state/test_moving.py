"""Moving a booking on its page, beside the provider's lists, and by raw events of people whom it does not concern."""

from datetime import datetime, timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import GUEST, SYSTEM, Actor
from appointly.models import Service, Slot, User
from appointly.operations.book_appointment import Booked, book_appointment
from appointly.operations.reschedule import reschedule
from appointly.queries.bookings import booking_by_id
from appointly.queries.reschedules import waiting_moves
from appointly.state.account import Account
from appointly.state.asked_moves import AskedMoves
from appointly.state.base import Viewer
from appointly.state.booking_page import BookingPage
from appointly.state.booking_panel import BookingPanel
from appointly.state.calendar_move import CalendarMove
from appointly.state.dashboard import Dashboard
from appointly.state.moving import Moving
from appointly.state.provider_bookings import ProviderCalendar
from tests.making import asking, customer, make_provider, make_service, make_slots
from tests.people import Person, person, signed_in
from tests.state.driver import browser_tab

AT = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


class Shop:
    """A customer with a booking, its provider, and the browser tabs of both."""

    def __init__(self, service: Service, slots: list[Slot], ada: Person, owner: Person, booked: Booked) -> None:
        self.service, self.slots, self.ada, self.owner, self.booked = service, slots, ada, owner, booked

    async def start(self) -> datetime:
        async with reading() as session:
            return (await booking_by_id(session, SYSTEM, self.booked.id)).start

    async def waiting(self) -> list[str]:
        async with reading() as session:
            found = await waiting_moves(session, SYSTEM, [self.booked.id])
        return [str(request.id) for request in found.values()]


@pytest.fixture
async def shop(session: AsyncSession) -> Shop:
    ada = await person()
    provider = await make_provider(session)
    service = await make_service(session, provider)
    slots = await make_slots(session, service, start=AT)
    booked = await book_appointment(
        session, customer(await session.get_one(User, ada.user_id)), asking(slots[0]), now()
    )
    await session.commit()
    owner = await signed_in(provider.user_id, (await session.get_one(User, provider.user_id)).email)
    return Shop(service, slots, ada, owner, booked)


async def test_what_was_moved_while_the_dialog_was_open_is_said_before_anything_happens(shop: Shop) -> None:
    owner = Actor("provider", provider_id=shop.service.provider_id)
    async with browser_tab(app, shop.ada.cookie, f"/booking/{shop.booked.reference}") as ada:
        await ada.send(BookingPage.load)
        await ada.send(Moving.begin, booking_id=str(shop.booked.id))
        await ada.send(Moving.pick, slot_id=str(shop.slots[2].id))
        for place, seen in ((1, False), (3, True), (2, False)):
            async with transaction() as session:
                await reschedule(session, owner, shop.booked.id, shop.slots[place].id, now())
            if seen:
                await ada.send(BookingPage.refresh)
            else:
                await ada.send(Moving.submit, form={"word": ""})
            moving = await ada.state(Moving)
            assert moving.problem.startswith("It was moved meanwhile, to ")
            assert moving.moved.start == shop.slots[place].start_time.isoformat()
            assert moving.moved.slot == ("" if place == 2 else str(shop.slots[2].id)), "where it is already"
            assert await shop.waiting() == []
        await ada.send(Moving.pick, slot_id=str(shop.slots[0].id))
        await ada.send(Moving.submit, form={"word": ""})
        assert len(await shop.waiting()) == 1


async def test_asked_on_the_page_and_accepted_on_the_dashboard(shop: Shop) -> None:
    path = f"/booking/{shop.booked.reference}"
    async with browser_tab(app, shop.ada.cookie, path) as ada, browser_tab(app, shop.owner.cookie, "/dashboard") as day:
        await ada.send(BookingPage.load)
        moving = await ada.state(Moving)
        assert moving.movable
        await ada.send(Moving.begin, booking_id=str(shop.booked.id))
        offered = [time.id for group in (await ada.state(Moving)).times for time in group.times]
        assert str(shop.slots[0].id) not in offered
        await ada.send(Moving.submit, form={"word": "too early"})  # nothing is chosen yet
        await ada.send(Moving.pick, slot_id=str(shop.slots[2].id))
        moving = await ada.state(Moving)
        assert moving.outcome[0].startswith("We ask ")
        await ada.send(Moving.submit, form={"word": "The train is late"})
        await ada.send(BookingPage.refresh)
        moving = await ada.state(Moving)
        assert (moving.waiting.reason, moving.round, moving.moved.id) == ("The train is late", 1, "")
        async with browser_tab(app, shop.ada.cookie, "/account") as account:
            await account.send(Account.load)
            [listed] = (await account.state(Account)).upcoming
            assert listed.wish

        await day.send(Dashboard.load)
        [asked] = (await day.state(AskedMoves)).asked
        assert asked.reason == "The train is late"
        day.path = f"/dashboard?booking={shop.booked.reference}"
        await day.send(BookingPanel.load)
        assert (await day.state(Moving)).waiting.id == asked.id
        await day.send(AskedMoves.accept, request_id=asked.id)
        await day.send(AskedMoves.accept, request_id=asked.id)
        await day.send(Dashboard.refresh)
        await day.send(BookingPanel.refresh)
        assert ((await day.state(AskedMoves)).asked, (await day.state(Moving)).waiting.id) == ([], "")
        assert await shop.start() == shop.slots[2].start_time
        await ada.send(BookingPage.refresh)
        assert (await ada.state(Moving)).waiting.id == ""
        assert (await ada.state(BookingPage)).history[0].title.startswith("Moved from ")


async def test_strangers_move_nothing_by_raw_events(shop: Shop) -> None:
    eve = await person("Eve Stranger")
    for cookie in (eve.cookie, ""):
        async with browser_tab(app, cookie, "/") as tab:
            await tab.send(Moving.begin, booking_id=str(shop.booked.id))
            assert (await tab.state(Moving)).moved.id == ""
            await tab.send(Moving.pick, slot_id=str(shop.slots[2].id))
            await tab.send(Moving.submit, form={"word": ""})
    async with browser_tab(app, shop.ada.cookie, "/") as ada, browser_tab(app, eve.cookie, "/") as tab:
        await ada.send(Moving.begin, booking_id=str(shop.booked.id))
        await ada.send(Moving.pick, slot_id=str(shop.slots[2].id))
        await ada.send(Moving.submit, form={"word": ""})
        await ada.send(BookingPage.load)
        [request_id] = await shop.waiting()
        await tab.send(Moving.withdraw, request_id=request_id)
        assert (await tab.state(Viewer)).notice_kind == "problem"
        for verb, more in ((AskedMoves.accept, {}), (AskedMoves.decline, {"form": {"word": ""}})):
            await tab.send(verb, request_id=request_id, **more)
            await ada.send(verb, request_id=request_id, **more)
        assert await shop.waiting() == [request_id]
        await ada.send(Moving.withdraw, request_id=request_id)
        assert await shop.waiting() == []
    assert await shop.start() == shop.slots[0].start_time


async def test_a_time_that_is_taken_meanwhile_offers_others(session: AsyncSession, shop: Shop) -> None:
    async with browser_tab(app, shop.owner.cookie, "/dashboard") as tab:
        await tab.send(Moving.begin, booking_id=str(shop.booked.id))
        await tab.send(Moving.pick, slot_id=str(shop.slots[3].id))
        moving = await tab.state(Moving)
        assert "has moved your appointment" in moving.outcome[1]
        assert moving.moves_at_once
        await book_appointment(session, GUEST, asking(shop.slots[3]), now())
        await session.commit()
        await tab.send(Moving.submit, form={"word": "x"})
        moving = await tab.state(Moving)
        assert (moving.moved.slot, len(moving.alternatives)) == ("", 3)
        await tab.send(Moving.pick, slot_id=moving.alternatives[0].id)
        await tab.send(Moving.submit, form={"word": "x"})
        assert (await tab.state(Viewer)).notice_kind == "success"
    assert await shop.start() != shop.slots[0].start_time


async def test_dragged_on_the_calendar(shop: Shop) -> None:
    day = shop.slots[0].slot_date.isoformat()
    reference = shop.booked.reference
    async with browser_tab(app, shop.owner.cookie, f"/dashboard/calendar?day={day}") as tab:
        await tab.send(ProviderCalendar.load)
        (await tab.state(ProviderCalendar))._wanted = day
        await tab.send(ProviderCalendar.refresh)
        await tab.send(CalendarMove.take, reference=reference)
        targets = (await tab.state(CalendarMove)).targets
        assert str(shop.slots[1].id) in [target.slot for target in targets]
        assert str(shop.slots[0].id) not in [target.slot for target in targets]
        await tab.send(CalendarMove.leave)
        await tab.send(CalendarMove.drop, reference=reference, day=day, slot=str(shop.slots[2].id))
        moving = await tab.state(Moving)
        assert moving.moved.slot == str(shop.slots[2].id)
        assert "has moved your appointment" in moving.outcome[1]
        assert await shop.start() == shop.slots[0].start_time  # nothing has happened yet
        await tab.send(CalendarMove.drop, reference=reference, day=day, slot="")
        assert (await tab.state(Moving)).problem.startswith("Please choose one of the free times")
        far = (AT + timedelta(days=60)).date().isoformat()
        await tab.send(CalendarMove.drop, reference=reference, day=far, slot="")
        assert "has no free time on" in (await tab.state(Moving)).problem
    eve = await person("Eve Stranger")
    async with browser_tab(app, eve.cookie, "/dashboard/calendar") as tab:
        await tab.send(CalendarMove.take, reference=reference)
        await tab.send(CalendarMove.drop, reference=reference, day=day, slot=str(shop.slots[2].id))
        assert (await tab.state(CalendarMove)).targets == []
        assert (await tab.state(Moving)).moved.id == ""
