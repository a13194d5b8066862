"""Two requests at the same moment: one code signs in once, one refresh token is traded once, five attempts are five.

Each with a control: without the lock the same crowd gets in more than once.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.embedded import Servers
from appointly.database.engine import sqlalchemy_url
from appointly.domain.one_time_code import CODES_AN_HOUR, MOST_ATTEMPTS, code_of
from appointly.errors import AppointlyError
from appointly.models import Job, LoginSession, OneTimeCode
from appointly.operations import refresh_sign_in as refreshing
from appointly.operations import send_sign_in_code as sending
from appointly.operations import sign_in as signing_in
from appointly.operations.mailed_links import add_link
from appointly.operations.redeem_sign_in_code import redeem_sign_in_code
from appointly.operations.refresh_sign_in import Refreshed, add_refresh_token, refresh_sign_in
from appointly.operations.reset_password import LIFE, reset_password
from appointly.operations.send_sign_in_code import AskedCode, send_sign_in_code
from appointly.operations.sign_in import sign_in
from appointly.queries.accounts import Account
from tests.blocked import blocked
from tests.conftest import clone_database
from tests.making import NOW, account_of, make_user
from tests.processes import TEST_SECRET

CROWD = 20
ROUNDS = 20


class Crowd:
    """Many connections to one scratch database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session
            await session.commit()

    async def account(self) -> Account:
        async with self.transaction() as session:
            return account_of(await make_user(session, "Olga Owner", "provider"))

    async def provider(self) -> UUID:
        return (await self.account()).id

    async def code(self) -> AskedCode:
        user_id = await self.provider()
        async with self.transaction() as session:
            return await send_sign_in_code(session, user_id, "", NOW)

    async def refresh_token(self) -> tuple[UUID, str]:
        account = await self.account()
        async with self.transaction() as session:
            new = await sign_in(session, account, NOW)
            return new.id, await add_refresh_token(session, new.id, NOW)

    async def rush(self, what: Callable[[AsyncSession], Awaitable[object]]) -> "Counter[str]":
        """Everybody at once; how many got what."""
        ready = asyncio.Barrier(CROWD)

        async def one() -> str:
            async with AsyncSession(self.engine) as session:
                await session.connection()
                await ready.wait()
                try:
                    got = await what(session)
                except (AppointlyError, psycopg.Error, ValueError) as refusal:
                    # Without its guard a control may run into a constraint, or miss a row that was there before.
                    return type(refusal).__name__
                await session.commit()
                return type(got).__name__

        return Counter(await asyncio.gather(*(one() for _ in range(CROWD))))


@pytest.fixture(scope="module")
def crowded_database(servers: Servers, worker_number: int) -> str:
    return clone_database(servers.database_url, f"sign_ins_{worker_number}")


@pytest.fixture
async def crowd(crowded_database: str) -> AsyncIterator[Crowd]:
    engine = create_async_engine(sqlalchemy_url(crowded_database), pool_size=CROWD)
    yield Crowd(engine)
    await engine.dispose()


def typing(asked: AskedCode, typed: str = "") -> Callable[[AsyncSession], Awaitable[object]]:
    typed = typed or code_of(TEST_SECRET, asked.id)
    return lambda session: redeem_sign_in_code(session, asked.id, asked.browser, typed, TEST_SECRET, NOW)


async def test_a_code_signs_in_once(crowd: Crowd) -> None:
    for _ in range(3):
        assert await crowd.rush(typing(await crowd.code())) == {Account.__name__: 1, "OtpExpired": CROWD - 1}


async def test_five_attempts_are_five(crowd: Crowd) -> None:
    asked = await crowd.code()
    wrong = f"{(int(code_of(TEST_SECRET, asked.id)) + 1) % 10**6:06}"
    tried = await crowd.rush(typing(asked, wrong))
    assert tried == {"NoneType": MOST_ATTEMPTS, "OtpAttemptsUsed": CROWD - MOST_ATTEMPTS}


async def test_one_code_lives_and_the_ceiling_holds(crowd: Crowd) -> None:
    user_id = await crowd.provider()
    asked = await crowd.rush(lambda session: send_sign_in_code(session, user_id, "", NOW))
    assert asked == {"AskedCode": CODES_AN_HOUR, "TooManyCodes": CROWD - CODES_AN_HOUR}
    async with crowd.transaction() as session:
        mine = list(await session.exec(select(OneTimeCode).where(OneTimeCode.user_id == user_id)))
        assert sum(code.ended_at is None for code in mine) == 1
        mailed = {job.payload["code_id"] for job in await session.exec(select(Job))}
        assert {str(code.id) for code in mine} <= mailed


async def test_a_refresh_token_is_traded_once_and_the_second_ends_the_sign_in(crowd: Crowd) -> None:
    for _ in range(3):
        session_id, token = await crowd.refresh_token()
        got = await crowd.rush(lambda session, token=token: refresh_sign_in(session, token, NOW))  # type: ignore[misc]
        assert got[Refreshed.__name__] == 1
        assert got["NoneType"] == 1, "whoever noticed the copy"
        assert got["RefreshInvalid"] == CROWD - 2
        async with crowd.transaction() as session:
            assert await session.get(LoginSession, session_id) is None


async def sessions_after_a_reset_meanwhile(crowd: Crowd) -> int:
    """The old password was right, then a reset is under way, then the sign-in begins and the reset commits."""
    account = await crowd.account()
    async with crowd.transaction() as session:
        link = await add_link(session, account.id, "reset_password", account.email, NOW, NOW + LIFE)

    async def enter() -> None:
        async with crowd.transaction() as session:
            await sign_in(session, account, NOW)

    async with crowd.transaction() as session:
        await reset_password(session, link, "another", NOW)
        entering = asyncio.create_task(enter())
        await blocked(crowd.engine, entering)  # with the guard it waits, without it it is in
    await asyncio.gather(entering, return_exceptions=True)
    async with crowd.transaction() as session:
        return len(list(await session.exec(select(LoginSession).where(LoginSession.user_id == account.id))))


async def test_an_old_password_gets_in_no_more_once_a_reset_is_under_way(crowd: Crowd) -> None:
    assert await sessions_after_a_reset_meanwhile(crowd) == 0


async def test_control_without_the_lock_an_old_password_gets_in(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "START", signing_in.START.replace("FOR SHARE", ""))
    assert await sessions_after_a_reset_meanwhile(crowd) == 1


async def test_control_without_the_lock_a_code_signs_in_twice(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOCK", sending.LOCK.replace("FOR NO KEY UPDATE", ""))
    for _ in range(ROUNDS):
        if (await crowd.rush(typing(await crowd.code())))[Account.__name__] > 1:
            return
    pytest.fail("the crowd never got in each other's way: these tests prove nothing")


async def test_control_without_the_lock_a_token_is_traded_twice(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "LOCK", refreshing.LOCK.replace("FOR NO KEY UPDATE", ""))
    for _ in range(ROUNDS):
        _, token = await crowd.refresh_token()
        got = await crowd.rush(lambda session, token=token: refresh_sign_in(session, token, NOW))  # type: ignore[misc]
        if got[Refreshed.__name__] > 1:
            return
    pytest.fail("the crowd never got in each other's way: these tests prove nothing")
