"""Named SQL on the session's own connection."""

from contextlib import suppress
from dataclasses import dataclass

import psycopg
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database import engine, reading, transaction
from appointly.database.statement import CONNECTION, execute, select
from appointly.models import User


@dataclass(frozen=True)
class Name:
    name: str


async def test_it_sees_what_the_session_has_not_flushed(session: AsyncSession) -> None:
    session.add(User(email="ada@example.test", name="Ada"))
    assert await select(session, Name, 'SELECT name FROM "user"') == [Name("Ada")]
    assert await execute(session, 'UPDATE "user" SET name = %(name)s', name="Grace") == 1
    await session.rollback()
    assert await select(session, Name, 'SELECT name FROM "user"') == []


async def test_each_transaction_of_a_session_has_its_own_connection(session: AsyncSession) -> None:
    query = "SELECT pg_backend_pid()::text AS name"
    await engine().dispose()  # an empty pool: whoever asks next gets the connection that came back last
    [first] = await select(session, Name, query)
    await session.commit()
    # The connection went back to the pool, and somebody else has it now.
    async with transaction() as other:
        [taken] = await select(other, Name, query)
        [second] = await select(session, Name, query)
        assert taken != second
        assert taken == first


@pytest.mark.parametrize("opened", [transaction, reading])
async def test_after_a_restart_of_postgresql_one_failure_replaces_every_connection(database: str, opened) -> None:
    await engine().dispose()
    sessions = [AsyncSession(engine()) for _ in range(5)]
    backends = [(await select(session, Name, "SELECT pg_backend_pid()::text AS name"))[0].name for session in sessions]
    for session in sessions:
        await session.close()
    with psycopg.connect(database) as connection:  # our own alone: other tests' servers use this database too
        connection.execute("SELECT pg_terminate_backend(pid::int) FROM unnest(%s::text[]) AS pid", [backends])
    failures = 0
    for _ in range(6):
        try:
            async with opened() as session:
                await select(session, Name, "SELECT '' AS name")
        except psycopg.OperationalError:
            failures += 1
    assert failures == 1


@pytest.mark.parametrize("opened", [transaction, reading])
@pytest.mark.parametrize("ends", ["terminated", "closed"])
async def test_a_connection_that_breaks_leaves_none_behind_that_were_in_use(database: str, opened, ends: str) -> None:
    """Those whom others use meanwhile are replaced too, and closed, not forgotten."""
    query = "SELECT pg_backend_pid()::text AS name"
    async with opened() as other:
        [old] = await select(other, Name, query)
        in_use = other.info[CONNECTION]
        with suppress(psycopg.OperationalError):
            async with opened() as session:
                if ends == "closed":
                    await session.info[CONNECTION].close()
                await select(session, Name, "SELECT '' AS name FROM pg_terminate_backend(pg_backend_pid())")
        assert await select(other, Name, query) == [old]
    async with opened() as session:
        assert await select(session, Name, query) != [old]
    assert in_use.closed
