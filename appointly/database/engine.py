"""The process's one connection pool, and the only place that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

from psycopg import OperationalError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.settings import settings

TOPICS = "topics"
JOBS = "jobs"


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
        pool_pre_ping=False,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"},
    )


@lru_cache(maxsize=1)
def _autocommitting(engine: AsyncEngine) -> AsyncEngine:
    """The same pool without transactions; made once, for making it costs as much as a small query."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """A session that commits when the block ends and rolls back when it raises.

    What `announce()` collected is published after the commit, never before and never after a rollback; so is the poke
    for the worker, where jobs were written.
    """
    async with AsyncSession(engine(), expire_on_commit=False) as session:
        yield session
        await session.commit()
        topics: set[str] = session.info.get(TOPICS, set())
        jobs: bool = session.info.get(JOBS, False)
    if topics or jobs:
        from appointly.database.outgoing import outgoing

        outgoing.add(topics, jobs=jobs)


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncSession]:
    """A session for queries alone: each statement its own snapshot, no BEGIN and no COMMIT on the wire."""
    async with AsyncSession(_autocommitting(engine())) as session:
        yield session


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
