"""A provider's services through the pages: written, saved once, put right, paused, copied, deleted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.display.services import RESCHEDULES
from appointly.domain.actor import GUEST
from appointly.models import Provider, Service, Slot
from appointly.operations.book_appointment import book_appointment
from appointly.operations.set_working_hours import set_working_hours
from appointly.state.base import Viewer
from appointly.state.own_services import OwnServices
from appointly.state.service_editor import ServiceEditor
from tests.making import asking, every_day, make_open_provider, make_provider, make_service, owner_of
from tests.people import signed_in
from tests.state.driver import Tab, browser_tab

LIST = "/dashboard/services"


@pytest.fixture
async def provider(session: AsyncSession) -> Provider:
    return await make_open_provider(session)


@pytest.fixture
async def tab(provider: Provider) -> AsyncIterator[Tab]:
    owner = await signed_in(provider.user_id, "owner@example.test")
    async with browser_tab(app, owner.cookie, "/add-service") as tab:
        await tab.send(ServiceEditor.load)
        yield tab


async def editor(tab: Tab) -> Any:
    return await tab.state(ServiceEditor)


async def submitted(tab: Tab, **values: str) -> dict[str, str]:
    """The page's form as a browser sends it: every field as it stands there, then `values`."""
    state = await editor(tab)
    form = {name: value for name, value in state.typed.items() if name != "unlisted" or value}
    for draft in state.questions:
        form |= {f"label.{draft.key}": draft.label, f"kind.{draft.key}": draft.kind}
        form |= {f"choices.{draft.key}": draft.choices} if draft.kind == "choice" else {}
        form |= {f"required.{draft.key}": "on"} if draft.required else {}
    return form | {"seen": state.seen} | values


async def services(session: AsyncSession) -> list[Service]:
    found = select(Service).order_by(col(Service.letter))
    return list((await session.exec(found, execution_options={"populate_existing": True})).all())


async def test_a_service_is_written_and_put_online(tab: Tab, session: AsyncSession) -> None:
    state = await editor(tab)
    assert (state.editing, state.typed["category"], state.currency) == (False, "hair", "EUR")
    await tab.send(ServiceEditor.keep, name="title", value="Cut")
    await tab.send(ServiceEditor.keep, name="price", value="45,50")
    assert (state := await editor(tab)).card.price == "€45.50"
    assert "€43.22 of it arrives" in state.price_note
    assert "5 %" in state.price_note
    await tab.send(ServiceEditor.choose_duration, minutes=30)
    await tab.send(ServiceEditor.keep, name="reschedule", value="instant")
    assert (await tab.state(ServiceEditor)).head.reschedule == RESCHEDULES["instant"]
    assert (await editor(tab)).change.startswith("With your hours this opens 4")
    await tab.send(ServiceEditor.ask)
    await tab.send(ServiceEditor.ask)
    form = await submitted(
        tab,
        **{"label.new0": "Allergies?", "label.new1": "Length?", "kind.new1": "choice", "choices.new1": "Short\n\nLong"},
    )
    await tab.send(ServiceEditor.save, form=form)
    await tab.send(ServiceEditor.save, form=form)
    [service] = await services(session)
    assert (service.title, service.price_amount, service.duration_minutes) == ("Cut", 4550, 30)
    assert [(asked["label"], asked["kind"], asked["choices"]) for asked in service.questions] == [
        ("Allergies?", "text", []),
        ("Length?", "choice", ["Short", "Long"]),
    ]
    assert (await session.exec(select(Slot).where(Slot.service_id == service.id))).first()
    assert tab.redirects() == [LIST]
    assert (await tab.state(Viewer)).notice == "Your service is online."


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(tab: Tab, session: AsyncSession) -> None:
    form = await submitted(
        tab,
        title=" ",
        price="a lot",
        duration_minutes="9999999",
        deposit_percent="200",
        buffer_before_minutes="",
        tags="x" * 41,
        **{"label.new0": "", "label.new1": "Which?", "kind.new1": "choice", "choices.new1": "One"},
    )
    await tab.send(ServiceEditor.save, form=form)
    state = await editor(tab)
    assert {name for name, said in state.errors.items() if said} == {
        "title",
        "price",
        "duration_minutes",
        "deposit_percent",
        "tags",
    }
    assert state.opened == {"more": True, "deposit": True, "times": False}
    assert [bool(draft.error) for draft in state.questions] == [True, False]
    assert [bool(draft.choices_error) for draft in state.questions] == [False, True]
    assert (state.typed["price"], state.questions[1].choices) == ("a lot", "One")
    assert not state.saving
    assert await services(session) == []


async def test_a_duration_can_be_chosen_again_after_another_was_typed(tab: Tab) -> None:
    await tab.send(ServiceEditor.choose_duration, minutes=30)
    first = (await editor(tab)).duration_key
    await tab.send(ServiceEditor.keep, name="duration_minutes", value="33")
    await tab.send(ServiceEditor.choose_duration, minutes=30)
    state = await editor(tab)
    assert (state.typed["duration_minutes"], state.duration_key != first) == ("30", True)


async def test_a_reload_keeps_what_was_typed(tab: Tab) -> None:
    await tab.send(ServiceEditor.keep, name="title", value="Half written")
    await tab.send(ServiceEditor.load)
    assert (await editor(tab)).typed["title"] == "Half written"
    await tab.send(ServiceEditor.start_over)
    assert (await editor(tab)).typed["title"] == ""


async def test_what_is_written_for_one_service_outlives_a_look_at_another(
    tab: Tab, session: AsyncSession, provider: Provider
) -> None:
    one, other = await make_service(session, provider), await make_service(session, provider, letter="B")
    await session.commit()
    await tab.send(ServiceEditor.keep, name="title", value="Half written")
    await open_editor(tab, one)
    assert (await editor(tab)).typed["title"] == one.title
    await tab.send(ServiceEditor.keep, name="title", value="Renamed")
    await tab.send(ServiceEditor.ask)
    await open_editor(tab, other)
    assert ((await editor(tab)).typed["title"], (await editor(tab)).dirty) == (other.title, False)
    await open_editor(tab, one)
    state = await editor(tab)
    assert (state.typed["title"], len(state.questions), state.dirty) == ("Renamed", 1, True)
    await tab.send(ServiceEditor.start_over)
    await open_editor(tab, other)
    await open_editor(tab, one)
    assert (await editor(tab)).typed["title"] == one.title, "given up, it does not come back"
    tab.path = "/add-service"
    await tab.send(ServiceEditor.load)
    assert (await editor(tab)).typed["title"] == "Half written"
    await tab.send(ServiceEditor.save, form=await submitted(tab, price="45"))
    await tab.send(ServiceEditor.load)
    assert (await editor(tab)).typed["title"] == "", "saved, it is not offered again"


async def test_the_preview_shows_the_businesss_photo_where_a_service_has_none(
    tab: Tab, session: AsyncSession, provider: Provider
) -> None:
    assert (await editor(tab)).card.picture == "/pictures/hair-1.svg"
    provider.picture = f"/media/{provider.id}/large.webp"
    session.add(provider)
    await session.commit()
    await tab.send(ServiceEditor.load)
    assert (await editor(tab)).card.picture == f"/media/{provider.id}/small.webp"
    await tab.send(ServiceEditor.keep, name="picture", value="/pictures/hair-2.svg")
    assert (await editor(tab)).card.picture == "/pictures/hair-2.svg"


async def test_a_page_that_was_forgotten_can_still_be_saved(tab: Tab, session: AsyncSession) -> None:
    form = await submitted(tab, title="Cut", price="45")
    state = await editor(tab)
    state.reset()
    await tab.send(ServiceEditor.save, form=form)
    assert [service.title for service in await services(session)] == ["Cut"]


async def open_editor(tab: Tab, service: Service) -> None:
    tab.path = f"{LIST}/{service.id}"
    await tab.send(ServiceEditor.load)


async def test_an_edit_says_what_it_changes_and_keeps_question_ids(
    tab: Tab, session: AsyncSession, provider: Provider
) -> None:
    asked = {"id": "q1", "label": "Why?", "kind": "text", "required": True, "choices": []}
    service = await make_service(session, provider, questions=[asked], horizon_days=7, deposit_percent=10)
    await set_working_hours(session, owner_of(provider), every_day("09:00", "17:00"), now())
    slot = (
        await session.exec(select(Slot).where(Slot.start_time > now() + timedelta(days=1)).order_by(col(Slot.token)))
    ).first()
    assert slot
    await book_appointment(session, GUEST, asking(slot.id, answers={"q1": "Hm"}), now())
    await session.commit()
    await open_editor(tab, service)
    assert (await editor(tab)).opened == {"more": False, "deposit": True, "times": True}
    await tab.send(ServiceEditor.keep, name="max_appointments_per_day", value="2")
    change = (await editor(tab)).change
    assert change.startswith("This removes ")
    assert change.endswith(" 1 booked time stays.")
    await tab.send(ServiceEditor.move_question, key="q1", up=True)
    form = await submitted(tab, price="60", **{"label.q1": "Why now?"})
    await tab.send(ServiceEditor.save, form=form)
    [service] = await services(session)
    assert (service.price_amount, service.max_appointments_per_day) == (6000, 2)
    assert [(each["id"], each["label"], each["required"]) for each in service.questions] == [("q1", "Why now?", True)]
    assert (await tab.state(Viewer)).notice.startswith("Saved. This removes ")


async def test_the_second_tab_is_told_and_may_insist(tab: Tab, session: AsyncSession, provider: Provider) -> None:
    service = await make_service(session, provider)
    await session.commit()
    await open_editor(tab, service)
    async with browser_tab(app, tab.cookie, tab.path) as other:
        await other.send(ServiceEditor.load)
        await other.send(ServiceEditor.save, form=await submitted(other, title="Theirs"))
    await tab.send(ServiceEditor.save, form=await submitted(tab, title="Mine"))
    state = await editor(tab)
    assert state.conflict
    assert "changed meanwhile" in state.problem
    assert state.typed["title"] == "Mine"
    assert [each.title for each in await services(session)] == ["Theirs"]
    await tab.send(ServiceEditor.save, form={}, anyway=True)
    assert [each.title for each in await services(session)] == ["Mine"]


async def test_questions_are_put_in_order_and_limited(tab: Tab) -> None:
    for _ in range(22):
        await tab.send(ServiceEditor.ask)
    assert len((await editor(tab)).questions) == 20
    await tab.send(ServiceEditor.move_question, key="new1", up=True)
    await tab.send(ServiceEditor.move_question, key="new1", up=True)
    await tab.send(ServiceEditor.move_question, key="new2", up=False)
    await tab.send(ServiceEditor.drop_question, key="new0")
    assert [draft.key for draft in (await editor(tab)).questions][:3] == ["new1", "new3", "new2"]
    await tab.send(ServiceEditor.ask)
    assert (await editor(tab)).questions[-1].key == "new0"


async def test_somebody_elses_service_is_not_there(tab: Tab, session: AsyncSession) -> None:
    service = await make_service(session, await make_provider(session, "Elsewhere"))
    await session.commit()
    await open_editor(tab, service)
    assert (await editor(tab)).missing
    await tab.send(ServiceEditor.save, form={"title": "Mine"})
    for handler, values in [
        (OwnServices.set_status, {"status": "archived"}),
        (OwnServices.duplicate, {}),
        (OwnServices.delete, {}),
    ]:
        await tab.send(handler, service_id=str(service.id), **values)
    assert [(each.title, each.status) for each in await services(session)] == [("Haircut", "active")]


async def test_the_list_pauses_copies_archives_and_deletes(tab: Tab, session: AsyncSession, provider: Provider) -> None:
    service = await make_service(session, provider)
    await session.commit()
    await tab.send(OwnServices.load)
    own: Any = await tab.state(OwnServices)
    assert [(line.title, line.bookings, line.deletable) for line in own.services] == [("Haircut", "0 bookings", True)]
    for status in ("paused", "active", "archived"):
        await tab.send(OwnServices.set_status, service_id=str(service.id), status=status)
        assert [each.status for each in await services(session)] == [status]
    own = await tab.state(OwnServices)
    assert (own.services, len(own.archived)) == ([], 1)
    await tab.send(OwnServices.duplicate, service_id=str(service.id))
    await tab.send(OwnServices.duplicate, service_id=str(service.id))
    [_, copy] = await services(session)
    assert tab.redirects()[-1] == f"{LIST}/{copy.id}"
    await tab.send(OwnServices.delete, service_id=str(copy.id))
    await tab.send(OwnServices.delete, service_id=str(copy.id))
    assert [each.id for each in await services(session)] == [service.id]
