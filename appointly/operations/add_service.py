"""Offer something new."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count, product
from string import ascii_uppercase
from typing import Literal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import routes
from appointly.domain.actor import Actor
from appointly.domain.slug import slug
from appointly.errors import ValidationFailed
from appointly.models import Picture, Provider, Service
from appointly.operations.own_provider import announce_times, lock_own_provider
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.operations.service_form import DRAWN, ServiceForm

MOST_SERVICES = 200
LONGEST_SLUG = 140


async def add_service(
    session: AsyncSession,
    actor: Actor,
    form: ServiceForm,
    now: datetime,
    status: Literal["active", "paused"] = "active",
) -> UUID:
    """Add a service to the actor's business and make its free times; its id.

    It gets an address of its own and a letter unique in the business. Raises `Forbidden` and `ValidationFailed`.
    """
    provider_id = await lock_own_provider(session, actor, "service.make")
    provider = await session.get_one(Provider, provider_id)
    await require_own(session, provider, form)
    taken = set((await session.exec(select(Service.letter).where(Service.provider_id == provider_id))).all())
    if len(taken) >= MOST_SERVICES:
        raise ValidationFailed(f"A business can have {MOST_SERVICES} services. Please edit one that is there already.")
    values = form.columns() | {
        "provider_id": provider_id,
        "letter": next(letter for letter in letters() if letter not in taken),
        "status": status,
        "created_at": now,
    }
    service_id = await _insert(session, values, slug(f"{form.title} {provider.business_name}"))
    await regenerate_slots(session, now=now, service_id=service_id)
    announce_times(session, provider_id)
    return service_id


async def require_own(
    session: AsyncSession, provider: Provider, form: ServiceForm, before: ServiceForm | None = None
) -> None:
    """Raise `ValidationFailed` for a price in another currency, or a picture that is not the business's own.

    What the service had `before` may stay.
    """
    problems = {}
    if form.price.currency not in {provider.currency, before and before.price.currency}:
        problems["price.currency"] = f"Your prices are in {provider.currency}."
    known = {"", *DRAWN, before and before.picture}
    if form.picture not in known and not await _is_own(session, provider.id, form.picture):
        problems["picture"] = "Please upload the picture here, or choose one of ours."
    if problems:
        raise ValidationFailed(fields=problems)


async def _is_own(session: AsyncSession, provider_id: UUID, picture: str) -> bool:
    mine = (await session.exec(select(Picture.id).where(Picture.provider_id == provider_id))).all()
    return picture in map(routes.picture, mine)


def letters() -> Iterator[str]:
    """A, B … Z, AA, AB …: without W, which stands for people who walk in."""
    yield from (letter for letter in ascii_uppercase if letter != "W")
    yield from map("".join, product(ascii_uppercase, repeat=2))


async def _insert(session: AsyncSession, values: dict[str, object], wanted: str) -> UUID:
    """The row under the first address that nobody has: an insert waits for others who want the same one."""
    wanted = wanted[:LONGEST_SLUG].strip("-") or "service"
    for number in count(1):
        address = f"{wanted}-{number}" if number > 1 else wanted
        statement = insert(Service).values(slug=address, **values).on_conflict_do_nothing(index_elements=["slug"])
        if made := (await session.exec(statement.returning(col(Service.id)))).scalar():
            return made
    raise AssertionError
