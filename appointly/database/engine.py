"""The process's one connection pool, and the only place that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

from psycopg import Error, OperationalError
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import CONNECTION, flush, raw
from appointly.settings import settings

TOPICS = "topics"
JOBS = "jobs"
OPTIONS = {
    "timezone": "UTC",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "max_parallel_workers_per_gather": "0",  # many small requests: to start helpers costs them more than it saves
}


def sqlalchemy_url(url: str) -> str:
    """`postgresql://…` as SQLAlchemy wants it for psycopg 3."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@lru_cache
def engine() -> AsyncEngine:
    """The engine of this process: made on first use, after any fork, on the process's only event loop."""
    return create_async_engine(
        sqlalchemy_url(settings().database_url),
        pool_size=settings().database_pool_size,
        max_overflow=0,
        pool_use_lifo=True,  # those used last have their statements prepared
        pool_pre_ping=False,
        connect_args={"options": " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())},
    )


@asynccontextmanager
async def _pooled() -> AsyncIterator[PoolProxiedConnection]:
    """A connection straight from the pool: taken SQLAlchemy's usual way it costs more than most of our statements."""
    pooled = await engine().raw_connection()
    connection = raw(pooled)
    try:
        yield pooled
    finally:
        if connection.closed:
            # PostgreSQL went away: what it left behind in the pool is dead too, so the next ones are made anew. A new
            # pool (`dispose()`) would forget those that are in use at this moment, and nobody would ever close them.
            await greenlet_spawn(engine().pool._invalidate, pooled)
        await greenlet_spawn(pooled.close)


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """A session that commits when the block ends and rolls back when it raises.

    What `announce()` collected is published after the commit, never before and never after a rollback; so is the poke
    for the worker, where jobs were written.
    """
    async with _pooled() as pooled:
        bind = AsyncConnection(engine(), Connection(engine().sync_engine, pooled))
        session = AsyncSession(bind, expire_on_commit=False, info={CONNECTION: raw(pooled)})
        yield session
        await flush(session)
        await raw(pooled).commit()
        topics: set[str] = session.info.get(TOPICS, set())
        jobs: bool = session.info.get(JOBS, False)
    if topics or jobs:
        from appointly.database.outgoing import outgoing

        outgoing.add(topics, jobs=jobs)


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A session for named SQL alone: each statement its own snapshot, no BEGIN and no COMMIT on the wire."""
    async with _pooled() as pooled:
        connection = raw(pooled)
        await connection.set_autocommit(True)
        try:
            yield AsyncSession(info={CONNECTION: connection})
        finally:
            try:
                await connection.set_autocommit(False)
            except Error:
                await connection.close()  # whatever state it was left in, nobody else gets it


def is_unreachable(error: Exception) -> bool:
    """Whether the database could not be asked or did not answer in time; a second try may well work."""
    if isinstance(error, DBAPIError):
        return isinstance(error.orig, OperationalError | OSError)
    return isinstance(error, OperationalError | OSError | SQLAlchemyError)


def announce(session: AsyncSession, *topics: str) -> None:
    """Tell open pages, after the commit, that what they show under these topics has changed."""
    session.info.setdefault(TOPICS, set()).update(topics)


def jobs_written(session: AsyncSession) -> None:
    """Wake a worker after the commit."""
    session.info[JOBS] = True
