"""Beginning a business: one for each account, with an address of its own."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import transaction
from appointly.database.statement import execute, select
from appointly.domain.actor import GUEST, Actor
from appointly.errors import BusinessExists, Forbidden, NotSignedIn, ValidationFailed
from appointly.models import User
from appointly.operations.become_provider import become_provider
from appointly.operations.make_provider import BusinessStart, NewProvider, make_provider
from tests.making import NOW, make_user

CROWD = 8
WRONG_ZONES = ("CET", "EST", "Mars/Base", "", "Etc/GMT+3", "../etc/passwd", "europe/berlin")


@dataclass(frozen=True)
class Made:
    slug: str
    currency: str
    city: str


def start(name: str = "Studio Nine", **more: Any) -> BusinessStart:
    return BusinessStart.model_validate(
        {"business_name": name, "category": "hair", "timezone": "Europe/Berlin", **more}
    )


async def newcomer(session: AsyncSession, role: str = "provider") -> Actor:
    user: User = await make_user(session, role=role)
    await session.commit()
    return Actor(role, user.id, name=user.name, email=user.email)


async def made(session: AsyncSession) -> list[Made]:
    return await select(session, Made, "SELECT slug, currency, city FROM provider ORDER BY created_at, id")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Studio Nine", "studio-nine"),
        ("Łódź Café & Søn", "lodz-cafe-son"),
        ("美容室 花", "hair"),
        ("صالون الجمال", "hair"),
        ("🦊", "hair"),
        ("x" * 120, "x" * 100),
    ],
)
async def test_its_address_is_made_of_its_name(session: AsyncSession, name: str, slug: str) -> None:
    await make_provider(session, await newcomer(session), start(name), NOW)
    assert [each.slug for each in await made(session)] == [slug]


async def test_no_two_share_an_address(session: AsyncSession) -> None:
    whole = {"business_name": "Hana", "category": "hair", "timezone": "Asia/Tokyo", "city": "Tokyo"}
    for _ in range(4):
        await make_provider(session, await newcomer(session), NewProvider.model_validate(whole), NOW)
    slugs = [each.slug for each in await made(session)]
    assert slugs[:2] == ["hana", "hana-tokyo"]
    assert len(set(slugs)) == 4


@pytest.mark.parametrize(
    ("zone", "currency"),
    [("Europe/Zurich", "CHF"), ("Asia/Kolkata", "INR"), ("America/New_York", "USD"), ("UTC", "EUR")],
)
async def test_prices_are_in_the_money_of_the_place(session: AsyncSession, zone: str, currency: str) -> None:
    await make_provider(session, await newcomer(session), start(timezone=zone), NOW)
    assert [each.currency for each in await made(session)] == [currency]


@pytest.mark.parametrize(
    "wrong",
    [
        {"business_name": ""},
        {"business_name": "\u200b"},
        {"business_name": "Evil\u202eName"},
        {"business_name": "Two\nlines"},
        {"business_name": "x" * 121},
        {"category": "weapons"},
        *(
            {"timezone": zone}
            for zone in ("CET", "EST", "Mars/Base", "", "Etc/GMT+3", "../etc/passwd", "europe/berlin")
        ),
    ],
)
def test_what_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        start(**wrong)


async def test_a_zone_that_the_database_reads_otherwise_is_refused(session: AsyncSession) -> None:
    actor = await newcomer(session)
    for zone in ("CET", "No/Where"):
        with pytest.raises(ValidationFailed):
            await make_provider(session, actor, start().model_copy(update={"timezone": zone}), NOW)
        await session.rollback()


async def test_only_providers_have_one(session: AsyncSession) -> None:
    with pytest.raises(NotSignedIn):
        await make_provider(session, GUEST, start(), NOW)
    for role in ("customer", "admin"):
        with pytest.raises(Forbidden):
            await make_provider(session, await newcomer(session, role), start(), NOW)


async def crowd_of_tabs(actor: Actor) -> list[BaseException | None]:
    """The same account begins its business in many tabs at once."""

    async def tab(number: int) -> None:
        async with transaction() as session:
            await make_provider(session, actor, start(f"Studio {number}"), NOW)

    return await asyncio.gather(*(tab(number) for number in range(CROWD)), return_exceptions=True)


async def test_two_tabs_at_once_make_one_business(session: AsyncSession) -> None:
    results = await crowd_of_tabs(await newcomer(session))
    assert [type(result) for result in results if result is not None] == [BusinessExists] * (CROWD - 1)
    assert len(await made(session)) == 1


async def test_control_without_the_constraint_they_make_many(session: AsyncSession) -> None:
    actor = await newcomer(session)
    await execute(session, "ALTER TABLE provider DROP CONSTRAINT uq_provider_user_id")
    await session.commit()
    try:
        results = await crowd_of_tabs(actor)
        assert results.count(None) > 1
    finally:
        await session.rollback()
        await execute(session, "DELETE FROM provider")
        await execute(session, "ALTER TABLE provider ADD CONSTRAINT uq_provider_user_id UNIQUE (user_id)")
        await session.commit()


async def test_a_customer_becomes_a_provider_once(session: AsyncSession) -> None:
    actor = await newcomer(session, "customer")
    assert await become_provider(session, actor) is True
    assert await become_provider(session, actor) is False
    with pytest.raises(Forbidden):
        await become_provider(session, await newcomer(session, "admin"))
    with pytest.raises(NotSignedIn):
        await become_provider(session, GUEST)
