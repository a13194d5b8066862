"""Indexes for the lists of everybody's bookings: by start, and by when they were made.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_appointment_start_time", "appointment", ["start_time", "id"])
    op.create_index("ix_appointment_created_at", "appointment", ["created_at", "id"])


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
