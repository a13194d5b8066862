"""The guard, through the real event pipeline."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import reflex as rx
from sqlalchemy import text

from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.domain.actor import Actor
from appointly.operations.sign_out import sign_out
from appointly.queries.sessions import IDLE_LIMITS
from appointly.state.base import Viewer
from appointly.visitor import current_actor
from tests.people import Person, person
from tests.state.driver import Tab, browser_tab

ran: list[Any] = []


class Open(rx.State):
    __access__ = "public"
    secret: str = ""

    @rx.event
    def keep(self, note: str, times: int = 1) -> None:
        self.secret = note * times

    @rx.event
    async def who(self) -> None:
        ran.append(current_actor())


class Undeclared(rx.State):
    @rx.event
    def run(self) -> None:
        ran.append("undeclared")


class Inheriting(Open):
    """Says nothing itself, so it is refused although its parent is public."""

    @rx.event
    def child_run(self) -> None:
        ran.append("inheriting")


class Business(rx.State):
    __access__ = "provider"
    takings: str = ""

    @rx.event
    def load(self) -> None:
        self.takings = "1000 euro"
        ran.append("business")


@pytest.fixture
async def tab(database: str) -> AsyncIterator[Tab]:
    ran.clear()
    async with browser_tab(app) as tab:
        yield tab


async def viewer(tab: Tab) -> Viewer:
    shown: Viewer = await tab.state(Viewer)
    return shown


@pytest.mark.parametrize("event", [Undeclared.run, Inheriting.child_run])
async def test_what_is_not_declared_is_refused(tab: Tab, event: Any) -> None:
    tab.cookie = (await person()).cookie
    await tab.send(event)
    assert ran == []
    assert (await viewer(tab)).notice == "Your account may not do this."


async def test_a_guest_is_led_to_sign_in_and_back(tab: Tab) -> None:
    tab.path = "/dashboard?week=2"
    await tab.send(Business.load)
    assert ran == []
    assert tab.redirects() == ["/login-provider?next=%2Fdashboard%3Fweek%3D2"]


async def test_the_wrong_role_is_refused(tab: Tab) -> None:
    tab.cookie = (await person()).cookie
    await tab.send(Business.load)
    assert ran == []
    assert tab.redirects() == ["/login-provider?next=%2F&error=forbidden"]


async def test_the_right_role_may(tab: Tab) -> None:
    owner = await person("Olga Owner", "provider")
    tab.cookie = owner.cookie
    await tab.send(Business.load)
    assert ran == ["business"]
    shown = await viewer(tab)
    assert (shown.signed_in, shown.name, shown.role, shown.initials) == (True, "Olga Owner", "provider", "OO")


async def test_signing_out_bites_on_the_next_event_and_empties_the_tree(tab: Tab) -> None:
    owner = await person("Olga Owner", "provider")
    tab.cookie = owner.cookie
    await tab.send(Business.load)
    async with transaction() as session:
        await sign_out(session, Actor("provider", owner.user_id), owner.session_id)
    sent = await tab.send(Business.load)
    assert ran == ["business"]
    assert (await tab.state(Business)).takings == ""
    assert "1000 euro" not in str(sent)
    assert (await viewer(tab)).signed_in is False


@pytest.mark.parametrize("thief_signed_in", [True, False])
async def test_a_stolen_client_token_shows_nothing(tab: Tab, thief_signed_in: bool) -> None:
    tab.cookie = (await person("Olga Owner", "provider")).cookie
    await tab.send(Business.load)
    await tab.send(Open.keep, note="my secret")
    tab.cookie = (await person("Tom Thief", "provider")).cookie if thief_signed_in else ""
    sent = await tab.send(f"{rx.State.get_full_name()}.hydrate_and_load")
    assert sent
    assert "1000 euro" not in str(sent)
    assert "my secret" not in str(sent)
    assert "Olga" not in str(sent)


@pytest.mark.parametrize("column", ["expires_at", "last_seen_at"])
async def test_old_sessions_end(tab: Tab, column: str) -> None:
    owner: Person = await person("Olga Owner", "provider")
    tab.cookie = owner.cookie
    past = now() - (IDLE_LIMITS["provider"] if column == "last_seen_at" else timedelta())
    async with transaction() as session:
        await session.exec(text(f"UPDATE login_session SET {column} = :past").bindparams(past=past))  # noqa: S608
    await tab.send(Business.load)
    assert ran == []


@pytest.mark.parametrize("by_itself", [True, False])
async def test_only_what_somebody_does_keeps_them_signed_in(tab: Tab, by_itself: bool) -> None:
    owner = await person("Olga Owner", "provider")
    tab.cookie, tab.by_itself = owner.cookie, by_itself
    yesterday = now() - timedelta(days=1)
    async with transaction() as session:
        await session.exec(text("UPDATE login_session SET last_seen_at = :at").bindparams(at=yesterday))
    await tab.send(Business.load)
    assert ran == ["business"]
    async with transaction() as session:
        [(seen,)] = await session.exec(text("SELECT last_seen_at FROM login_session"))
    assert (seen == yesterday) is by_itself


async def test_a_disabled_account_is_out_at_once(tab: Tab) -> None:
    tab.cookie = (await person("Olga Owner", "provider")).cookie
    async with transaction() as session:
        await session.exec(text('UPDATE "user" SET disabled_at = now()'))
    await tab.send(Business.load)
    assert ran == []


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"note": {"evil": [1]}},
        {"note": 5},
        {"note": None},
        {"note": "a\0b"},
        {"note": "\ud800"},
        {"note": "x" * 10_001},
        {"note": "x", "times": "many"},
        {"note": "x", "times": 10**30},
        {"note": "x", "times": float("nan")},
        {"note": "x", "more": 1},
        {"note": [[[[[[[[[[]]]]]]]]]]},
    ],
)
async def test_wrong_arguments_are_refused_with_a_sentence(tab: Tab, arguments: dict[str, Any]) -> None:
    await tab.send(Open.keep, **arguments)
    assert (await tab.state(Open)).secret == ""
    told = await viewer(tab)
    assert told.notice.startswith("That was not understood.")
    # The same sentence again is shown again, whether or not the first has left the screen by itself.
    number = told.notice_number
    await tab.send(Open.keep, **arguments)
    assert (await viewer(tab)).notice_number > number


async def test_right_arguments_arrive_with_their_types(tab: Tab) -> None:
    await tab.send(Open.keep, note="ab", times="2")
    assert (await tab.state(Open)).secret == "abab"


async def test_client_storage_is_closed(tab: Tab) -> None:
    await tab.send("reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal", vars={})
    assert (await viewer(tab)).notice == "Your account may not do this."


async def test_no_browser_sets_what_it_likes(tab: Tab) -> None:
    await tab.send(f"{Open.get_full_name()}.setvar", var_name="secret", value="x")
    assert (await tab.state(Open)).secret == ""
    assert (await viewer(tab)).notice == "Your account may not do this."


async def test_the_actor_is_looked_up_for_each_event(tab: Tab) -> None:
    await tab.send(Open.who)
    tab.cookie = (await person()).cookie
    await tab.send(Open.who)
    assert [actor.kind for actor in ran] == ["guest", "customer"]


async def test_without_the_guard_everything_runs(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the guard that refuses above, and nothing else."""
    monkeypatch.setattr(app, "_middlewares", [])
    await tab.send(Undeclared.run)
    await tab.send(Business.load)
    assert ran == ["undeclared", "business"]
