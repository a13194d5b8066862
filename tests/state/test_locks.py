"""An event that is cancelled leaves no lock of its tab's state behind: the next one begins at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import StateToken

from appointly.database.embedded import Servers
from appointly.settings import settings
from appointly.state.locks import finish_locks

MOMENTS = range(60)  # turns of the loop after which an event is cancelled
LIFE = 10  # seconds that a lock lives which is left behind


async def one_that_waits(manager: StateManagerRedis, patience: float) -> int | None:
    """Cancel two events after each number of turns; the first number at which the event that follows has to wait."""
    for moment in MOMENTS:
        token = StateToken(ident=f"tab-{moment}", cls=int)

        async def event(token: StateToken[int] = token) -> None:
            async with manager._lock(token):
                await asyncio.sleep(0)

        left = [asyncio.create_task(event()) for _ in range(2)]
        for _ in range(moment):
            await asyncio.sleep(0)
        for task in left:
            task.cancel()
        await asyncio.wait(left)
        try:
            await asyncio.wait_for(event(), patience)
        except TimeoutError:
            return moment
    return None


@pytest.fixture
async def manager(worker_servers: Servers) -> AsyncIterator[StateManagerRedis]:
    manager = StateManagerRedis(redis=Redis.from_url(settings().redis(1)))
    yield manager
    await manager.redis.flushdb()
    await manager.close()


async def test_what_follows_a_cancelled_event_begins_at_once(manager: StateManagerRedis) -> None:
    finish_locks(manager)
    assert await one_that_waits(manager, LIFE - 2) is None


async def test_without_the_guard_it_waits_for_the_lock_to_run_out(manager: StateManagerRedis) -> None:
    assert await one_that_waits(manager, 2) is not None
