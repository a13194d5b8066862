"""Transactions that wait for each other."""

import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

WAITING = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


async def blocked(engine: AsyncEngine, task: "asyncio.Task[Any]") -> None:
    """Return when the task waits for a lock of this database, or has ended."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")  # each look is a new one
        while not task.done() and (await connection.execute(WAITING)).first() is None:
            pass
