"""An appointment that has ended lets go of its slot when working hours change; a live one holds it.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("appointment", "slot_id", nullable=True)
    op.drop_constraint("fk_appointment_slot_id_slot", "appointment")
    op.create_foreign_key(
        "fk_appointment_slot_id_slot", "appointment", "slot", ["slot_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(
        op.f("ck_appointment_live_keeps_slot"),
        "appointment",
        "slot_id IS NOT NULL OR status IN ('declined', 'cancelled', 'expired')",
    )


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
