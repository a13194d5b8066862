"""A class is one thing among the provider's bookings: one line, one block, and a list of who comes."""

from datetime import timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.domain.actor import GUEST
from appointly.models import Appointment
from appointly.operations.book_appointment import book_appointment
from appointly.operations.cancel_appointments import MOST_AT_ONCE
from appointly.state.base import Viewer
from appointly.state.booking_panel import BookingPanel
from appointly.state.provider_bookings import ProviderBookings, ProviderCalendar
from appointly.state.provider_class import ProviderClass
from appointly.state.provider_waits import ProviderWaits
from tests.invariants import broken_invariants
from tests.making import asking, make_provider, make_service, make_slots
from tests.operations.waiting import Line
from tests.people import signed_in
from tests.state.driver import browser_tab


async def make_class(session: AsyncSession, capacity: int = 8) -> Line:
    provider = await make_provider(session, time_zone="UTC")
    service = await make_service(session, provider, capacity=capacity, title="Yoga")
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    line = Line(session, provider, service, await make_slots(session, service, 2, start))
    # The same person may take two places: that is two bookings.
    for name in ("Ann", "Ann", "Cem"):
        wanted = asking(line.slots[0], customer_name=name, customer_email=f"{name.lower()}@example.test")
        line.booked.append(await book_appointment(session, GUEST, wanted, now()))
    line.booked.append(await book_appointment(session, GUEST, asking(line.slots[1]), now()))
    await session.commit()
    return line


async def test_one_line_one_block_and_the_list(session: AsyncSession) -> None:
    line = await make_class(session)
    owner = await signed_in(line.provider.user_id, "")
    async with browser_tab(app, owner.cookie, "/dashboard/bookings") as tab:
        await tab.send(ProviderBookings.load)
        shown = (await tab.state(ProviderBookings)).bookings
        assert [each.customer for each in shown] == ["3 of 8 places", "1 of 8 places"]
        assert [each.places for each in shown] == ["3 of 8", "1 of 8"]
        there = shown[0].class_href
    async with browser_tab(app, owner.cookie, f"/dashboard/calendar?day={line.slots[0].slot_date}") as tab:
        await tab.send(ProviderCalendar.load)
        column = (await tab.state(ProviderCalendar)).shown
        assert sorted(each.who for each in column.booked) == ["1 of 8 places", "3 of 8 places"]
        assert {each.moves for each in column.booked} == {""}  # a drag would move the first of three
    async with browser_tab(app, owner.cookie, there) as tab:
        await tab.send(ProviderClass.load)
        found = await tab.state(ProviderClass)
        assert (found.places, [each.booking.customer for each in found.people]) == ("3 of 8", ["Ann", "Ann", "Cem"])
        assert found.listed.splitlines()[1:] == ["Ann, ann@example.test"] * 2 + ["Cem, cem@example.test"]
    async with browser_tab(app, owner.cookie, f"/dashboard/bookings?booking={line.booked[0].reference}") as tab:
        await tab.send(BookingPanel.load)
        panel = await tab.state(BookingPanel)
        assert (panel.booking.places, [each.customer for each in panel.others]) == ("3 of 8", ["Ann", "Cem"])
        await book_appointment(session, GUEST, asking(line.slots[0], customer_name="Dot"), now())
        await session.commit()
        await tab.send(BookingPanel.refresh)
        assert [each.customer for each in panel.others] == ["Ann", "Cem", "Dot"]


async def test_the_whole_class_is_called_off(session: AsyncSession) -> None:
    line = await make_class(session)
    other = await make_provider(session, "Another")
    await session.commit()
    there = f"/dashboard/class/{line.slots[0].id}"
    stranger = await signed_in(other.user_id, "")
    async with browser_tab(app, stranger.cookie, there) as tab:
        shown = await tab.send(ProviderClass.load)
        await tab.send(ProviderClass.cancel_all)
        assert (await tab.state(ProviderClass)).missing
        assert "Ann" not in str(shown)
    owner = await signed_in(line.provider.user_id, "")
    async with browser_tab(app, owner.cookie, there) as tab:
        await tab.send(ProviderClass.load)
        late = await book_appointment(session, GUEST, asking(line.slots[0], customer_name="Dot"), now())
        await session.commit()
        await tab.send(ProviderClass.cancel_all)
        assert (await session.get_one(Appointment, late.id)).status == "confirmed"
        await tab.send(ProviderClass.cancel_all)
        assert (await tab.state(ProviderClass)).missing
    query = select(Appointment.status).order_by(Appointment.start_time, Appointment.id)
    assert (await session.exec(query)).all() == ["cancelled"] * 4 + ["confirmed"]
    assert await broken_invariants(session) == []


async def test_who_has_come_is_noted_on_the_list_on_its_day_alone(session: AsyncSession) -> None:
    line = await make_class(session)
    owner = await signed_in(line.provider.user_id, "")
    async with browser_tab(app, owner.cookie, f"/dashboard/class/{line.slots[0].id}") as tab:
        await tab.send(ProviderClass.load)
        found = await tab.state(ProviderClass)
        assert [each.can_check_in for each in found.people] == [False] * 3
        first = found.people[0].booking.id
        await tab.send(ProviderClass.check_in, booking_id=first)
        assert "not today" in (await tab.state(Viewer)).notice
        for row in [line.slots[0], *(await session.exec(select(Appointment))).all()]:
            row.slot_date = (now() - timedelta(hours=12)).date()  # of a day that runs on beyond midnight
            session.add(row)
        other = await make_provider(session, "Another")
        await session.commit()
        stranger = await signed_in(other.user_id, "")
        async with browser_tab(app, stranger.cookie, f"/dashboard/class/{line.slots[0].id}") as another:
            await another.send(ProviderClass.check_in, booking_id=first)
        assert (await tab.state(ProviderClass)).path == tab.path
        await tab.send(ProviderClass.refresh)
        assert [each.can_check_in for each in found.people] == [True] * 3
        await tab.send(ProviderClass.check_in, booking_id=first)
        assert (found.here, [each.can_check_in for each in found.people]) == ("1 here", [False, True, True])


async def test_a_class_of_more_than_can_be_cancelled_at_once_by_hand(session: AsyncSession) -> None:
    line = await make_class(session, capacity=MOST_AT_ONCE + 5)
    for place in range(MOST_AT_ONCE):
        wanted = asking(line.slots[0], customer_email=f"guest{place}@example.test")
        await book_appointment(session, GUEST, wanted, now())
    await session.commit()
    owner = await signed_in(line.provider.user_id, "")
    async with browser_tab(app, owner.cookie, f"/dashboard/class/{line.slots[0].id}") as tab:
        await tab.send(ProviderClass.load)
        await tab.send(ProviderClass.cancel_all)
        assert (await tab.state(ProviderClass)).missing
    query = select(Appointment.status).where(Appointment.slot_id == line.slots[0].id)
    assert set((await session.exec(query)).all()) == {"cancelled"}
    assert await broken_invariants(session) == []


async def test_the_provider_sees_who_waits_and_takes_off(session: AsyncSession) -> None:
    line = await make_class(session)
    entry = await line.wait("Dot", at=now())
    await session.commit()
    owner = await signed_in(line.provider.user_id, "")
    async with browser_tab(app, owner.cookie, "/dashboard/bookings?show=waiting") as tab:
        await tab.send(ProviderBookings.load)
        assert (await tab.state(ProviderBookings)).show == "waiting"
        assert (await tab.state(ProviderBookings)).bookings == []
        await tab.send(ProviderWaits.load)
        waits = await tab.state(ProviderWaits)
        [group] = waits.groups
        assert (group.service, [place.customer for place in group.places]) == ("Yoga", ["Dot"])
        await tab.send(ProviderWaits.ask, entry_id=str(entry.id))
        assert (waits.asked.customer, waits.number) == ("Dot", 1)
        await line.wait("Eve", at=now())
        await session.commit()
        await tab.send(ProviderBookings.refresh)  # with no booking open beside the list
        assert (waits.number, (await tab.state(Viewer)).notice) == (2, "")
        await tab.send(ProviderWaits.remove, entry_id=str(entry.id))
        assert [place.customer for group in waits.groups for place in group.places] == ["Eve"]
    await session.refresh(entry)
    assert entry.status == "left"


async def test_a_search_finds_each_of_a_class_and_ends_with_the_menu(session: AsyncSession) -> None:
    line = await make_class(session)
    owner = await signed_in(line.provider.user_id, "")
    other = await make_provider(session, "Other")
    await session.commit()
    stranger = await signed_in(other.user_id, "")
    async with browser_tab(app, owner.cookie, "/dashboard/bookings?show=past") as tab:
        await tab.send(ProviderBookings.load)
        await tab.send(ProviderBookings.find, q=" ANN@exam ")
        found = await tab.state(ProviderBookings)
        assert [(each.customer, each.places) for each in found.bookings] == [("Ann", ""), ("Ann", "")]
        tab.path = f"/dashboard/bookings?show=past&booking={line.booked[0].reference}"
        await tab.send(ProviderBookings.load)
        assert (await tab.state(ProviderBookings)).q == "ANN@exam", "also beside an open booking"
        for hostile in ("x" * 101, "a\nb", "\ud800", ["ann"], None):
            await tab.send(ProviderBookings.find, q=hostile)
            assert (await tab.state(ProviderBookings)).q == "ANN@exam"
        tab.path = f"/dashboard/bookings?show=past&booking={line.booked[2].reference}"
        await tab.send(ProviderBookings.load)
        assert (await tab.state(ProviderBookings)).q == "", "another page has led to one that was not found"
        await tab.send(ProviderBookings.find, q="ann")
        tab.path = "/dashboard/bookings"
        await tab.send(ProviderBookings.load)
        assert ((await tab.state(ProviderBookings)).q, (await tab.state(ProviderBookings)).show) == ("", "upcoming")
        assert len((await tab.state(ProviderBookings)).bookings) == 2
    async with browser_tab(app, stranger.cookie, "/dashboard/bookings") as tab:
        await tab.send(ProviderBookings.load)
        await tab.send(ProviderBookings.find, q="ann")
        assert (await tab.state(ProviderBookings)).bookings == []
