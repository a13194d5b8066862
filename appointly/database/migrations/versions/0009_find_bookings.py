"""Bookings are found by what is typed of them: name, address, telephone number or reference.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Each word follows a space, so that its beginning can be asked for. Schemas are named because an index is also kept
# up where none is searched.
BOOKING_WORDS = r"""
CREATE FUNCTION booking_words(customer_name text, customer_email text, customer_phone text, reference text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ' ' || public.fold(customer_name || ' ' || customer_email || ' ' || reference) || ' '
           || regexp_replace(customer_phone, '\D', '', 'g')
$$
"""


def upgrade() -> None:
    op.execute(BOOKING_WORDS)
    op.execute("""
        CREATE INDEX ix_appointment_words ON appointment
        USING gin (booking_words(customer_name, customer_email, customer_phone, reference) gin_trgm_ops)
    """)


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
