"""PostgreSQL: engine, transactions, migrations, embedded servers."""

from appointly.database.engine import announce, engine, reading, transaction

__all__ = ["announce", "engine", "reading", "transaction"]
