"""Alembic's entry point: runs on the connection that `migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import appointly.models  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
