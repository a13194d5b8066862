"""Support asks why a business does not offer a time."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.api.http import api
from appointly.appointly import app
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.database.statement import execute
from appointly.domain.actor import GUEST, Actor
from appointly.errors import Forbidden, NotFound, NotSignedIn
from appointly.operations.book_appointment import book_appointment
from appointly.operations.regenerate_slots import regenerate_slots
from appointly.queries.businesses import business_with_services, businesses
from appointly.state.times import Times
from tests.making import asking, make_open_provider, make_service, make_slots, owner_of
from tests.people import Person, person
from tests.state.driver import browser_tab

HERE = "/admin/times"


async def admin() -> Person:
    root = await person("Root")
    async with transaction() as own:
        await execute(own, "UPDATE \"user\" SET role = 'admin' WHERE id = %(id)s", id=root.user_id)
    return root


async def test_support_finds_the_business_and_reads_what_hides_the_time(database: str, session: AsyncSession) -> None:
    provider = await make_open_provider(session)
    provider.business_name = "Salon Świt"
    await make_service(session, provider, title="Cut")
    await make_service(session, provider, "B", title="Wash", status="paused")
    await session.flush()
    await regenerate_slots(session, now=now(), provider_id=provider.id)
    await session.commit()
    root, day = await admin(), (now() + timedelta(days=3)).date()
    async with browser_tab(app, root.cookie, HERE) as tab:
        await tab.send(Times.load)
        assert [each.name for each in (await tab.state(Times)).found] == ["Salon Świt"]
        await tab.send(Times.look, words="nobody")
        assert (await tab.state(Times)).found == []
        await tab.send(Times.look, words=" salon ŚW ")
        [found] = (await tab.state(Times)).found
    async with browser_tab(app, root.cookie, found.href) as tab:
        await tab.send(Times.load)
        state = await tab.state(Times)
        assert (state.name, [each.title for each in state.services]) == ("Salon Świt", ["Cut", "Wash (paused)"])
        for name, value in (("day", day.isoformat()), ("clock", "08:00")):
            await tab.send(Times.put, name=name, value=value)
        [reason] = (await tab.state(Times)).answer.reasons
        assert (reason.code, reason.href) == ("hours", ""), "what only the owner can change is no link"
        assert "your" not in reason.sentence.lower().split()
        await tab.send(Times.put, name="clock", value="10:00")
        assert (await tab.state(Times)).answer.offered
        await tab.send(Times.put, name="service", value=state.services[1].id)
        assert [each.code for each in (await tab.state(Times)).answer.reasons] == ["paused"]
        await tab.send(Times.put, name="clock", value="25:00")
        assert (await tab.state(Times)).problem
    async with browser_tab(app, root.cookie, f"{HERE}?business=nobody") as tab:
        await tab.send(Times.load)
        assert (await tab.state(Times)).slug == ""


async def test_support_is_led_to_the_booking_that_has_the_time(database: str, session: AsyncSession) -> None:
    provider = await make_open_provider(session)
    service = await make_service(session, provider)
    [slot] = await make_slots(session, service, 1, now() + timedelta(days=2))
    booked = await book_appointment(session, GUEST, asking(slot), now())
    await session.commit()
    root = await admin()
    params = {"service_id": str(service.id), "start": booked.start.isoformat()}
    transport = httpx.ASGITransport(api, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        told = (await http.get("/api/v1/provider/why-not", params=params, headers=root.headers)).json()
    assert [(each["code"], each["link"]) for each in told["reasons"]] == [("booking", f"/booking/{booked.reference}")]


async def test_nobody_else_looks_up_businesses(database: str, session: AsyncSession) -> None:
    provider = await make_open_provider(session)
    await session.commit()
    async with reading() as own:
        for actor, refusal in (
            (GUEST, NotSignedIn),
            (owner_of(provider), Forbidden),
            (Actor(kind="customer", user_id=provider.user_id), Forbidden),
        ):
            with pytest.raises(refusal):
                await businesses(own, actor, "", 8)
            with pytest.raises(refusal):
                await business_with_services(own, actor, provider.slug)
        with pytest.raises(NotFound):
            await business_with_services(own, Actor(kind="admin"), "nobody")
    for anyone in (await person("Ada"), await person("Bob", "provider")):
        async with browser_tab(app, anyone.cookie, HERE) as tab:
            await tab.send(Times.load)
            assert not (await tab.state(Times)).found
