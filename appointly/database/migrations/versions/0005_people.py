"""Accounts that can be trusted: identities, one-time codes, tokens, pictures, and what a provider says of itself.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "scopes <@ ARRAY['account:read', 'bookings:read', 'bookings:write', 'provider:read', 'provider:write'] AND cardinality(scopes) > 0",
            name=op.f("ck_api_token_scopes_known"),
        ),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 80", name=op.f("ck_api_token_name_length")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_token_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "identity",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(issuer) BETWEEN 1 AND 255", name=op.f("ck_identity_issuer_length")),
        sa.CheckConstraint("char_length(subject) BETWEEN 1 AND 255", name=op.f("ck_identity_subject_length")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_identity_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_identity_user_id"), "identity", ["user_id"], unique=False)
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'verify_email', 'reset_password', 'leave_email', 'take_email')",
            name=op.f("ck_one_time_code_purpose_known"),
        ),
        sa.CheckConstraint("attempts BETWEEN 0 AND 5", name=op.f("ck_one_time_code_attempts_in_range")),
        sa.CheckConstraint("char_length(email) BETWEEN 3 AND 254", name=op.f("ck_one_time_code_email_length")),
        sa.CheckConstraint("used_at IS NULL OR ended_at IS NOT NULL", name=op.f("ck_one_time_code_used_is_ended")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_one_time_code_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index(op.f("ix_one_time_code_expires_at"), "one_time_code", ["expires_at"], unique=False)
    op.create_index(
        "ix_one_time_code_live",
        "one_time_code",
        ["user_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_one_time_code_user_id_created_at", "one_time_code", ["user_id", "created_at"], unique=False)
    op.create_table(
        "picture",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('profile', 'gallery', 'service')", name=op.f("ck_picture_kind_known")),
        sa.CheckConstraint(
            "width BETWEEN 1 AND 4096 AND height BETWEEN 1 AND 4096", name=op.f("ck_picture_size_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_picture_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
    )
    op.create_index(op.f("ix_picture_provider_id"), "picture", ["provider_id"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["login_session.id"],
            name=op.f("fk_refresh_token_session_id_login_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_token_token_hash")),
    )
    op.create_index(op.f("ix_refresh_token_session_id"), "refresh_token", ["session_id"], unique=False)
    op.add_column("blocked_time", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_blocked_time_series_id"), "blocked_time", ["series_id"], unique=False)
    op.add_column("date_override", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_date_override_series_id"), "date_override", ["series_id"], unique=False)
    op.add_column(
        "provider", sa.Column("places", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("provider", sa.Column("travel_radius_km", sa.Integer(), nullable=True))
    op.add_column(
        "provider", sa.Column("links", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("provider", sa.Column("onboarded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user", sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_provider_places_known"), "provider", "places <@ ARRAY['provider', 'customer', 'online']"
    )
    op.create_check_constraint(
        op.f("ck_provider_travel_radius_in_range"), "provider", "travel_radius_km BETWEEN 1 AND 500"
    )
    # Who offers something already has been through what the guided path asks for.
    op.execute("""
        UPDATE provider SET onboarded_at = created_at, places = (
            SELECT array_agg(DISTINCT location) FROM service WHERE provider_id = provider.id
        )
        WHERE EXISTS (SELECT FROM service WHERE provider_id = provider.id)
    """)


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
