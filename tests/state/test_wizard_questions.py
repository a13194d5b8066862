"""What a provider asks, from the editor into the wizard: each kind, and changed while somebody books."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.models import Appointment, Provider, Service
from appointly.operations.add_service import add_service
from appointly.operations.edit_service import edit_service
from appointly.operations.service_form import ServiceChanges, ServiceForm
from appointly.queries.availability import free_slots
from appointly.state.wizard import ASKED_ANEW, Wizard
from appointly.validation import parse
from tests.making import make_open_provider, owner_of
from tests.state.driver import Tab, browser_tab

NEW = {"title": "Cut", "category": "hair", "price": {"amount": 4500, "currency": "EUR"}, "duration_minutes": 60}
ASKED: list[dict[str, Any]] = [
    {"label": "Anything else?", "kind": "text"},
    {"label": "Length?", "kind": "choice", "required": True, "choices": ["Short", "Long"]},
    {"label": "First visit?", "kind": "yes_no", "required": True},
]
ATTEMPT = "0" * 32
WHO = {"customer_name": "Ada", "customer_email": "ada@example.com", "customer_phone": "", "notes": ""}


@pytest.fixture
async def provider(session: AsyncSession) -> Provider:
    return await make_open_provider(session)


@pytest.fixture
async def service(session: AsyncSession, provider: Provider) -> Service:
    service_id = await add_service(session, owner_of(provider), parse(ServiceForm, NEW), now())
    await session.commit()
    await edit(provider, service_id, questions=ASKED)
    return await session.get_one(Service, service_id, populate_existing=True)


async def edit(provider: Provider, service_id: Any, **values: object) -> None:
    async with transaction() as session:
        await edit_service(session, owner_of(provider), service_id, parse(ServiceChanges, values), now())


@pytest.fixture
async def tab(service: Service) -> AsyncIterator[Tab]:
    async with reading() as session:
        [slot, *_] = await free_slots(session, service.id, (now() + timedelta(days=2)).date(), 1, now())
    async with browser_tab(app, path=f"/book/{service.slug}?slot={slot.id}") as tab:
        await tab.send(Wizard.load)
        yield tab


async def wizard(tab: Tab) -> Any:
    return await tab.state(Wizard)


async def submit(tab: Tab, step: str = "", **answers: str) -> Any:
    """Send the form of a step, with these answers by question."""
    base = tab.path.partition("&")[0]
    tab.path = f"{base}&step={step}" if step else base
    await tab.send(Wizard.load)
    names = {question.label: question.name for question in (await wizard(tab)).questions}
    form = WHO | {names[label]: value for label, value in answers.items()}
    await tab.send(Wizard.submit, form=form, attempt=ATTEMPT)
    return await wizard(tab)


async def booked(session: AsyncSession) -> list[Appointment]:
    return list((await session.exec(select(Appointment))).all())


async def test_each_kind_is_asked_checked_and_kept(tab: Tab, session: AsyncSession) -> None:
    state = await wizard(tab)
    assert [(asked.kind, asked.required, asked.choices) for asked in state.questions] == [
        ("text", False, []),
        ("choice", True, ["Short", "Long"]),
        ("yes_no", True, ["Yes", "No"]),
    ]
    state = await submit(tab, **{"Length?": "Medium"})
    assert [asked.error for asked in state.questions] == [
        "",
        "Please choose one of the answers.",
        "Please answer this question.",
    ]
    right = {"Length?": "Long", "First visit?": "No"}
    await submit(tab, **right)
    state = await submit(tab, "review", **right)
    assert state.leads_to
    [appointment] = await booked(session)
    kept = sorted(appointment.answers.values(), key=lambda each: each["place"])
    assert [(each["label"], each["value"]) for each in kept] == [("Length?", "Long"), ("First visit?", "No")]


async def test_questions_changed_meanwhile_are_asked_again(
    tab: Tab, session: AsyncSession, provider: Provider, service: Service
) -> None:
    right = {"Length?": "Long", "First visit?": "No"}
    await submit(tab, **right)
    questions = [service.questions[1], {"label": "Allergies?", "required": True}]
    names = {question.label: question.name for question in (await wizard(tab)).questions}
    tab.path += "&step=review"
    await tab.send(Wizard.load)
    await edit(provider, service.id, questions=questions)
    form = WHO | {names[label]: value for label, value in right.items()}
    await tab.send(Wizard.submit, form=form, attempt=ATTEMPT)
    state = await wizard(tab)
    assert (state.step, state.problem) == ("details", ASKED_ANEW)
    assert [(asked.label, asked.value) for asked in state.questions] == [("Length?", "Long"), ("Allergies?", "")]
    assert await booked(session) == []
    right = {"Length?": "Long", "Allergies?": "Nuts"}
    await submit(tab, **right)
    assert (await submit(tab, "review", **right)).leads_to
    assert len(await booked(session)) == 1


async def test_an_open_wizard_shows_the_price_that_counts(tab: Tab, provider: Provider, service: Service) -> None:
    assert (await wizard(tab)).offer.price == "€45"
    await edit(provider, service.id, price={"amount": 6000, "currency": "EUR"})
    await tab.send(Wizard.refresh)
    assert (await wizard(tab)).offer.price == "€60"
    await edit(provider, service.id, status="archived")
    await tab.send(Wizard.refresh)
    assert (await wizard(tab)).missing
