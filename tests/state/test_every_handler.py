"""Every event handler of the product: who may call it is declared, and the corpus of hostile values does no harm."""

import typing
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from reflex_base.registry import RegisteredEventHandler, RegistrationContext
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.errors import AppointlyError, Forbidden, NotSignedIn
from appointly.state.base import Viewer
from appointly.state.guard import FRAMEWORK_EVENTS, SETTER, access_of, is_framework, parameters
from appointly.state.service import ServiceView
from appointly.state.wizard import Wizard
from tests.hostile import NUMBERS_JSON_DOES_NOT_KNOW, VALUES, fingerprint
from tests.making import make_provider, make_service, make_slots
from tests.people import person
from tests.state import driver
from tests.state.driver import Tab, browser_tab

with app.set_contexts():
    REGISTERED = dict(RegistrationContext.get().event_handlers)
    STATES = [state for state in RegistrationContext.get().base_states.values() if not is_framework(state)]
OURS = {name: handler for name, handler in REGISTERED.items() if handler.states[0].__module__.startswith("appointly.")}
STATES = [state for state in STATES if state.__module__.startswith("appointly.")]
# Every state has one of these; `test_guard` proves that it is refused.
OURS = {name: handler for name, handler in OURS.items() if not name.endswith(f".{SETTER}")}
CLOSED = {name: handler for name, handler in OURS.items() if access_of(handler.states[0]) != "public"}


def test_every_state_says_who_may_call_it() -> None:
    assert STATES
    assert [state.__name__ for state in STATES if access_of(state) is None] == []


def test_every_argument_has_a_type() -> None:
    for name, registered in OURS.items():
        hints = typing.get_type_hints(registered.handler.fn)
        missing = [argument for argument in parameters(registered.handler.fn) if argument not in hints]
        assert not missing, f"{name}: {missing}"


def test_what_the_framework_offers_is_known() -> None:
    """A new version of Reflex may bring handlers that nobody here has thought about."""
    known = {name.rpartition(".")[2] for name, each in REGISTERED.items() if is_framework(each.states[0])}
    assert known - FRAMEWORK_EVENTS == {"update_vars_internal", SETTER}


class Mistakes(list[Exception]):
    """What went wrong in handlers that is not a refusal."""

    def note(self, error: Exception) -> Any:
        if not isinstance(error, AppointlyError):
            self.append(error)
        return []


@pytest.fixture
async def mistakes(monkeypatch: pytest.MonkeyPatch) -> Mistakes:
    found = Mistakes()
    monkeypatch.setattr(driver, "explain", found.note)
    return found


@pytest.fixture
async def tab(database: str, mistakes: Mistakes) -> AsyncIterator[Tab]:
    async with browser_tab(app) as tab:
        yield tab


@pytest.mark.parametrize("who", ["guest", "customer", "provider"])
async def test_closed_handlers_refuse_the_others(tab: Tab, mistakes: Mistakes, who: str) -> None:
    tab.cookie = "" if who == "guest" else (await person(role=who)).cookie  # type: ignore[arg-type]
    said = NotSignedIn.message if who == "guest" else Forbidden.message
    for name, registered in CLOSED.items():
        if access_of(registered.states[0]) in (who, *(["signed_in"] if who != "guest" else [])):
            continue
        before = len(tab.redirects())
        await tab.send(name)
        assert (await tab.state(Viewer)).notice == said, name
        assert tab.redirects()[before].startswith("/login"), name
    assert mistakes == []


def hostile_payloads(registered: RegisteredEventHandler) -> list[dict[str, Any]]:
    """Each argument with each value of the corpus, none at all, and one too many."""
    names = list(parameters(registered.handler.fn))
    each = [dict.fromkeys(names, value) for value in [*VALUES, *NUMBERS_JSON_DOES_NOT_KNOW]] if names else []
    return [{}, {"unknown": 1}, *each]


PEOPLE = ("guest", "customer", "provider")
LET_IN = {  # the others get no further than the guard, whatever they send
    "public": PEOPLE,
    "signed_in": ("customer", "provider"),
}


@pytest.mark.parametrize(
    ("name", "who"),
    [
        (name, who)
        for name, registered in sorted(OURS.items())
        for who in LET_IN.get(access_of(registered.states[0]) or "", (access_of(registered.states[0]),))
        if who in PEOPLE
    ],
)
async def test_hostile_arguments(tab: Tab, mistakes: Mistakes, database: str, name: str, who: str) -> None:
    tab.cookie = "" if who == "guest" else (await person(role=who)).cookie  # type: ignore[arg-type]
    before = fingerprint(database)
    for payload in hostile_payloads(OURS[name]):
        await tab.send(name, **payload)
        assert mistakes == [], (name, payload)
    assert fingerprint(database) == before


FAR_DAYS = ["0001-01-01", "1969-12-31", "9999-12-31", "2024-02-29"]


async def test_far_dates_on_pages_that_show_something(tab: Tab, mistakes: Mistakes, session: AsyncSession) -> None:
    service = await make_service(session, await make_provider(session))
    await make_slots(session, service, start=now() + timedelta(days=1))
    await session.commit()
    tab.path = f"/book/{service.slug}"
    await tab.send(Wizard.load)
    tab.path = f"/services/{service.slug}"
    await tab.send(ServiceView.load)
    for day in [*FAR_DAYS, "9999-13-01", "0000-01-01"]:
        await tab.send(Wizard.show_day, chosen=day)
        await tab.send(Wizard.show_month, month=day[:7])
        await tab.send(ServiceView.choose_day, day=day)
        await tab.send(ServiceView.leaf, month=day[:7])
        await tab.send(Wizard.refresh)
        await tab.send(ServiceView.refresh)
        assert mistakes == [], day
    assert (await tab.state(Wizard)).month.title
