"""Changing what a business tells about itself."""

from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import transaction
from appointly.domain.actor import Actor
from appointly.errors import Forbidden, ValidationFailed
from appointly.models import Provider, Slot, WorkingHours
from appointly.models.base import uuid7
from appointly.operations.book_appointment import book_appointment
from appointly.operations.edit_provider import ProviderChanges, edit_provider
from appointly.operations.finish_onboarding import finish_onboarding
from appointly.operations.regenerate_slots import regenerate_slots
from tests.making import NOW, asking, customer, make_provider, make_service, make_user, owner_of


async def edit(provider: Provider, **values: Any) -> None:
    async with transaction() as session:
        await edit_provider(session, owner_of(provider), ProviderChanges.model_validate(values), NOW)


async def saved(session: AsyncSession, provider: Provider) -> Provider:
    await session.refresh(provider)
    return provider


async def test_what_is_given_changes_and_the_address_stays(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slug = provider.slug
    await session.commit()
    await edit(
        provider,
        business_name="Ångström",
        places=["provider", "customer", "provider"],
        travel_radius_km=20,
        languages=["German", "English"],
        links=["https://example.com/a"],
        latitude=52.5,
        longitude=13.4,
    )
    await edit(provider, headline="Unhurried")
    now = await saved(session, provider)
    assert (now.business_name, now.slug, now.headline, now.city) == ("Ångström", slug, "Unhurried", "Berlin")
    assert (now.places, now.travel_radius_km) == (["provider", "customer"], 20)
    assert (now.languages, now.latitude) == (["German", "English"], 52.5)
    await edit(provider, places=["online"])
    assert (await saved(session, provider)).travel_radius_km is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"business_name": ""},
        {"city": "  "},
        {"timezone": "CET"},
        {"timezone": ""},
        {"latitude": 91},
        {"longitude": -181},
        {"latitude": float("nan"), "longitude": 0},
        {"places": ["moon"]},
        {"travel_radius_km": 0},
        {"languages": ["Klingon"]},
        {"links": ["http://example.com"]},
        {"links": ["https://user:secret@example.com"]},
        {"links": ["javascript:alert(1)"]},
        {"links": ["https://localhost"]},
        {"links": ["https://example.com:8443"]},
        {"links": ['https://example.com/"><script>']},
        {"links": [f"https://example.com/{number}" for number in range(7)]},
        {"currency": "XXX"},
        {"phone": "call me"},
        {"slug": "mine-now"},
        {"user_id": str(uuid7())},
        {"id": str(uuid7())},
        {"about": "x" * 4001},
    ],
)
def test_what_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProviderChanges.model_validate(wrong)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"latitude": 52.5}, "latitude"),
        ({"places": ["customer"]}, "travel_radius_km"),
        ({"currency": "USD"}, "currency"),
    ],
)
async def test_what_does_not_fit_together_is_refused(session: AsyncSession, wrong: dict[str, Any], field: str) -> None:
    provider = await make_provider(session)
    await make_service(session, provider)
    await session.commit()
    with pytest.raises(ValidationFailed) as refusal:
        await edit(provider, **wrong)
    assert list(refusal.value.fields) == [field]


async def test_the_business_of_somebody_else_is_out_of_reach(session: AsyncSession) -> None:
    provider = await make_provider(session)
    for actor in (Actor(), customer(await make_user(session)), Actor("provider", provider.user_id)):
        with pytest.raises(Forbidden):
            await edit_provider(session, actor, ProviderChanges(headline="Mine"), NOW)


async def test_with_another_zone_booked_times_keep_their_instant(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider)
    session.add_all(
        WorkingHours(provider_id=provider.id, weekday=day, opens_minute=540, closes_minute=1020) for day in range(1, 8)
    )
    await session.flush()
    await regenerate_slots(session, now=NOW, provider_id=provider.id)
    query = select(Slot).where(Slot.service_id == service.id).order_by(Slot.start_time)  # type: ignore[arg-type]
    first = (await session.exec(query)).first()
    assert first is not None
    await session.commit()
    async with transaction() as booking:
        await book_appointment(booking, Actor(), asking(first), NOW)
    await edit(provider, timezone="America/New_York")
    session.expire_all()
    slots = (await session.exec(query)).all()
    assert [slot.start_time for slot in slots if slot.id == first.id] == [first.start_time]
    assert {slot.start_time.hour for slot in slots if not slot.booked_count} == {*range(14, 22)}


async def test_onboarding_is_over_once_when_all_is_there(session: AsyncSession) -> None:
    provider = await make_provider(session)
    owner = owner_of(provider)
    assert await finish_onboarding(session, owner, NOW) is False
    await make_service(session, provider)
    session.add(WorkingHours(provider_id=provider.id, weekday=1, opens_minute=540, closes_minute=600))
    provider.places = ["online"]
    session.add(provider)
    assert await finish_onboarding(session, owner, NOW) is True
    assert await finish_onboarding(session, owner, NOW) is False
