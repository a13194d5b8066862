"""Booked times that hours and rules no longer have are marked, so that they go as soon as nobody has them.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slot", sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_slot_withdrawn", "slot", ["provider_id"], postgresql_where=sa.text("withdrawn"))


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
