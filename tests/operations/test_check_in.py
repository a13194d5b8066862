"""The customer is there: with the door's code or by the provider, on the day, once."""

from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import errors
from appointly.domain.actor import GUEST, Actor
from appointly.models import Provider
from appointly.operations.book_appointment import book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.check_in import check_in
from appointly.operations.rotate_check_in_code import rotate_check_in_code
from appointly.queries.check_in import own_door
from tests.making import (
    NOW,
    TOMORROW_NINE,
    asking,
    customer,
    make_provider,
    make_service,
    make_slots,
    make_user,
    owner_of,
)

NINE = TOMORROW_NINE


async def test_who_checks_in_and_where(session: AsyncSession) -> None:
    provider, elsewhere = await make_provider(session, time_zone="UTC"), await make_provider(session, "Elsewhere")
    slots = await make_slots(session, await make_service(session, provider))
    user = customer(await make_user(session))
    booked = [await book_appointment(session, user, asking(slot), NOW) for slot in slots[:4]]
    ways: list[tuple[Actor, object]] = [
        (user, provider.id),
        (Actor(managed=frozenset({booked[1].id})), provider.id),
        (owner_of(provider), None),
        (Actor(kind="admin"), None),
    ]
    for (actor, door), each in zip(ways, booked, strict=True):
        for stranger in (GUEST, owner_of(elsewhere), customer(await make_user(session))):
            with pytest.raises(errors.NotFound):
                await check_in(session, stranger, each.id, provider.id, NINE)
        if door:
            for wrong in (None, elsewhere.id):
                with pytest.raises(errors.WrongDoor):
                    await check_in(session, actor, each.id, wrong, NINE)
        session.info.clear()
        assert (await check_in(session, actor, each.id, door, NINE)).checked_in_at == NINE  # type: ignore[arg-type]
        assert session.info["topics"] >= {f"queue:{provider.id}", f"booking:{each.id}", f"customer:{user.user_id}"}
        session.info.clear()
        again = await check_in(session, actor, each.id, door, NINE + timedelta(minutes=1))  # type: ignore[arg-type]
        assert (again.checked_in_at, session.info.get("topics")) == (NINE, None), "once"


async def test_only_on_the_day_and_until_it_is_over(session: AsyncSession) -> None:
    provider = await make_provider(session, time_zone="America/New_York")
    service = await make_service(session, provider)
    late = TOMORROW_NINE.replace(hour=23) + timedelta(hours=4)  # 22:00 there, the next date in UTC
    slots = await make_slots(session, service, 2, late, "America/New_York")
    owner = owner_of(provider)
    booked, other = [await book_appointment(session, GUEST, asking(slot), NOW) for slot in slots]
    midnight = late - timedelta(hours=22)
    for at, refusal in (
        (midnight - timedelta(seconds=1), errors.NotToday),
        (slots[0].end_time, errors.InvalidTransition),
        (midnight + timedelta(days=1, seconds=1), errors.NotToday),
    ):
        with pytest.raises(refusal):
            await check_in(session, owner, booked.id, None, at)
    assert (await check_in(session, owner, booked.id, None, midnight)).checked_in_at == midnight
    await cancel_appointments(session, owner, [other.id], "", NOW)
    with pytest.raises(errors.InvalidTransition):
        await check_in(session, owner, other.id, None, midnight)


async def test_a_new_code_ends_the_old_one(session: AsyncSession) -> None:
    provider: Provider = await make_provider(session)
    owner = owner_of(provider)
    assert (await own_door(session, owner)).version == 1
    await rotate_check_in_code(session, owner)
    assert (await own_door(session, owner)).version == 2
    for actor in (GUEST, Actor(kind="admin"), customer(await make_user(session))):
        with pytest.raises(errors.Forbidden):
            await rotate_check_in_code(session, actor)
        with pytest.raises((errors.Forbidden, errors.NotSignedIn)):
            await own_door(session, actor)
