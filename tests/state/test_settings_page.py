"""A person's own account through the real event pipeline."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.http import api
from appointly.appointly import app
from appointly.models import LoginSession, User
from appointly.models.base import uuid7
from appointly.state.base import Viewer
from appointly.state.settings_page import SettingsPage
from tests.people import Person, person, signed_in
from tests.state.driver import Tab, browser_tab


@pytest.fixture
async def ada(database: str) -> Person:
    return await person()


@pytest.fixture
async def tab(ada: Person) -> AsyncIterator[Tab]:
    async with browser_tab(app, ada.cookie, "/account/settings") as tab:
        await tab.send(SettingsPage.load)
        yield tab


async def said(tab: Tab) -> str:
    """The sentence at the edge of the screen."""
    return str((await tab.state(Viewer)).notice)


async def test_name_and_zone_are_kept_and_shown_at_once(tab: Tab, ada: Person, session: AsyncSession) -> None:
    await tab.send(SettingsPage.save, form={"name": " Zoë 🦊 O’Brien ", "time_zone": "Asia/Kolkata"})
    user = await session.get_one(User, ada.user_id)
    assert (user.name, user.time_zone) == ("Zoë 🦊 O’Brien", "Asia/Kolkata")
    assert (await tab.state(Viewer)).name == "Zoë 🦊 O’Brien"
    await tab.send(SettingsPage.save, form={"name": "Ada", "time_zone": ""})
    await session.refresh(user)
    assert user.time_zone is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "\u200b"), ("name", "a\nb"), ("name", "x" * 121), ("time_zone", "Mars/Olympus")]
    + [("time_zone", zone) for zone in ("CET", "EET", "MET", "WET", "EST", "europe/berlin", "../etc/passwd")],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    tab: Tab, ada: Person, session: AsyncSession, field: str, value: str
) -> None:
    await tab.send(SettingsPage.save, form={"name": "Other", "time_zone": "Europe/Paris", field: value})
    assert [name for name, sentence in (await tab.state(SettingsPage)).errors.items() if sentence] == [field]
    assert (await session.get_one(User, ada.user_id)).name == "Ada Lovelace"


async def test_each_place_is_listed_and_this_one_is_marked(tab: Tab, ada: Person) -> None:
    other = await signed_in(ada.user_id, ada.email)
    await person("Tom Thief")
    await tab.send(SettingsPage.load)
    places = (await tab.state(SettingsPage)).places
    assert [(place.id, place.here) for place in places] == [(str(ada.session_id), True), (str(other.session_id), False)]


async def test_one_place_is_ended_for_every_way_in(tab: Tab, ada: Person) -> None:
    other, third = await signed_in(ada.user_id, ada.email), await signed_in(ada.user_id, ada.email)
    await tab.send(SettingsPage.end, place=str(other.session_id))
    assert await said(tab) == "It is signed out."
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1:8000") as http:
        for headers, status in (
            (other.headers, 401),
            ({"cookie": other.cookie}, 401),
            (ada.headers, 200),
            (third.headers, 200),
        ):
            assert (await http.get("/api/v1/auth/me", headers=headers)).status_code == status
    await tab.send(SettingsPage.end, place=str(other.session_id))
    assert await said(tab) == "It was signed out already."


async def test_another_persons_place_cannot_be_ended(tab: Tab, session: AsyncSession) -> None:
    tom = await person("Tom Thief")
    for place in (tom.session_id, uuid7()):
        await tab.send(SettingsPage.end, place=str(place))
    assert await session.get(LoginSession, tom.session_id)


async def test_this_place_is_left_by_signing_out_alone(tab: Tab, ada: Person, session: AsyncSession) -> None:
    await tab.send(SettingsPage.end, place=str(ada.session_id))
    assert "Sign out" in await said(tab)
    assert await session.get(LoginSession, ada.session_id)


async def test_all_other_places_are_ended(tab: Tab, ada: Person, session: AsyncSession) -> None:
    others = [await signed_in(ada.user_id, ada.email) for _ in range(2)]
    tom = await person("Tom Thief")
    await tab.send(SettingsPage.end_others)
    assert await said(tab) == "Signed out in 2 other places."
    assert [await session.get(LoginSession, other.session_id) for other in others] == [None, None]
    assert await session.get(LoginSession, ada.session_id)
    assert await session.get(LoginSession, tom.session_id)
    await tab.send(SettingsPage.end_others)
    assert await said(tab) == "You are signed in nowhere else."
