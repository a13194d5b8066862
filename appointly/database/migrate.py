"""Brings a database to the newest revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from appointly.database.engine import sqlalchemy_url

# Any constant will do, as long as every process that migrates uses the same one.
ADVISORY_LOCK = 7_277_001


def alembic_config() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade to `revision` in one transaction; safe to run twice and by several processes at once.

    The advisory lock is held to the end of the transaction: a second process waits and then finds nothing to do.
    """
    config = alembic_config()
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def newest_revision() -> str:
    """The revision this version of the code needs."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""
