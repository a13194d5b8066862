"""Brings a database to the newest revision."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from appointly.database.engine import sqlalchemy_url

if TYPE_CHECKING:
    from alembic.config import Config

# Any constant will do, as long as every process that migrates uses the same one.
ADVISORY_LOCK = 7_277_001
MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config() -> "Config":
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade to `revision` in one transaction; safe to run twice and by several processes at once.

    The advisory lock is held to the end of the transaction: a second process waits and then finds nothing to do.
    """
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        known = connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one()
        # Most starts find nothing to do, and need not wait for Alembic.
        if not known or connection.execute(text("SELECT version_num FROM alembic_version")).all() != [
            (newest_revision(),)
        ]:
            from alembic import command

            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    engine.dispose()


@lru_cache
def newest_revision() -> str:
    """The revision this version of the code needs: the files of the migrations are numbered in their order."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
