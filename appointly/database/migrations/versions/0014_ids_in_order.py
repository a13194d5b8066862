"""Ids in the order they are made also within a millisecond: lists that are sorted by them keep it.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# RFC 9562, 5.7 and 6.2 (method 3): 48 bits of milliseconds, the version, 12 bits of their fraction, then what is random
# in a version-4 UUID. One expression without FROM, so that PostgreSQL puts it in place of the call.
UUID7 = """
CREATE OR REPLACE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT (overlay(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 4096000)::bigint), 15, '0')
        PLACING '7' FROM 13 FOR 0) || right(gen_random_uuid()::text, 17))::uuid
$$
"""


def upgrade() -> None:
    op.execute(UUID7)


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
