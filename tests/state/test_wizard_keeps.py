"""What was chosen and typed is there again: after a lost state, on the way back, after a sign-in, elsewhere."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits
from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.database.statement import execute
from appointly.display.holds import UNKEPT
from appointly.domain.actor import Actor
from appointly.models import Appointment, BookingDraft, Hold, Provider, Service, Slot
from appointly.operations.booking_draft import take_over_drafts
from appointly.operations.hold_slot import expire_holds
from appointly.state.account import Account
from appointly.state.open_drafts import OpenDrafts
from appointly.state.service import ServiceView
from appointly.state.wizard import BOOKED, GONE, JUST_TAKEN, Wizard
from appointly.visitor import VISITOR_COOKIE, browser_hash
from tests.invariants import broken_invariants
from tests.making import make_provider, make_service, make_slots
from tests.people import person
from tests.state.driver import Tab, browser_tab

SECRET = {name: name * 43 for name in "ab"}
COOKIE = {name: f"{VISITOR_COOKIE}={value}" for name, value in SECRET.items()}
WHO = {"customer_name": "Ada", "customer_email": "ada@example.com", "customer_phone": "", "notes": ""}
ATTEMPT = "0" * 32


@pytest.fixture
async def slots(session: AsyncSession) -> AsyncIterator[list[Slot]]:
    service = await make_service(session, await make_provider(session))
    start = now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)
    made = await make_slots(session, service, start=start)
    await session.commit()
    yield made
    assert await broken_invariants(session) == []


@pytest.fixture
async def service(session: AsyncSession, slots: list[Slot]) -> Service:
    return await session.get_one(Service, slots[0].service_id)


async def opened(tab: Tab, address: str, handler: Any = None) -> Any:
    """Open an address, and follow where the page itself leads on to."""
    tab.path = address
    tab.browser_events.clear()
    await tab.send(handler or Wizard.load)
    for onward in tab.redirects():
        await opened(tab, onward)
    return await tab.state(Wizard)


async def choose(tab: Tab, slot: Slot, service: Service) -> Any:
    return await opened(tab, f"/book/{service.slug}?slot={slot.id}")


async def counts(session: AsyncSession, slots: list[Slot]) -> list[int]:
    for slot in slots:
        await session.refresh(slot)
    return [slot.booked_count for slot in slots]


async def run_out(at: datetime) -> None:
    async with transaction() as session:
        await execute(session, "UPDATE hold SET expires_at = %(at)s", at=at)


async def sweep() -> None:
    async with transaction() as session:
        await expire_holds(session, now())


async def test_a_chosen_time_is_kept_and_the_address_goes_on_without_it(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab, browser_tab(app, COOKIE["b"]) as other:
        page = await choose(tab, slots[0], service)
        assert tab.path == f"/book/{service.slug}?step=details"
        assert (page.step, page.chosen.id, page.chosen.taken, page.run_out) == (
            "details",
            str(slots[0].id),
            False,
            False,
        )
        assert timedelta(minutes=29) < timedelta(milliseconds=page.kept.until - page.kept.at) <= timedelta(minutes=30)
        page = await opened(tab, f"/book/{service.slug}?step=time")
        mine = [time for group in page.times for time in group.times if time.note == "yours"]
        assert [time.id for time in mine] == [str(slots[0].id)]
        page = await choose(other, slots[0], service)
        assert (page.problem, page.kept.until, len(page.alternatives)) == (JUST_TAKEN, 0, 3)
        await other.send(Wizard.pick, slot_id=str(slots[1].id))
        assert other.redirects()[-1] == f"/book/{service.slug}?step=details"
    assert await counts(session, slots[:3]) == [1, 1, 0]


async def test_nothing_typed_is_lost_with_the_state(slots: list[Slot], service: Service) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        for name, value in {"customer_name": "Ada", "customer_phone": "12", "notes": "Zoë 🦊"}.items():
            await tab.send(Wizard.keep, name=name, value=value)
    # Another worker, an empty Redis: nothing is known of the tab.
    async with browser_tab(app, COOKIE["a"]) as tab:
        tab.path = f"/book/{service.slug}?step=details"
        await tab.send(Wizard.keep, name="customer_email", value="ada@")
        page = await tab.state(Wizard)
        assert (page.customer_name, page.customer_email, page.customer_phone, page.notes) == (
            "Ada",
            "ada@",
            "12",
            "Zoë 🦊",
        )
        assert (page.step, page.chosen.id) == ("details", str(slots[0].id))
        assert page.kept.until > 0


async def test_the_way_back_keeps_step_and_time(slots: list[Slot], service: Service) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        await tab.send(Wizard.submit, form=WHO, attempt=ATTEMPT)
        review = tab.redirects()[-1]
        assert (await opened(tab, review)).step == "review"
        for step in ("details", "time", "details", "review"):
            page = await opened(tab, f"/book/{service.slug}?step={step}")
            assert (page.step, page.chosen.id, page.customer_name) == (step, str(slots[0].id), "Ada")
        assert (await opened(tab, f"/book/{service.slug}")).step == "time"


async def test_another_time_lets_the_first_go_and_not_now_lets_all_go(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        await tab.send(Wizard.keep, name="customer_name", value="Ada")
        await tab.send(Wizard.pick, slot_id=str(slots[1].id))
        assert await counts(session, slots[:2]) == [0, 1]
        await tab.send(Wizard.let_go)
        assert await counts(session, slots[:2]) == [0, 0]
        page = await opened(tab, tab.redirects()[-1])
        assert (page.step, page.chosen.id, page.customer_name, page.problem) == ("time", "", "Ada", "")
        await tab.send(Wizard.let_go)
    assert (await session.exec(select(BookingDraft))).all() == []


@pytest.mark.parametrize("swept", [True, False])
async def test_when_it_has_run_out_it_is_kept_again_by_one_click(
    slots: list[Slot], service: Service, swept: bool
) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        await tab.send(Wizard.keep, name="notes", value="Still here")
        await run_out(now())
        if swept:
            await sweep()
        await tab.send(Wizard.refresh)
        page = await tab.state(Wizard)
        assert (page.run_out, page.kept.until, page.problem, page.chosen.taken) == (True, 0, "", False)
        await tab.send(Wizard.keep_again)
        page = await tab.state(Wizard)
        assert (page.run_out, page.kept.until > 0, page.notes) == (False, True, "Still here")


async def test_what_is_let_go_in_another_window_is_said_in_this_one(slots: list[Slot], service: Service) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab, browser_tab(app, COOKIE["a"]) as other:
        await choose(tab, slots[0], service)
        await tab.send(Wizard.keep, name="notes", value="Still here")
        await opened(other, f"/book/{service.slug}?step=details")
        await other.send(Wizard.let_go)
        for _ in range(2):
            await tab.send(Wizard.refresh)
            page = await tab.state(Wizard)
            assert (page.run_out, page.kept.until, page.problem, page.notes) == (True, 0, "", "Still here")
        await tab.send(Wizard.keep_again)
        page = await tab.state(Wizard)
        assert (page.run_out, page.kept.until > 0, page.notes) == (False, True, "Still here")


async def test_what_is_booked_in_another_window_was_not_taken_by_somebody(slots: list[Slot], service: Service) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab, browser_tab(app, COOKIE["a"]) as other:
        await choose(tab, slots[0], service)
        for _ in range(2):
            await opened(other, f"/book/{service.slug}?step=review")
            await other.send(Wizard.submit, form=WHO, attempt=ATTEMPT)
        for _ in range(2):
            await tab.send(Wizard.refresh)
            assert (await tab.state(Wizard)).problem == BOOKED
        assert (await opened(tab, f"/book/{service.slug}?step=time")).problem == BOOKED, "on the way back too"
        await choose(tab, slots[1], service)
        assert (await tab.state(Wizard)).problem == ""


async def test_a_time_of_one_service_says_nothing_in_the_wizard_of_another(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    other = await make_service(session, await session.get_one(Provider, service.provider_id), "B")
    await session.commit()
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        page = await opened(tab, f"/book/{other.slug}")
        assert (page.problem, page.chosen.id, page.kept.until, page.run_out) == ("", "", 0, False)
        page = await opened(tab, f"/book/{service.slug}?step=details")
        assert page.chosen.id == str(slots[0].id)


async def test_taken_after_it_ran_out_is_said_with_the_nearest(slots: list[Slot], service: Service) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab, browser_tab(app, COOKIE["b"]) as other:
        await choose(tab, slots[0], service)
        await run_out(now())
        assert (await choose(other, slots[0], service)).kept.until > 0
    async with browser_tab(app, COOKIE["a"]) as tab:
        page = await opened(tab, f"/book/{service.slug}?step=details")
        assert (page.problem, len(page.alternatives), page.run_out) == (JUST_TAKEN, 3, False)


async def test_a_time_that_is_not_offered_any_more_is_said(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        await tab.send(Wizard.keep, name="notes", value="Still here")
    await run_out(now())
    await sweep()
    async with transaction() as later:
        await execute(later, "DELETE FROM slot WHERE id = %(id)s", id=slots[0].id)
    async with browser_tab(app, COOKIE["a"]) as tab:
        page = await opened(tab, f"/book/{service.slug}?step=details")
        assert (page.step, page.problem, page.notes) == ("time", GONE, "Still here")


async def test_a_sign_in_on_the_way_and_another_device(slots: list[Slot], service: Service) -> None:
    ada = await person()
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        await tab.send(Wizard.keep, name="customer_name", value="Ada by hand")
    async with transaction() as session:
        await take_over_drafts(session, Actor(kind="customer", user_id=ada.user_id), browser_hash(SECRET["a"]), now())
    async with browser_tab(app, ada.cookie) as elsewhere:
        page = await opened(elsewhere, f"/book/{service.slug}?step=details")
        assert (page.customer_name, page.customer_email, page.kept.until > 0) == ("Ada by hand", ada.email, True)
    async with browser_tab(app, COOKIE["a"]) as left_behind:
        page = await opened(left_behind, f"/book/{service.slug}?step=details")
        assert (page.step, page.customer_name, page.chosen.id) == ("time", "", "")


async def test_booking_ends_the_draft_and_the_same_click_twice_books_once(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[0], service)
        await opened(tab, f"/book/{service.slug}?step=review")
        await tab.send(Wizard.submit, form=WHO, attempt=ATTEMPT)
        await opened(tab, f"/book/{service.slug}?step=review")
        await tab.send(Wizard.submit, form=WHO, attempt=ATTEMPT)
    async with browser_tab(app, COOKIE["a"]) as tab:
        await choose(tab, slots[1], service)
    assert len((await session.exec(select(Appointment))).all()) == 1
    [draft] = (await session.exec(select(BookingDraft))).all()
    assert draft.slot_id == slots[1].id


async def test_a_browser_without_cookies_books_as_ever(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app) as tab:
        page = await choose(tab, slots[0], service)
        assert (page.step, page.kept.until, page.problem) == ("details", 0, "")
        await tab.send(Wizard.submit, form=WHO, attempt=ATTEMPT)
        assert str(slots[0].id) in tab.redirects()[-1]
        page = await opened(tab, tab.redirects()[-1])
        await tab.send(Wizard.submit, form=WHO, attempt=ATTEMPT)
        assert (await tab.state(Wizard)).leads_to
    assert (await session.exec(select(Hold))).all() == []


async def test_a_fourth_time_is_refused_in_words_and_can_be_booked_all_the_same(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        kept = await keep_three(session, tab, slots[0].start_time)
        page = await choose(tab, slots[0], service)
        assert (page.crowded, page.problem) == (True, "")
        assert (page.step, page.unkept, page.kept.until) == ("details", str(slots[0].id), 0)
        drafts = (await tab.state(OpenDrafts)).drafts
        assert [draft.kept.until > 0 for draft in drafts] == [True] * 3

        await tab.send(Wizard.make_room, draft_id=drafts[0].id)
        page = await opened(tab, tab.redirects()[-1])
        assert (page.crowded, page.unkept, page.kept.until > 0) == (False, "", True)
        assert await counts(session, [*slots[:1], *kept]) == [1, 1, 1, 0]


async def test_only_one_s_own_times_make_room(session: AsyncSession, slots: list[Slot], service: Service) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab, browser_tab(app, COOKIE["b"]) as other:
        kept = await keep_three(session, tab, slots[0].start_time)
        await choose(tab, slots[0], service)
        theirs = (await tab.state(OpenDrafts)).drafts[0]
        await choose(other, slots[1], service)
        await other.send(Wizard.make_room, draft_id=theirs.id)
        assert await counts(session, [*slots[:2], *kept]) == [0, 1, 1, 1, 1]


async def test_what_was_let_go_too_often_is_not_kept_and_nothing_is_said_to_be_over(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app, COOKIE["a"]) as tab:
        for _ in range(limits.LIMITS["hold_again.both"].most):
            await choose(tab, slots[0], service)
            await tab.send(Wizard.let_go)
        page = await choose(tab, slots[0], service)
        await tab.send(Wizard.keep, name="notes", value="Still here")
        page = await opened(tab, tab.path)
        assert (page.problem, page.run_out, page.kept.until, page.unkept) == (UNKEPT, False, 0, str(slots[0].id))


async def keep_three(session: AsyncSession, tab: Tab, start: datetime) -> list[Slot]:
    kept = []
    for _ in range(3):
        other = await make_service(session, await make_provider(session))
        kept += await make_slots(session, other, 1, start=start)
        await session.commit()
        await choose(tab, kept[-1], other)
    return kept


async def test_the_service_s_page_keeps_it_and_offers_to_continue(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    async with browser_tab(app, COOKIE["a"], f"/services/{service.slug}") as tab:
        await tab.send(ServiceView.load)
        await tab.send(ServiceView.choose_day, day=slots[0].slot_date.isoformat())
        await tab.send(ServiceView.choose_time, slot=str(slots[0].id))
        assert await counts(session, slots[:1]) == [1]
        await tab.send(ServiceView.choose_time, slot=str(slots[1].id))
        page = await tab.state(ServiceView)
        assert (page.slot, page.book_href, page.kept.until > 0) == (
            str(slots[1].id),
            f"/book/{service.slug}?step=details",
            True,
        )
        assert await counts(session, slots[:2]) == [0, 1]
    async with browser_tab(app, COOKIE["a"], f"/services/{service.slug}") as tab:
        await tab.send(ServiceView.load)
        page = await tab.state(ServiceView)
        assert (page.slot, page.begun != "", page.day) == (str(slots[1].id), True, slots[1].slot_date.isoformat())
        await tab.send(ServiceView.let_go)
        page = await tab.state(ServiceView)
        assert (page.slot, page.begun, page.kept.until) == ("", "", 0)
    assert await counts(session, slots[:2]) == [0, 0]


async def test_the_account_shows_what_was_begun_and_lets_it_go(
    session: AsyncSession, slots: list[Slot], service: Service
) -> None:
    ada, ben = await person(), await person("Ben Stone")
    async with browser_tab(app, ada.cookie) as tab:
        await choose(tab, slots[0], service)
        tab.path = "/account"
        await tab.send(OpenDrafts.load)
        [draft] = (await tab.state(OpenDrafts)).drafts
        assert (draft.title, draft.href) == ("Haircut", f"/book/{service.slug}?step=details")
        await tab.send(Account.refresh)
        async with browser_tab(app, ben.cookie) as stranger:
            await stranger.send(OpenDrafts.forget, draft_id=draft.id)
            assert (await stranger.state(OpenDrafts)).drafts == []
        assert await counts(session, slots[:1]) == [1]
        await tab.send(OpenDrafts.forget, draft_id=draft.id)
        assert (await tab.state(OpenDrafts)).drafts == []
    assert await counts(session, slots[:1]) == [0]
