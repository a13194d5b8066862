"""PostgreSQL: engine, transactions, migrations, embedded servers."""

from appointly.database.engine import announce, engine, is_unreachable, jobs_written, reading, transaction

__all__ = ["announce", "engine", "is_unreachable", "jobs_written", "reading", "transaction"]
