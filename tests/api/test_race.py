"""Many customers, one time: over HTTP, against two real web workers."""

import asyncio
import re
from datetime import timedelta

import httpx
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.clock import now
from appointly.models import Slot
from tests.making import make_provider, make_service, make_slots
from tests.processes import Site

CLIENTS = 50
SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)


async def race(site: Site, slots: list[Slot]) -> list[httpx.Response]:
    """Everybody books at once, each over a connection of their own that is already open."""
    async with httpx.AsyncClient(base_url=site.url, limits=httpx.Limits(max_connections=CLIENTS), timeout=60) as client:
        await asyncio.gather(*(client.get("/healthz") for _ in range(CLIENTS)))
        return await asyncio.gather(
            *(
                client.post(
                    "/api/v1/bookings",
                    json={
                        "slot_id": str(slots[number % len(slots)].id),
                        "customer_name": f"Customer {number}",
                        "customer_email": f"customer{number}@example.com",
                    },
                )
                for number in range(CLIENTS)
            )
        )


async def deadlocks(session: AsyncSession) -> int:
    query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int((await session.exec(query)).one()[0])


def assert_one_winner(answers: list[httpx.Response]) -> None:
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (CLIENTS - 1)
    for answer in answers:
        if answer.status_code == 409:
            refusal = answer.json()
            assert refusal["code"] == "slot_taken"
            assert len(refusal["alternatives"]) == 3
            assert all(re.fullmatch(r"[A-Z]\d+", slot["token"]) for slot in refusal["alternatives"])


async def test_one_slot_has_one_winner(server: Site, database: str, session: AsyncSession) -> None:
    before = await deadlocks(session)
    service = await make_service(session, await make_provider(session))
    slots = await make_slots(session, service, start=SOON)
    await session.commit()
    assert_one_winner(await race(server, slots[3:4]))
    assert await deadlocks(session) == before


async def test_overlapping_slots_of_two_services_have_one_winner(
    server: Site, database: str, session: AsyncSession
) -> None:
    before = await deadlocks(session)
    provider = await make_provider(session)
    short = await make_service(session, provider)
    long = await make_service(session, provider, "B", duration_minutes=60)
    [first, *_] = await make_slots(session, short, start=SOON)
    [second, *_] = await make_slots(session, long, start=SOON + timedelta(minutes=15))
    await session.commit()
    assert_one_winner(await race(server, [first, second]))
    assert await deadlocks(session) == before


async def test_different_times_do_not_hinder_each_other(server: Site, database: str, session: AsyncSession) -> None:
    service = await make_service(session, await make_provider(session))
    slots = await make_slots(session, service, count=CLIENTS, start=SOON)
    await session.commit()
    answers = await race(server, slots)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["token"] for answer in answers}) == CLIENTS
