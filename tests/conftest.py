"""One PostgreSQL and one Valkey for the whole run, a database of its own for each worker, a clean one for each test."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import limits
from appointly.database import bus
from appointly.database.embedded import DATABASE_NAME, FOR_TESTS, Servers, embedded_servers
from appointly.database.engine import engine
from appointly.database.migrate import migrate
from appointly.settings import settings
from tests.processes import TEST_SECRET

REDIS_DATABASES_EACH = 3
FIRST_SITE_REDIS = 64
MANY_BYTES = 400_000
# What takes longest, so that it is not waited for at the end. The front end is built while the second file runs.
FIRST = (
    "tests/browser/test_accessibility.py",
    "tests/operations/test_whole_life.py",
    "tests/tasks/",
    "tests/browser/",
    "tests/test_up.py",
    "tests/api/test_schema.py",
    "tests/test_rights_matrix.py",
    "tests/state/test_every_handler.py",
    "tests/operations/",
)
SERVERS = pytest.StashKey[Servers]()
STACK = pytest.StashKey[ExitStack]()


def start_servers(config: pytest.Config) -> Servers:
    """The run's servers, started on the first call; they end with the run, however it ends."""
    if SERVERS not in config.stash:
        stack = config.stash[STACK] = ExitStack()
        home = Path(tempfile.mkdtemp(prefix="appointly-tests-"))
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        servers = stack.enter_context(embedded_servers(home, options=FOR_TESTS))
        migrate(servers.database_url)
        config.stash[SERVERS] = servers
    return config.stash[SERVERS]


def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]
    """xdist: the controlling process owns the servers, its workers get the addresses."""
    servers = start_servers(node.config)
    node.workerinput["servers"] = (servers.database_url, servers.redis_url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of the files, in which xdist gives them out."""
    places = len(FIRST)
    items.sort(key=lambda item: next((n for n, path in enumerate(FIRST) if item.nodeid.startswith(path)), places))


def pytest_unconfigure(config: pytest.Config) -> None:
    if STACK in config.stash:
        config.stash[STACK].close()


def clone_database(database_url: str, name: str, template: str = DATABASE_NAME) -> str:
    """A fresh copy of the migrated database, or of another `template`; its URL."""
    with psycopg.connect(database_url.replace(f"/{DATABASE_NAME}?", "/postgres?"), autocommit=True) as connection:
        target = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(target))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(target, sql.Identifier(template)))
    return database_url.replace(f"/{DATABASE_NAME}?", f"/{name}?")


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0, 1, 2 … of this process among the run's workers."""
    workerinput = getattr(request.config, "workerinput", {"workerid": "gw0"})
    return int(workerinput["workerid"].removeprefix("gw"))


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The run's PostgreSQL, whose `appointly` database is the migrated template, and Valkey."""
    workerinput = getattr(request.config, "workerinput", None)
    return Servers(*workerinput["servers"]) if workerinput else start_servers(request.config)


@pytest.fixture(scope="session")
async def worker_servers(servers: Servers, worker_number: int) -> AsyncIterator[Servers]:
    """This worker's own database and Valkey numbers, which settings and engine of this process point at."""
    own = Servers(
        clone_database(servers.database_url, f"worker_{worker_number}"),
        servers.redis_url.replace("db=0", f"db={REDIS_DATABASES_EACH * worker_number}"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", own.database_url)
        patch.setenv("REDIS_URL", own.redis_url)
        patch.setenv("SECRET_KEY", TEST_SECRET)
        patch.setenv("APPOINTLY_DEMO", "1")
        patch.setattr(limits, "PATIENCE", 30.0)  # on a busy machine, too, it is Redis that counts
        forget_connections()
        yield own
        await engine().dispose()
        await bus.client().aclose()
    forget_connections()


def forget_connections() -> None:
    """Have settings, engine and Redis clients made anew on their next use."""
    for made_once in (settings, engine, bus.client, bus.script, limits.script):
        made_once.cache_clear()


@pytest.fixture(scope="session")
def emptied_tables(servers: Servers) -> list[str]:
    """The tables a test may fill: all that the migrations leave empty, as nobody but them has touched the template."""
    with psycopg.connect(servers.database_url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        count = sql.SQL("SELECT count(*) FROM {}")
        rows = {name: connection.execute(count.format(sql.Identifier(name))).fetchone() for (name,) in names}
        return [name for name, row in rows.items() if row == (0,)]


@pytest.fixture
def database(worker_servers: Servers, emptied_tables: list[str]) -> str:
    """The URL of this worker's database, without a row in it; its Valkey is empty too."""
    clean(worker_servers, emptied_tables)
    limits.fallback = limits.Fallback()
    return worker_servers.database_url


def clean(own: Servers, tables: list[str]) -> None:
    """Delete the few rows of a test, which is ten times faster than to truncate; truncate where many were."""
    sizes = """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > %s
    """
    with psycopg.connect(own.database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        large = {name for (name,) in connection.execute(sizes, [MANY_BYTES]).fetchall()}.intersection(tables)
        if large:
            names = sql.SQL(", ").join(map(sql.Identifier, sorted(large)))
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
        for table in set(tables) - large:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    for number in range(REDIS_DATABASES_EACH):
        with redis.Redis.from_url(settings().redis(number)) as client:
            client.flushdb()


@pytest.fixture
async def session(database: str) -> AsyncIterator[AsyncSession]:
    """A session on the clean database. What a test wants others to see, it commits."""
    async with AsyncSession(engine(), expire_on_commit=False) as session:
        yield session
