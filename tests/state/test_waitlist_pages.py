"""The pages of the waiting list: getting in line, what is offered, and the account's list."""

from datetime import timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.domain.actor import Actor
from appointly.models import Appointment, WaitlistEntry
from appointly.state.account import Account
from appointly.state.base import Viewer
from appointly.state.service import ServiceView
from appointly.state.wait_join import WaitJoin
from appointly.state.wait_place import WaitPlace
from appointly.visitor import BOOKINGS_COOKIE, remember_bookings
from tests.making import make_provider, make_service, make_slots
from tests.operations.waiting import Line
from tests.people import person
from tests.state.driver import browser_tab

QUESTION = {"id": "hair", "label": "How long is your hair?", "kind": "text", "required": True}
START = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


@pytest.fixture
async def line(session: AsyncSession) -> Line:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    made = Line(session, provider, service, await make_slots(session, service, 1, START, "Europe/Berlin"))
    await made.fill(now())
    await session.commit()
    return made


def cookie_of(entry: WaitlistEntry) -> str:
    return f"{BOOKINGS_COOKIE}={remember_bookings([], entry.id)}"


async def test_a_full_day_leads_to_the_list(session: AsyncSession, line: Line) -> None:
    day = line.slots[0].slot_date.isoformat()
    async with browser_tab(app, path=f"/services/{line.service.slug}") as tab:
        await tab.send(ServiceView.load)
        await tab.send(ServiceView.leaf, month=day[:7])
        page = await tab.state(ServiceView)
        assert [each.date for each in page.month.days if each.full] == [day]
        assert page.nothing_free
        await tab.send(ServiceView.choose_day, day=day)
        assert page.wait_href == f"/services/{line.service.slug}/waitlist?date={day}"
    async with browser_tab(app, path=page.wait_href) as tab:
        await tab.send(WaitJoin.load)
        joining = await tab.state(WaitJoin)
        assert [(each.value, each.chosen) for each in joining.days] == [(day, True)]
        await tab.send(WaitJoin.submit, form={"customer_name": "", "customer_email": "nobody"})
        assert joining.errors["customer_name"]
        assert joining.errors["customer_email"]
        assert (joining.customer_email, joining.leads_to) == ("nobody", "")
        await tab.send(WaitJoin.toggle, chosen=day)
        await tab.send(WaitJoin.submit, form={"customer_name": "Ann", "customer_email": "ann@example.test"})
        assert joining.problem == "Please choose a day to wait for."
        await tab.send(WaitJoin.toggle, chosen=day)
        await tab.send(WaitJoin.submit, form={"customer_name": "Ann", "customer_email": "ann@example.test"})
        entry = (await session.exec(select(WaitlistEntry))).one()
        assert joining.leads_to.startswith(f"/session/waitlist/{entry.id}?key=")
        # The same once more, from another tab.
    async with browser_tab(app, path=page.wait_href) as tab:
        await tab.send(WaitJoin.load)
        await tab.send(WaitJoin.submit, form={"customer_name": "Ann", "customer_email": "ann@example.test"})
        assert "on the list" in (await tab.state(WaitJoin)).problem


async def test_a_single_full_day_is_chosen_unless_another_was_asked_for(session: AsyncSession, line: Line) -> None:
    path = f"/services/{line.service.slug}/waitlist"
    async with browser_tab(app, path=path) as tab:
        await tab.send(WaitJoin.load)
        assert [each.chosen for each in (await tab.state(WaitJoin)).days] == [True]
        await tab.send(WaitJoin.submit, form={"customer_name": "Ann", "customer_email": "ann@example.test"})
        assert (await tab.state(WaitJoin)).leads_to
    another = line.slots[0].slot_date + timedelta(days=1)
    async with browser_tab(app, path=f"{path}?date={another}") as tab:
        await tab.send(WaitJoin.load)
        joining = await tab.state(WaitJoin)
        assert [each.chosen for each in joining.days] == [False]
        assert "not full any more" in joining.problem


async def test_a_day_that_is_not_full_any_more_can_be_booked(session: AsyncSession, line: Line) -> None:
    path = f"/services/{line.service.slug}/waitlist?date={line.slots[0].slot_date}"
    async with browser_tab(app, path=path) as tab:
        await tab.send(WaitJoin.load)
        joining = await tab.state(WaitJoin)
        await line.cancel(0, at=now())
        await session.commit()
        await tab.send(WaitJoin.refresh)
        assert joining.can_book
        assert "not full any more" in joining.problem
        assert joining.days == []


async def test_offered_asked_and_taken(session: AsyncSession, line: Line) -> None:
    entry = await line.wait("Ann", at=now())
    line.service.questions = [QUESTION]
    session.add(line.service)
    await line.cancel(0, at=now())
    await session.commit()
    async with browser_tab(app, cookie_of(entry), f"/waitlist/{entry.id}") as tab:
        await tab.send(WaitPlace.load)
        place = await tab.state(WaitPlace)
        assert place.place.status == "offered"
        assert timedelta(minutes=119) < timedelta(milliseconds=place.place.kept.until - place.place.kept.at)
        await tab.send(WaitPlace.take, form={"answers.hair": " ", "notes": "Hello"})
        assert place.questions[0].error
        assert place.leads_to == ""
        await tab.send(WaitPlace.take, form={"answers.hair": "long", "notes": "Hello"})
        booked = (await session.exec(select(Appointment).where(Appointment.status == "confirmed"))).one()
        assert place.leads_to.startswith(f"/session/booking/{booked.reference}?key=")
        assert (booked.notes, booked.answers["hair"]["value"]) == ("Hello", "long")
        await tab.send(WaitPlace.load)
        assert place.place.status == "taken"
        assert place.place.booking_href == f"/booking/{booked.reference}"


async def test_passing_and_leaving_on_the_page(session: AsyncSession, line: Line) -> None:
    ann, ben = await line.wait("Ann", at=now()), await line.wait("Ben", at=now())
    await line.cancel(0, at=now())
    await session.commit()
    async with browser_tab(app, cookie_of(ann), f"/waitlist/{ann.id}") as tab:
        await tab.send(WaitPlace.load)
        async with browser_tab(app, cookie_of(ann), f"/waitlist/{ann.id}") as other:
            await other.send(WaitPlace.load)
            await tab.send(WaitPlace.pass_on)
            await other.send(WaitPlace.pass_on)
            assert "no longer kept" in (await other.state(Viewer)).notice
        place = (await tab.state(WaitPlace)).place
        assert (place.status, place.offered) == ("waiting", "")
        assert place.missed.startswith("You have passed on")
        await tab.send(WaitPlace.pass_on)
        assert (await tab.state(Viewer)).notice == ""  # pressed twice: the page says it already
        await tab.send(WaitPlace.take, form={})
        assert "no longer kept" in (await tab.state(WaitPlace)).problem
    async with browser_tab(app, cookie_of(ben), f"/waitlist/{ben.id}") as tab:
        await tab.send(WaitPlace.load)
        assert (await tab.state(WaitPlace)).place.status == "offered"
        await tab.send(WaitPlace.leave)
        assert (await tab.state(WaitPlace)).place.status == "left"


@pytest.mark.parametrize("place", ["mine", "x", "../..", "00000000-0000-0000-0000-000000000000"])
async def test_somebody_else_s_place_is_closed(session: AsyncSession, line: Line, place: str) -> None:
    entry = await line.wait("Ann", at=now())
    await line.cancel(0, at=now())
    await session.commit()
    path = f"/waitlist/{entry.id if place == 'mine' else place}"
    async with browser_tab(app, path=path) as tab:
        shown = await tab.send(WaitPlace.load)
        assert (await tab.state(WaitPlace)).missing
        for handler in (WaitPlace.pass_on, WaitPlace.leave):
            await tab.send(handler)
        await tab.send(WaitPlace.take, form={})
        assert "Ann" not in str(shown) + str(tab.shown)
    await session.refresh(entry)
    assert entry.status == "offered"


async def test_whoever_waits_already_is_led_to_their_place(session: AsyncSession, line: Line) -> None:
    ada, path = await person(), f"/services/{line.service.slug}/waitlist"
    async with browser_tab(app, ada.cookie, path) as tab:
        await tab.send(WaitJoin.load)
        assert (await tab.state(WaitJoin)).own_place == ""
        entry = await line.wait("Ada", at=now(), actor=Actor("customer", ada.user_id))
        await session.commit()
        await tab.send(WaitJoin.load)
        assert (await tab.state(WaitJoin)).own_place == f"/waitlist/{entry.id}"


async def test_the_account_lists_what_is_waited_for(session: AsyncSession, line: Line) -> None:
    ada = await person()
    await line.wait("Ada", at=now(), actor=Actor("customer", ada.user_id))
    await session.commit()
    async with browser_tab(app, ada.cookie, "/account") as tab:
        await tab.send(Account.load)
        account = await tab.state(Account)
        assert [(each.service, each.offered) for each in account.waits] == [("Haircut", "")]
        await line.cancel(0, at=now())
        await session.commit()
        await tab.send(Account.refresh)
        assert account.offers[0].offered
        assert account.waits == []
