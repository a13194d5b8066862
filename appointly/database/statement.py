"""Named SQL, sent through the session's own connection: a third of the work of SQLAlchemy's `execute`, rows typed."""

from typing import Any, LiteralString, TypeVar

from psycopg import AsyncConnection
from psycopg.rows import class_row
from sqlalchemy.pool import PoolProxiedConnection
from sqlmodel.ext.asyncio.session import AsyncSession

Row = TypeVar("Row")
CONNECTION = "psycopg's connection"


def raw(pooled: PoolProxiedConnection) -> AsyncConnection[Any]:
    """psycopg's own connection inside SQLAlchemy's."""
    connection = pooled.driver_connection
    assert isinstance(connection, AsyncConnection)  # noqa: S101 - the engine is made for psycopg alone
    return connection


async def flush(session: AsyncSession) -> None:
    """Send what was added to the session; asking SQLAlchemy where there is nothing would cost a switch of greenlets."""
    if session.new or session.dirty or session.deleted:
        await session.flush()


async def rollback(session: AsyncSession) -> None:
    """Give up what the session's transaction has done so far."""
    await session.rollback()
    if connection := session.info.get(CONNECTION):
        await connection.rollback()


async def _connection(session: AsyncSession) -> AsyncConnection[Any]:
    await flush(session)
    # A session that was not made by `transaction()` or `reading()` takes a connection when it needs one.
    return session.info.get(CONNECTION) or raw(await (await session.connection()).get_raw_connection())


async def select(session: AsyncSession, row: type[Row], query: LiteralString, /, **values: object) -> list[Row]:
    """The rows of `query` as instances of `row`, a dataclass whose fields are named as the columns.

    Part of the session's transaction. Raises psycopg's own errors.
    """
    async with (await _connection(session)).cursor(row_factory=class_row(row)) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()


async def execute(session: AsyncSession, query: LiteralString, /, **values: object) -> int:
    """Carry out `query` in the session's transaction; the number of rows it touched."""
    async with (await _connection(session)).cursor() as cursor:
        await cursor.execute(query, values)
        return cursor.rowcount
