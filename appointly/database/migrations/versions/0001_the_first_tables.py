"""The first tables: people, providers, services, slots, appointments, jobs.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A time-ordered UUID, version 7 (RFC 9562, 5.7), for servers before PostgreSQL 18 as well: the first 48 bits of a
# random version-4 UUID become milliseconds, its version bits 0100 become 0111.
UUID7 = """
CREATE OR REPLACE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$
"""


def upgrade() -> None:
    for extension in ("btree_gist", "pg_trgm", "unaccent"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute(UUID7)
    op.create_table(
        "idempotency_key",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_job_dedupe_key")),
    )
    op.create_index("ix_job_dead", "job", ["dead_at"], unique=False, postgresql_where=sa.text("dead_at IS NOT NULL"))
    op.create_index(
        "ix_job_open", "job", ["due_at"], unique=False, postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL")
    )
    op.create_table(
        "sandbox_message",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column(
            "attachments", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "channel IN ('email', 'sms', 'whatsapp', 'push')", name=op.f("ck_sandbox_message_channel_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_message")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_sandbox_message_idempotency_key")),
    )
    op.create_index(op.f("ix_sandbox_message_recipient"), "sandbox_message", ["recipient"], unique=False)
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('customer', 'provider', 'admin')", name=op.f("ck_user_role_known")),
        sa.CheckConstraint("char_length(email) BETWEEN 3 AND 254", name=op.f("ck_user_email_length")),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 120", name=op.f("ck_user_name_length")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_audit_entry_actor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_object", "audit_entry", ["object_kind", "object_id"], unique=False)
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_login_session_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index(op.f("ix_login_session_expires_at"), "login_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("business_name", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_provider_currency_form")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_provider_slug_form")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_provider_coordinates_whole")),
        sa.CheckConstraint(
            "char_length(business_name) BETWEEN 1 AND 120", name=op.f("ck_provider_business_name_length")
        ),
        sa.CheckConstraint("char_length(slug) BETWEEN 1 AND 120", name=op.f("ck_provider_slug_length")),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180",
            name=op.f("ck_provider_coordinates_on_earth"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_provider_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("slug", name=op.f("uq_provider_slug")),
        sa.UniqueConstraint("user_id", name=op.f("uq_provider_user_id")),
    )
    op.create_index(op.f("ix_provider_city"), "provider", ["city"], unique=False)
    op.create_table(
        "blocked_time",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("end_time > start_time", name=op.f("ck_blocked_time_forwards")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_blocked_time_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_time")),
    )
    op.create_index(
        "ix_blocked_time_span",
        "blocked_time",
        ["provider_id", sa.literal_column("tstzrange(start_time, end_time)")],
        unique=False,
        postgresql_using="gist",
    )
    op.create_table(
        "date_override",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("opens_minute", sa.Integer(), nullable=True),
        sa.Column("closes_minute", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("provider_id"), "="),
            (sa.column("local_date"), "="),
            (sa.text("int4range(coalesce(opens_minute, 0), coalesce(closes_minute, 2880))"), "&&"),
            using="gist",
            name="ex_date_override_no_overlap",
        ),
        sa.CheckConstraint(
            "(opens_minute IS NULL) = (closes_minute IS NULL)", name=op.f("ck_date_override_range_whole")
        ),
        sa.CheckConstraint(
            "opens_minute >= 0 AND opens_minute < 1440 AND closes_minute > opens_minute AND closes_minute <= opens_minute + 1440",
            name=op.f("ck_date_override_range_in_day"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_date_override_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_override")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("price_amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("slot_interval_minutes", sa.Integer(), nullable=True),
        sa.Column("max_appointments_per_day", sa.Integer(), nullable=True),
        sa.Column("spread", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("min_notice_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("approval", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("deposit_percent", sa.Integer(), nullable=False),
        sa.Column("cancellation_policy", sa.String(), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("unlisted", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("approval IN ('instant', 'manual')", name=op.f("ck_service_approval_known")),
        sa.CheckConstraint(
            "cancellation_policy IN ('flexible', 'moderate', 'strict')",
            name=op.f("ck_service_cancellation_policy_known"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_service_currency_form")),
        sa.CheckConstraint("letter ~ '^[A-Z]{1,2}$' AND letter <> 'W'", name=op.f("ck_service_letter_form")),
        sa.CheckConstraint("location IN ('provider', 'customer', 'online')", name=op.f("ck_service_location_known")),
        sa.CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_service_slug_form")),
        sa.CheckConstraint("spread IN ('pack', 'even')", name=op.f("ck_service_spread_known")),
        sa.CheckConstraint("status IN ('active', 'paused', 'archived')", name=op.f("ck_service_status_known")),
        sa.CheckConstraint("buffer_after_minutes BETWEEN 0 AND 720", name=op.f("ck_service_buffer_after_in_range")),
        sa.CheckConstraint("buffer_before_minutes BETWEEN 0 AND 720", name=op.f("ck_service_buffer_before_in_range")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 1000", name=op.f("ck_service_capacity_in_range")),
        sa.CheckConstraint("char_length(description) BETWEEN 0 AND 8000", name=op.f("ck_service_description_length")),
        sa.CheckConstraint("char_length(slug) BETWEEN 1 AND 160", name=op.f("ck_service_slug_length")),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 140", name=op.f("ck_service_title_length")),
        sa.CheckConstraint("deposit_percent BETWEEN 0 AND 100", name=op.f("ck_service_deposit_in_range")),
        sa.CheckConstraint("duration_minutes BETWEEN 1 AND 1440", name=op.f("ck_service_duration_in_range")),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 366", name=op.f("ck_service_horizon_in_range")),
        sa.CheckConstraint("max_appointments_per_day BETWEEN 1 AND 1440", name=op.f("ck_service_daily_cap_in_range")),
        sa.CheckConstraint("min_notice_minutes BETWEEN 0 AND 525600", name=op.f("ck_service_min_notice_in_range")),
        sa.CheckConstraint("price_amount BETWEEN 0 AND 100000000", name=op.f("ck_service_price_in_range")),
        sa.CheckConstraint("slot_interval_minutes BETWEEN 5 AND 1440", name=op.f("ck_service_slot_interval_in_range")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_service_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("provider_id", "letter", name=op.f("uq_service_provider_id_letter")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_slug")),
    )
    op.create_index(op.f("ix_service_category"), "service", ["category"], unique=False)
    op.create_index(op.f("ix_service_provider_id"), "service", ["provider_id"], unique=False)
    op.create_table(
        "working_hours",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_minute", sa.Integer(), nullable=False),
        sa.Column("closes_minute", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("provider_id"), "="),
            (sa.column("weekday"), "="),
            (sa.text("int4range(opens_minute, closes_minute)"), "&&"),
            using="gist",
            name="ex_working_hours_no_overlap",
        ),
        sa.CheckConstraint(
            "opens_minute >= 0 AND opens_minute < 1440 AND closes_minute > opens_minute AND closes_minute <= opens_minute + 1440",
            name=op.f("ck_working_hours_range_in_day"),
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_working_hours_weekday_iso")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_working_hours_provider_id_provider"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("slot_date", sa.Date(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occupies", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("booked_count", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Boolean(), sa.Computed("booked_count >= capacity", persisted=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("provider_id"), "="),
            (sa.column("occupies"), "&&"),
            where=sa.text("booked_count > 0"),
            using="gist",
            name="ex_slot_never_double_booked",
        ),
        sa.CheckConstraint("booked_count BETWEEN 0 AND capacity", name=op.f("ck_slot_never_over_capacity")),
        sa.CheckConstraint("end_time > start_time", name=op.f("ck_slot_forwards")),
        sa.CheckConstraint("occupies @> tstzrange(start_time, end_time)", name=op.f("ck_slot_occupies_itself")),
        sa.CheckConstraint("token >= 1", name=op.f("ck_slot_token_positive")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_slot_provider_id_provider")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_slot_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint(
            "service_id",
            "slot_date",
            "token",
            deferrable=True,
            initially="IMMEDIATE",
            name=op.f("uq_slot_service_id_slot_date_token"),
        ),
        sa.UniqueConstraint("service_id", "start_time", name=op.f("uq_slot_service_id_start_time")),
    )
    op.create_index("ix_slot_provider_id_start_time", "slot", ["provider_id", "start_time"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("customer_email", sa.String(), nullable=False),
        sa.Column("customer_phone", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("slot_date", sa.Date(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("price_amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("deposit_percent", sa.Integer(), nullable=False),
        sa.Column("cancellation_policy", sa.String(), nullable=False),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'held') = (hold_expires_at IS NOT NULL)", name=op.f("ck_appointment_hold_has_an_end")
        ),
        sa.CheckConstraint(
            "cancellation_policy IN ('flexible', 'moderate', 'strict')",
            name=op.f("ck_appointment_cancellation_policy_known"),
        ),
        sa.CheckConstraint(
            "status IN ('held', 'pending', 'confirmed', 'completed', 'no_show', 'declined', 'cancelled', 'expired')",
            name=op.f("ck_appointment_status_known"),
        ),
        sa.CheckConstraint(
            "char_length(customer_email) BETWEEN 3 AND 254", name=op.f("ck_appointment_customer_email_length")
        ),
        sa.CheckConstraint(
            "char_length(customer_name) BETWEEN 1 AND 120", name=op.f("ck_appointment_customer_name_length")
        ),
        sa.CheckConstraint(
            "char_length(customer_phone) BETWEEN 0 AND 40", name=op.f("ck_appointment_customer_phone_length")
        ),
        sa.CheckConstraint("char_length(notes) BETWEEN 0 AND 2000", name=op.f("ck_appointment_notes_length")),
        sa.CheckConstraint("end_time > start_time", name=op.f("ck_appointment_forwards")),
        sa.CheckConstraint("price_amount >= 0", name=op.f("ck_appointment_price_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["user.id"], name=op.f("fk_appointment_customer_id_user")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_appointment_provider_id_provider")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_appointment_service_id_service")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_appointment_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("reference", name=op.f("uq_appointment_reference")),
    )
    op.create_index("ix_appointment_customer_id_start_time", "appointment", ["customer_id", "start_time"], unique=False)
    op.create_index(
        "ix_appointment_hold_expires_at",
        "appointment",
        ["hold_expires_at"],
        unique=False,
        postgresql_where=sa.text("hold_expires_at IS NOT NULL"),
    )
    op.create_index("ix_appointment_provider_id_start_time", "appointment", ["provider_id", "start_time"], unique=False)
    op.create_index(op.f("ix_appointment_service_id"), "appointment", ["service_id"], unique=False)
    op.create_index(op.f("ix_appointment_slot_id"), "appointment", ["slot_id"], unique=False)
    op.create_table(
        "appointment_event",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('guest', 'customer', 'provider', 'admin', 'system')",
            name=op.f("ck_appointment_event_actor_kind_known"),
        ),
        sa.CheckConstraint(
            "coalesce(from_status, '') || '>' || to_status IN ('>confirmed', '>held', '>pending', 'confirmed>cancelled', 'confirmed>completed', 'confirmed>no_show', 'held>cancelled', 'held>confirmed', 'held>expired', 'held>pending', 'pending>cancelled', 'pending>confirmed', 'pending>declined', 'pending>expired')",
            name=op.f("ck_appointment_event_legal_move"),
        ),
        sa.CheckConstraint("char_length(reason) BETWEEN 0 AND 1000", name=op.f("ck_appointment_event_reason_length")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_appointment_event_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_appointment_event_appointment_id_appointment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_event")),
    )
    op.create_index(op.f("ix_appointment_event_appointment_id"), "appointment_event", ["appointment_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms', 'whatsapp', 'push')", name=op.f("ck_message_channel_known")),
        sa.CheckConstraint(
            "status IN ('planned', 'sending', 'sent', 'failed', 'unknown', 'skipped')",
            name=op.f("ck_message_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_message_appointment_id_appointment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "appointment_id",
            "start_time",
            "kind",
            "channel",
            "recipient",
            name=op.f("uq_message_appointment_id_start_time_kind_channel_recipient"),
        ),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("char_length(words) BETWEEN 0 AND 2000", name=op.f("ck_review_words_length")),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_review_stars_in_range")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_review_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_review_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_review_appointment_id")),
    )
    op.create_index(op.f("ix_review_service_id"), "review", ["service_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Appointly's migrations only go forwards: restore a backup instead.")
