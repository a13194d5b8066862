"""Reflex locks a tab's state in Redis while one of its events runs; leaving a page cancels its events.

Cancelled while it asks for the lock, waits for it or gives it back, an event of Reflex 0.10 leaves the lock, or the
turn of the next in line, behind for ten seconds, and the page that comes next stays empty for so long. Here asking and
giving back are always done to their end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import reflex as rx
from redis import RedisError
from reflex.istate.manager.redis import StateManagerRedis

unfinished: set["asyncio.Task[Any]"] = set()


def leave_no_lock_behind(app: rx.App) -> None:
    """Let the locks of `app` survive no cancelled event. To be called once, when the app is made."""
    if isinstance(app.state_manager, StateManagerRedis):  # the build of the front end keeps its state in memory
        finish_locks(app.state_manager)


def finish_locks(manager: StateManagerRedis) -> None:
    """Do the taking and the giving back of this manager's locks to their end, whoever is cancelled meanwhile."""
    their_lock = manager._lock

    @asynccontextmanager
    async def lock(token: Any, event_name: str | None = None) -> AsyncIterator[bytes]:
        held = their_lock(token, event_name)
        taking = asyncio.create_task(held.__aenter__())
        try:
            lock_id = await asyncio.shield(taking)
        except asyncio.CancelledError:
            to_its_end(give_back(taking, held))
            raise
        try:
            yield lock_id
        except BaseException as error:
            await asyncio.shield(to_its_end(held.__aexit__(type(error), error, error.__traceback__)))
            raise
        await asyncio.shield(to_its_end(held.__aexit__(None, None, None)))

    manager._lock = lock  # type: ignore[method-assign]


async def give_back(taking: "asyncio.Task[bytes]", held: AbstractAsyncContextManager[bytes]) -> None:
    """Give back a lock that nobody waits for any more, as soon as it is there."""
    with suppress(RedisError):  # where it cannot be asked for, there is none
        await taking
        await held.__aexit__(None, None, None)


def to_its_end(work: Any) -> "asyncio.Task[Any]":
    """Run `work` even when nobody waits for it any more."""
    task = asyncio.ensure_future(work)
    unfinished.add(task)
    task.add_done_callback(unfinished.discard)
    return task
