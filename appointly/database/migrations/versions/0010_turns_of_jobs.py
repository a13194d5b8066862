"""Jobs have turns, and an index has them in the order in which they are claimed.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("turn", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.drop_index("ix_job_open", table_name="job")
    op.create_index(
        "ix_job_open", "job", ["turn", "due_at"], postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL")
    )


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
