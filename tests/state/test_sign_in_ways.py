"""The ways into one's own account, through the real event pipeline."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.appointly import app
from appointly.clock import now
from appointly.database import transaction
from appointly.domain.actor import Actor
from appointly.domain.proven_identity import ProvenIdentity
from appointly.errors import LastWayIn
from appointly.models import Identity
from appointly.models.base import uuid7
from appointly.operations.identities import enter, unlink
from appointly.state.base import Viewer
from appointly.state.sign_in_ways import SignInWays
from tests.people import Person, signed_in
from tests.state.driver import Tab, browser_tab


async def google_account(subject: str = "ada") -> Person:
    """Somebody who came through Google and has no password."""
    proven = ProvenIdentity("https://google.test", subject, f"{subject}@example.com", True, "Ada Lovelace")
    async with transaction() as session:
        account = await enter(session, proven, now())
    return await signed_in(account.id, account.email)


async def another_way(ada: Person, session: AsyncSession) -> Identity:
    """One more Google account for the same person."""
    added = Identity(user_id=ada.user_id, issuer="https://google.test", subject="work", email="ada@work.example")
    session.add(added)
    await session.commit()
    return added


@pytest.fixture
async def ada(database: str) -> Person:
    return await google_account()


@pytest.fixture
async def tab(ada: Person) -> AsyncIterator[Tab]:
    async with browser_tab(app, ada.cookie, "/account/settings") as tab:
        await tab.send(SignInWays.load)
        yield tab


async def left(session: AsyncSession) -> list[str]:
    return list((await session.exec(select(Identity.subject).order_by(col(Identity.subject)))).all())


async def test_the_only_way_in_stays(tab: Tab, ada: Person, session: AsyncSession) -> None:
    shown = await tab.state(SignInWays)
    assert (shown.shown, shown.google, shown.only_way) == (True, "", True)  # no keys: nothing to add
    await tab.send(SignInWays.remove, way=shown.ways[0].id)
    assert (await tab.state(Viewer)).notice == LastWayIn.message
    assert await left(session) == ["ada"]


async def test_one_of_two_goes(tab: Tab, ada: Person, session: AsyncSession) -> None:
    added = await another_way(ada, session)
    await tab.send(SignInWays.load)
    assert [way.email for way in (await tab.state(SignInWays)).ways] == ["ada@example.com", "ada@work.example"]
    await tab.send(SignInWays.remove, way=str(added.id))
    await tab.send(SignInWays.remove, way=str(added.id))  # twice is once
    assert (await tab.state(Viewer)).notice == "We could not find that."
    assert await left(session) == ["ada"]


async def test_nobody_closes_another_persons_way(tab: Tab, session: AsyncSession) -> None:
    grace = await google_account("grace")
    other = await another_way(grace, session)
    for way in (other.id, uuid7()):
        await tab.send(SignInWays.remove, way=str(way))
        assert (await tab.state(Viewer)).notice == "We could not find that."
    assert await left(session) == ["ada", "grace", "work"]


async def test_two_tabs_cannot_close_both(ada: Person, session: AsyncSession) -> None:
    added = await another_way(ada, session)
    [first] = (await session.exec(select(Identity).where(Identity.subject == "ada"))).all()
    user = Actor(kind="customer", user_id=ada.user_id)

    async def close(way: UUID) -> None:
        async with transaction() as own:
            await unlink(own, user, way, now())

    ended = await asyncio.gather(close(first.id), close(added.id), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ended) == ["LastWayIn", "NoneType"]
    assert len(await left(session)) == 1
