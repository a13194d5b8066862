"""An index for the latest of the best reviews, which the first page shows.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_review_best", "review", ["created_at"], postgresql_where=sa.text("stars = 5 AND hidden_at IS NULL")
    )


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
