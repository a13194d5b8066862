"""PostgreSQL: engine, transactions, migrations, embedded servers."""

from appointly.database.engine import announce, engine, jobs_written, reading, transaction

__all__ = ["announce", "engine", "jobs_written", "reading", "transaction"]
