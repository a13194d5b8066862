"""The guided path and the profile's editor, through the real event pipeline."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.models import Provider, Service
from appointly.state.onboarding import Onboarding
from appointly.state.profile_editor import ProfileEditor
from tests.making import make_provider
from tests.people import person, signed_in
from tests.state.driver import Tab, browser_tab

BUSINESS = {"business_name": "美容室 花", "category": "hair", "headline": ""}
PLACE = {"city": "Tokyo", "address": "", "timezone": "Asia/Tokyo", "currency": "JPY", "at_provider": "on"}
SERVICE = {"title": "Cut", "duration": "45", "price": "4500", "approval": "instant", "location": "provider"}


@pytest.fixture
async def tab(database: str) -> AsyncIterator[Tab]:
    async with browser_tab(app) as tab:
        tab.cookie = (await person("Olga Owner", "provider")).cookie
        yield tab


async def opened(tab: Tab, path: str = "/onboarding") -> Any:
    tab.path = path
    await tab.send(Onboarding.load)
    return await tab.state(Onboarding)


async def save(tab: Tab, form: dict[str, str], zone: str = "Asia/Tokyo") -> Any:
    await tab.send(Onboarding.save, form=form, zone=zone)
    return await tab.state(Onboarding)


async def businesses(session: AsyncSession) -> list[Provider]:
    session.expire_all()
    return list((await session.exec(select(Provider))).all())


async def test_each_step_saves_itself_and_the_last_one_ends_it(tab: Tab, session: AsyncSession) -> None:
    assert (await opened(tab)).step == "business"
    await save(tab, BUSINESS)
    [business] = await businesses(session)
    assert (business.slug, business.time_zone, business.currency, business.city) == ("hair", "Asia/Tokyo", "JPY", "")
    async with browser_tab(app) as other:  # another device goes on where this one stopped
        other.cookie = tab.cookie
        assert (await opened(other, "/onboarding?step=done")).step == "place"
        await save(other, PLACE)
        assert (await opened(other)).step == "hours"
        await save(other, {})
        state = await opened(other)
        assert (state.step, state.preview.hours) == ("service", ["Mon–Fri 09:00–17:00"])
        await save(other, SERVICE)
        await save(other, SERVICE)  # a second press
        state = await opened(other)
        assert (state.step, bool(state.finished.first_free)) == ("done", True)
    [business] = await businesses(session)
    assert business.onboarded_at is not None
    [service] = (await session.exec(select(Service))).all()
    assert (service.price_amount, service.currency, service.duration_minutes) == (4500, "JPY", 45)


async def test_the_first_service_is_added_once_and_then_edited(tab: Tab, session: AsyncSession) -> None:
    for step in (BUSINESS, PLACE, {}):
        await opened(tab)
        await save(tab, step)
    assert (await opened(tab)).step == "service"
    async with browser_tab(app) as other:
        other.cookie = tab.cookie
        await opened(other)
        await save(other, SERVICE)
    state = await save(tab, SERVICE | {"title": "Typed in the slower tab"})
    assert state.problem.endswith("You can edit it, and add others, under Services.")
    assert state.typed["title"] == "Typed in the slower tab"
    assert len((await session.exec(select(Service))).all()) == 1
    await opened(tab, "/onboarding?step=service")
    assert tab.redirects()[-1] == "/dashboard/services"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"business_name": ""}, "business_name"),
        ({"business_name": "Evil\u202eName"}, "business_name"),
        ({"category": "weapons"}, "category"),
        ({"headline": "x" * 161}, "headline"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    tab: Tab, session: AsyncSession, wrong: dict[str, str], field: str
) -> None:
    await opened(tab)
    state = await save(tab, BUSINESS | wrong)
    assert [name for name, sentence in state.errors.items() if sentence] == [field]
    state = await opened(tab)  # the connection was lost and is back
    assert {name: state.typed[name] for name in BUSINESS} == BUSINESS | wrong
    assert await businesses(session) == []


async def test_a_clock_we_do_not_know_is_asked_for(tab: Tab, session: AsyncSession) -> None:
    await opened(tab)
    await save(tab, BUSINESS, zone="CET")
    state = await opened(tab)
    assert (state.step, state.typed["timezone"]) == ("place", "")
    state = await save(tab, PLACE | {"timezone": "", "at_provider": ""})
    assert state.errors["at_provider"]
    state = await save(tab, PLACE | {"timezone": "CET"})
    assert state.errors["timezone"].startswith("We do not know this time zone.")


async def test_two_tabs_begin_one_business(tab: Tab, session: AsyncSession) -> None:
    await opened(tab)
    async with browser_tab(app) as other:
        other.cookie = tab.cookie
        await opened(other)
        await save(other, BUSINESS | {"business_name": "The other"})
    await save(tab, BUSINESS)
    assert [business.business_name for business in await businesses(session)] == ["美容室 花"]


@pytest.mark.parametrize("role", ["guest", "customer"])
async def test_others_are_led_to_become_providers(tab: Tab, session: AsyncSession, role: str) -> None:
    tab.cookie = "" if role == "guest" else (await person()).cookie
    await opened(tab)
    assert set(tab.redirects()) == {"/become-provider"}
    await save(tab, BUSINESS)
    assert await businesses(session) == []


async def test_the_workspace_opens_once_there_is_a_business(tab: Tab) -> None:
    tab.path = "/dashboard/profile"
    await tab.send(ProfileEditor.load)
    assert tab.redirects() == ["/onboarding"]


@pytest.fixture
async def editor(tab: Tab, session: AsyncSession) -> Provider:
    """The tab shows the editor of this business."""
    provider = await make_provider(session)
    await session.commit()
    tab.cookie, tab.path = (await signed_in(provider.user_id, "owner@example.com")).cookie, "/dashboard/profile"
    await tab.send(ProfileEditor.load)
    return provider


async def test_two_windows_do_not_undo_each_other(tab: Tab, session: AsyncSession, editor: Provider) -> None:
    typed = (await tab.state(ProfileEditor)).typed
    async with browser_tab(app) as other:
        other.cookie, other.path = tab.cookie, tab.path
        await other.send(ProfileEditor.load)
        await other.send(ProfileEditor.save, form=typed | {"at_provider": "on", "city": "Potsdam"})
    await tab.send(
        ProfileEditor.save, form=typed | {"at_provider": "on", "headline": "Calm", "link_2": "https://a.example"}
    )
    state = await tab.state(ProfileEditor)
    assert (state.changed, state.problem) == (False, "")
    [saved] = await businesses(session)
    assert (saved.city, saved.headline, saved.links, saved.slug) == (
        "Potsdam",
        "Calm",
        ["https://a.example"],
        editor.slug,
    )


async def test_wrong_fields_are_marked_and_kept(tab: Tab, session: AsyncSession, editor: Provider) -> None:
    typed = (await tab.state(ProfileEditor)).typed
    wrong = {
        "at_customer": "on", "travel_radius_km": "far", "phone": "call me", "latitude": "north", "link_3": "http://x.y",
        "business_name": "", "timezone": "CET",
    }  # fmt: skip
    await tab.send(ProfileEditor.save, form=typed | wrong)
    state = await tab.state(ProfileEditor)
    assert {name for name, sentence in state.errors.items() if sentence} == set(wrong) - {"at_customer"}
    assert wrong.items() <= state.typed.items()
    await tab.send(ProfileEditor.load)
    assert wrong.items() <= (await tab.state(ProfileEditor)).typed.items()
    await tab.send(ProfileEditor.discard)
    state = await tab.state(ProfileEditor)
    assert (state.typed, state.changed) == (typed, False)
    [saved] = await businesses(session)
    assert saved.business_name == editor.business_name


async def test_a_point_is_pasted_and_languages_are_known_ones(tab: Tab, editor: Provider) -> None:
    await tab.send(ProfileEditor.place, name="longitude", value=" 52.52, -13.405 ")
    for language in ("German", "Klingon", "German", "Portuguese"):
        await tab.send(ProfileEditor.speak, language=language)
    await tab.send(ProfileEditor.unspeak, language="German")
    state = await tab.state(ProfileEditor)
    assert (state.typed["latitude"], state.typed["longitude"]) == ("52.52", "-13.405")
    assert (state.spoken, state.changed) == (["Portuguese"], True)


async def test_another_zone_says_beforehand_what_it_changes(tab: Tab, session: AsyncSession, editor: Provider) -> None:
    await tab.send(ProfileEditor.choose_zone, zone="Asia/Tokyo")
    assert (await tab.state(ProfileEditor)).zone_change.times
    assert [business.time_zone for business in await businesses(session)] == ["Europe/Berlin"]
