"""Named SQL, sent through the session's own connection: a third of the work of SQLAlchemy's `execute`, rows typed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString, TypeVar

from psycopg import AsyncConnection, AsyncCursor, OperationalError
from psycopg.rows import AsyncRowFactory, class_row, tuple_row
from sqlmodel.ext.asyncio.session import AsyncSession

Row = TypeVar("Row")
KNOWN = "raw connection of this transaction"


async def _connection(session: AsyncSession) -> AsyncConnection[Any]:
    if session.new or session.dirty or session.deleted:
        await session.flush()
    # Asking SQLAlchemy costs two switches of greenlets, so once a transaction must do.
    known, connection = session.info.get(KNOWN, (None, None))
    if known is None or known is not session.sync_session.get_transaction():
        connection = (await (await session.connection()).get_raw_connection()).driver_connection
        session.info[KNOWN] = (session.sync_session.get_transaction(), connection)
    assert isinstance(connection, AsyncConnection)  # noqa: S101 - the engine is made for psycopg alone
    return connection


@asynccontextmanager
async def _cursor(session: AsyncSession, rows: AsyncRowFactory[Any] = tuple_row) -> AsyncIterator[AsyncCursor[Any]]:
    connection = await _connection(session)
    try:
        async with connection.cursor(row_factory=rows) as cursor:
            yield cursor
    except OperationalError as error:
        if connection.closed:
            await _replace_connections(session, error)
        raise


async def _replace_connections(session: AsyncSession, error: OperationalError) -> None:
    """PostgreSQL went away: what it left behind in the pool is dead too, so the next ones are made anew."""
    lost = await session.connection()
    await lost.invalidate(error)
    await lost.engine.dispose()


async def select(session: AsyncSession, row: type[Row], query: LiteralString, /, **values: object) -> list[Row]:
    """The rows of `query` as instances of `row`, a dataclass whose fields are named as the columns.

    Part of the session's transaction. Raises psycopg's own errors.
    """
    async with _cursor(session, class_row(row)) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()


async def execute(session: AsyncSession, query: LiteralString, /, **values: object) -> int:
    """Carry out `query` in the session's transaction; the number of rows it touched."""
    async with _cursor(session) as cursor:
        await cursor.execute(query, values)
        return cursor.rowcount
