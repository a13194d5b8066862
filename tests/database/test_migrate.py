"""Migrations: what they make is what the models say, from every earlier revision, twice, and by two at once."""

from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from appointly.database.embedded import Servers
from appointly.database.engine import sqlalchemy_url
from appointly.database.migrate import alembic_config, migrate, newest_revision
from tests.conftest import clone_database
from tests.processes import environment, start

DATA = Path(__file__).parent / "data"
CATALOGUE = """
SELECT table_name, 'column ' || column_name,
       concat_ws(' ', udt_name, is_nullable, column_default, is_generated, generation_expression, identity_generation)
FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ('alembic_version', 'unavailable')
UNION ALL
SELECT conrelid::regclass::text, 'constraint ' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
  AND conrelid <> to_regclass('alembic_version')
UNION ALL
SELECT tablename, 'index ' || indexname, indexdef
FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
ORDER BY 1, 2
"""


def catalogue(url: str) -> dict[tuple[str, str], str]:
    """Columns, constraints and indexes as PostgreSQL describes them."""
    with psycopg.connect(url) as connection:
        return {(table, name): text for table, name, text in connection.execute(CATALOGUE).fetchall()}


@pytest.fixture
def scratch(servers: Servers, worker_number: int) -> str:
    """An empty database."""
    return clone_database(servers.database_url, f"scratch_{worker_number}", "template1")


def test_models_and_migrations_agree(worker_servers: Servers, servers: Servers, worker_number: int) -> None:
    modelled = clone_database(servers.database_url, f"modelled_{worker_number}")
    engine = create_engine(sqlalchemy_url(modelled), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW unavailable"))  # depends on tables, and is no table of the models
    SQLModel.metadata.drop_all(engine)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert catalogue(modelled) == catalogue(worker_servers.database_url)


def test_migrating_twice_changes_nothing(scratch: str, worker_servers: Servers) -> None:
    migrate(scratch)
    migrate(scratch)
    assert catalogue(scratch) == catalogue(worker_servers.database_url)


def test_two_at_once_both_succeed(scratch: str, worker_servers: Servers, tmp_path: Path) -> None:
    env = environment(Servers(scratch, worker_servers.redis_url))
    both = [start("migrate", "migrate", env=env, log=tmp_path / f"{number}.log") for number in range(2)]
    assert [one.process.wait() for one in both] == [0, 0], [one.explain() for one in both]
    assert catalogue(scratch) == catalogue(worker_servers.database_url)


@pytest.mark.parametrize("revision", sorted(path.stem for path in DATA.glob("*.sql")))
def test_data_of_earlier_revisions_comes_along(scratch: str, worker_servers: Servers, revision: str) -> None:
    """`data/<revision>.sql` holds rows as that revision had them; they go through every revision after it."""
    migrate(scratch, revision)
    with psycopg.connect(scratch) as connection:
        connection.execute((DATA / f"{revision}.sql").read_bytes())
    for script in reversed(list(ScriptDirectory.from_config(alembic_config()).walk_revisions(revision, "head"))):
        migrate(scratch, script.revision)
    assert catalogue(scratch) == catalogue(worker_servers.database_url)
    with psycopg.connect(scratch) as connection:
        assert connection.execute("SELECT count(*) FROM appointment").fetchone() == (2,)


def test_the_files_are_numbered_in_their_order() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()
